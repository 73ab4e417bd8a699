// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Checks of single values against the rows of the catalogue; collects what is wrong.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"

namespace sim {

inline constexpr std::uint64_t most_neurons = 4294967294;  // of 32-bit ids the last is reserved

class ValueChecks {
public:
    explicit ValueChecks(const Catalogue& catalogue) : catalogue_(catalogue) {}

    const Catalogue& catalogue() const { return catalogue_; }
    std::size_t count() const { return problems_.size(); }
    std::vector<Problem> take() { return std::move(problems_); }

    /// "-5 mV"
    static std::string with_unit(double x, Unit unit);

    void problem(std::string path, std::string text);
    void must_be(const std::string& path, double x, Unit unit, const std::string& rule);
    void unknown(const std::string& path, const std::string& name, const std::string& kind,
                 const std::vector<std::string>& known);

    /// The row, state or part of that name; null, and a problem, if there is none.
    const ParamInfo* find_row(const std::string& path, const std::string& name,
                              const PartInfo& part);
    const StateInfo* find_state(const std::string& path, const std::string& name,
                                const PartInfo& part);
    const PartInfo* find_part(const std::string& path, PartKind kind, const std::string& name,
                              const std::string& what);

    void check_name(const std::string& path, const std::string& name,
                    std::set<std::string>& taken);
    void check_size(const std::string& path, std::uint64_t size);
    void check_number(const std::string& path, double x, const ParamInfo& row);

    /// A stretch of time: whole steps of the resolution.
    void check_span(const std::string& path, double ms, double resolution);
    void check_run(const RunSpec& run);

    /// A constant, every entry of a list (which has `size` entries, where that is known), or all
    /// that a distribution can give.
    void check_value(const std::string& path, const Value& value, const ParamInfo& row,
                     std::optional<std::uint64_t> size);
    void check_params(const std::string& path, const Values& values, const PartInfo& part,
                      std::optional<std::uint64_t> size);

    /// A finite weight of the sign that its receptor takes.
    void check_weight(const std::string& path, const Value& weight, const std::string& receptor,
                      std::optional<std::uint64_t> size);

    /// What a source of this kind needs and what it has no use for.
    void check_role(const std::string& path, const SourceSpec& one, const PartInfo& part);

    /// The parameters of a normal, lognormal or exponential distribution.
    void check_spread(const std::string& path, const Value& value);

    /// A reset at the threshold or above would spike without end.
    void check_reset(const std::string& path, const NeuronsSpec& one, const PartInfo& part);
    /// Times (ms), in any order.
    void check_times(const std::string& path, const std::vector<std::vector<double>>& trains);
    void check_edge_ids(const std::string& path, const EdgeList& list, std::uint64_t pre,
                        std::uint64_t post);

private:
    void check_list(const std::string& path, const Value& value, const ParamInfo& row,
                    std::optional<std::uint64_t> size);
    void check_draws(const std::string& path, const Value& value, const ParamInfo& row);

    const Catalogue& catalogue_;
    std::vector<Problem> problems_;
};

}  // namespace sim
