// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Everything this program knows by name.

#include "sim/core/catalogue.hpp"

namespace protocols::cli {

sim::Catalogue all_parts();

}  // namespace protocols::cli
