// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What arrives at the neurons of a tile in one step of grid timing.
//
// Arrivals at synapses of one weight are counted, which takes little memory and is exact; all others
// are summed. Whoever takes the input of a neuron leaves zeros for the next step.
// Order of the sum, which no cut of a network changes: what is summed, then each count times its
// weight.

#include <cstdint>
#include <span>
#include <utility>

#include "sim/run/lanes.hpp"
#include "sim/run/model.hpp"
#include "sim/run/source.hpp"

namespace sim {

struct CountedInput {
    std::uint16_t* counts = nullptr;  ///< by neuron
    double weight = 0;
    bool is_inh = false;
};

struct StepInputs {
    static constexpr std::size_t room = 64;  ///< beyond the last neuron in all arrays

    InputRow sums;
    bool has_sums;      ///< false: those of exc and inh are all zero
    bool has_currents;  ///< false: those of current are
    CountedInput exc{}, inh{};  ///< the first of each port, if it has counts
    std::span<const CountedInput> more{};

    Input<double> take(std::size_t k) const {
        Input<double> in;
        if (has_sums) {
            in.exc = std::exchange(sums.exc[k], 0.0);
            in.inh = std::exchange(sums.inh[k], 0.0);
        }
        if (has_currents) in.current = std::exchange(sums.current[k], 0.0);
        if (exc.counts != nullptr) in.exc += take(exc, k);
        if (inh.counts != nullptr) in.inh += take(inh, k);
        for (const auto& one : more) (one.is_inh ? in.inh : in.exc) += take(one, k);
        return in;
    }

    /// Of `lanes` neurons from `first` on.
    Input<Pack> take_pack(std::size_t first) const {
        Input<Pack> in{0, 0, 0};
        if (has_sums) {
            in.exc = take(sums.exc.data() + first);
            in.inh = take(sums.inh.data() + first);
        }
        if (has_currents) in.current = take(sums.current.data() + first);
        if (exc.counts != nullptr) in.exc += take_counts(exc, first);
        if (inh.counts != nullptr) in.inh += take_counts(inh, first);
        for (const auto& one : more) {
            const Pack sum = take_counts(one, first);
            if (one.is_inh) in.inh += sum;
            else in.exc += sum;
        }
        return in;
    }

private:
    static double take(const CountedInput& one, std::size_t k) {
        return one.weight * std::exchange(one.counts[k], std::uint16_t{0});
    }
    static Pack take_counts(const CountedInput& one, std::size_t first) {
        const Pack sum = Pack(one.weight) * widen(one.counts + first);
        std::memset(one.counts + first, 0, lanes * sizeof *one.counts);
        return sum;
    }
    static Pack take(double* from) {
        const Pack value = load(from);
        store(Pack(0), from);
        return value;
    }
};

}  // namespace sim
