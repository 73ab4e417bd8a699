// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From the options of `bench` to the networks, sizes and threads that are measured.

#include <vector>

#include "protocols/cli/bench/results.hpp"
#include "protocols/cli/commands.hpp"
#include "sim/net/description.hpp"

namespace protocols::cli {

/// Without runs. In the order of the networks, then of the sweep, then of the threads.
/// Throws: UsageError
std::vector<BenchPoint> planned(const BenchOptions& options);

/// The name in --sweep NAME=LIST; empty without one.
std::string sweep_name(const BenchOptions& options);

/// What a point simulates: all of it is recorded, the phases of the protocol are left out.
/// Throws: UsageError, BadFile, BadProtocol; each message of the last begins with the network
sim::Description description_of(const BenchPoint& point, const sim::Catalogue& catalogue,
                                const ProtocolLibrary& library);

}  // namespace protocols::cli
