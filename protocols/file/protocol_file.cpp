// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/protocol_file.hpp"

#include <fstream>
#include <sstream>

#include "protocols/file/description_reader.hpp"
#include "protocols/file/layers.hpp"
#include "sim/core/error.hpp"
#include "sim/core/params.hpp"

namespace protocols {
namespace {

Node parse(const Source& source, Diagnostics& diagnostics) {
    try {
        return parse_toml(source.text);
    } catch (const SyntaxError& error) {
        diagnostics.error(error.location, error.text);
        diagnostics.check();
        throw;
    }
}

// Where a problem of the description was written: the longest part of its path that exists.
Location written_at(const Node& root, const std::string& path) {
    const Node& node = deepest(root, path);
    const bool is_section = node.is_table() && !is_distribution(node);
    return is_section && node.key_location.line > 0 ? node.key_location : node.location;
}

void report(const std::vector<sim::Problem>& problems, const Node& root,
            Diagnostics& diagnostics) {
    for (const auto& problem : problems)
        diagnostics.error(written_at(root, problem.path), problem.path, problem.text);
}

// The tree with variants, overrides and likes applied.
Node merged(const Source& source, Diagnostics& diagnostics) {
    Node root = parse(source, diagnostics);
    apply_parameter_overrides(root, diagnostics);
    {
        const Node unmerged = root;
        Evaluator evaluator(unmerged, diagnostics);
        merge_variants(
            root, [&](const std::string& name) { return evaluator.parameter_text(name); },
            diagnostics);
    }
    apply_overrides(root, diagnostics);
    resolve_likes(root, diagnostics);
    return root;
}

sim::Description read(const Source& source, const sim::Catalogue& catalogue,
                      Diagnostics& diagnostics) {
    const Node root = merged(source, diagnostics);
    Evaluator evaluator(root, diagnostics);
    evaluator.check_parameters();
    auto result = DescriptionReader(root, evaluator, catalogue, diagnostics).read();
    report(sim::validate(result, catalogue), root, diagnostics);
    return result;
}

std::string rule_of(const Node& table) {
    sim::Range range;
    const Node* low = table.find("min");
    const Node* high = table.find("max");
    if (low != nullptr && low->is_number()) range.low = low->real;
    if (high != nullptr && high->is_number()) range.high = high->real;
    return low == nullptr && high == nullptr ? "" : range.text();
}

ParameterInfo row_of(const Node& node) {
    ParameterInfo row;
    row.name = node.key;
    if (const Node* value = default_of(node)) row.default_text = value->shown();
    if (!node.is_table()) return row;
    if (const Node* unit = node.find("unit")) row.unit = unit->text;
    if (const Node* meaning = node.find("meaning")) row.meaning = meaning->text;
    if (const Node* choices = node.find("choices"))
        for (const Node& choice : choices->children) row.choices.push_back(choice.shown());
    row.rule = rule_of(node);
    return row;
}

}  // namespace

Source load_source(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!std::filesystem::is_regular_file(file) || !in || !(text << in.rdbuf()))
        throw sim::BadFile(file.string() + ": cannot be read; is it a protocol file?");
    return {text.str(), file.string()};
}

Override parse_override(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == text.npos || equals == 0)
        throw sim::BadParameter("--set " + std::string(text) + ": must be path=value");
    const auto trimmed = [](std::string_view part) {
        const auto first = part.find_first_not_of(" \t");
        if (first == part.npos) return std::string{};
        return std::string(part.substr(first, part.find_last_not_of(" \t") - first + 1));
    };
    return {trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1))};
}

sim::Description read_protocol(const Source& source, const std::vector<Override>& overrides,
                               const sim::Catalogue& catalogue) {
    Diagnostics diagnostics(source, overrides);
    auto result = read(source, catalogue, diagnostics);
    diagnostics.check();
    return result;
}

std::vector<std::string> validate_file(const Source& source,
                                       const std::vector<Override>& overrides,
                                       const sim::Catalogue& catalogue) {
    try {
        read_protocol(source, overrides, catalogue);
    } catch (const sim::BadProtocol& error) {
        return error.messages;
    }
    return {};
}

std::vector<std::string> locate(const Source& source, const std::vector<Override>& overrides,
                                const std::vector<sim::Problem>& problems) {
    Diagnostics diagnostics(source, overrides);
    report(problems, merged(source, diagnostics), diagnostics);
    return diagnostics.messages();
}

ProtocolInfo describe_protocol(const Source& source) {
    Diagnostics diagnostics(source, {});
    const Node root = parse(source, diagnostics);
    ProtocolInfo info;
    for (const auto& [key, out] : {std::pair{"name", &info.name}, {"summary", &info.summary},
                                   {"source", &info.source}})
        if (const Node* found = root.find(key)) *out = found->text;
    if (const Node* parameters = root.find("parameters"))
        for (const Node& node : parameters->children) info.parameters.push_back(row_of(node));
    return info;
}

}  // namespace protocols
