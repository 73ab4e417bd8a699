// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Loss of an output and its derivative, in every lane.

#include "models/rate/episode_batch.hpp"

namespace models {

/// error = scale taught dL/do; adds the losses of taught lanes, without `scale`.
/// Shape: out, target, error[outputs][lanes], taught, losses[lanes]
void output_error(Loss loss, std::size_t outputs, std::size_t lanes, const double* out,
                  const double* target, const double* taught, double scale, double* error,
                  double* losses);

}  // namespace models
