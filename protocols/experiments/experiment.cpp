// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/experiments/experiment.hpp"

#include <charconv>

#include "protocols/file/evaluator.hpp"
#include "protocols/file/layers.hpp"
#include "sim/core/text.hpp"
#include "sim/net/value_checks.hpp"

namespace protocols {
namespace {

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string row_text(const std::string& name, const std::string& value, const std::string& rest) {
    return name + " = {default = " + value + rest + "}\n";
}

// [parameters] of a protocol file.
std::string section(const ParameterTable& table) {
    std::string text = "[parameters]\n";
    for (const auto& row : table.texts) {
        std::vector<std::string> choices;
        for (const auto& choice : row.choices) choices.push_back(quoted(choice));
        text += row_text(row.name, quoted(row.default_text),
                         ", choices = [" + sim::join(choices) + "]");
    }
    for (const auto& row : table.numbers)
        text += row_text(row.name, sim::number(row.default_value),
                         ", unit = " + quoted(std::string(sim::symbol(row.unit))));
    return text;
}

double to_number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::vector<ParameterInfo> ParameterTable::rows() const {
    std::vector<ParameterInfo> result;
    for (const auto& row : texts)
        result.push_back({row.name, row.default_text, "", row.meaning, row.choices, ""});
    for (const auto& row : numbers)
        result.push_back({row.name,
                          sim::ValueChecks::with_unit(row.default_value, row.unit),
                          std::string(sim::symbol(row.unit)),
                          row.meaning,
                          {},
                          row.range.text()});
    return result;
}

ParameterValues evaluate_parameters(const ParameterTable& table,
                                    const std::vector<Override>& overrides) {
    const Source source{section(table), "parameters"};
    Diagnostics diagnostics(source, overrides);
    Node root = parse_toml(source.text);
    apply_parameter_overrides(root, diagnostics);
    Evaluator evaluator(root, diagnostics);
    ParameterValues values;
    for (const auto& row : table.texts)
        values.texts.push_back(evaluator.parameter_text(row.name).value_or(""));
    for (const auto& row : table.numbers) {
        const auto text = evaluator.parameter_text(row.name);
        values.numbers.push_back(text ? to_number(*text) : 0);
        if (!text || row.range.contains(values.numbers.back())) continue;
        const Node& node = deepest(root, "parameters." + row.name + ".default");
        diagnostics.error(node.location, "parameters." + row.name,
                          "= " + node.shown() + ": must be " + row.range.text());
    }
    diagnostics.check();
    return values;
}

Source as_protocol_file(const sim::Description& description, const ParameterTable& table) {
    return {write_protocol(description) + "\n" + section(table), description.name};
}

ProtocolInfo describe_experiment(const sim::PartInfo& info, const Experiment& experiment,
                                 const sim::Catalogue& catalogue) {
    return {info.name, info.summary, info.source, experiment.parameters(catalogue).rows()};
}

}  // namespace protocols
