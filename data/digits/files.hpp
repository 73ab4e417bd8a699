// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Digits from files that others made.
//
// Every message names the file, the place in it and what to do.

#include <filesystem>

#include "data/digits/digits.hpp"

namespace data {

/// Images and labels in the IDX format of MNIST, plain or compressed (gzip). Bytes become grey
/// values in [0, 1].
/// Throws: BadFile
/// Source: LeCun, Cortes, Burges, The MNIST database of handwritten digits: file formats
Digits read_idx_digits(const std::filesystem::path& images, const std::filesystem::path& labels);

/// Images of 8 x 8 pixels, one a line: 64 whole numbers in [0, 16] and the label, between commas.
/// Throws: BadFile
/// Source: Alpaydin, Kaynak 1998, Optical Recognition of Handwritten Digits, UCI repository
Digits read_optdigits(const std::filesystem::path& file);

}  // namespace data
