// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// QR factors of small matrices, for orthogonal matrices and least squares; the same bits
// everywhere.

#include <cstddef>
#include <vector>

namespace models {

/// A = Q R with orthonormal columns of Q and a positive diagonal of R.
/// Shape: q: `columns` vectors of `rows` numbers, r[row][column] with `columns` each
struct QrFactors {
    std::vector<std::vector<double>> q, r;
};

/// Shape:  columns[k]: the k-th column
/// Throws: sim::NumericFailure if a column depends on those before it
/// Source: Giraud, Langou & Rozloznik 2005, Comput. Math. Appl. 50:1069: twice is enough
QrFactors qr_factors(std::vector<std::vector<double>> columns);

/// x that makes |A x - b| least.  Shape: b[rows]
std::vector<double> least_squares(const QrFactors& factors, const std::vector<double>& b);

}  // namespace models
