// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Firing, credit and plasticity at the same time, as one system of differential equations with
// three time constants:
//
//   tau_f dx_i/dt  = -x_i + f(s_i)          s_i = b_i + sum_j w_ij x_j
//   tau_c dc_j/dt  = -c_j + e_j + sum_i w_ij delta_i,    delta_i = f'(s_i) c_i
//   tau_w dw_ij/dt = delta_i x_j            and the same for biases, with x = 1
//
// The credit of clamped outputs is their error at once.
// Patterns are presented at the same time, to copies of the network that share the weights.
// Source: as credit.hpp; sim/ode solves it
//
// Threads: one object, one thread.

#include <limits>
#include <vector>

#include "models/rate/credit.hpp"

namespace models {

struct CreditTimes {
    double tau_f = 10;                                       ///< ms
    double tau_c = 100;                                      ///< ms
    double tau_w = std::numeric_limits<double>::infinity();  ///< ms; infinite: weights stay
    double tolerance = 1e-12;
};

class CreditOde {
public:
    /// Rates and credits of 0, inputs presented, no teacher.
    /// Throws: BadNetwork
    CreditOde(RateNetwork network, const CreditTimes& times, OutputMode mode, Loss loss,
              Eigen::MatrixXd inputs);

    /// Shape:  targets [output][pattern]; empty: the teacher goes, the outputs' errors are 0
    void teach(Eigen::MatrixXd targets) { targets_ = std::move(targets); }

    /// Units:  ms
    /// Throws: NumericFailure with the time if the system is unstable
    void advance(double duration);

    double time() const { return time_; }

    /// The weights as they are now.
    const RateNetwork& network() const { return network_; }

    /// The states as they are now.
    const NetworkState& state() const { return state_; }

    /// What the synapses have gathered: the integral of delta_i x_j over time, in ms.
    const RateChange& gathered() const { return gathered_; }

private:
    // The order of everything that is integrated: x and c of each layer, then what weights and
    // biases gather.
    void pack(std::vector<double>& y);
    void unpack(const std::vector<double>& y);
    void derivative(const std::vector<double>& y, std::vector<double>& dy);
    void set_weights();
    Eigen::MatrixXd error() const;
    void find_signals(const Eigen::MatrixXd& now);
    bool is_clamped(const RateLayer& layer) const {
        return layer.is_output && mode_ == OutputMode::clamp;
    }

    RateNetwork start_;    // the weights at first
    RateNetwork network_;  // and now
    CreditTimes times_;
    OutputMode mode_;
    Loss loss_;
    Eigen::MatrixXd targets_;
    NetworkState state_;
    RateChange gathered_;
    double time_ = 0;
};

}  // namespace models
