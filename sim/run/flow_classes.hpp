// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The flows that occur in a population of a closed-form model, each with the tables that make it fast.
//
// Tables are rounded as the parameters of the neuron are that they are made of, and whether they are worth
// their making depends on how many flows there are: so both follow from the population, not from how
// it is cut into tiles.

#include <array>
#include <bit>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

#include "sim/core/params.hpp"
#include "sim/run/block.hpp"
#include "sim/run/crossing.hpp"
#include "sim/run/polynomial.hpp"
#include "sim/run/response.hpp"

namespace sim {

template <ClosedForm M>
class FlowClasses final : public SharedByTiles {
public:
    using Params = typename M::template Params<double>;
    using Flow = typename M::template Flow<double>;
    static constexpr std::size_t flow_fields =
        std::max(sizeof(Flow) / sizeof(double), std::size_t{1});
    using Values = std::array<double, flow_fields>;

    struct Tables {
        std::optional<PolynomialTable<flow_fields>>
            flows;  // by time; nothing if they are not precise
        Response<M> free, held;
    };
    struct Class {
        Class(const Params& first, double resolution)
            : params(first), flow(M::flow(first, resolution)), forms(first) {}

        Params params;  // of its first neuron
        Flow flow;      // over a resolution
        CrossingForms<M> forms;
        std::shared_ptr<const Tables> tables{};
    };

    FlowClasses(const PopulationParams& population, double resolution) : resolution_(resolution) {
        constexpr std::uint64_t stretch = 4096;
        for (std::uint64_t first = 0; first < population.size; first += stretch)
            for (const auto& row :
                 population.rows(first, std::min(stretch, population.size - first))) {
                const auto p = assemble<Params>(M::params(), row);
                const auto [entry, is_new] = numbers_.try_emplace(fingerprint(p), classes_.size());
                if (is_new) classes_.emplace_back(p, resolution);
                if (classes_.size() <= most_tables) continue;
                classes_.clear();
                numbers_.clear();
                return;
            }
        if constexpr (!is_switch)
            for (auto& one : classes_) one.tables = tabulate(one.params);
    }

    /// None if there are too many for tables.
    const std::vector<Class>& all() const { return classes_; }

    /// Which of them is that of a neuron of the population.
    std::uint32_t number(const Params& p) const { return numbers_.at(fingerprint(p)); }

private:
    static constexpr std::size_t most_tables = 64;
    static constexpr bool is_switch = requires { M::events_only; };  // inputs do not just add up

    std::shared_ptr<const Tables> tabulate(const Params& p) const {
        const auto flow = [&](double dt) { return std::bit_cast<Values>(M::flow(p, dt)); };
        const PolynomialTable<flow_fields> flows(flow, resolution_);
        return std::make_shared<const Tables>(
            Tables{flows.is_precise() ? std::optional(flows) : std::nullopt,
                   Response<M>(p, resolution_, false), Response<M>(p, resolution_, true)});
    }

    /// What agrees between neurons that have the same flow and take inputs alike.
    std::vector<double> fingerprint(const Params& p) const {
        std::vector<double> result;
        const auto append = [&](const auto& numbers) {
            const auto values =
                std::bit_cast<std::array<double, sizeof numbers / sizeof(double)>>(numbers);
            result.insert(result.end(), values.begin(), values.end());
        };
        if constexpr (!std::is_empty_v<Flow>)
            for (const double dt : {resolution_, 0.381966 * resolution_}) append(M::flow(p, dt));
        append(M::rates(p));  // some may be too high to be seen in the flow
        for (const auto& input : {Input<double>{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
            typename M::template State<double> s{};
            M::receive(p, s, input);
            append(s);
        }
        return result;
    }

    double resolution_;
    std::vector<Class> classes_;  // in the order of their first neurons
    std::map<std::vector<double>, std::uint32_t> numbers_;
};

}  // namespace sim
