// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit assignment by the balance of excitation and inhibition, in rates and to rounding.
//
// Each neuron i with input s_i = b_i + sum_j w_ij x_j has two states:
//   firing  x_i = f(s_i)                                     settles first
//   credit  c_j = e_j + sum_i w_ij delta_i                   spreads backward over the same synapses
// with the retrograde signal delta_i = f'(s_i) c_i and the imbalance e that a teacher leaves at the
// outputs, and synapses from active onto credited neurons grow: dw_ij = delta_i x_j. At the
// equilibrium c = -dL/dx, so that this is gradient descent: backpropagation in layered networks,
// recurrent backpropagation at the fixed points of others.
//
// Invariants
//   (1) columns of all matrices are patterns, which do not see each other; a change sums over them.
//   (2) an equilibrium that is not reached is an error, never a result.
// Threads: free functions of their arguments.
//
// Source: Fan & Mysore 2024, arXiv:2405.14139; Almeida 1987, Pineda 1987, Phys Rev Lett 59:2229
// (recurrent backpropagation). Equations in this form, and the proof that both linearised systems
// have one spectrum, are ours: -1 + D W and -1 + W^T D, D = diag f'.

#include <Eigen/Core>
#include <string>
#include <string_view>
#include <vector>

#include "models/rate/loss.hpp"
#include "models/rate/rate_network.hpp"

namespace models {

/// What the credit of an output is.
enum class OutputMode {
    clamp,               ///< its error alone; exact only where outputs project nowhere
    error_plus_feedback  ///< its error and what its targets return
};

std::vector<std::string> output_mode_names();  ///< "error_plus_feedback", "clamp"
OutputMode output_mode_named(std::string_view name);
std::vector<std::string> loss_names();  ///< "squared", "cross_entropy"
Loss loss_named(std::string_view name);

/// Sum over patterns.
/// Shape:  outputs, targets [output][pattern]
double loss_value(Loss loss, const Eigen::MatrixXd& outputs, const Eigen::MatrixXd& targets);

/// -dL/doutputs, the imbalance that the teacher leaves.
Eigen::MatrixXd output_error(Loss loss, const Eigen::MatrixXd& outputs,
                             const Eigen::MatrixXd& targets);

/// States of the neurons of one layer. Shape: [neuron][pattern]
struct LayerState {
    Eigen::MatrixXd s;      ///< input
    Eigen::MatrixXd x;      ///< rate
    Eigen::MatrixXd c;      ///< credit; of inputs, which have none: empty
    Eigen::MatrixXd delta;  ///< f'(s) c, the retrograde signal; of inputs: empty
};
using NetworkState = std::vector<LayerState>;  ///< [layer]

/// Rates of the output layers, one below the other.
Eigen::MatrixXd outputs(const RateNetwork& network, const NetworkState& state);

/// What the neurons of a layer, which is no input, are sent: bias and synapses.
Eigen::MatrixXd input_of(const RateNetwork& network, std::size_t layer, const NetworkState& state);

/// What their credit tends to: what their targets return, and the error of outputs.
/// Shape:  error [output][pattern], output layers one below the other
Eigen::MatrixXd credit_of(const RateNetwork& network, std::size_t layer,
                          const Eigen::MatrixXd& error, OutputMode mode, const NetworkState& state);

struct SweepOptions {
    double tolerance = 1e-13;  ///< of the largest change in a sweep, relative to 1 + largest state
    int most_sweeps = 10000;
};

/// How an equilibrium was reached.
struct Settled {
    int sweeps = 0;
    double relaxation = 1;  ///< part of a sweep's change that was made
    double residual = 0;    ///< largest change that another whole sweep would have made
};

/// Sweeps from rates of 0, layer by layer; where whole sweeps do not converge, smaller ones, down
/// to 1/64, which follow the differential equations.
/// Shape:  inputs [input][pattern], input layers one below the other
/// Throws: NumericFailure if no equilibrium is reached
Settled settle_firing(const RateNetwork& network, const Eigen::MatrixXd& inputs,
                      const SweepOptions& options, NetworkState& state);

/// The same for the credit, backward.
/// Needs:  settled firing
/// Throws: NumericFailure, above all where the firing equilibrium is unstable
Settled settle_credit(const RateNetwork& network, const Eigen::MatrixXd& error, OutputMode mode,
                      const SweepOptions& options, NetworkState& state);

/// What the synapses gather, summed over the patterns: dL/dw with the opposite sign.
RateChange credit_change(const RateNetwork& network, const NetworkState& state);

}  // namespace models
