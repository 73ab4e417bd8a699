// SPDX-License-Identifier: BSD-3-Clause
// list, show and version: what the catalogue and the build know.
#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "protocols/cli/build_info.hpp"
#include "protocols/cli/commands.hpp"
#include "protocols/cli/format.hpp"
#include "protocols/cli/provenance.hpp"
#include "sim/core/text.hpp"
#include "sim/net/value_checks.hpp"

namespace protocols::cli {
namespace {

using sim::PartKind;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::array part_kinds{PartKind::neuron, PartKind::source, PartKind::synapse,
                                PartKind::connector};

std::string singular(PartKind kind) {
    const auto name = sim::plural(kind);
    return std::string(kind == PartKind::synapse ? "synapse" : name.substr(0, name.size() - 1));
}

Style style() { return Style::of(1); }

void print_section(const std::string& title, const Rows& rows) {
    if (!rows.empty())
        std::cout << "\n" << style().strong(title) << "\n" << aligned(rows, "  ", "");
}

void print_head(const std::string& name, const std::string& kind, const std::string& summary,
                const std::string& source) {
    std::cout << style().strong(name) << " (" << kind << "): " << summary << "\n";
    if (!source.empty()) std::cout << "  source: " << source << "\n";
}

void print_notes(const std::vector<std::string>& notes) {
    Rows rows;
    for (const auto& note : notes) rows.push_back({note});
    print_section("Notes", rows);
}

std::string shown_default(const sim::ParamInfo& row) {
    if (row.default_value >= sim::range::huge) return "none";
    return sim::ValueChecks::with_unit(row.default_value, row.unit);
}

void show_part(const sim::PartInfo& part) {
    print_head(part.name, singular(part.kind), part.summary, part.source);
    Rows params;
    for (const auto& row : part.params)
        params.push_back({row.name, shown_default(row), row.range.text(), row.meaning});
    print_section("Parameters: default, range, meaning", params);
    Rows states;
    for (const auto& state : part.states)
        states.push_back({state.name, std::string(sim::symbol(state.unit)), state.meaning});
    print_section("State variables: unit, meaning", states);
    print_notes(part.notes);
}

// A default written with its unit is shown as it is.
std::string default_of(const ParameterInfo& row) {
    const bool is_bare = row.default_text.find_first_not_of("0123456789.eE+-") == std::string::npos;
    return is_bare && !row.unit.empty() ? row.default_text + " " + row.unit : row.default_text;
}

void show_protocol(const std::string& name, const ProtocolLibrary& library) {
    const auto info = library.info(name);
    print_head(name, library.study(name) != nullptr ? "study" : "protocol", info.summary,
               info.source);
    Rows rows;
    Rows values;  // without a meaning of their own: data and intermediate results
    for (const auto& row : info.parameters) {
        if (row.meaning.empty() && row.choices.empty()) {
            values.push_back({row.name, default_of(row)});
            continue;
        }
        const auto choices = sim::join(row.choices, " | ");
        const bool is_long = choices.size() > 40;
        rows.push_back({row.name, default_of(row), choices.empty() || is_long ? row.rule : choices,
                        row.meaning + (is_long ? ": " + choices : "")});
    }
    print_section("Parameters (--set name=value): default, range, meaning", rows);
    print_section("Values behind them (can be set, too)", values);
    print_notes(library.notes(name));
}

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const auto kind : part_kinds) names.emplace_back(sim::plural(kind));
    names.emplace_back(sim::plural(PartKind::protocol));
    return names;
}

Rows entries(const std::string& kind, const sim::Catalogue& catalogue,
             const ProtocolLibrary& library) {
    Rows rows;
    for (const auto part_kind : part_kinds)
        if (kind == sim::plural(part_kind))
            for (const auto* part : catalogue.all(part_kind))
                rows.push_back({part->name, part->summary});
    if (kind == sim::plural(PartKind::protocol))
        for (const auto& name : library.names()) rows.push_back({name, library.info(name).summary});
    return rows;
}

}  // namespace

void list(const std::string& kind, bool only_names, const sim::Catalogue& catalogue,
          const ProtocolLibrary& library) {
    const auto kinds = kind_names();
    if (!kind.empty() && std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        throw UsageError("list: unknown kind '" + kind + "'" + sim::suggestion(kind, kinds));
    for (const auto& one : kind.empty() ? kinds : std::vector{kind}) {
        const auto rows = entries(one, catalogue, library);
        if (only_names)
            for (const auto& row : rows) std::cout << row[0] << "\n";
        else
            std::cout << style().strong(one) << "\n"
                      << aligned(rows, "  ", "")
                      << (kind.empty() && one != kinds.back() ? "\n" : "");
    }
}

void show(const std::string& name, const sim::Catalogue& catalogue,
          const ProtocolLibrary& library) {
    std::vector<std::string> known = library.names();
    bool is_first = true;
    const auto separate = [&] {
        if (!is_first) std::cout << "\n";
        is_first = false;
    };
    for (const auto kind : part_kinds) {
        if (const auto* part = catalogue.find(kind, name)) {
            separate();
            show_part(*part);
        }
        const auto names = catalogue.names(kind);
        known.insert(known.end(), names.begin(), names.end());
    }
    const auto protocols = library.names();
    if (std::find(protocols.begin(), protocols.end(), name) != protocols.end()) {
        separate();
        show_protocol(name, library);
    }
    if (is_first) {
        const bool is_near = !sim::nearest(name, known).empty();
        throw UsageError("show: unknown name '" + name + "'" +
                         (is_near ? sim::suggestion(name, known) : "; see sharpwave list"));
    }
}

void version(bool as_json) {
    if (as_json) {
        std::cout << build_json().dump(2) << "\n";
        return;
    }
    std::cout << "sharpwave " << build_info.version << " (" << revision << ")\n";
    Rows rows{{"compiler", std::string(build_info.compiler)},
              {"build type", std::string(build_info.build_type)},
              {"flags", std::string(build_info.flags)}};
    for (const auto& [library, number] : build_info.dependencies)
        rows.push_back({std::string(library), std::string(number)});
    std::cout << aligned(rows, "  ", "");
}

}  // namespace protocols::cli
