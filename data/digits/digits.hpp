// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Images of digits: made here (generated.hpp), or read from files (files.hpp).
//
// Invariants
//   (1) pixels.size() == count() * size(); labels are in [0, classes).
//   (2) pixels are grey values in [0, 1], 0 is the background.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace data {

struct Digits {
    static constexpr std::size_t classes = 10;

    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<float> pixels;         ///< [image][row][column], flattened
    std::vector<std::uint8_t> labels;  ///< [image]

    std::size_t count() const { return labels.size(); }
    std::size_t size() const { return rows * columns; }  ///< pixels of an image

    std::span<const float> image(std::size_t i) const {
        return std::span(pixels).subspan(i * size(), size());
    }
};

/// The first `count` images, or all if there are no more.
Digits first_digits(const Digits& digits, std::size_t count);

}  // namespace data
