// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Protocol files: TOML in, a checked description out, and back. The schema: protocols/README.md.
//
// read_protocol(write_protocol(d)) gives d again, bit for bit.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/description.hpp"

namespace sim {
class Catalogue;
}

namespace protocols {

/// The text of a protocol file and the name that messages show.
struct Source {
    std::string text;
    std::string name;
};

/// `--set path=value`
struct Override {
    std::string path;
    std::string value;
    std::string shown = {};  ///< how messages name it; empty: --set path=value
};

/// One row of [parameters].
struct ParameterInfo {
    std::string name;
    std::string default_text;  ///< as written: "0.1 mV", "=2 * g", "lif_exp"
    std::string unit;
    std::string meaning;
    std::vector<std::string> choices;
    std::string rule;  ///< "> 0", "in [0, 1]"; empty if anything goes
};

/// The head of a protocol file, for lists and help.
struct ProtocolInfo {
    std::string name;
    std::string summary;
    std::string source;
    std::vector<ParameterInfo> parameters;
};

/// Throws: BadFile if the file cannot be read
Source load_source(const std::filesystem::path& file);

/// Splits "path=value".
/// Throws: BadParameter if there is no "=" or no path
Override parse_override(std::string_view text);

/// Throws: BadProtocol with every mistake, each located
sim::Description read_protocol(const Source& source, const std::vector<Override>& overrides,
                               const sim::Catalogue& catalogue);

/// The messages read_protocol would throw; empty if the protocol can run.
std::vector<std::string> validate_file(const Source& source,
                                       const std::vector<Override>& overrides,
                                       const sim::Catalogue& catalogue);

/// Mistakes found later, by the path of the description, as messages that say where it was written.
/// Needs: read_protocol took the same source and overrides
std::vector<std::string> locate(const Source& source, const std::vector<Override>& overrides,
                                const std::vector<sim::Problem>& problems);

/// Throws: BadProtocol if the head cannot be read (the rest is not looked at)
ProtocolInfo describe_protocol(const Source& source);

/// Fully resolved TOML in house units, doubles in their shortest exact form.
std::string write_protocol(const sim::Description& description);

}  // namespace protocols
