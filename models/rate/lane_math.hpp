// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Numbers of several episodes side by side ("lanes"), and the products a rate network needs.
//
// An array of units is stored as [unit][lane]; the number of lanes is a multiple of `lane_block`.
// Invariants
//   (1) every output is one sum, from the first term to the last, so that its bits depend neither
//       on the width of a register nor on what stands in other lanes.
//   (2) nothing allocates.
// Threads: any, on different outputs.

#include <cstddef>
#include <experimental/simd>

#include "sim/core/exponential.hpp"

namespace models {

using Lanes = std::experimental::native_simd<double>;

inline constexpr std::size_t lane_block = 8;
static_assert(lane_block % Lanes::size() == 0);

constexpr std::size_t whole_blocks(std::size_t n) {
    return (n + lane_block - 1) / lane_block * lane_block;
}

inline Lanes load_lanes(const double* from) {
    return Lanes(from, std::experimental::element_aligned);
}
inline void store_lanes(const Lanes& lanes, double* to) {
    lanes.copy_to(to, std::experimental::element_aligned);
}

/// tanh with the same bits for a double and for lanes of any number; error below 3 ulp.
template <class T>
[[gnu::always_inline]] inline T hyperbolic_tangent(T x) {
    // 1 - tanh(20) is below half an ulp of 1; further out expm1 would overflow.
    const T doubled = 2.0 * sim::detail::limited(x, -20, 20);
    const T e = sim::expm1(doubled);
    return e / (e + 2.0);
}

/// A matrix, or its transpose, somewhere in an array.
struct MatrixView {
    const double* data;
    std::size_t rows, columns;
    std::size_t row_stride, column_stride;

    double operator()(std::size_t row, std::size_t column) const {
        return data[row * row_stride + column * column_stride];
    }
    MatrixView transposed() const { return {data, columns, rows, column_stride, row_stride}; }
    /// Columns first, first + 1, ..., first + count - 1.
    MatrixView some_columns(std::size_t first, std::size_t count) const {
        return {data + first * column_stride, rows, count, row_stride, column_stride};
    }
};

/// y = M x, in every lane.  Shape: x[columns][lanes], y[rows][lanes]
void multiply(const MatrixView& m, const double* x, double* y, std::size_t lanes);

/// g += z x^T, summed over lanes from the first to the last.
/// Shape: z[rows][lanes], x_t[lanes][row_stride] (`transpose_lanes`), g[rows][row_stride]
void add_outer(double* g, std::size_t rows, std::size_t row_stride, const double* z,
               const double* x_t, std::size_t lanes);

/// Shape: x[rows][lanes] -> x_t[lanes][stride]; columns of x_t from `rows` to `stride` become 0.
void transpose_lanes(const double* x, std::size_t rows, std::size_t lanes, double* x_t,
                     std::size_t stride);

/// y = tanh(scale x)
void tanh_of(const double* x, double scale, double* y, std::size_t count);

}  // namespace models
