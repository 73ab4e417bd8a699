// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A small protocol and shorthand for reading it with changes.

#include <string>

#include "protocols/file/protocol_file.hpp"
#include "sim/core/error.hpp"
#include "tests/unit/protocols/test_catalogue.hpp"

namespace protocols::test {

inline const std::string small = R"(name = "small"

[parameters]
g = 5
J = {default = "0.1 mV", unit = "mV", min = 0}
twice = "=2 * g"

[run]
duration = "0.1 s"

[neurons.exc]
model = "lif_exp"
size = 80
tau_m = "20 ms"

[neurons.inh]
model = "lif_exp"
size = 20

[sources.noise]
model = "poisson"
size = 80
rate = "1 kHz"

[projections.noise_to_exc]
from = "noise"
to = "exc"
connector = "one_to_one"
weight = "0.1 nA"

[projections.inh_to_all]
from = "inh"
to = ["exc", "inh"]
connector = "fixed_indegree"
indegree = 10
weight = "=-g * 20"
delay = "1.5 ms"
)";

inline const sim::Catalogue& catalogue() {
    static const sim::Catalogue result = make_catalogue();
    return result;
}

/// `small` with one piece of its text replaced.
inline std::string with(const std::string& old_piece, const std::string& piece) {
    std::string text = small;
    return text.replace(text.find(old_piece), old_piece.size(), piece);
}

inline sim::Description read(const std::string& text, const std::vector<Override>& sets = {}) {
    return read_protocol({text, "small.toml"}, sets, catalogue());
}

/// All messages, joined; empty if there is no mistake.
inline std::string mistakes(const std::string& text, const std::vector<Override>& sets = {}) {
    std::string all;
    for (const auto& one : validate_file({text, "small.toml"}, sets, catalogue()))
        all += one + "\n";
    return all;
}

}  // namespace protocols::test
