// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Backpropagation in a chain of dense layers, as everybody writes it: the yardstick for the credit
// rule, of which it shares no code but the data types and the activations.
//
// Source: Rumelhart, Hinton & Williams 1986, Nature 323:533

#include "models/rate/credit.hpp"

namespace models {

struct BackpropResult {
    double loss = 0;          ///< sum over patterns
    Eigen::MatrixXd outputs;  ///< [output][pattern]
    RateChange change;        ///< -dL/dw, -dL/db, sums over patterns
};

/// Throws: BadNetwork if the network is no chain of dense layers
BackpropResult backprop(const RateNetwork& network, const Eigen::MatrixXd& inputs,
                        const Eigen::MatrixXd& targets, Loss loss);

}  // namespace models
