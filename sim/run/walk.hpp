// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Neurons walked through a bin from input to input, each at its own pace: several side by side where
// the model has a closed form, else one at a time.
//
// Invariant: what becomes of a neuron does not depend on those beside it.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/core/flatten.hpp"
#include "sim/run/bin_inputs.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/motion.hpp"

namespace sim {

template <NeuronModel M>
class Walk {
public:
    using Walker = typename MotionOf<M>::type::Walker;
    using Number = typename Walker::Number;
    using State = typename M::template State<Number>;
    using Mask = ode::Mask<Number>;
    /// How many neurons go side by side.
    static constexpr std::size_t width = std::is_same_v<Number, double> ? 1 : lanes;
    using Places = std::array<std::uint32_t, width>;

    explicit Walk(double resolution)
        : resolution_(resolution), latest_(std::nextafter(resolution, 0.0)) {}

    /// Notes what arrives at a neuron; sorts it.
    void set_inputs(std::size_t lane, std::vector<Arrival>& inputs) {
        sort_by_offset(inputs);
        auto& instants = instants_[lane];
        instants.clear();
        for (const auto& input : inputs) {
            if (instants.empty() || instants.back().offset != input.offset)
                instants.push_back({input.offset, {}});
            auto& sum = instants.back().sum;
            (input.receptor == Receptor::exc   ? sum.exc
             : input.receptor == Receptor::inh ? sum.inh
                                               : sum.current) += input.weight;
        }
        instants.push_back({resolution_, {}});
    }

    /// Walks the first `size` lanes through the bin. `ready`: the end of their refractory periods, ms
    /// after the begin of the bin. Calls fire(lane, state of the lane, offset) for every spike, which
    /// resets the state and returns when the neuron is ready again.
    template <class Fire>
    SHARPWAVE_FLATTEN void run(Walker& walker, std::size_t size, State& s, Number ready,
                               const Fire& fire) {
        std::array<const Instant*, width> at_instant;
        for (std::size_t lane = 0; lane < width; ++lane)
            at_instant[lane] = instants_[lane < size ? lane : 0].data();
        const auto mask = [](unsigned bits) {
            if constexpr (width == 1) return bits != 0;
            else return mask_of(bits);
        };
        const auto fire_all = [&](const Mask& fires, const Number& at) {
            for (unsigned bits = bits_of(fires); bits != 0; bits &= bits - 1) {
                const auto lane = static_cast<std::size_t>(std::countr_zero(bits));
                auto one = lane_of<typename M::template State<double>>(s, lane);
                const double again = fire(lane, one, lane_of<double>(at, lane));
                set_lane(s, lane, one);
                set_lane(ready, lane, again);
            }
        };

        const auto& p = walker.params();
        Number at(0);
        auto next = instants_of(at_instant);
        Mask going = mask((1U << size) - 1);
        Mask waiting(false);
        while (true) {
            const Mask held = ready > at;
            Number until = next.offset;
            assign_where(held && ready < until, until, ready);
            const Number dt = until - at;
            const Mask open = walker.pass(s, at, dt, held, going && dt > Number(0));
            waiting = waiting || open;
            going = going && !open;
            assign_where(going, at, until);

            const Mask arrives = going && at == next.offset;
            if (any_of_lanes(arrives)) {
                const Mask ends = arrives && at == Number(resolution_);
                const Mask is_free = !(ready > at);
                State free = s;
                State kept = s;
                M::receive(p, free, next.sum);
                M::receive_held(p, kept, next.sum);
                assign_fields<Number>(is_free, free, kept);
                assign_fields<Number>(arrives && !ends, kept, s);
                going = going && !ends;
                for (std::size_t lane = 0; lane < width; ++lane)
                    at_instant[lane] += bits_of(going && arrives) >> lane & 1U;
                const Mask fires =
                    arrives && !ends && is_free && M::gap(p, s, Number(1)) >= Number(0);
                fire_all(fires, at);
                next = instants_of(at_instant);
            }
            if (any_of_lanes(going)) continue;
            if (!any_of_lanes(waiting)) return;

            // To look for a crossing costs as much for one as for all: so they wait until nobody goes.
            Number time(0);
            const Number rest = next.offset - at;
            const Mask crosses = walker.cross(s, at, rest, waiting, time);
            Number crossed_at = at + time;
            assign_where(crossed_at > next.offset, crossed_at, next.offset);
            assign_where(crossed_at > Number(latest_), crossed_at, Number(latest_));
            assign_where(waiting, at, next.offset);
            assign_where(crosses, at, crossed_at);
            fire_all(crosses, at);
            going = waiting;
            waiting = Mask(false);
        }
    }

private:
    template <class T>
    struct InstantOf {
        T offset;  // ms after the begin of the bin; of the last one, the resolution
        Input<T> sum;
    };
    using Instant = InstantOf<double>;

    static InstantOf<Number> instants_of(const std::array<const Instant*, width>& of_lanes) {
        if constexpr (width == 1) return *of_lanes[0];
        else {
            constexpr std::size_t n = sizeof(Instant) / sizeof(double);
            std::array<double, n * width> rows;
            for (std::size_t lane = 0; lane < width; ++lane)
                std::memcpy(rows.data() + n * lane, of_lanes[lane], sizeof(Instant));
            const auto columns = columns_of<n>(rows.data());
            return {columns[0], {columns[1], columns[2], columns[3]}};
        }
    }

    double resolution_;
    double latest_;  // of spikes, ms: those of a bin lie within it
    std::array<std::vector<Instant>, width> instants_;
};

}  // namespace sim
