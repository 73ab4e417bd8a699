// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The digits that a study is asked to learn, as columns for networks.

#include <Eigen/Core>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "data/digits/digits.hpp"
#include "protocols/file/parameter_table.hpp"
#include "sim/core/catalogue.hpp"

namespace protocols {

std::vector<std::string> digit_kinds(const sim::Catalogue&);  ///< "generated", "idx", "optdigits"

struct DigitSets {
    data::Digits train;
    data::Digits test;
};

/// Where the images come from, as parameters of a study.
struct DigitFiles {
    std::string digits = "generated";                                  ///< one of digit_kinds
    std::string train_images, train_labels, test_images, test_labels;  ///< paths
};

/// Their rows in the table of a study whose parameters they are part of.
template <class P>
std::array<TextParam<P>, 5> digit_file_rows() {
    return {
        {{"digits", &P::digits, digit_kinds, "where the images come from"},
         {"train_images", &P::train_images, nullptr, "IDX or optdigits file of images to learn"},
         {"train_labels", &P::train_labels, nullptr, "IDX file of their labels"},
         {"test_images", &P::test_images, nullptr, "IDX or optdigits file of images to be asked"},
         {"test_labels", &P::test_labels, nullptr, "IDX file of their labels"}}};
}

struct DigitRequest {
    DigitFiles files;
    std::size_t train = 1000;                                          ///< images at most
    std::size_t test = 1000;
    std::size_t side = 8;  ///< of generated ones
    std::uint64_t seed = 1;
};

/// Throws: BadFile; BadParameter if a path is missing, or images differ in size
DigitSets digit_sets(const DigitRequest& request);

/// Shape: [pixel][image], the images of these numbers
Eigen::MatrixXd pixels_of(const data::Digits& digits, std::span<const std::size_t> images);

/// 1 for the class, 0 for the others. Shape: [class][image]
Eigen::MatrixXd classes_of(const data::Digits& digits, std::span<const std::size_t> images);

/// 0, 1, ... in an order drawn from seed and round.
std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed, std::uint64_t round);

}  // namespace protocols
