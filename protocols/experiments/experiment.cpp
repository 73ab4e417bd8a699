// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/experiments/experiment.hpp"

namespace protocols {

Source as_protocol_file(const sim::Description& description, const ParameterTable& table) {
    return {write_protocol(description) + "\n" + parameters_section(table), description.name};
}

}  // namespace protocols
