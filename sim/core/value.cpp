// SPDX-License-Identifier: BSD-3-Clause
#include "sim/core/value.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/core/error.hpp"

namespace sim {

std::string Value::kind_name(Kind kind) {
    switch (kind) {
        case Kind::constant: return "constant";
        case Kind::uniform: return "uniform";
        case Kind::normal: return "normal";
        case Kind::lognormal: return "lognormal";
        case Kind::exponential: return "exponential";
        case Kind::list: return "list";
    }
    return {};
}

double Value::lower() const {
    switch (kind) {
        case Kind::constant:
        case Kind::uniform: return a;
        case Kind::list: return list->empty() ? 0 : *std::min_element(list->begin(), list->end());
        case Kind::normal: return low;
        case Kind::lognormal:
        case Kind::exponential: return std::max(low, 0.0);
    }
    return low;
}

double Value::upper() const {
    switch (kind) {
        case Kind::constant: return a;
        case Kind::uniform: return b;
        case Kind::list: return list->empty() ? 0 : *std::max_element(list->begin(), list->end());
        default: return high;
    }
}

void Value::fill(const RandomKey& key, std::uint64_t first, std::span<double> out) const {
    constexpr std::size_t width = 16;
    std::size_t i = 0;
    if (kind == Kind::normal)
        for (; i + width <= out.size(); i += width) {
            const auto words = random_lanes<width>(key, first + i, 0);
            std::array<double, width> p;
            for (std::size_t k = 0; k < width; ++k) p[k] = to_unit(words[0][k], words[1][k]);
            double* x = out.data() + i;
            for (std::size_t k = 0; k < width; ++k) x[k] = a + b * central_normal_quantile(p[k]);
            for (std::size_t k = 0; k < width; ++k) {
                if (!is_central(p[k])) x[k] = a + b * outer_normal_quantile(p[k]);
                if (!(x[k] >= low && x[k] <= high)) x[k] = at(key, first + i + k);
            }
        }
    for (; i < out.size(); ++i) out[i] = at(key, first + i);
}

double Value::at(const RandomKey& key, std::uint64_t entity, std::uint64_t index) const {
    if (kind == Kind::constant) return a;
    if (kind == Kind::list) return list->at(entity);
    constexpr int blocks_per_draw = 1024;
    RandomStream stream(key, entity, index * blocks_per_draw);
    if (kind == Kind::uniform) return a + (b - a) * stream.uniform();
    for (int attempt = 0; attempt < 1000; ++attempt) {
        double x = 0;
        if (kind == Kind::exponential) x = a * stream.exponential();
        else x = a + b * stream.normal();
        if (kind == Kind::lognormal) x = std::exp(x);
        if (x >= low && x <= high) return x;
    }
    throw BadParameter("a draw from a " + kind_name(kind) +
                       " distribution missed its limits 1000 times; widen `low` and `high`");
}

}  // namespace sim
