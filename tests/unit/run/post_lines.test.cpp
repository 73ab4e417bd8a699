// SPDX-License-Identifier: BSD-3-Clause
// What synapses take in of the lines of their targets: spikes that lie closer than a tick to the
// limits of what counts, and spikes that are not to be seen yet.
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "plasticity/stdp/stdp_pair.hpp"
#include "sim/run/line_lookup.hpp"
#include "sim/run/plastic_rows.hpp"
#include "sim/run/pre_log.hpp"

namespace {

constexpr double resolution = 0.125;  // ms, so that all times here are exact
constexpr double tau = 20, lambda = 0.01, alpha = 0.7, w_max = 1, weight = 0.5;
constexpr double between = 0x5p-18;  // steps: not a whole tick
const std::vector<double> pre{60.25 + between, 61.5, 93.75 + between, 110.125, 180.625 + between};

/// Delays of the targets in steps, all of them dendritic.
using Delays = std::vector<double>;

/// Distances of a spike from the limits, steps; a tick is more than 1e-4.
const std::vector<double> near{-3e-5, -1e-6, -1e-9, 0, 1e-9, 1e-6, 3e-5};

/// Two spikes of each target near the limit that each presynaptic spike is for it.
std::vector<std::vector<double>> post_spikes(const Delays& delays) {
    std::vector<std::vector<double>> result;
    for (std::size_t k = 0; k < delays.size(); ++k) {
        auto& spikes = result.emplace_back();
        for (std::size_t i = 0; i < pre.size(); ++i) {
            const double limit = pre[i] - delays[k];
            const std::size_t from = (3 * i + k) % near.size();
            for (const std::size_t j : {from, (from + 1 + k % 5) % near.size()})
                spikes.push_back(limit + near[j]);
        }
        std::sort(spikes.begin(), spikes.end());
    }
    return result;
}

sim::SynapseRows rows_of(const Delays& delays) {
    const auto part = [](double steps) { return steps - std::floor(steps); };
    const bool is_one = std::all_of(delays.begin(), delays.end(),
                                    [&](double delay) { return part(delay) == part(delays[0]); });
    const auto count = static_cast<std::uint32_t>(delays.size());
    sim::SynapseRows::Builder builder(
        1, count,
        {sim::Stored::common, is_one ? sim::Stored::common : sim::Stored::doubles, resolution});
    const auto time = [&](double steps) {
        return sim::Time{static_cast<sim::Step>(steps), part(steps) * resolution};
    };
    for (std::uint32_t k = 0; k < count; ++k) builder.count(0, k, time(delays[k]).step);
    builder.begin_second_pass();
    for (std::uint32_t k = 0; k < count; ++k) builder.put(0, k, weight, time(delays[k]));
    return builder.finish();
}

/// Weights by target, after the spikes above in their order at the neurons.
std::vector<double> learned(const Delays& delays, double mu) {
    const auto rows = rows_of(delays);
    const auto targets = static_cast<std::uint32_t>(delays.size());
    sim::PlasticRows<plasticity::StdpPair> synapses({rows,
                                                     targets,
                                                     {tau, tau, lambda, alpha, mu, mu, w_max},
                                                     sim::Clock(resolution),
                                                     {},
                                                     false});
    sim::PreLog log(1, {{tau, true}}, resolution, 512);
    const auto post = post_spikes(delays);
    const double shortest = *std::min_element(delays.begin(), delays.end());
    std::vector<std::size_t> next(targets, 0);
    for (const double time : pre) {
        const auto step = static_cast<sim::Step>(time);
        log.add(step, {{0, {step, (time - std::floor(time)) * resolution}}});
        // All spikes until the arrival, some of them too late for it.
        for (std::uint32_t k = 0; k < targets; ++k)
            for (; next[k] < post[k].size() && post[k][next[k]] < time + shortest; ++next[k])
                synapses.post_spike(k, post[k][next[k]]);
        for (sim::Step delay = rows.shortest(); delay <= rows.longest(); ++delay) {
            const auto* run = rows.run(0, delay);
            synapses.arrive({log.time(step, 0), log.before(step, 0), delay, run[0], run[1]});
        }
    }
    std::vector<double> result(targets);
    for (std::uint32_t k = 0; k < targets; ++k) result[rows.targets()[k]] = synapses.weights()[k];
    return result;
}

long double expected(std::size_t target, const Delays& delays, double mu) {
    const auto post = post_spikes(delays)[target];
    const auto kernel = [](double later, double earlier) {
        return std::exp((earlier - later) * resolution / static_cast<long double>(tau));
    };
    long double w = weight;
    std::size_t next = 0;
    for (std::size_t i = 0; i < pre.size(); ++i) {
        const double limit = pre[i] - delays[target];
        for (; next < post.size() && post[next] < limit; ++next) {
            long double x = 0;
            for (std::size_t j = 0; j < i && pre[j] - delays[target] <= post[next]; ++j)
                x += kernel(post[next], pre[j] - delays[target]);
            w += lambda * std::pow(1 - w, static_cast<long double>(mu)) * x;
        }
        long double y = 0;
        for (std::size_t j = 0; j < next; ++j) y += kernel(limit, post[j]);
        w -= lambda * alpha * std::pow(w, static_cast<long double>(mu)) * y;
    }
    return w;
}

}  // namespace

TEST_CASE("spikes closer than a tick are told apart", "[unit]") {
    std::vector<Delays> all{Delays(70, 15), Delays(70, 15.375), {}, {}};
    for (int k = 0; k < 70; ++k) {
        all[2].push_back(k % 3 == 0 ? 12 : 15);
        all[3].push_back(12 + ((k * 37) % 64) / 16.0);
    }
    for (const auto& delays : all)
        for (const double mu : {0.0, 0.4}) {
            INFO("delay " << delays[0] << ", mu " << mu);
            const auto found = learned(delays, mu);
            for (std::size_t k = 0; k < delays.size(); ++k)
                // Doubles, a dozen events; a spike on the wrong side changes 1e-3.
                CHECK(found[k] ==
                      Approx(static_cast<double>(expected(k, delays, mu))).epsilon(1e-12));
        }
}

TEST_CASE("large counts are found, ascending, up to the size", "[unit]") {
    std::vector<std::uint8_t> counts(64 + 8, 127);
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] = static_cast<std::uint8_t>(i * 7 % 9);
    for (std::uint32_t size = 0; size <= 64; ++size)
        for (const auto least : std::vector<std::uint8_t>{1, 2, 8}) {
            std::vector<std::uint32_t> found, wanted;
            sim::for_each_with(counts.data(), size, least,
                               [&](std::uint32_t i) { found.push_back(i); });
            for (std::uint32_t i = 0; i < size; ++i)
                if (counts[i] >= least) wanted.push_back(i);
            CHECK(found == wanted);
        }
}

TEST_CASE("counts that are not 0 are bits of a mask", "[unit]") {
    for (unsigned bits = 0; bits < 1U << sim::lanes; ++bits) {
        std::array<std::uint8_t, sim::lanes> counts{};
        for (std::size_t i = 0; i < sim::lanes; ++i)
            if ((bits >> i & 1U) != 0)
                counts[i] = static_cast<std::uint8_t>(bits % 3 == 0 ? 127 : 1);
        CHECK(sim::which_are_some(counts.data()) == bits);
    }
}
