// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What this machine's memory can do, measured: the ceiling that delivery is held against.

#include <cstdint>

namespace protocols::cli {

constexpr std::uint64_t small_set_bytes = 1 << 20;
constexpr std::uint64_t large_set_bytes = 32 << 20;

/// Of all threads together, each with a share of the set of its own.
struct MachineLimits {
    double read_bytes_per_s;         ///< one after the other, from a set that no cache holds
    double small_set_updates_per_s;  ///< random 4-byte read-modify-writes in 1 MiB
    double large_set_updates_per_s;  ///< and in 32 MiB
};

/// Takes some tenths of a second.
MachineLimits measure_limits(int threads);

}  // namespace protocols::cli
