// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit in spikes of neurons with escape noise, to compare with that of integrate-and-fire ones:
// four ways for such neurons to weigh their credit with the slope of their rate.
//
// A neuron spikes at random at the rate rho f(u), f(u) = 1 / (1 + exp(-u)), where u is its bias and
// its synapses' exponential responses of time constant tau_syn. As f' = f (1 - f), an event at a
// spike of amount c (1 - f) carries f' c on average. Four readings of 1 - f:
//   own_spike     1 - trace of the neuron's spikes, this one in it: biased, by 1 / (rho tau_x)
//   before_spike  1 - that trace without this one
//   membrane      1 - f(u) at the spike
//   continuous    no spike: the integral of f'(u) c, sent whenever it has reached a threshold
// Noise in u makes the rate a flatter function of the mean input, so that all of them approximate
// the gradient of the noise-averaged rate network (`noise_averaged`), not of the plain one.
//
// Invariants
//   (1) random numbers are keyed by (layer, neuron): spikes do not depend on the form.
//   (2) no grid of time: candidates for spikes come at rate rho and are thinned by f(u). The
//       integral of the continuous form is a sum over the stretches between arrivals at the layer.
// Threads: free functions of their arguments.
//
// Source: escape noise: Gerstner et al. 2014, Neuronal Dynamics, ch. 9; thinning: Lewis & Shedler
// 1979, Nav Res Log Q 26:403; the forms are ours

#include <cstdint>
#include <string>
#include <vector>

#include "models/rate/rate_network.hpp"

namespace models {

enum class EscapeForm { own_spike, before_spike, membrane, continuous };

std::vector<std::string> escape_form_names();  ///< in that order

struct EscapeSettings {
    EscapeForm form = EscapeForm::membrane;
    double rate_hz = 100;    ///< rho, the largest rate
    double tau_syn = 20;     ///< ms
    double tau_x = 100;      ///< ms, of traces of own spikes
    double tau_c = 100;      ///< ms, filter of credit
    double settle = 500;     ///< ms, stimulus alone
    double taught = 10000;   ///< ms
    double threshold = 0.1;  ///< of the continuous form, in spikes
    std::uint64_t seed = 1;
};

/// What was gathered in a presentation. Shape: [layer][neuron]
struct EscapeResult {
    std::vector<Eigen::VectorXd> rates;   ///< in units of rho
    std::vector<Eigen::VectorXd> deltas;  ///< what neurons sent; of inputs: empty
    std::uint64_t spikes = 0;
    std::uint64_t retrograde = 0;  ///< events
};

/// Shape:  inputs[input], in [0, 1], Poisson trains; targets[output]
/// Throws: BadNetwork unless it is a chain of dense layers of sigmoid neurons
EscapeResult present_to_escape_neurons(const RateNetwork& network, const Eigen::VectorXd& inputs,
                                       const Eigen::VectorXd& targets,
                                       const EscapeSettings& settings);

/// The same of the rate network whose neurons average over the noise of u, in the probit
/// approximation f(s / sqrt(1 + pi v / 8)), v = sum w^2 x / (2 rho tau_syn).
/// Source: MacKay 1992, Neural Comput 4:720, eq. 10 (the approximation)
EscapeResult noise_averaged(const RateNetwork& network, const Eigen::VectorXd& inputs,
                            const Eigen::VectorXd& targets, const EscapeSettings& settings);

}  // namespace models
