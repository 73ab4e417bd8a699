// SPDX-License-Identifier: BSD-3-Clause
// The parameters of a protocol: the part of the evaluator that knows [parameters].
#include <algorithm>
#include <cmath>

#include "protocols/file/evaluator.hpp"
#include "protocols/file/expression.hpp"
#include "sim/core/params.hpp"
#include "sim/core/text.hpp"

namespace protocols {

const Node* default_of(const Node& parameter) {
    return parameter.is_table() ? parameter.find("default") : &parameter;
}

Evaluator::Evaluator(const Node& root, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    const Node* section = root.find("parameters");
    if (section == nullptr) return;
    if (section->is_table())
        for (const Node& node : section->children) declare(node);
    else diagnostics.error(section->location, "parameters", "must be a table");
}

void Evaluator::declare(const Node& node) {
    const std::string path = "parameters." + node.key;
    Parameter parameter;
    parameter.value = default_of(node);
    if (node.is_table()) parameter.table = &node;
    if (parameter.value == nullptr) {
        diagnostics_.error(node.key_location, path, "has no default");
        parameter.state = Parameter::State::failed;
    } else {
        const Node& value = *parameter.value;
        const bool has_choices = node.is_table() && node.find("choices") != nullptr;
        parameter.is_text = value.kind == Node::Kind::flag || (has_choices && value.is_text()) ||
                            (value.is_text() && !value.text.starts_with('=') &&
                             !looks_like_quantity(value.text));
    }
    const std::vector<std::string> known{"default", "unit", "meaning", "choices", "min", "max"};
    if (node.is_table())
        for (const Node& child : node.children)
            if (std::find(known.begin(), known.end(), child.key) == known.end())
                diagnostics_.error(child.key_location, path,
                                   "has no key '" + child.key + "'" +
                                       sim::suggestion(child.key, known));
    parameters_.emplace(node.key, parameter);
}

void Evaluator::evaluate_parameter(const std::string& name, Parameter& parameter) {
    if (parameter.state != Parameter::State::fresh) return;
    const std::string path = "parameters." + name;
    parameter.state = Parameter::State::busy;
    busy_.push_back(name);
    if (check_choice(path, parameter) && !parameter.is_text) {
        const auto unit = unit_of(path, parameter);
        parameter.number = number(*parameter.value, path, unit);
        check_limits(path, parameter, unit);
    }
    busy_.pop_back();
    parameter.state =
        diagnostics_.is_bad(path) ? Parameter::State::failed : Parameter::State::done;
}

sim::Unit Evaluator::unit_of(const std::string& path, const Parameter& parameter) {
    const Node* given = parameter.table == nullptr ? nullptr : parameter.table->find("unit");
    if (given == nullptr) {
        // Without a declared unit "0.1 mV" says it all.
        const auto& value = *parameter.value;
        const auto parsed = value.is_text() ? sim::parse_quantity(value.text) : std::nullopt;
        return parsed ? unit_named(parsed->unit_text).value_or(sim::Unit::none) : sim::Unit::none;
    }
    const auto unit = unit_named(given->text);
    if (unit && sim::symbol(*unit) == given->text) return *unit;
    diagnostics_.error(given->location, path,
                       "= " + given->shown() + ": the unit must be one of ms, mV, pA, pF, nS, Hz, "
                       "um, 1/ms, 1/mV, pA/ms or empty");
    return sim::Unit::none;
}

bool Evaluator::check_choice(const std::string& path, const Parameter& parameter) {
    const Node* list = parameter.table == nullptr ? nullptr : parameter.table->find("choices");
    if (list == nullptr) return true;
    std::vector<std::string> choices;
    for (const Node& child : list->children) choices.push_back(child.shown());
    const std::string given = parameter.value->shown();
    if (std::find(choices.begin(), choices.end(), given) != choices.end()) return true;
    diagnostics_.error(parameter.value->location, path,
                       "= " + given + ": must be one of " + sim::join(choices) +
                           (sim::nearest(given, choices).empty()
                                ? ""
                                : sim::suggestion(given, choices)));
    return false;
}

void Evaluator::check_limits(const std::string& path, const Parameter& parameter,
                             sim::Unit unit) {
    if (parameter.table == nullptr || diagnostics_.is_bad(path)) return;
    sim::Range range;
    if (const Node* low = parameter.table->find("min")) range.low = number(*low, path, unit);
    if (const Node* high = parameter.table->find("max")) range.high = number(*high, path, unit);
    if (diagnostics_.is_bad(path) || range.contains(parameter.number)) return;
    diagnostics_.error(parameter.value->location, path,
                       "= " + parameter.value->shown() + ": must be " + range.text());
}

std::optional<std::string> Evaluator::parameter_text(const std::string& name) {
    const auto found = parameters_.find(name);
    if (found == parameters_.end()) return std::nullopt;
    auto& parameter = found->second;
    evaluate_parameter(name, parameter);
    if (parameter.state != Parameter::State::done) return std::nullopt;
    return parameter.is_text ? parameter.value->shown() : sim::number(parameter.number);
}

void Evaluator::check_parameters() {
    for (auto& [name, parameter] : parameters_) evaluate_parameter(name, parameter);
}

}  // namespace protocols
