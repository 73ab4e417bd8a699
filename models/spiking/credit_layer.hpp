// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit of a layer of spiking neurons: it comes in by retrograde events and is released, as one,
// at a spike of the neuron's own.
//
// The spike is the derivative: a silent neuron (f' = 0) never releases, and an active one releases
// at each spike what came since the last, so that what it sends is the integral of f' c. What it
// still holds when the teacher leaves goes at `releases`, or at later spikes, if it spiked while
// the teacher was there.
// With a filter, credit that comes in enters the neuron with time constant tau_c.
//
// Invariants
//   (1) events leave by (time, neuron). At one time arrivals come before spikes, then
//       releases, then samples.
//   (2) what came in = what was sent + what is held, summed over all times, for each neuron.
// Threads: one object, one thread.
//
// Source: our spiking form of Fan & Mysore 2024, arXiv:2405.14139; signed, accumulated errors in
// spikes: Thiele et al. 2020, ICLR, arXiv:1906.00851

#include <span>
#include <vector>

#include "models/spiking/spike.hpp"

namespace models {

struct CreditRelease {
    double threshold = 0.3;   ///< spikes; what a spike must release at least
    double tau_c = 0;         ///< ms; 0: credit is there at once
    double tau_x = 0;         ///< ms, of the traces by which synapses gather; 0: no traces
    double trace_step = 0;    ///< what a spike adds to its trace
    bool is_blocked = false;  ///< what is released reaches nobody
};

class CreditLayer {
public:
    CreditLayer(std::size_t size, const CreditRelease& release);

    std::size_t size() const { return size_; }

    struct Schedule {
        Stretch window;                     ///< of the teacher
        std::vector<double> releases = {};  ///< sorted; when neurons with a spike in the window
                                            ///< release all that they hold
        std::vector<double> samples = {};   ///< sorted; when credit is written down
    };
    /// Amounts, numbers of spikes and samples start anew; credit and traces that are held stay.
    void begin(Schedule schedule);

    /// Takes in and releases up to `until`; appends what is sent.
    /// Needs:  both sorted, before `until`, not before the end of the last walk
    void walk(std::span<const RetrogradeArrival> arrivals, std::span<const Spike> spikes,
              double until, std::vector<Retrograde>& sent);

    /// Counts the spikes of a layer that takes in no credit and has no traces.
    void count(std::span<const Spike> spikes);

    void forget();           ///< all credit and traces
    void rewind(double by);  ///< makes time smaller

    /// Released in this presentation. Shape: [neuron]
    std::span<const double> amounts() const { return std::span(amounts_).first(size_); }
    /// Spikes in the window. Shape: [neuron]
    std::span<const double> counts() const { return std::span(counts_).first(size_); }
    /// What neurons held, and had in the filter, at the times of samples. Shape: [sample][neuron]
    std::span<const double> sampled_held() const { return sampled_held_; }
    std::span<const double> sampled_filtered() const { return sampled_filtered_; }
    /// Credit that is there and not released, and what is still in the filter, at a time.
    double held(std::size_t neuron, double time) const;
    double filtered(std::size_t neuron, double time) const;

private:
    void arrive(const RetrogradeArrival& arrival);
    void spike(const Spike& spike, std::vector<Retrograde>& sent);
    void release(double time, std::vector<Retrograde>& sent);
    void sample(double time);
    void send(double time, std::size_t neuron, double amount, std::vector<Retrograde>& sent);
    void move_bases(double time);

    std::size_t size_;
    CreditRelease release_;
    Schedule schedule_;
    std::size_t next_release_ = 0;
    std::size_t next_sample_ = 0;
    std::vector<double> sampled_held_, sampled_filtered_;
    // Whole blocks of lanes. Exponentials are anchored at a base: a value at t is what is here,
    // times exp(-(t - base) / tau).
    std::vector<double> unsent_;    // held and in the filter
    std::vector<double> filtered_;  // at credit_base_
    std::vector<double> traces_;    // at trace_base_
    std::vector<double> amounts_, counts_;
    double credit_base_ = 0;
    double trace_base_ = 0;
};

}  // namespace models
