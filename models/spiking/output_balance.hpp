// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Outputs that compare what excites and what inhibits them: the integral of their input is the
// answer, and while a teacher is there, the integral of teacher - E + I is their credit.
//
// When the imbalance of an output reaches the threshold it goes, as a retrograde event, to its
// presynaptic neurons and starts anew from 0; when the teacher leaves, the rest goes.
//
// Invariant: between arrivals everything is linear in time; events have the times of the crossings.
// Threads: one object, one thread.

#include <span>
#include <vector>

#include "models/spiking/spike.hpp"

namespace models {

class OutputBalance {
public:
    explicit OutputBalance(std::size_t size);

    std::size_t size() const { return size_; }

    struct Teaching {
        Stretch window;           ///< when inputs are integrated and the teacher is there
        double threshold = 0.3;   ///< spikes; infinite: nothing before the end
        bool sends_rest = true;   ///< at the end of the window
        bool is_blocked = false;  ///< what is sent reaches nobody
    };
    /// What every output gets beside arrivals, and what the teacher wants it to get; no targets:
    /// nobody teaches. An imbalance that is left from before stays.
    /// Units:  1/ms        Shape: drift[output], targets[output] or empty
    void begin(const Teaching& teaching, std::span<const double> drift,
               std::span<const double> targets);

    /// Goes up to `until`; appends what is sent, by (time, output).
    /// Needs:  arrivals sorted, before `until`, not before the end of the last walk
    void walk(std::span<const Arrival> arrivals, double until, std::vector<Retrograde>& sent);

    void forget() { imbalance_.assign(imbalance_.size(), 0); }

    /// Excitatory and inhibitory input in the window, in spikes of weight 1. Shape: [output]
    std::span<const double> exc() const { return std::span(exc_).first(size_); }
    std::span<const double> inh() const { return std::span(inh_).first(size_); }
    /// Sent since `begin`. Shape: [output]
    std::span<const double> amounts() const { return std::span(amounts_).first(size_); }
    /// Imbalance not sent yet. Shape: [output]
    std::span<const double> imbalance() const { return std::span(imbalance_).first(size_); }

private:
    void arrive(const Arrival& arrival);
    void flow(std::size_t output, double until);
    void send(double time, std::size_t output, double amount);
    void end_teaching();
    void hand_over(std::vector<Retrograde>& sent);

    std::size_t size_;
    Teaching teaching_;
    bool is_taught_ = false;
    bool is_over_ = false;
    double time_ = 0;  // of the imbalance
    // Whole blocks of lanes.
    std::vector<double> slope_;  // 1/ms, of the imbalance between arrivals
    std::vector<double> exc_, inh_, imbalance_, amounts_;
    std::vector<double> after_;  // an arrival
    std::vector<Retrograde> found_;
};

}  // namespace models
