// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/parameter_table.hpp"

#include <charconv>

#include "protocols/file/evaluator.hpp"
#include "protocols/file/layers.hpp"
#include "protocols/file/toml_text.hpp"
#include "sim/core/text.hpp"
#include "sim/net/value_checks.hpp"

namespace protocols {
namespace {

std::string row_text(const std::string& name, const std::string& value, const std::string& rest) {
    return name + " = {default = " + value + rest + "}\n";
}

double to_number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

const Node& given(const Node& root, const std::string& name) {
    return deepest(root, "parameters." + name + ".default");
}

// As it was written: the name of a file may look like a number.
std::string as_written(const Node& node, const std::string& name, const std::string& kind,
                       Diagnostics& diagnostics) {
    if (node.is_text()) return node.text;
    if (node.location.origin != Location::file)
        return diagnostics.overrides()[static_cast<std::size_t>(node.location.origin)].value;
    diagnostics.error(node.location, "parameters." + name,
                      "= " + node.shown() + ": must be a " + kind + " in quotes");
    return {};
}

std::string absolute(const std::string& path, const std::filesystem::path& folder) {
    if (path.empty()) return path;
    return std::filesystem::absolute(folder / path).lexically_normal().string();
}

}  // namespace

std::vector<ParameterInfo> ParameterTable::rows() const {
    std::vector<ParameterInfo> result;
    for (const auto& row : texts)
        result.push_back({row.name, row.default_text.empty() ? "none" : row.default_text, "",
                          row.meaning, row.choices,
                          row.is_path   ? "a path"
                          : row.is_free ? "a text"
                                        : ""});
    for (const auto& row : numbers)
        result.push_back({row.name,
                          sim::ValueChecks::with_unit(row.default_value, row.unit),
                          std::string(sim::symbol(row.unit)),
                          row.meaning,
                          {},
                          row.range.text()});
    return result;
}

ProtocolInfo describe_protocol(const sim::PartInfo& info, const ParameterTable& table) {
    return {info.name, info.summary, info.source, table.rows()};
}

std::string parameters_section(const ParameterTable& table) {
    std::string text = "[parameters]\n";
    for (const auto& row : table.texts) {
        std::vector<std::string> choices;
        for (const auto& choice : row.choices) choices.push_back(quoted(choice));
        const auto rest = row.choices.empty() ? "" : ", choices = [" + sim::join(choices) + "]";
        text += row_text(row.name, quoted(row.default_text), rest);
    }
    for (const auto& row : table.numbers)
        text += row_text(row.name, sim::number(row.default_value),
                         ", unit = " + quoted(std::string(sim::symbol(row.unit))));
    return text;
}

ParameterValues values_of(const ParameterTable& table, const Node& root,
                          const std::filesystem::path& folder, Diagnostics& diagnostics) {
    Evaluator evaluator(root, diagnostics);
    ParameterValues values;
    for (const auto& row : table.texts) {
        if (row.is_free) {
            values.texts.push_back(
                as_written(given(root, row.name), row.name, "text", diagnostics));
            continue;
        }
        if (!row.is_path) {
            values.texts.push_back(evaluator.parameter_text(row.name).value_or(""));
            continue;
        }
        const Node& node = given(root, row.name);
        values.texts.push_back(absolute(as_written(node, row.name, "path", diagnostics),
                                        node.location.origin == Location::file ? folder : ""));
    }
    for (const auto& row : table.numbers) {
        const auto text = evaluator.parameter_text(row.name);
        values.numbers.push_back(text ? to_number(*text) : 0);
        if (!text || row.range.contains(values.numbers.back())) continue;
        const Node& node = given(root, row.name);
        diagnostics.error(node.location, "parameters." + row.name,
                          "= " + node.shown() + ": must be " + row.range.text());
    }
    return values;
}

ParameterValues evaluate_parameters(const ParameterTable& table,
                                    const std::vector<Override>& overrides) {
    const Source source{parameters_section(table), "parameters"};
    Diagnostics diagnostics(source, overrides);
    Node root = parse_toml(source.text);
    apply_parameter_overrides(root, diagnostics);
    auto values = values_of(table, root, "", diagnostics);
    diagnostics.check();
    return values;
}

}  // namespace protocols
