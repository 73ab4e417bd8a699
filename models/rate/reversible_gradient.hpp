// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The gradient through time of a reversible network, carried by replay in reverse order, or by a
// stored history (backpropagation through time). Both call the same steps; only where the former
// states come from differs.
//
// With e the derivative of the loss by the output (0 where nothing is taught), going back from t:
//   g_A += (W_outA^T e) phi'(A'),  g_B += (W_outB^T e) phi'(B')
//   z_B = d g_B;  dW_AB += z_B phi(A')^T;  g_A += (W_AB^T z_B) phi'(A');  B is restored
//   z_A = d g_A;  dW_BA += z_A phi(B)^T;   g_B <- c g_B + (W_BA^T z_A) phi'(B);  g_A <- c g_A
// and likewise for the input weights; then A is restored.
// Invariant: sums run over the units in order, weights over steps from the last, then lanes in
//         order.
// Threads: one owner for each.
// Source: Cheng & Brown 2025, Neural Computation 37:403, with the whole recursion of the gradient

#include <vector>

#include "models/rate/episode_batch.hpp"
#include "models/rate/reversible_network.hpp"

namespace models {

/// Matrices that stand for W_AB, W_BA and W_out on the way back, of the same shapes; the transposes
/// of the weights themselves make the gradient exact.
struct Feedback {
    MatrixView through_b;     // [n][n], for W_AB
    MatrixView through_a;     // [n][n], for W_BA
    MatrixView from_outputs;  // [outputs][columns_out], for W_out
};

/// The weights of the network; valid until these move.
Feedback exact_feedback(const ReversibleNetwork& network);

class BackwardPass {
public:
    BackwardPass(const ReversibleNetwork& network, std::size_t lanes);

    /// Forgets gradient and carried state.
    void begin();

    /// The part of the output at step t; `state` is what the network was in after it.
    void teach(const ReversibleNetwork& network, const ReversibleState& state,
               const EpisodeBatch& batch, std::size_t t, Loss loss, double scale,
               const Feedback& feedback, ReversibleWorkspace& work);
    /// From B after a step to A after it. Needs: phi(A'), x, 1 in work.source_b
    void through_b(const ReversibleNetwork& network, const Feedback& feedback,
                   const ReversibleWorkspace& work);
    /// From A after a step to B before it. Needs: phi(B), x, 1 in work.source_a
    void through_a(const ReversibleNetwork& network, const Feedback& feedback,
                   const ReversibleWorkspace& work);

    /// As the weights of the network are ordered.
    std::vector<double>& gradient() { return gradient_; }
    const std::vector<double>& gradient() const { return gradient_; }
    const std::vector<double>& losses() const { return losses_; }  ///< [lanes], sum over steps
    const std::vector<double>& outputs() const { return out_; }  ///< [outputs][lanes], last taught

private:
    void scale_by_drive(const ReversibleNetwork& network, const std::vector<double>& carried);

    std::size_t lanes_;
    std::vector<double> gradient_, losses_;
    std::vector<double> g_a_, g_b_, z_, back_;  // [n][lanes], back_ [2 n][lanes]
    std::vector<double> out_, error_;           // [outputs][lanes]
    std::vector<double> transposed_;            // [lanes][stride]
};

/// The states of a run: what replay does without.
struct History {
    std::vector<ReversibleState> states;  // [steps + 1]
};

/// Drives `state` through the inputs of the batch.
void run_forward(const ReversibleNetwork& network, const EpisodeBatch& batch,
                 ReversibleState& state, ReversibleWorkspace& work, BitStacks* bits);
/// The same from the initial state, with every state kept; `history` may hold an earlier run.
void run_and_store(const ReversibleNetwork& network, const EpisodeBatch& batch, History& history,
                   ReversibleWorkspace& work);

/// Backward replay from the last state; leaves in `state` the reconstructed first one.
/// Needs: the batch as it comes in reverse, with the length of the forward one; scale = 1 / number
///        of teachings for the mean
void replay_backward(const ReversibleNetwork& network, const EpisodeBatch& batch, Loss loss,
                     const Feedback& feedback, ReversibleState& state, BitStacks* bits,
                     ReversibleWorkspace& work, BackwardPass& pass);
void history_backward(const ReversibleNetwork& network, const EpisodeBatch& batch, Loss loss,
                      const Feedback& feedback, const History& history, ReversibleWorkspace& work,
                      BackwardPass& pass);

}  // namespace models
