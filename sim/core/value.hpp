// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A value of a description: one number, a distribution, or a list with one entry per item.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/core/random.hpp"

namespace sim {

struct Value {
    enum class Kind { constant, uniform, normal, lognormal, exponential, list };

    Kind kind = Kind::constant;
    double a = 0;  ///< constant; low of uniform; mean of normal and exponential; mu of lognormal
    double b = 0;  ///< high of uniform; standard deviation of normal; sigma of lognormal
    double low = -range_limit;   ///< redraw below (normal, lognormal, exponential)
    double high = range_limit;   ///< redraw above
    std::shared_ptr<const std::vector<double>> list;  ///< one per neuron or per edge

    static constexpr double range_limit = 1.7976931348623157e308;

    static Value of(double x) { return {Kind::constant, x, 0, -range_limit, range_limit, nullptr}; }
    static Value uniform(double low, double high) {
        return {Kind::uniform, low, high, -range_limit, range_limit, nullptr};
    }
    static Value normal(double mean, double sd, double low = -range_limit, double high = range_limit) {
        return {Kind::normal, mean, sd, low, high, nullptr};
    }
    static Value of(std::vector<double> values) {
        return {Kind::list, 0, 0, -range_limit, range_limit,
                std::make_shared<const std::vector<double>>(std::move(values))};
    }

    bool is_constant() const { return kind == Kind::constant; }

    /// The smallest and largest value a draw can give (redraw limits included).
    double lower() const;
    double upper() const;

    /// The value of item `entity` (list: its entry; distribution: draw `index` of the entity).
    /// Throws: BadParameter if 1000 redraws do not meet the limits
    double at(const RandomKey& key, std::uint64_t entity, std::uint64_t index = 0) const;

    /// The values of items first, first + 1, ...: what `at` gives, several times as fast.
    void fill(const RandomKey& key, std::uint64_t first, std::span<double> out) const;

    /// "constant", "uniform", ... as protocol files name it.
    static std::string kind_name(Kind kind);
};

}  // namespace sim
