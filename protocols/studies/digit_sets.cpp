// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/digit_sets.hpp"

#include <numeric>

#include "data/digits/files.hpp"
#include "data/digits/generated.hpp"
#include "sim/core/error.hpp"
#include "sim/core/random.hpp"

namespace protocols {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

void need(const std::string& kind, const std::string& name, const std::string& path) {
    if (path.empty())
        throw sim::BadParameter("digits = " + kind + ": needs " + name +
                                ", the path of a file; add "
                                "--set " +
                                name + "=FILE");
}

DigitSets generated(const DigitRequest& request) {
    data::GeneratedDigits setting;
    setting.seed = request.seed;
    setting.side = request.side;
    setting.count = request.train;
    DigitSets sets;
    sets.train = data::generate_digits(setting);
    setting.set = 1;
    setting.count = request.test;
    sets.test = data::generate_digits(setting);
    return sets;
}

DigitSets from_files(const DigitFiles& files) {
    need(files.digits, "train_images", files.train_images);
    need(files.digits, "test_images", files.test_images);
    if (files.digits == "optdigits")
        return {data::read_optdigits(files.train_images), data::read_optdigits(files.test_images)};
    need(files.digits, "train_labels", files.train_labels);
    need(files.digits, "test_labels", files.test_labels);
    return {data::read_idx_digits(files.train_images, files.train_labels),
            data::read_idx_digits(files.test_images, files.test_labels)};
}

std::string size_of(const data::Digits& digits) {
    return std::to_string(digits.rows) + " x " + std::to_string(digits.columns);
}

}  // namespace

std::vector<std::string> digit_kinds(const sim::Catalogue&) {
    return {"generated", "idx", "optdigits"};
}

DigitSets digit_sets(const DigitRequest& request) {
    if (request.files.digits == "generated") return generated(request);
    auto sets = from_files(request.files);
    if (sets.train.rows != sets.test.rows || sets.train.columns != sets.test.columns)
        throw sim::BadParameter("test_images are " + size_of(sets.test) + ": must be " +
                                size_of(sets.train) + " as train_images");
    return {data::first_digits(sets.train, request.train),
            data::first_digits(sets.test, request.test)};
}

MatrixXd pixels_of(const data::Digits& digits, std::span<const std::size_t> images) {
    const auto size = static_cast<Index>(digits.size());
    MatrixXd result(size, static_cast<Index>(images.size()));
    for (std::size_t k = 0; k < images.size(); ++k)
        result.col(static_cast<Index>(k)) =
            Eigen::Map<const Eigen::VectorXf>(digits.image(images[k]).data(), size).cast<double>();
    return result;
}

MatrixXd classes_of(const data::Digits& digits, std::span<const std::size_t> images) {
    MatrixXd result = MatrixXd::Zero(data::Digits::classes, static_cast<Index>(images.size()));
    for (std::size_t k = 0; k < images.size(); ++k)
        result(digits.labels[images[k]], static_cast<Index>(k)) = 1;
    return result;
}

std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed,
                                        std::uint64_t round) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    sim::RandomStream random({seed, 4, sim::Purpose::source}, round);
    for (std::size_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(i))]);
    return order;
}

}  // namespace protocols
