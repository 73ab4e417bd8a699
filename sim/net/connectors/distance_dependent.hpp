// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Connection probability that falls with distance.

#include <array>
#include <cmath>

#include "sim/core/error.hpp"
#include "sim/net/wiring.hpp"

namespace sim::connectors {

struct DistanceDependent {
    static constexpr std::string_view name = "distance_dependent";
    static constexpr std::string_view summary =
        "pairs are connected with a probability that falls with distance (positions needed)";
    static constexpr std::string_view source =
        "Hellwig 2000, Biol Cybern 82:111 (Gaussian); Perin et al. 2011, PNAS 108:5419 (exponential)";
    struct Params {
        double p_0 = 0.1, sigma = 100, exponential = 0, cutoff = range::huge, period = 0, autapses = 1;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{
            Param<P>{"p_0", &P::p_0, Unit::none, range::unit_interval, "probability at distance 0"},
            Param<P>{"sigma", &P::sigma, Unit::um, range::positive, "width of the profile"},
            Param<P>{"exponential", &P::exponential, Unit::none, range::flag,
                     "0: p_0 exp(-d^2 / 2 sigma^2); 1: p_0 exp(-d / sigma)"},
            Param<P>{"cutoff", &P::cutoff, Unit::um, range::positive, "no edges beyond this distance"},
            Param<P>{"period", &P::period, Unit::um, range::non_negative,
                     "edge length of a periodic sheet; 0: not periodic"},
            Param<P>{"autapses", &P::autapses, Unit::none, range::flag,
                     "1: a neuron may connect to itself"}};
    }

    static std::unique_ptr<Wiring> wire(const Params& p, const WiringContext& context) {
        if (context.pre_positions->empty() || context.post_positions->empty())
            throw BadNetwork("needs positions; give both populations position.x (and .y, .z)");
        const bool skip_self = context.same_population && p.autapses == 0;
        return wiring_from([p, skip_self, n = context.pre_size, key = context.key,
                            pre = *context.pre_positions, post = *context.post_positions](
                               std::uint64_t target, std::vector<Edge>& out) {
            for (std::uint64_t k = 0; k < n; ++k) {
                if (skip_self && k == target) continue;
                const double d = distance(pre, k, post, target, p.period);
                if (d > p.cutoff) continue;
                const double u = d / p.sigma;
                const double chance = p.p_0 * std::exp(p.exponential == 1 ? -u : -0.5 * u * u);
                const auto words = random_block(key, target, k);
                if (to_unit(words[0], words[1]) < chance)
                    out.push_back({static_cast<std::uint32_t>(k), target * n + k});
            }
        });
    }

private:
    static double along(const std::vector<double>& a, std::uint64_t i, const std::vector<double>& b,
                        std::uint64_t j, double period) {
        if (a.empty() || b.empty()) return 0;
        double d = a[i] - b[j];
        if (period > 0) d -= period * std::round(d / period);
        return d;
    }
    static double distance(const Positions& a, std::uint64_t i, const Positions& b, std::uint64_t j,
                           double period) {
        return std::hypot(along(a.x, i, b.x, j, period), along(a.y, i, b.y, j, period),
                          along(a.z, i, b.z, j, period));
    }
};

}  // namespace sim::connectors
