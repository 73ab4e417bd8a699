// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/hopfield_cache.hpp"

#include <cmath>
#include <numeric>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace models {

HopfieldCache::HopfieldCache(const HopfieldCacheConfig& config) : config_(config) {
    if (!(config.tau >= 1))
        throw sim::BadParameter("tau = " + sim::number(config.tau) +
                                " steps: below 1; choose 1 or more");
    for (auto& matrix : weights_) matrix.assign(config.units * config.units, 0.0);
}

HopfieldCache::Signs HopfieldCache::random_pattern(const sim::RandomKey& key,
                                                   std::uint64_t index) const {
    sim::RandomStream draws(key, index);
    Signs pattern(config_.units, -1);
    std::vector<std::size_t> order(config_.units);
    std::iota(order.begin(), order.end(), 0U);
    const auto ones =
        static_cast<std::size_t>(std::llround(config_.active * static_cast<double>(config_.units)));
    for (std::size_t i = 0; i < ones; ++i) {
        std::swap(order[i], order[i + draws.below(config_.units - i)]);
        pattern[order[i]] = 1;
    }
    return pattern;
}

void HopfieldCache::store(const Signs& from, const Signs& to) {
    const std::size_t n = config_.units;
    const auto mean = [&](const Signs& s) {
        return std::accumulate(s.begin(), s.end(), 0.0) / static_cast<double>(n);
    };
    const double from_mean = mean(from), to_mean = mean(to);
    auto& w = weights_[pairs_++ % 2];
    for (std::size_t post = 0; post < n; ++post) {
        const double q = (to[post] - to_mean) / static_cast<double>(n);
        for (std::size_t pre = 0; pre < n; ++pre)
            w[post * n + pre] += q * ((from[pre] - from_mean) + (to[pre] - to_mean));
    }
}

// Runs with one matrix until lambda changes.
HopfieldCache::Signs HopfieldCache::settle(std::vector<double>& h, std::size_t matrix) const {
    const std::size_t n = config_.units;
    const auto signs = [&] {
        Signs s(n);
        for (std::size_t i = 0; i < n; ++i) s[i] = h[i] >= 0 ? 1 : -1;
        return s;
    };
    const bool by_itself = config_.pace == HopfieldCacheConfig::Pace::itself;
    const std::size_t most = by_itself ? 100 * config_.settled : config_.half_period;
    Signs x = signs();
    bool has_moved = false;
    std::size_t same = 0;
    for (std::size_t step = 0; step < most; ++step) {
        for (std::size_t i = 0; i < n; ++i) {
            double input = 0;
            for (std::size_t j = 0; j < n; ++j) input += weights_[matrix][i * n + j] * x[j];
            h[i] += (input - h[i]) / config_.tau;
        }
        const Signs next = signs();
        has_moved = has_moved || next != x;
        same = next == x ? same + 1 : 0;
        x = next;
        if (by_itself && has_moved && same >= config_.settled) break;
    }
    return x;
}

std::vector<HopfieldCache::Signs> HopfieldCache::recall(const Signs& cue, std::size_t count) const {
    std::vector<double> h = cue;
    std::vector<Signs> found;
    for (std::size_t k = 0; k < count; ++k) found.push_back(settle(h, k % 2));
    return found;
}

}  // namespace models
