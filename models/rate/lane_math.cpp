// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/lane_math.hpp"

#include <algorithm>
#include <array>

namespace models {
namespace {

constexpr std::size_t width = Lanes::size();

// Rows [row, row + Rows) of y for `Packs` registers of lanes. Several sums run side by side to hide
// the latency of an addition; each still adds its terms in order.
template <std::size_t Rows, std::size_t Packs>
void multiply_tile(const MatrixView& m, std::size_t row, const double* x, double* y,
                   std::size_t lanes) {
    std::array<std::array<Lanes, Packs>, Rows> sums{};
    const double* w = m.data + row * m.row_stride;
    for (std::size_t k = 0; k < m.columns; ++k) {
        std::array<Lanes, Packs> term;
        for (std::size_t p = 0; p < Packs; ++p) term[p] = load_lanes(x + k * lanes + p * width);
        for (std::size_t r = 0; r < Rows; ++r) {
            const Lanes weight(w[r * m.row_stride + k * m.column_stride]);
            for (std::size_t p = 0; p < Packs; ++p) sums[r][p] += weight * term[p];
        }
    }
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t p = 0; p < Packs; ++p)
            store_lanes(sums[r][p], y + (row + r) * lanes + p * width);
}

template <std::size_t Packs>
void multiply_lanes(const MatrixView& m, const double* x, double* y, std::size_t lanes) {
    std::size_t row = 0;
    for (; row + 4 <= m.rows; row += 4) multiply_tile<4, Packs>(m, row, x, y, lanes);
    for (; row < m.rows; ++row) multiply_tile<1, Packs>(m, row, x, y, lanes);
}

template <std::size_t Rows, std::size_t Packs>
void outer_tile(double* g, std::size_t stride, const double* z, const double* x_t,
                std::size_t lanes) {
    std::array<std::array<Lanes, Packs>, Rows> sums;
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t p = 0; p < Packs; ++p) sums[r][p] = load_lanes(g + r * stride + p * width);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        std::array<Lanes, Packs> term;
        for (std::size_t p = 0; p < Packs; ++p)
            term[p] = load_lanes(x_t + lane * stride + p * width);
        for (std::size_t r = 0; r < Rows; ++r)
            for (std::size_t p = 0; p < Packs; ++p)
                sums[r][p] += Lanes(z[r * lanes + lane]) * term[p];
    }
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t p = 0; p < Packs; ++p) store_lanes(sums[r][p], g + r * stride + p * width);
}

template <std::size_t Rows>
void outer_rows(double* g, std::size_t stride, const double* z, const double* x_t,
                std::size_t lanes) {
    std::size_t column = 0;
    for (; column + 2 * width <= stride; column += 2 * width)
        outer_tile<Rows, 2>(g + column, stride, z, x_t + column, lanes);
    for (; column < stride; column += width)
        outer_tile<Rows, 1>(g + column, stride, z, x_t + column, lanes);
}

}  // namespace

void multiply(const MatrixView& m, const double* x, double* y, std::size_t lanes) {
    std::size_t lane = 0;
    for (; lane + 2 * width <= lanes; lane += 2 * width)
        multiply_lanes<2>(m, x + lane, y + lane, lanes);
    for (; lane < lanes; lane += width) multiply_lanes<1>(m, x + lane, y + lane, lanes);
}

void add_outer(double* g, std::size_t rows, std::size_t row_stride, const double* z,
               const double* x_t, std::size_t lanes) {
    std::size_t row = 0;
    for (; row + 4 <= rows; row += 4)
        outer_rows<4>(g + row * row_stride, row_stride, z + row * lanes, x_t, lanes);
    for (; row < rows; ++row)
        outer_rows<1>(g + row * row_stride, row_stride, z + row * lanes, x_t, lanes);
}

void transpose_lanes(const double* x, std::size_t rows, std::size_t lanes, double* x_t,
                     std::size_t stride) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        double* to = x_t + lane * stride;
        for (std::size_t row = 0; row < rows; ++row) to[row] = x[row * lanes + lane];
        std::fill(to + rows, to + stride, 0.0);
    }
}

void tanh_of(const double* x, double scale, double* y, std::size_t count) {
    for (std::size_t i = 0; i < count; i += width)
        store_lanes(hyperbolic_tangent(load_lanes(x + i) * scale), y + i);
}

}  // namespace models
