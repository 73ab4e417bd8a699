// SPDX-License-Identifier: BSD-3-Clause
#include "sim/core/params.hpp"

#include "sim/core/text.hpp"

namespace sim {

std::string Range::text() const {
    if (low == 0 && high == 1 && whole) return "0 or 1";
    const bool has_low = low > -range::huge;
    const bool has_high = high < (whole ? range::count.high : range::huge);
    std::string rule;
    if (has_low && has_high)
        rule = "in " + std::string(low_open ? "(" : "[") + number(low) + ", " + number(high) +
               (high_open ? ")" : "]");
    else if (has_low) rule = (low_open ? "> " : ">= ") + number(low);
    else if (has_high) rule = (high_open ? "< " : "<= ") + number(high);
    else rule = "any finite number";
    return whole ? "a whole number " + rule : rule;
}

}  // namespace sim
