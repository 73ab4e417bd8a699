// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Turns nodes into numbers, values and texts; reports what cannot be.
//
// Invariants
//   (1) a failed number is NaN or empty and its path is marked bad, so nothing is reported twice.
//   (2) parameters are evaluated when first needed and remembered.

#include <map>
#include <optional>
#include <string>

#include "protocols/file/diagnostics.hpp"
#include "sim/core/units.hpp"
#include "sim/core/value.hpp"

namespace protocols {

class Evaluator {
public:
    /// Needs: the nodes of [parameters] to outlive the evaluator
    Evaluator(const Node& root, Diagnostics& diagnostics);

    /// A number in house units; with `unit` empty every unit is taken.
    double number(const Node& node, const std::string& path, std::optional<sim::Unit> unit);

    /// A number, a distribution or a list.
    sim::Value value(const Node& node, const std::string& path, std::optional<sim::Unit> unit);

    /// A whole number >= 0; digits in quotes for those beyond 2^63.
    std::optional<std::uint64_t> count(const Node& node, const std::string& path);

    /// A text, or "=name" for the text of a parameter.
    std::string text(const Node& node, const std::string& path);

    /// The value of a parameter as text, for variants; empty if it has a mistake.
    std::optional<std::string> parameter_text(const std::string& name);

    /// Evaluates every parameter, so that unused ones are checked as well.
    void check_parameters();

private:
    struct Parameter {
        const Node* value = nullptr;
        const Node* table = nullptr;  ///< of {default = ...}, if written so
        bool is_text = false;
        enum class State { fresh, busy, done, failed } state = State::fresh;
        double number = 0;
    };

    double expression(const Node& node, const std::string& path, std::string_view formula);
    double quantity(const Node& node, const std::string& path, std::optional<sim::Unit> unit);
    double look_up(std::string_view name, std::size_t offset);
    sim::Value distribution(const Node& node, const std::string& path,
                            std::optional<sim::Unit> unit);
    void pair(const Node& node, const std::string& path, std::optional<sim::Unit> unit,
              sim::Value& result);

    void declare(const Node& node);
    void evaluate_parameter(const std::string& name, Parameter& parameter);
    void check_limits(const std::string& path, const Parameter& parameter, sim::Unit unit);
    bool check_choice(const std::string& path, const Parameter& parameter);
    sim::Unit unit_of(const std::string& path, const Parameter& parameter);

    Diagnostics& diagnostics_;
    std::map<std::string, Parameter, std::less<>> parameters_;
    std::vector<std::string> busy_;
};

/// The default of a parameter row, bare or {default = ...}; null if it is missing.
const Node* default_of(const Node& parameter);

}  // namespace protocols
