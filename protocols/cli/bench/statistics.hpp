// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What repeats say together: their middle, how far they lie apart, and how they grow with size.

#include <vector>

namespace protocols::cli {

struct Spread {
    double least;
    double median;
    double most;
};

/// Needs: at least one value
Spread spread(std::vector<double> values);

/// y = c x^exponent
struct PowerLaw {
    double exponent;
    double standard_error;  ///< of the exponent; 0 if there are only two points
    double growth;          ///< of the fitted y from the least to the largest x, a factor
};

/// The least squares of log y over log x.
/// Needs: as many x as y, all > 0, and at least two different x
PowerLaw fit_power_law(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace protocols::cli
