// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit of the neurons of one population.
//
// Credit that comes is held until a spike of the neuron's own, which releases all of it as one signed
// event: a silent neuron never does, and what an active one sends is the integral of f' c, f' the
// slope of a rectifying neuron. What is held when the teacher leaves goes then, if the neuron spiked
// while the teacher was there. Taught neurons have an imbalance besides, the sum of
// teacher - excitation + inhibition, which goes whenever its amount reaches the threshold, and when the
// teacher leaves.
//
// Invariant: what came = what was sent + what is held, for each neuron.
// Threads: one at a time.
//
// Source: our spiking form of Fan & Mysore 2024, arXiv:2405.14139; signed, accumulated errors in
// spikes: Thiele et al. 2020, ICLR, arXiv:1906.00851

#include <cstdint>
#include <span>
#include <vector>

#include "sim/net/description.hpp"
#include "sim/run/retrograde.hpp"

namespace sim {

/// What happens to one neuron, or to all of them. At one instant the order is that of the kinds.
struct CreditHappening {
    enum class Kind : std::uint8_t {
        look_before,  ///< a sample, at the begin of a bin
        begin,        ///< a teacher comes, to anybody
        end,          ///< the own teacher leaves
        arrival,      ///< of credit
        input,        ///< of teacher, excitation or inhibition
        spike,
        release,     ///< of what is held
        look_after,  ///< a sample, after a step of the grid
    };
    Time time;
    Kind kind;
    std::uint32_t neuron = 0;
    std::uint64_t from = 0;  ///< decides the order of arrivals at one instant; number of a sample
    double amount = 0;       ///< spikes

    friend bool operator<(const CreditHappening& a, const CreditHappening& b) {
        if (a.time != b.time) return a.time < b.time;
        if (a.kind != b.kind) return a.kind < b.kind;
        return a.neuron != b.neuron ? a.neuron < b.neuron : a.from < b.from;
    }
};

class CreditPopulation {
public:
    /// `number`: in the network
    CreditPopulation(const CreditSpec& spec, std::size_t number, std::uint64_t size,
                     double resolution);

    /// Inputs to one neuron at one instant.
    void take_inputs(std::span<const CreditHappening> inputs, std::vector<RetrogradeEvent>& sent);
    /// Anything else but samples. `is_taught`: a teacher is there, of anybody
    void take(const CreditHappening& one, bool is_taught, std::vector<RetrogradeEvent>& sent);

    void forget();

    /// Credit that a spike at `time` would release. Needs: nothing has happened after `time`
    double held(std::uint32_t neuron, const Time& time) const;
    double imbalance(std::uint32_t neuron) const { return imbalance_[neuron]; }
    const CreditSpec& spec() const { return spec_; }
    std::size_t number() const { return number_; }

    /// An amount of weight onto these neurons, in spikes.
    double in_spikes(double weight) const { return weight / (weight < 0 ? unit_inh_ : spec_.unit); }

private:
    double filtered(std::uint32_t neuron, const Time& time) const;
    void release(const Time& time, std::uint32_t neuron, std::vector<RetrogradeEvent>& sent);
    void send_imbalance(const Time& time, std::uint32_t neuron, std::vector<RetrogradeEvent>& sent);

    CreditSpec spec_;
    double unit_inh_;
    std::size_t number_;
    double h_;
    // Shape: [neuron]
    std::vector<double> unsent_;    // held, and in the filter
    std::vector<double> filtered_;  // at the time of the last arrival
    std::vector<Time> arrived_;     // when that was
    std::vector<double> imbalance_;
    std::vector<std::uint8_t> has_spiked_;  // while somebody was last taught
};

}  // namespace sim
