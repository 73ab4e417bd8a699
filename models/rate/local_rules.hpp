// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Learning rules that run forward in time in the reversible network: e-prop and RFLO, which differ
// in their feedback alone, and training of the readout.
//
// A synapse j -> i keeps the trace p <- c_i p + d_i s_j of its source s (phi of the other group, an
// input, or 1). Where an output is taught with error e,
//   dW_ij += L_i phi'(h_i) p_ij,  L = W_out^T e (e-prop) or F^T e with F fixed (RFLO).
// Paths through other units are left out; so is that from A to B within a step. Units of one time
// constant share their traces.
// Invariant: as in the gradient, sums run over lanes in order; over steps from the first.
// Source: Bellec et al. 2020, Nat Commun 11:3625, eq. 1 with the eligibility of a leaky unit;
//         Murray 2019, eLife 8:e43299, eq. 3

#include <vector>

#include "models/rate/episode_batch.hpp"
#include "models/rate/reversible_network.hpp"

namespace models {

class LocalPass {
public:
    LocalPass(const ReversibleNetwork& network, std::size_t lanes);

    /// Runs the batch from the initial state. With `learns_recurrent` false only the gradient of
    /// the readout is computed.
    /// Shape: feedback[outputs][columns_out], stands for W_out in L
    void run(const ReversibleNetwork& network, const EpisodeBatch& batch, Loss loss,
             const MatrixView& feedback, bool learns_recurrent, ReversibleWorkspace& work);

    std::vector<double>& gradient() { return gradient_; }
    const std::vector<double>& losses() const { return losses_; }  ///< [lanes], sum over steps

private:
    struct Traces {
        std::vector<double> values;  // [blocks][lanes][stride]
        std::size_t stride = 0;
    };

    void follow(const ReversibleNetwork& network, const std::vector<double>& source,
                std::size_t columns, Traces& traces);
    void teach(const ReversibleNetwork& network, const ReversibleState& state,
               const EpisodeBatch& batch, std::size_t t, Loss loss, double scale,
               ReversibleWorkspace& work);
    void learn_recurrent(const ReversibleNetwork& network, const MatrixView& feedback,
                         const ReversibleWorkspace& work);
    void learn_group(const double* back, const double* phi, const Traces& traces, std::size_t begin,
                     std::size_t units);

    std::size_t lanes_, blocks_;
    std::vector<double> gradient_, losses_;
    Traces a_, b_;
    std::vector<double> out_, error_;  // [outputs][lanes]
    std::vector<double> back_;         // [2 n + 1][lanes]
    std::vector<double> z_;            // [n][lanes]
    std::vector<double> transposed_;   // [lanes][stride]
};

}  // namespace models
