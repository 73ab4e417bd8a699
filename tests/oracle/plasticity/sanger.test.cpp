// SPDX-License-Identifier: BSD-3-Clause
// Sanger's rule, whose synapses depend on each other, against the whole network worked out tick by tick.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_max = 1e-8;  // mV: thousands of such inputs move no spike
constexpr Real tau = 17, tau_mean = 240, eta = 0.02, every = 15;  // ms

/// Spikes that reach the synapse before `time` (post) or by then (pre), faded.
Real trace(const std::vector<double>& spikes, double time, Real fade) {
    Real sum = 0;
    for (const double t : spikes)
        if (t < time - 1e-7) sum += std::exp((t - time) * static_cast<Real>(resolution) / fade);
    return sum;
}
Real deviation(const std::vector<double>& spikes, double time) {
    return trace(spikes, time, tau) - tau / tau_mean * trace(spikes, time, tau_mean);
}

}  // namespace

TEST_CASE("Sanger's rule equals the sums over spikes and over the neurons before") {
    Setting setting;
    setting.rule = "sanger";
    setting.params = {{"tau", static_cast<double>(tau)},
                      {"tau_mean", static_cast<double>(tau_mean)},
                      {"eta", static_cast<double>(eta)},
                      {"every", static_cast<double>(every)},
                      {"w_0", w_max},
                      {"w_max", w_max}};
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            const auto all = outcomes(one, duration);  // sources, then targets, ascending
            std::vector<Real> w(all.size(), static_cast<Real>(one.weight));
            Real moved = 0;
            bool is_negative = false;
            for (Real ms = every; ms < duration - 1e-9; ms += every) {
                const auto now = static_cast<double>(ms / static_cast<Real>(resolution));
                const auto before = w;
                for (std::size_t first = 0, last = 0; first < all.size(); first = last) {
                    while (last < all.size() && all[last].source == all[first].source) ++last;
                    for (std::size_t i = first; i < last; ++i) {
                        const auto& mine = all[i].meetings;
                        const double time = now - all[i].dendritic;
                        Real row = 0;
                        for (std::size_t k = first; k < last; ++k)
                            if (all[k].target <= all[i].target)
                                row += before[k] *
                                       deviation(all[k].meetings.post, now - all[k].dendritic);
                        w[i] += eta * deviation(mine.post, time) *
                                (Real(w_max) * deviation(mine.pre, time) - row);
                        w[i] = std::clamp(w[i], -Real(w_max), Real(w_max));
                    }
                }
            }
            for (std::size_t i = 0; i < all.size(); ++i) {
                INFO("source " << all[i].source << " target " << all[i].target);
                // Of the largest weight: the engine works in doubles.
                CHECK_THAT(all[i].values[0],
                           Catch::WithinAbs(static_cast<double>(w[i]), 1e-10 * w_max));
                moved = std::max(moved, std::abs(w[i] - static_cast<Real>(one.weight)));
                is_negative = is_negative || w[i] < 0;
            }
            CHECK(moved > 0.1L * Real(w_max));
            CHECK(is_negative);
        }
}

TEST_CASE("a rule that ticks more often than the clock says so") {
    Setting setting;
    setting.rule = "sanger";
    setting.params = {{"every", 0.01}};
    CHECK_THROWS_WITH(outcomes(setting, 10),
                      Catch::Contains("0.01 ms") && Catch::Contains("resolution of 0.1 ms"));
}
