// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// `--record POPULATION.VARIABLE[NEURONS]@INTERVAL`: a state variable to record beside what the
// protocol records. NEURONS is a list of ids and ranges ("0-9,42"), all if left out; INTERVAL is a
// time (a bare number is in ms), 1 ms if left out.

#include <string>

#include "sim/net/description.hpp"

namespace protocols::cli {

/// Throws: UsageError
sim::TraceSpec parse_record(const std::string& text);

}  // namespace protocols::cli
