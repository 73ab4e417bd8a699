// SPDX-License-Identifier: BSD-3-Clause
// Threshold crossings side by side, against a scan of the closed form in small steps.

#include <catch2/catch.hpp>

#include <cmath>
#include <optional>

#include "models/neurons/glif.hpp"
#include "models/neurons/lif_adaptive.hpp"
#include "models/neurons/lif_alpha.hpp"
#include "models/neurons/lif_exp.hpp"
#include "sim/run/crossing.hpp"
#include "sim/run/lanes.hpp"

using sim::lanes;
using sim::Pack;

namespace {

constexpr double dt = 5;  // ms: long, so that potentials rise and fall within it

template <class M>
struct Case {
    typename M::template Params<double> params;
    typename M::template State<double> start;

    double gap(double t) const {
        auto s = start;
        M::advance(params, M::flow(params, t), s);
        return M::gap(params, s, 1.0);
    }

    /// The first crossing, but for peaks of less than a step of the scan.
    std::optional<double> scanned() const {
        constexpr int steps = 4000;
        for (int i = 1; i <= steps; ++i) {
            if (gap(dt * i / steps) < 0) continue;
            double low = dt * (i - 1) / steps;
            double high = dt * i / steps;
            for (int halving = 0; halving < 60; ++halving) {
                const double middle = low + (high - low) / 2;
                (gap(middle) < 0 ? low : high) = middle;
            }
            return high;
        }
        return std::nullopt;
    }
};

/// A neuron below its threshold that some currents drive.
template <class M>
Case<M> random_case(sim::RandomStream& draw, bool decays_alike) {
    Case<M> one{{}, {}};
    one.params.tau_syn_exc = 0.5 + 4 * draw.uniform();
    one.params.tau_syn_inh = decays_alike ? one.params.tau_syn_exc : 0.5 + 4 * draw.uniform();
    one.start = M::initial(one.params);
    one.start.v = one.params.v_th - 0.01 - 3 * draw.uniform();
    one.start.i_exc = 1500 * draw.uniform();
    one.start.i_inh = -900 * draw.uniform();
    if constexpr (requires { one.start.theta; }) one.start.theta = draw.uniform();
    if constexpr (requires { one.start.i_1; }) one.start.i_1 = -100 * draw.uniform();
    return one;
}

/// Tries many packs; returns how many of all lanes the signs leave open.
template <class M>
double check(bool decays_alike) {
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using WideParams = typename M::template Params<Pack>;
    using WideState = typename M::template State<Pack>;
    using WideFlow = typename M::template Flow<Pack>;
    using Forms = sim::CrossingForms<M>;
    sim::RandomStream draw({20261127, 0, sim::Purpose::model}, 1);
    constexpr int packs = 60;
    int open = 0;
    int crossings = 0;
    for (int i = 0; i < packs; ++i) {
        std::array<Case<M>, lanes> cases;
        for (auto& one : cases) one = random_case<M>(draw, decays_alike);
        const auto p =
            sim::side_by_side<WideParams, Params>([&](std::size_t k) { return cases[k].params; });
        const auto s =
            sim::side_by_side<WideState, State>([&](std::size_t k) { return cases[k].start; });
        const auto forms = sim::side_by_side<sim::CrossingForms<M, Pack>, Forms>(
            [&](std::size_t k) { return Forms(cases[k].params); });
        const auto flow_of = [&](const Pack& t) {
            return sim::side_by_side<WideFlow, typename M::template Flow<double>>(
                [&](std::size_t k) { return M::flow(cases[k].params, t[k]); });
        };
        WideState end = s;
        M::advance(p, flow_of(Pack(dt)), end);
        sim::CrossingSearch<M, Pack, decltype(flow_of)> search(p, forms, flow_of, s);
        const auto told = search.by_signs(Pack(dt), end, Pack::mask_type(true));

        for (std::size_t k = 0; k < lanes; ++k) {
            CAPTURE(i, k);
            const auto& one = cases[k];
            const auto wanted = one.scanned();
            const auto one_flow = [&](double t) { return M::flow(one.params, t); };
            const Forms one_form(one.params);
            State one_end = one.start;
            M::advance(one.params, one_flow(dt), one_end);
            sim::CrossingSearch<M, double, decltype(one_flow)> alone(one.params, one_form, one_flow,
                                                                     one.start);
            const auto found = alone.by_brackets(dt, one_end);
            REQUIRE(found.has_value() == wanted.has_value());
            // Potentials of 50 mV are rounded to 7e-15 mV and cross at some 0.1 mV/ms or faster.
            if (wanted) CHECK(*found == Approx(*wanted).margin(1e-12));
            crossings += wanted ? 1 : 0;
            if (told.is_open[k]) {
                ++open;
                continue;
            }
            REQUIRE(told.crosses[k] == wanted.has_value());
            if (wanted) CHECK(told.time[k] == Approx(*wanted).margin(1e-12));
        }
    }
    const double all = static_cast<double>(packs * lanes);
    CHECK(crossings > 0.2 * all);
    CHECK(crossings < 0.95 * all);
    return open / all;
}

}  // namespace

TEST_CASE("crossings are found side by side where a scan finds them", "[unit][run]") {
    check<models::LifExp>(false);
    check<models::LifAdaptive>(false);
    check<models::Glif>(false);
}

TEST_CASE("currents that decay alike count once, so that signs still tell", "[unit][run]") {
    models::LifExp::Params<> p;
    p.tau_syn_exc = p.tau_syn_inh = 3;
    CHECK(sim::CrossingForms<models::LifExp>(p).count == 3);
    p.tau_syn_inh = 3.001;
    CHECK(sim::CrossingForms<models::LifExp>(p).count == 4);
    // Currents that rise and fall are twice in the gap: both stay.
    models::LifAlpha::Params<> alpha;
    const auto rates = models::LifAlpha::rates(alpha).size();
    alpha.tau_syn_exc = 2;
    alpha.tau_syn_inh = 3;
    CHECK(sim::CrossingForms<models::LifAlpha>(alpha).count == static_cast<double>(rates));
    // All of them, if the form that vanishes counted; so, those that have their peak within dt.
    CHECK(check<models::LifExp>(true) < 0.5);
}
