// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The networks that are measured: built-in protocols, each with what it changes and for how long.

#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct Case {
    std::string name;
    std::string protocol;               ///< built-in
    std::vector<std::string> settings;  ///< path=value, as for --set
    double warm_up;                     ///< ms simulated before the clock starts
    double duration;                    ///< ms simulated on the clock
};

const std::vector<Case>& all_cases();

/// Throws: UnknownName with the nearest name
const Case& find_case(std::string_view name);

}  // namespace bench
