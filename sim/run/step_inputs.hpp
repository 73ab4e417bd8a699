// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What arrives at the neurons of a tile in one step of grid timing.
//
// Arrivals at synapses of one weight are counted, and weights that are whole quanta summed as such,
// which takes little memory and is exact; all others are summed as doubles. Whoever takes the input
// of a neuron leaves zeros for the next step.
// Order of the sum, which no cut of a network changes: what is summed as doubles, then quanta, then
// counts, each times its unit.

#include <cstdint>
#include <span>
#include <utility>

#include "sim/run/lanes.hpp"
#include "sim/run/model.hpp"
#include "sim/run/source.hpp"

namespace sim {

/// Whole numbers of a unit by neuron: counts of arrivals (16 bits), or sums of quanta (32 bits).
template <class Whole>
struct WholeInput {
    Whole* of = nullptr;
    double unit = 0;
    bool is_inh = false;

    double take(std::size_t k) const { return unit * std::exchange(of[k], Whole{0}); }
    Pack take_pack(std::size_t first) const {
        const Pack sum = Pack(unit) * widen(of + first);
        std::memset(of + first, 0, lanes * sizeof *of);
        return sum;
    }
};

/// All of one kind.
template <class Whole>
struct WholeInputs {
    WholeInput<Whole> exc{}, inh{};  ///< the first of each port, if there is one
    std::span<const WholeInput<Whole>> more{};

    void take(std::size_t k, Input<double>& in) const {
        if (exc.of != nullptr) in.exc += exc.take(k);
        if (inh.of != nullptr) in.inh += inh.take(k);
        for (const auto& one : more) (one.is_inh ? in.inh : in.exc) += one.take(k);
    }
    void take_pack(std::size_t first, Input<Pack>& in) const {
        if (exc.of != nullptr) in.exc += exc.take_pack(first);
        if (inh.of != nullptr) in.inh += inh.take_pack(first);
        for (const auto& one : more) {
            const Pack sum = one.take_pack(first);
            if (one.is_inh) in.inh += sum;
            else in.exc += sum;
        }
    }
};

struct StepInputs {
    static constexpr std::size_t room = 64;  ///< beyond the last neuron in all arrays

    InputRow sums;
    bool has_sums;      ///< false: those of exc and inh are all zero
    bool has_currents;  ///< false: those of current are
    WholeInputs<std::int32_t> quanta{};
    WholeInputs<std::uint16_t> counts{};

    Input<double> take(std::size_t k) const {
        Input<double> in;
        if (has_sums) {
            in.exc = std::exchange(sums.exc[k], 0.0);
            in.inh = std::exchange(sums.inh[k], 0.0);
        }
        if (has_currents) in.current = std::exchange(sums.current[k], 0.0);
        quanta.take(k, in);
        counts.take(k, in);
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
        quanta.take_pack(first, in);
        counts.take_pack(first, in);
        return in;
    }

private:
    static Pack take(double* from) {
        const Pack value = load(from);
        store(Pack(0), from);
        return value;
    }
};

}  // namespace sim
