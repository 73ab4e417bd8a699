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

#include "protocols/file/parameter_table.hpp"
#include "protocols/file/protocol_file.hpp"
#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols {

using Json = nlohmann::ordered_json;

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

template <class E>
sim::Description build_experiment(const std::vector<Override>& overrides,
                                  const sim::Catalogue& catalogue) {
    const auto table = parameter_table<E>(catalogue);
    const auto values = evaluate_parameters(table, overrides);
    auto description = E::build(assemble_parameters<E>(values), catalogue);
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
    catalogue.add(protocols::protocol_part<E>(),
                  protocols::Experiment{protocols::parameter_table<E>,
                                        protocols::build_experiment<E>, E::evaluate});
}

}  // namespace sim
