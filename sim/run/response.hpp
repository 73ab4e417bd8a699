// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What an input within a bin leaves at the end of the bin, for linear models.
//
// An input of weight w that arrives u before the end of the bin adds w * c(u) to the state there;
// by linearity many inputs just add up, so that one flow per bin carries any number of events.

#include <bit>

#include "sim/run/model.hpp"
#include "sim/run/polynomial.hpp"
#include "sim/run/source.hpp"

namespace sim {

template <ClosedForm M>
class Response {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    static constexpr std::size_t n = sizeof(State) / sizeof(double);
    using Table = PolynomialTable<n>;
    using Values = typename Table::Values;
    using Packed = typename Table::Packed;

    /// `held`: for neurons that are refractory all through the bin.
    Response(const Params& p, double resolution, bool held) {
        for (const auto receptor : {Receptor::exc, Receptor::inh, Receptor::current}) {
            const auto r = static_cast<std::size_t>(receptor);
            const auto effect = [&](double u) { return unit_effect(p, receptor, u, held); };
            tables_[r] = Table(effect, resolution, precision);
            measure_lift(p, r, effect, resolution);
        }
    }

    /// Of the largest effect that an input has by the end of its bin: with a hundredth of a mV there,
    /// 4e-14 mV, some ten roundings of a potential of tens of mV.
    static constexpr double precision = 4e-12;

    /// False where time constants are far below the resolution.
    bool is_precise() const {
        return tables_[0].is_precise() && tables_[1].is_precise() && tables_[2].is_precise();
    }

    /// The effect of a unit input `before_end` ms before the end of the bin.
    Packed at(Receptor receptor, double before_end) const {
        return tables_[static_cast<std::size_t>(receptor)].at(before_end);
    }

    const Table& table(Receptor receptor) const {
        return tables_[static_cast<std::size_t>(receptor)];
    }

    /// The most by which an input can lift the gap at any time of its bin.
    double lift(Receptor receptor, double weight) const {
        const auto r = static_cast<std::size_t>(receptor);
        return weight >= 0 ? weight * highest_[r] : weight * lowest_[r];
    }

    /// The effect of a unit input after dt. The model is affine; a large input makes the constant
    /// part, which is subtracted, negligible.
    static Values unit_effect(const Params& p, Receptor receptor, double dt, bool held) {
        constexpr double large = 0x1p30;
        State with{};
        State without{};
        Input<double> input;
        (receptor == Receptor::exc ? input.exc : receptor == Receptor::inh ? input.inh : input.current) = large;
        const auto flow = M::flow(p, dt);
        if (held) {
            M::receive_held(p, with, input);
            M::hold(p, flow, with);
            M::hold(p, flow, without);
        } else {
            M::receive(p, with, input);
            M::advance(p, flow, with);
            M::advance(p, flow, without);
        }
        auto result = std::bit_cast<Values>(with);
        const auto constant = std::bit_cast<Values>(without);
        for (std::size_t i = 0; i < n; ++i) result[i] = (result[i] - constant[i]) / large;
        return result;
    }

private:
    template <class Effect>
    void measure_lift(const Params& p, std::size_t r, const Effect& effect, double resolution) {
        constexpr int checks = 257;
        for (int j = 0; j < checks; ++j) {
            const auto s = std::bit_cast<State>(effect(resolution * j / (checks - 1)));
            const double lift = M::gap(p, s, 0.0);
            highest_[r] = std::max(highest_[r], lift);
            lowest_[r] = std::min(lowest_[r], lift);
        }
        // Between the points checked a smooth response hardly rises above its neighbours.
        highest_[r] *= 1.001;
        lowest_[r] *= 1.001;
    }

    std::array<Table, 3> tables_;  // by receptor
    std::array<double, 3> highest_{};
    std::array<double, 3> lowest_{};
};

}  // namespace sim
