// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit in events, without a grid of time: between events it relaxes in closed form, and a neuron
// sends a signed retrograde event when its signal has moved by a threshold (send on delta).
//
// Neuron j keeps its drive g_j = e_j + sum_i w_ij sent_i and c_j(t) = g_j + (c_j(t0) - g_j)
// exp(-(t - t0) / tau_c). Its signal delta_j = f'(s_j) c_j is what its synapses learn from; when it
// differs from what was last sent by the threshold or more, the difference goes, times the weight,
// to the drive of every presynaptic neuron. The time of that is known in closed form.
//
// Invariants
//   (1) g_j equals its definition at any moment, also after weights have changed.
//   (2) events go by (time, neuron); nothing else decides their order.
// Threads: one object, one thread.
//
// Source: our event-driven form of credit.hpp; send on delta: Miskowicz 2006, Sensors 6:49

#include <cstdint>
#include <queue>
#include <vector>

#include "models/rate/credit.hpp"

namespace models {

struct CreditEventOptions {
    double tau_c = 100;              ///< ms
    std::vector<double> thresholds;  ///< [layer], in the unit of delta; those of inputs count not
    OutputMode mode = OutputMode::error_plus_feedback;
    std::uint64_t most_events = 100'000'000;
};

/// Thresholds that are a part of the largest signal of their layer.
/// Needs:  settled credit of `pattern`
std::vector<double> relative_thresholds(const NetworkState& state, Eigen::Index pattern,
                                        double part);

class CreditEvents {
public:
    /// Credit of 0, no teacher.
    /// Needs:  firing of `pattern` settled in `state`; a positive threshold for each layer
    CreditEvents(const RateNetwork& network, const NetworkState& state, Eigen::Index pattern,
                 const CreditEventOptions& options);

    /// The errors of the outputs from now on; outputs whose credit is clamped take theirs at once.
    /// Shape:  [output]
    void teach(const Eigen::VectorXd& error);

    /// Handles all events up to a time from now; returns how many. No more come after that until
    /// something changes, if there is none left.
    /// Units:  ms
    /// Throws: NumericFailure beyond the number of events that the options allow
    std::uint64_t advance(double duration);

    /// Adds to the weights of a projection; the credit of its presynaptic neurons follows.
    /// Shape:  [post][pre]; of sparse weights the entries that are there
    void change_weights(std::size_t projection, const RateWeights& change);

    double time() const { return time_; }
    std::uint64_t events() const { return events_; }          ///< retrograde events sent so far
    std::uint64_t deliveries() const { return deliveries_; }  ///< over synapses

    /// True once no neuron will send again by itself.
    bool is_quiet() const;

    /// credit, and signal f' c, of a layer as they are now. Shape: [neuron]
    Eigen::VectorXd credit(std::size_t layer) const;
    Eigen::VectorXd signal(std::size_t layer) const;

    /// What the synapses gather from the signals as they are now.
    RateChange change() const;

private:
    struct Neuron {
        std::size_t layer;
        Eigen::Index index;
        double slope;
        bool is_clamped;
        double error = 0;
        double drive = 0;   // g
        double credit = 0;  // at `since`
        double since = 0;
        double sent = 0;
        double next = 0;    // when it will send; infinity: never
        double queued = 0;  // its earliest event in the queue; infinity: none
    };
    struct Event {
        double time;
        std::size_t neuron;
        bool operator>(const Event& other) const {
            return time != other.time ? time > other.time : neuron > other.neuron;
        }
    };
    struct Synapse {
        std::size_t pre;
        double weight;
    };

    double credit_at(const Neuron& neuron, double time) const;
    void set_drive(std::size_t neuron, double drive);
    void schedule(std::size_t neuron);
    void enqueue(std::size_t neuron);
    void send(std::size_t neuron);
    void collect_synapses();

    RateNetwork network_;
    CreditEventOptions options_;
    std::vector<Eigen::VectorXd> rates_;  // [layer]
    std::vector<std::size_t> first_;      // of a layer; inputs have none
    std::vector<Neuron> neurons_;
    std::vector<std::vector<Synapse>> incoming_;  // [post]; from neurons that are no input
    std::priority_queue<Event, std::vector<Event>, std::greater<>> queue_;
    double time_ = 0;
    std::uint64_t events_ = 0;
    std::uint64_t deliveries_ = 0;
};

}  // namespace models
