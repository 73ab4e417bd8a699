// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Digits drawn by a pen: the strokes of ten glyphs under a random affine map, with a random width
// of the pen, random ink and noise. Ten classes that a linear readout tells apart well, not fully.

#include <cstdint>

#include "data/digits/digits.hpp"

namespace data {

struct GeneratedDigits {
    std::uint64_t seed = 1;
    std::uint32_t set = 0;     ///< images of different sets are different draws (training, test)
    std::size_t count = 1000;  ///< as many of each class, but for a remainder
    std::size_t side = 8;      ///< pixels, both ways

    double turn = 0.11;      ///< rad, standard deviation of the rotation
    double slant = 0.14;     ///< standard deviation of the shear
    double stretch = 0.065;  ///< standard deviation of the logarithm of width and of height
    double shift = 0.033;    ///< of the side, standard deviation of both displacements
    double wobble = 0.022;   ///< of the side, standard deviation of every corner of the pen's way
    double noise = 0.08;     ///< standard deviation of what is added to a pixel
};

/// The same for the same setting; an image does not depend on how many there are.
/// Needs:  side >= 5
Digits generate_digits(const GeneratedDigits& setting);

}  // namespace data
