// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How often two neurons spike together, as symmetric rules of plasticity see it: every pair of spikes
// s and t counts e^{-|s - t| / tau}.

#include <span>

namespace protocols {

/// Over all pairs of spikes of two trains.
/// Units: ms        Needs: trains ascending
double coincidences(std::span<const double> a, std::span<const double> b, double tau);

/// The same in the mean, of independent trains whose spikes lie evenly in `duration`.
/// Units: ms; spikes of a train times spikes of the other
double chance_coincidences(double pairs, double duration, double tau);

}  // namespace protocols
