// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Repeated measurements as a table in Markdown: medians, and how far the repeats lie apart.

#include <string>
#include <vector>

#include "bench/network/measure.hpp"

namespace bench {

std::string table_head();

/// Needs: at least one repeat
std::string table_row(const std::string& name, int threads,
                      const std::vector<Measurement>& repeats);

}  // namespace bench
