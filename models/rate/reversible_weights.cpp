// SPDX-License-Identifier: BSD-3-Clause
// Weights and states that a reversible network begins with.
#include <algorithm>
#include <cmath>

#include "models/rate/gram_schmidt.hpp"
#include "models/rate/reversible_network.hpp"

namespace models {
namespace {

using Rows = std::vector<std::vector<double>>;

// Entities of the key: what is drawn.
enum : std::uint64_t { coupling_a, coupling_b, input_a, input_b, output, state_a, state_b };

Rows normal_rows(std::size_t rows, std::size_t columns, double deviation, const sim::RandomKey& key,
                 std::uint64_t entity) {
    sim::RandomStream draws(key, entity);
    Rows result(rows, std::vector<double>(columns));
    for (auto& row : result)
        for (double& x : row) x = deviation * draws.normal();
    return result;
}

Rows minus_transposed(const Rows& rows) {
    Rows result = rows;
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < rows.size(); ++j) result[i][j] = -rows[j][i];
    return result;
}

}  // namespace

void ReversibleNetwork::draw_weights(const sim::RandomKey& key) {
    const std::size_t n = units();
    weights_.assign(begin_out() + config_.outputs * stride_out(), 0.0);
    const auto place = [&](const Rows& rows, std::size_t begin, std::size_t stride) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::copy(rows[i].begin(), rows[i].end(),
                      weights_.begin() + static_cast<std::ptrdiff_t>(begin + i * stride));
    };
    Rows a, b;
    if (config_.coupling == Coupling::antisymmetric) {
        // Uniform over the orthogonal matrices (Mezzadri 2007, Notices of the AMS 54:592).
        a = qr_factors(normal_rows(n, n, 1, key, coupling_a)).q;
        for (auto& row : a)
            for (double& x : row) x *= config_.gain;
        b = minus_transposed(a);
    } else {
        const double deviation = config_.gain / std::sqrt(static_cast<double>(n));
        a = normal_rows(n, n, deviation, key, coupling_a);
        b = normal_rows(n, n, deviation, key, coupling_b);
    }
    place(a, 0, stride_a());
    place(b, begin_b(), stride_b());
    // The bias begins at 0.
    place(normal_rows(n, config_.inputs, config_.input_deviation, key, input_a), n, stride_a());
    place(normal_rows(n, config_.input_to_both ? config_.inputs : 0, config_.input_deviation, key,
                      input_b),
          begin_b() + n, stride_b());
    place(normal_rows(config_.outputs, columns_out(), config_.output_deviation, key, output),
          begin_out(), stride_out());
    for (const auto& [states, entity] : {std::pair{&initial_a_, state_a}, {&initial_b_, state_b}}) {
        const double limit = config_.initial_limit;
        for (const auto& row : normal_rows(n, 1, 3, key, entity)) {
            const double h = std::clamp(row[0], -limit, limit);
            states->push_back(is_fixed() ? std::rint(h * fixed_point::one) : h);
        }
    }
}

}  // namespace models
