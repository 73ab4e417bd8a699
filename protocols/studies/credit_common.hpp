// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What several studies of credit need.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "models/rate/credit.hpp"
#include "protocols/studies/study.hpp"
#include "sim/core/random.hpp"
#include "sim/core/workers.hpp"

namespace protocols {

inline std::vector<std::string> activations(const sim::Catalogue&) {
    return models::activation_names();
}

/// Standard normal numbers of their own for every part. Shape: [row][column]
inline Eigen::MatrixXd normal_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed,
                                     std::uint32_t part) {
    Eigen::MatrixXd m(rows, columns);
    sim::RandomStream random({seed, part, sim::Purpose::source}, 0);
    for (auto& v : m.reshaped()) v = random.normal();
    return m;
}

/// All weights of a change, one after the other, dense as well as sparse ones.
inline Eigen::VectorXd flat(const models::RateWeights& weights) {
    const Eigen::MatrixXd w = std::visit([](const auto& m) { return Eigen::MatrixXd(m); }, weights);
    return w.reshaped();
}
inline Eigen::VectorXd flat(const models::RateChange& change) {
    std::vector<Eigen::VectorXd> parts;
    Eigen::Index size = 0;
    for (const auto& one : change.weights) size += parts.emplace_back(flat(one)).size();
    Eigen::VectorXd all(size);
    Eigen::Index at = 0;
    for (const auto& one : parts) {
        all.segment(at, one.size()) = one;
        at += one.size();
    }
    return all;
}

inline double cosine(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
    return a.dot(b) / (a.norm() * b.norm());
}

/// Largest difference, relative to the largest entry of `right`.
inline double relative_error(const Eigen::VectorXd& found, const Eigen::VectorXd& right) {
    return (found - right).cwiseAbs().maxCoeff() / right.cwiseAbs().maxCoeff();
}

/// Runs task(i) for the numbers below `count` on the threads of the study, while it is not
/// cancelled, and says how many are done. Returns which were: results of the others are missing.
template <class Task>
std::vector<bool> for_each_case(StudyContext& context, std::size_t count, const std::string& noun,
                                const Task& task) {
    std::vector<char> done(count, 0);
    std::atomic<std::size_t> ready = 0;
    context.progress(0, noun + " 1 of " + std::to_string(count));
    sim::Workers(context.threads()).for_each(count, [&](std::size_t i) {
        if (context.cancelled()) return;
        task(i);
        done[i] = 1;
        const auto now = ++ready;
        context.progress(static_cast<double>(now) / static_cast<double>(count),
                         std::to_string(now) + " of " + std::to_string(count) + " " + noun + "s");
    });
    return {done.begin(), done.end()};
}

/// The entries whose case was done.
template <class T>
std::vector<T> only(const std::vector<T>& values, const std::vector<bool>& done) {
    std::vector<T> kept;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (done[i]) kept.push_back(values[i]);
    return kept;
}

inline Json largest_of(const std::vector<double>& values) {
    if (values.empty()) return nullptr;
    return *std::max_element(values.begin(), values.end());
}

}  // namespace protocols
