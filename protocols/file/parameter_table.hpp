// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The parameters of a protocol in C++: typed rows in its header, and the same without their type,
// which evaluates `--set name=value` as in a protocol file.
//
// Threads: any; nothing here has state.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/file/diagnostics.hpp"
#include "protocols/file/node.hpp"
#include "protocols/file/protocol_file.hpp"
#include "sim/core/catalogue.hpp"

namespace protocols {

/// A parameter that is a text.
template <class P>
struct TextParam {
    std::string_view name;
    std::string P::*member;
    std::vector<std::string> (*choices)(const sim::Catalogue&);  ///< null: a path, empty for none
    std::string_view meaning;
    bool is_free = false;  ///< without choices: any text, and no path
};

struct ResultInfo {
    std::string_view name;
    std::string_view meaning;
};

/// The parameters of a protocol without their type; values are exchanged in table order.
struct ParameterTable {
    struct Text {
        std::string name;
        std::string default_text;
        bool is_path;  ///< then without choices
        std::vector<std::string> choices;
        std::string meaning;
        bool is_free = false;  ///< the same
    };
    std::vector<Text> texts;
    std::vector<sim::ParamInfo> numbers;

    std::vector<ParameterInfo> rows() const;
};

struct ParameterValues {
    std::vector<std::string> texts;
    std::vector<double> numbers;
    bool operator==(const ParameterValues&) const = default;
};

/// What `show` prints of a protocol in C++.
ProtocolInfo describe_protocol(const sim::PartInfo& info, const ParameterTable& table);

/// [parameters] of a protocol file, with the defaults.
std::string parameters_section(const ParameterTable& table);

/// The values that `root` holds: a tree of parameters_section, with others put in their place.
/// Paths become absolute; those of a file start from `folder`, those of overrides from where the
/// program runs. Mistakes go to `diagnostics`.
ParameterValues values_of(const ParameterTable& table, const Node& root,
                          const std::filesystem::path& folder, Diagnostics& diagnostics);

/// Defaults, with `--set name=value` over them; overrides of anything else are left alone.
/// Throws: BadProtocol with every mistake
ParameterValues evaluate_parameters(const ParameterTable& table,
                                    const std::vector<Override>& overrides);

template <class E>
ParameterTable parameter_table(const sim::Catalogue& catalogue) {
    const typename E::Params defaults{};
    ParameterTable table;
    for (const auto& row : E::texts())
        table.texts.push_back(
            {std::string(row.name), defaults.*(row.member), row.choices == nullptr && !row.is_free,
             row.choices == nullptr ? std::vector<std::string>{} : row.choices(catalogue),
             std::string(row.meaning), row.is_free});
    table.numbers = sim::describe<typename E::Params>(E::params());
    return table;
}

template <class E>
typename E::Params assemble_parameters(const ParameterValues& values) {
    auto params = sim::assemble<typename E::Params>(E::params(), values.numbers);
    std::size_t i = 0;
    for (const auto& row : E::texts()) params.*(row.member) = values.texts[i++];
    return params;
}

/// What the catalogue says of a protocol in C++.
template <class E>
sim::PartInfo protocol_part() {
    sim::PartInfo info{sim::PartKind::protocol,
                       std::string(E::name),
                       std::string(E::summary),
                       std::string(E::source),
                       sim::describe<typename E::Params>(E::params()),
                       {},
                       {}};
    for (const auto& [name, meaning] : E::results())
        info.notes.push_back("result " + std::string(name) + ": " + std::string(meaning));
    return info;
}

}  // namespace protocols
