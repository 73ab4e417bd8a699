// SPDX-License-Identifier: BSD-3-Clause
#include "data/digits/digits.hpp"

#include <algorithm>

namespace data {

Digits first_digits(const Digits& digits, std::size_t count) {
    const std::size_t kept = std::min(count, digits.count());
    const auto pixels = static_cast<std::ptrdiff_t>(kept * digits.size());
    Digits result{digits.rows, digits.columns, {}, {}};
    result.pixels.assign(digits.pixels.begin(), digits.pixels.begin() + pixels);
    result.labels.assign(digits.labels.begin(),
                         digits.labels.begin() + static_cast<std::ptrdiff_t>(kept));
    return result;
}

}  // namespace data
