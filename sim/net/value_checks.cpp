// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/value_checks.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/text.hpp"

namespace sim {
namespace {

std::optional<Value> effective(const NeuronsSpec& one, const PartInfo& part,
                               const std::string& name) {
    if (const auto given = one.params.find(name); given != one.params.end())
        return given->second;
    for (const auto& row : part.params)
        if (row.name == name) return Value::of(row.default_value);
    return std::nullopt;
}

}  // namespace

std::string ValueChecks::with_unit(double x, Unit unit) {
    const auto text = symbol(unit);
    return number(x) + (text.empty() ? "" : " " + std::string(text));
}

void ValueChecks::problem(std::string path, std::string text) {
    problems_.push_back({std::move(path), std::move(text)});
}

void ValueChecks::must_be(const std::string& path, double x, Unit unit, const std::string& rule) {
    problem(path, "= " + with_unit(x, unit) + ": must be " + rule);
}

void ValueChecks::unknown(const std::string& path, const std::string& name,
                          const std::string& kind, const std::vector<std::string>& known) {
    problem(path, "= " + name + ": unknown " + kind + suggestion(name, known));
}

const ParamInfo* ValueChecks::find_row(const std::string& path, const std::string& name,
                                       const PartInfo& part) {
    std::vector<std::string> known;
    for (const auto& row : part.params) {
        if (row.name == name) return &row;
        known.push_back(row.name);
    }
    problem(path + "." + name, "is no parameter of " + part.name + suggestion(name, known));
    return nullptr;
}

const StateInfo* ValueChecks::find_state(const std::string& path, const std::string& name,
                                         const PartInfo& part) {
    std::vector<std::string> known;
    for (const auto& state : part.states) {
        if (state.name == name) return &state;
        known.push_back(state.name);
    }
    problem(path, "= " + name + ": is no state variable of " + part.name + suggestion(name, known));
    return nullptr;
}

const PartInfo* ValueChecks::find_part(const std::string& path, PartKind kind,
                                       const std::string& name, const std::string& what) {
    const auto* part = catalogue_.find(kind, name);
    if (part == nullptr) unknown(path, name, what, catalogue_.names(kind));
    return part;
}

void ValueChecks::check_name(const std::string& path, const std::string& name,
                             std::set<std::string>& taken) {
    const bool odd = std::any_of(name.begin(), name.end(), [](unsigned char c) {
        return c < ' ' || c == '.' || c == '/' || c == 127;
    });
    if (name.empty() || odd)
        problem(path, "is no name; use letters, digits, - and _");
    else if (!taken.insert(name).second)
        problem(path, "'" + name + "' is used twice; names are shared by neurons and sources, "
                                   "choose another one");
}

void ValueChecks::check_size(const std::string& path, std::uint64_t size) {
    if (size == 0) problem(path + ".size", "= 0: must be at least 1");
    if (size > most_neurons)
        problem(path + ".size", "= " + std::to_string(size) + ": must be at most " +
                                    std::to_string(most_neurons));
}

// Time steps are 64 bits; the bound leaves room for delays.
void ValueChecks::check_span(const std::string& path, double ms, double resolution) {
    const Range range = range::positive;
    if (!range.contains(ms)) return must_be(path, ms, Unit::ms, range.text());
    if (!range.contains(resolution)) return;
    if (ms / resolution > 4e18)
        return must_be(path, ms, Unit::ms, "at most 4e18 steps of the resolution");
    if (Clock(resolution).split(ms).offset != 0)
        must_be(path, ms, Unit::ms, "a multiple of the resolution of " + number(resolution) + " ms");
}

void ValueChecks::check_run(const RunSpec& run) {
    if (!Range{range::positive}.contains(run.resolution))
        must_be("run.resolution", run.resolution, Unit::ms, "> 0");
    check_span("run.duration", run.duration, run.resolution);
    const Range tolerance{0, 1, true};
    if (!tolerance.contains(run.tolerance))
        must_be("run.tolerance", run.tolerance, Unit::none, tolerance.text());
}

void ValueChecks::check_number(const std::string& path, double x, const ParamInfo& row) {
    if (!row.range.contains(x)) must_be(path, x, row.unit, row.range.text());
}

void ValueChecks::check_params(const std::string& path, const Values& values,
                               const PartInfo& part, std::optional<std::uint64_t> size) {
    for (const auto& [name, value] : values)
        if (const auto* row = find_row(path, name, part))
            check_value(path + "." + name, value, *row, size);
}

void ValueChecks::check_value(const std::string& path, const Value& value, const ParamInfo& row,
                              std::optional<std::uint64_t> size) {
    if (value.kind == Value::Kind::constant) return check_number(path, value.a, row);
    if (value.kind == Value::Kind::list) return check_list(path, value, row, size);
    const auto before = count();
    if (value.kind != Value::Kind::uniform) check_spread(path, value);
    else if (!(value.a <= value.b))
        problem(path, "= uniform: low " + number(value.a) + " must not exceed high " +
                          number(value.b));
    if (count() == before) check_draws(path, value, row);
}

void ValueChecks::check_list(const std::string& path, const Value& value, const ParamInfo& row,
                             std::optional<std::uint64_t> size) {
    if (value.list == nullptr) return problem(path, "has no list");
    if (size && value.list->size() != *size)
        problem(path, "= a list of " + std::to_string(value.list->size()) +
                          " entries: must have " + std::to_string(*size));
    for (std::size_t i = 0; i < value.list->size(); ++i)
        if (const double x = (*value.list)[i]; !row.range.contains(x))
            return problem(path, "= " + with_unit(x, row.unit) + " in entry " +
                                     std::to_string(i) + ": must be " + row.range.text());
}

// Draws without redraw limits reach every value of their support.
void ValueChecks::check_draws(const std::string& path, const Value& value, const ParamInfo& row) {
    const std::string kind = Value::kind_name(value.kind);
    if (row.range.whole)
        return problem(path, "= " + kind + ": must be a number or a list, because it is " +
                                 row.range.text());
    Range range = row.range;
    const bool positive =
        value.kind == Value::Kind::lognormal || value.kind == Value::Kind::exponential;
    if (positive && value.low <= 0 && range.low == 0) range.low_open = false;
    if (range.contains(value.lower()) && range.contains(value.upper())) return;
    const bool is_uniform = value.kind == Value::Kind::uniform;
    problem(path, "= " + kind + ": must be " + range.text() +
                      ", but draws can leave that range; limit them" +
                      (is_uniform ? "" : " with min and max"));
}

void ValueChecks::check_spread(const std::string& path, const Value& value) {
    const std::string kind = Value::kind_name(value.kind);
    const bool has_sd = value.kind != Value::Kind::exponential;
    if (!std::isfinite(value.a) || (has_sd && !std::isfinite(value.b)))
        return problem(path, "= " + kind + ": must have finite parameters");
    if (has_sd && value.b < 0)
        problem(path,
                "= " + kind + ": the standard deviation " + number(value.b) + " must be >= 0");
    if (!has_sd && value.a < 0)
        problem(path, "= " + kind + ": the mean " + number(value.a) + " must be >= 0");
    if (!(value.low <= value.high))
        problem(path, "= " + kind + ": min " + number(value.low) + " must not exceed max " +
                          number(value.high));
}

// In models with a peak, v_th is where the upstroke begins, and a reset may lie above it.
void ValueChecks::check_reset(const std::string& path, const NeuronsSpec& one,
                              const PartInfo& part) {
    const std::string top = effective(one, part, "v_peak") ? "v_peak" : "v_th";
    const auto reset = effective(one, part, "v_reset");
    const auto limit = effective(one, part, top);
    const auto is_missing = [](const std::optional<Value>& value) {
        return !value || (value->kind == Value::Kind::list && value->list == nullptr);
    };
    if (is_missing(reset) || is_missing(limit)) return;
    const auto report = [&](double high, double low) {
        if (!(high >= low)) return;
        if (one.params.contains("v_reset"))
            must_be(path + ".v_reset", high, Unit::mV,
                    "below " + top + " = " + with_unit(low, Unit::mV));
        else
            must_be(path + "." + top, low, Unit::mV,
                    "above v_reset = " + with_unit(high, Unit::mV));
    };
    const bool lists = reset->list && limit->list && reset->list->size() == limit->list->size();
    if (!lists) return report(reset->upper(), limit->lower());
    for (std::size_t i = 0; i < reset->list->size(); ++i)
        if ((*reset->list)[i] >= (*limit->list)[i])
            return report((*reset->list)[i], (*limit->list)[i]);
}

void ValueChecks::check_times(const std::string& path,
                              const std::vector<std::vector<double>>& trains) {
    for (const auto& times : trains)
        for (const double time : times)
            if (const Range range = range::non_negative; !range.contains(time))
                return must_be(path, time, Unit::ms, range.text());
}

// Weights act by their sign, so a receptor only says which sign is meant.
void ValueChecks::check_weight(const std::string& path, const Value& weight,
                               const std::string& receptor, std::optional<std::uint64_t> size) {
    const auto before = count();
    check_value(path, weight, {"weight", Unit::none, 0, range::finite, ""}, size);
    if (count() > before || (receptor != "exc" && receptor != "inh")) return;
    const bool is_exc = receptor == "exc";
    const double worst = is_exc ? weight.lower() : weight.upper();
    if (is_exc ? worst >= 0 : worst <= 0) return;
    const bool draws = !weight.is_constant() && weight.kind != Value::Kind::list;
    problem(path, "= " + (draws ? Value::kind_name(weight.kind) : number(worst)) + ": must be " +
                      (is_exc ? ">= 0" : "<= 0") + " at receptor " + receptor +
                      (draws ? "; limit the draws, or" : ";") +
                      " leave out `receptor`, and the sign decides");
}

void ValueChecks::check_role(const std::string& path, const SourceSpec& one,
                             const PartInfo& part) {
    const auto no_use = [&](const std::string& key, const std::string& advice) {
        problem(path + "." + key, "has no use in " + part.name + "; " + advice);
    };
    if (part.needs_to && one.to.empty())
        problem(path + ".to", "is missing; name the neurons that " + part.name + " acts on");
    if (part.needs_to && one.size != 1) no_use("size", "every neuron of `to` has an input of its own");
    if (!part.needs_to && !one.to.empty()) no_use("to", "a projection from " + one.name + " carries it");
    const bool has_weight = !one.weight.is_constant() || one.weight.a != 1;
    if (!part.needs_to && has_weight) no_use("weight", "the projection has it");
    if (!part.needs_to && !one.receptor.empty()) no_use("receptor", "the projection has it");
    if (part.is_current && has_weight) no_use("weight", "its parameters are currents");
    if (part.reads_trains && !one.trains && one.path.empty())
        problem(path + ".times", "is missing; give a list of times for every unit, or a file as `path`");
    if (!part.reads_trains && one.trains) no_use("times", "leave it out");
    if (!part.reads_trains && !one.path.empty()) no_use("path", "leave it out");
}

void ValueChecks::check_edge_ids(const std::string& path, const EdgeList& list,
                                 std::uint64_t pre, std::uint64_t post) {
    if (list.source.size() != list.target.size())
        return problem(path + ".edges", "has " + std::to_string(list.source.size()) +
                                            " sources but " +
                                            std::to_string(list.target.size()) + " targets");
    for (std::size_t e = 0; e < list.source.size(); ++e)
        if (list.source[e] >= pre || list.target[e] >= post)
            return problem(path + ".edges." + std::to_string(e),
                           "= [" + std::to_string(list.source[e]) + ", " +
                               std::to_string(list.target[e]) + "]: must be below [" +
                               std::to_string(pre) + ", " + std::to_string(post) +
                               "], the sizes of the populations");
}

}  // namespace sim
