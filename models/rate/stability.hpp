// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The linearised dynamics of firing and of credit around an equilibrium, in units of their time
// constants: J = -1 + D W for firing and -1 + W^T D for credit, D = diag f'(s).
//
// One is the transpose of the other, so that both have the same eigenvalues: credit settles exactly
// where firing is stable.

#include <Eigen/Core>

#include "models/rate/credit.hpp"

namespace models {

/// Shape:  [neuron][neuron], the layers that are no input one below the other
/// Needs:  settled firing
Eigen::MatrixXd firing_jacobian(const RateNetwork& network, const NetworkState& state,
                                Eigen::Index pattern);

/// With error plus feedback at the outputs.
Eigen::MatrixXd credit_jacobian(const RateNetwork& network, const NetworkState& state,
                                Eigen::Index pattern);

Eigen::VectorXcd spectrum(const Eigen::MatrixXd& jacobian);

/// The largest real part of the eigenvalues; below 0: stable.
double growth_rate(const Eigen::MatrixXd& jacobian);

}  // namespace models
