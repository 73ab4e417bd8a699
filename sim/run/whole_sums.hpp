// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Rows of whole numbers by neuron of a tile, one for each unit: arrivals at synapses of one weight,
// or sums of weights that are whole quanta.
//
// Invariant: no number of a row can exceed its type within a step, as what every user of the row
// brings at most was added up beforehand.
// Threads: part of a Delivery.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/run/step_inputs.hpp"

namespace sim {

template <class Whole>
class WholeSums {
public:
    explicit WholeSums(std::size_t most_rows) : most_rows_(most_rows) {}

    /// The row for what brings `most` of a unit to a neuron in a step; -1 if there are too many rows.
    std::int16_t plan(double unit, std::uint64_t most) {
        constexpr std::uint64_t limit = std::numeric_limits<Whole>::max();
        std::size_t i = 0;
        while (i < rows_.size() && (rows_[i].unit != unit || rows_[i].most + most > limit)) ++i;
        if (i == most_rows_ || most > limit) return -1;
        if (i == rows_.size()) rows_.push_back({unit});
        rows_[i].most += most;
        return static_cast<std::int16_t>(i);
    }

    /// Room for the largest tile, when all is planned.
    void resize(std::size_t neurons) {
        for (auto& row : rows_) row.of.resize(neurons);
    }

    Whole* row(std::int16_t number) { return rows_[static_cast<std::size_t>(number)].of.data(); }

    /// What of it a tile takes: is_used(number of a row).
    template <class IsUsed>
    void choose(bool has_inh_port, const IsUsed& is_used) {
        first_ = {};
        more_.clear();
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (!is_used(static_cast<std::int16_t>(i))) continue;
            const WholeInput<Whole> one{rows_[i].of.data(), rows_[i].unit,
                                        has_inh_port && rows_[i].unit < 0};
            auto& first = first_[one.is_inh ? 1 : 0];
            if (first.of == nullptr) first = one;
            else more_.push_back(one);
        }
    }
    WholeInputs<Whole> inputs() const { return {first_[0], first_[1], more_}; }

private:
    struct Row {
        double unit;
        std::uint64_t most = 0;
        std::vector<Whole> of{};
    };
    std::size_t most_rows_;
    std::vector<Row> rows_;
    std::array<WholeInput<Whole>, 2> first_;  // of exc and inh
    std::vector<WholeInput<Whole>> more_;
};

}  // namespace sim
