// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a protocol in C++ is: one header in protocols/experiments and its name in
// protocols/CMakeLists.txt. It says what no protocol file can, and looks at its own recordings.
//
// Every experiment E has
//   name, summary, source          text; the file stem is the name
//   Params, params()               numbers in house units and their table, defaults in the members
//   texts()                        the table of parameters that are names, one of a few each
//   results()                      what it finds: name and meaning, for `show`
//   build(params, catalogue)       the description. It is written as a protocol file and read
//                                  again, so that every key can be set and every mistake is located
//   evaluate(description, recorded)  the results, from what was simulated alone
//
// Threads: any; nothing here has state.

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "protocols/file/protocol_file.hpp"
#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols {

using Json = nlohmann::ordered_json;

/// A parameter that is a name.
template <class P>
struct TextParam {
    std::string_view name;
    std::string P::*member;
    std::vector<std::string> (*choices)(const sim::Catalogue&);
    std::string_view meaning;
};

struct ResultInfo {
    std::string_view name;
    std::string_view meaning;
};

/// The parameters of an experiment without their type; values are exchanged in table order.
struct ParameterTable {
    struct Text {
        std::string name;
        std::string default_text;
        std::vector<std::string> choices;
        std::string meaning;
    };
    std::vector<Text> texts;
    std::vector<sim::ParamInfo> numbers;

    std::vector<ParameterInfo> rows() const;
};

struct ParameterValues {
    std::vector<std::string> texts;
    std::vector<double> numbers;
};

/// Defaults, with `--set name=value` over them.
/// Throws: BadProtocol with every mistake
ParameterValues evaluate_parameters(const ParameterTable& table,
                                    const std::vector<Override>& overrides);

/// The description as a protocol file, which knows the parameters too and so can say which of them
/// an override may have meant.
Source as_protocol_file(const sim::Description& description, const ParameterTable& table);

/// As the catalogue stores an experiment.
struct Experiment {
    std::function<ParameterTable(const sim::Catalogue&)> parameters;
    /// Throws: BadProtocol
    std::function<sim::Description(const std::vector<Override>&, const sim::Catalogue&)> build;
    std::function<Json(const sim::Description&, const sim::MemorySink&)> evaluate;
};

/// What `show` prints of an experiment.
ProtocolInfo describe_experiment(const sim::PartInfo& info, const Experiment& experiment,
                                 const sim::Catalogue& catalogue);

template <class E>
ParameterTable parameter_table(const sim::Catalogue& catalogue) {
    const typename E::Params defaults{};
    ParameterTable table;
    for (const auto& row : E::texts())
        table.texts.push_back({std::string(row.name), defaults.*(row.member),
                               row.choices(catalogue), std::string(row.meaning)});
    table.numbers = sim::describe<typename E::Params>(E::params());
    return table;
}

template <class E>
sim::Description build_experiment(const std::vector<Override>& overrides,
                                  const sim::Catalogue& catalogue) {
    const auto table = parameter_table<E>(catalogue);
    const auto values = evaluate_parameters(table, overrides);
    auto params = sim::assemble<typename E::Params>(E::params(), values.numbers);
    std::size_t i = 0;
    for (const auto& row : E::texts()) params.*(row.member) = values.texts[i++];
    auto description = E::build(params, catalogue);
    description.name = E::name;
    description.summary = E::summary;
    description.source = E::source;
    return read_protocol(as_protocol_file(description, table), overrides, catalogue);
}

}  // namespace protocols

namespace sim {

/// Turns an experiment into an entry of the catalogue.
template <class E>
void register_protocol(Catalogue& catalogue) {
    PartInfo info{PartKind::protocol,
                  std::string(E::name),
                  std::string(E::summary),
                  std::string(E::source),
                  describe<typename E::Params>(E::params()),
                  {},
                  {}};
    for (const auto& [name, meaning] : E::results())
        info.notes.push_back("result " + std::string(name) + ": " + std::string(meaning));
    catalogue.add(std::move(info),
                  protocols::Experiment{protocols::parameter_table<E>,
                                        protocols::build_experiment<E>, E::evaluate});
}

}  // namespace sim
