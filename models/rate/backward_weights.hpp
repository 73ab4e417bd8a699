// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Backward weights learned from what forward replay shows: the recurrent input of a group is
// regressed on the rates of the other one. They stand for the recurrent weights when steps are
// undone.
//
// In exact arithmetic the fit finds the weights themselves as soon as the samples span all rates.
// Source: Cheng & Brown 2025, Neural Computation 37:403, by least squares as in their public code

#include "models/rate/reversible_gradient.hpp"

namespace models {

struct BackwardWeights {
    ReversibleNetwork network;  ///< with fitted recurrent weights: undo_a and undo_b use them
    double error;               ///< |fit - W| / |W|, Frobenius norms, both groups together
};

/// Runs the batch forward from the initial state; every step of every episode is a sample.
/// Needs:  double precision (in fixed point only the weights themselves reverse)
/// Throws: sim::NumericFailure if there are too few samples
BackwardWeights fit_backward_weights(const ReversibleNetwork& network, const EpisodeBatch& batch);

}  // namespace models
