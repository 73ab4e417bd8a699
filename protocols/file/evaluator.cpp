// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/evaluator.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "protocols/file/expression.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double exact_whole = 9007199254740992.0;  // 2^53

// Inside a one-line string the offset of a character is known.
Location inside(const Node& node, std::size_t offset) {
    Location location = node.location;
    if (location.origin == Location::file) location.column += static_cast<unsigned>(offset) + 1;
    return location;
}

}  // namespace

double Evaluator::number(const Node& node, const std::string& path,
                         std::optional<sim::Unit> unit) {
    if (node.is_number()) return node.real;
    if (node.is_text() && node.text.starts_with('='))
        return expression(node, path, std::string_view(node.text).substr(1));
    if (node.is_text() && looks_like_quantity(node.text)) return quantity(node, path, unit);
    diagnostics_.error(node.location, path, "= " + node.shown() + ": must be a number");
    return nan;
}

double Evaluator::quantity(const Node& node, const std::string& path,
                           std::optional<sim::Unit> unit) {
    const auto parsed = sim::parse_quantity(node.text);
    if (!parsed) {
        diagnostics_.error(node.location, path, "= " + node.text + ": must be a number");
        return nan;
    }
    const auto own = unit_named(parsed->unit_text);
    const auto wanted = unit ? unit : own;
    if (wanted)
        if (const auto factor = sim::conversion(parsed->unit_text, *wanted))
            return parsed->value * *factor;
    std::string rule = own ? "" : "unknown unit '" + parsed->unit_text + "'";
    if (unit) {
        const auto house = std::string(sim::symbol(*unit));
        rule += (own ? "wants " : "; wants ") + (house.empty() ? "a number without unit" : house);
        if (own) rule += ", was given " + parsed->unit_text;
    }
    diagnostics_.error(node.location, path, "= " + node.text + ": " + rule);
    return nan;
}

double Evaluator::expression(const Node& node, const std::string& path,
                             std::string_view formula) {
    try {
        return evaluate(formula, [this](std::string_view name, std::size_t offset) {
            return look_up(name, offset);
        });
    } catch (const ExpressionError& error) {
        if (error.text.empty()) diagnostics_.mark_bad(path);
        else
            diagnostics_.error(inside(node, error.offset + 1), path,
                               "= " + node.text + ": " + error.text);
        return nan;
    }
}

double Evaluator::look_up(std::string_view name, std::size_t offset) {
    const auto found = parameters_.find(name);
    if (found == parameters_.end()) {
        auto known = expression_names();
        for (const auto& [other, unused] : parameters_) known.push_back(other);
        throw ExpressionError{offset, "unknown parameter '" + std::string(name) + "'" +
                                          sim::suggestion(name, known)};
    }
    auto& parameter = found->second;
    if (parameter.state == Parameter::State::busy)
        throw ExpressionError{offset, "goes in a circle: " + sim::join(busy_, " -> ") + " -> " +
                                          std::string(name)};
    evaluate_parameter(found->first, parameter);
    if (parameter.state == Parameter::State::failed) throw ExpressionError{offset, ""};
    if (parameter.is_text)
        throw ExpressionError{offset, "'" + std::string(name) + "' is a text, not a number"};
    return parameter.number;
}

sim::Value Evaluator::value(const Node& node, const std::string& path,
                            std::optional<sim::Unit> unit) {
    if (node.is_table()) return distribution(node, path, unit);
    if (!node.is_list()) return sim::Value::of(number(node, path, unit));
    std::vector<double> entries;
    entries.reserve(node.children.size());
    for (const Node& child : node.children) entries.push_back(number(child, path, unit));
    return sim::Value::of(std::move(entries));
}

sim::Value Evaluator::distribution(const Node& node, const std::string& path,
                                   std::optional<sim::Unit> unit) {
    using Kind = sim::Value::Kind;
    sim::Value result = sim::Value::of(nan);
    for (const auto kind : {Kind::uniform, Kind::normal, Kind::lognormal, Kind::exponential})
        if (const Node* given = node.find(sim::Value::kind_name(kind))) {
            if (result.kind != Kind::constant)
                diagnostics_.error(given->location, path, "has two distributions; keep one");
            result.kind = kind;
            if (kind == Kind::exponential) result.a = number(*given, path, unit);
            else pair(*given, path, kind == Kind::lognormal ? sim::Unit::none : unit, result);
        }
    if (result.kind == Kind::constant)
        diagnostics_.error(node.location, path,
                           "is no distribution; write {uniform = [low, high]}, {normal = [mean, "
                           "sd]}, {lognormal = [mu, sigma]} or {exponential = mean}");
    std::vector<std::string> known{sim::Value::kind_name(result.kind)};
    if (result.kind != Kind::uniform) known.insert(known.end(), {"min", "max"});
    for (const Node& child : node.children) {
        if (child.key == "min" && known.size() > 1) result.low = number(child, path, unit);
        else if (child.key == "max" && known.size() > 1) result.high = number(child, path, unit);
        else if (child.key != known.front())
            diagnostics_.error(child.key_location, path,
                               "= " + known.front() + ": unknown key '" + child.key + "'" +
                                   sim::suggestion(child.key, known));
    }
    return diagnostics_.is_bad(path) ? sim::Value::of(nan) : result;
}

void Evaluator::pair(const Node& node, const std::string& path, std::optional<sim::Unit> unit,
                     sim::Value& result) {
    if (!node.is_list() || node.children.size() != 2)
        return diagnostics_.error(node.location, path,
                                  "= " + sim::Value::kind_name(result.kind) +
                                      ": must have a list of two numbers");
    result.a = number(node.children[0], path, unit);
    result.b = number(node.children[1], path, unit);
}

std::optional<std::uint64_t> Evaluator::count(const Node& node, const std::string& path) {
    if (node.kind == Node::Kind::whole && node.whole >= 0)
        return static_cast<std::uint64_t>(node.whole);
    if (node.is_text()) {
        std::uint64_t digits = 0;
        const char* end = node.text.data() + node.text.size();
        const auto [stop, problem] = std::from_chars(node.text.data(), end, digits);
        if (problem == std::errc{} && stop == end) return digits;
    }
    const double x = number(node, path, sim::Unit::none);
    if (x >= 0 && x <= exact_whole && std::floor(x) == x) return static_cast<std::uint64_t>(x);
    diagnostics_.error(node.location, path,
                       "= " + (node.is_number() ? node.shown() : sim::number(x)) +
                           ": must be a whole number >= 0");
    return std::nullopt;
}

std::string Evaluator::text(const Node& node, const std::string& path) {
    if (!node.is_text()) {
        diagnostics_.error(node.location, path, "= " + node.shown() + ": must be a text");
        return {};
    }
    if (!node.text.starts_with('=')) return node.text;
    const auto begin = node.text.find_first_not_of(" =");
    const auto name = begin == std::string::npos ? "" : node.text.substr(begin);
    if (parameters_.contains(name)) {
        const auto found = parameter_text(name);
        if (!found) diagnostics_.mark_bad(path);
        return found.value_or("");
    }
    std::vector<std::string> known;
    for (const auto& [other, unused] : parameters_) known.push_back(other);
    diagnostics_.error(node.location, path, "= " + node.text + ": unknown parameter '" + name +
                                                "'" + sim::suggestion(name, known));
    return {};
}

}  // namespace protocols
