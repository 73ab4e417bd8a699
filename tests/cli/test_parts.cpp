// SPDX-License-Identifier: BSD-3-Clause
// The parts of the program that tests of studies run: one study, and no other.
#include "protocols/cli/parts.hpp"
#include "tests/cli/test_study.hpp"

namespace protocols::cli {

sim::Catalogue all_parts() {
    sim::Catalogue catalogue;
    sim::register_study<Adding>(catalogue);
    return catalogue;
}

}  // namespace protocols::cli
