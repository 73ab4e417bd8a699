// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A recurrent rate network whose steps can be undone, so that a replay in reverse order finds the
// states that a gradient through time needs.
//
// Groups A and B of n units, phi = tanh, leak c = 1 - 1/tau and drive d = max(1/tau, least_drive)
// of each unit, x the input with a 1 behind it:
//   A' = c A + d (W_BA phi(B) + W_inA x)
//   B' = c B + d (W_AB phi(A') + W_inB x)
//   o  = W_out [phi(A'); phi(B'); 1]
// A step back subtracts what was added, with the same inputs, and undoes the leak.
// Invariants
//   (1) a step and its reverse take the increments from one routine, so both add the same bits.
//   (2) in fixed point a step back restores every bit; see leak.hpp.
//   (3) in double precision a step back multiplies errors by 1/c: after T steps about 1e-16 c^-T is
//       left of a state of order 1, and nothing beyond T = 36 tau.
// Threads: steps of one network may run on several, each with a state and workspace of its own.
// Source: Cheng & Brown 2025, Neural Computation 37:403 (R2N2: input to A, readout from B, one tau,
//         Gaussian weights: `published_config`). The other fields are modifications: input and
//         readout on both groups, antisymmetric orthogonal coupling, mixed time constants.

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "models/rate/leak.hpp"
#include "sim/core/random.hpp"

namespace models {

enum class Coupling {
    /// W_BA = g Q, W_AB = -g Q^T, Q orthogonal: each pair of units is an oscillator of excitation
    /// and inhibition; without leak the map preserves volume, so activity neither dies nor
    /// explodes.
    antisymmetric,
    gaussian,  ///< independent N(0, g^2 / n)
};

struct ReversibleConfig {
    std::size_t units = 48;  ///< of each group
    std::size_t inputs = 1, outputs = 1;
    /// Steps; equal blocks of units in each group. Infinity: no leak.
    std::vector<double> taus = {2, 10, 100, std::numeric_limits<double>::infinity()};
    double least_drive = 0.1;
    bool input_to_both = true;      ///< else to A alone
    bool readout_from_both = true;  ///< else from B alone
    bool bias = true;               ///< the 1 behind the input and the features
    Coupling coupling = Coupling::antisymmetric;
    double gain = 2;                   ///< g
    double input_deviation = 2;        ///< standard deviation of an input weight
    double output_deviation = 0.0144;  ///< of an output weight, about 0.1 / sqrt(n)
    double initial_limit = 0;          ///< initial states are N(0, 3^2) cut to +- this
    Arithmetic arithmetic = Arithmetic::fixed_point;
};

/// The network of the paper: n = 64, tau = 10, g = 1.5, small input weights into A alone.
ReversibleConfig published_config(std::size_t inputs, std::size_t outputs);

/// States of all units in all lanes. In fixed point whole numbers, in units of 2^-30.
struct ReversibleState {
    std::size_t lanes = 0;
    std::vector<double> a, b;  // [units][lanes]
};

/// What steps write; contents are explained where they are left behind.
struct ReversibleWorkspace {
    ReversibleWorkspace(const ReversibleConfig& config, std::size_t lanes);

    std::vector<double> source_a;  // [columns_a][lanes]: phi(B), x, 1
    std::vector<double> source_b;  // [columns_b][lanes]: phi(A'), x, 1
    std::vector<double> features;  // [2 n + 1][lanes]: phi(A'), phi(B'), 1
    std::vector<double> drive;     // [n][lanes]
    std::vector<double> codes;     // [lanes]
};

class ReversibleNetwork {
public:
    /// Throws: sim::BadParameter
    ReversibleNetwork(ReversibleConfig config, const sim::RandomKey& key);

    const ReversibleConfig& config() const { return config_; }
    std::size_t units() const { return config_.units; }

    /// Columns of the weights into A, into B and onto the outputs, and the strides of their rows.
    std::size_t columns_a() const { return config_.units + inputs_and_bias(); }
    std::size_t columns_b() const {
        return config_.units + (config_.input_to_both ? inputs_and_bias() : 0);
    }
    std::size_t columns_out() const {
        return (config_.readout_from_both ? 2 : 1) * config_.units + (config_.bias ? 1 : 0);
    }
    std::size_t stride_a() const { return whole_blocks(columns_a()); }
    std::size_t stride_b() const { return whole_blocks(columns_b()); }
    std::size_t stride_out() const { return whole_blocks(columns_out()); }

    /// All weights: rows of A, of B, of the outputs. What fills up a row stays 0.
    std::vector<double>& weights() { return weights_; }
    const std::vector<double>& weights() const { return weights_; }
    std::size_t begin_b() const { return units() * stride_a(); }
    std::size_t begin_out() const { return begin_b() + units() * stride_b(); }

    /// [n][n | inputs | 1]; the recurrent part is W_BA.
    MatrixView into_a() const { return view(0, units(), columns_a(), stride_a()); }
    /// [n][n | inputs | 1]; the recurrent part is W_AB.
    MatrixView into_b() const { return view(begin_b(), units(), columns_b(), stride_b()); }
    /// [outputs][features from `first_feature`]
    MatrixView onto_outputs() const {
        return view(begin_out(), config_.outputs, columns_out(), stride_out());
    }
    std::size_t first_feature() const { return config_.readout_from_both ? 0 : units(); }

    const std::vector<double>& leaks() const { return leak_; }    // [n], both groups alike
    const std::vector<double>& drives() const { return drive_; }  // [n]
    /// What a stored state must be multiplied with.
    double scale() const { return is_fixed() ? 1 / fixed_point::one : 1; }
    bool is_fixed() const { return config_.arithmetic == Arithmetic::fixed_point; }

    ReversibleState initial_state(std::size_t lanes) const;

    /// One step forward. Leaves phi(B), x in source_a and phi(A'), x in source_b.
    /// Shape:  x[inputs][lanes]
    /// Needs:  `bits`, if not null, has the lanes of the state; null forgets what reversal needs
    /// Throws: sim::NumericFailure if a state in fixed point grows beyond 2048
    void step(ReversibleState& state, const double* x, ReversibleWorkspace& work,
              BitStacks* bits) const;

    /// Undoes the last step, given its input; the two halves in this order.
    /// The first leaves phi(A'), x in source_b, the second phi(B), x in source_a.
    void undo_b(ReversibleState& state, const double* x, ReversibleWorkspace& work,
                BitStacks* bits) const;
    void undo_a(ReversibleState& state, const double* x, ReversibleWorkspace& work,
                BitStacks* bits) const;

    /// phi(A'), phi(B'), 1 into the features.
    void compute_features(const ReversibleState& state, ReversibleWorkspace& work) const;

    /// o from the features.  Shape: out[outputs][lanes]
    void read_out(const ReversibleWorkspace& work, double* out) const;

    /// phi(state), x and 1 as the source of a group.  Shape: source[columns][lanes]
    void gather(const std::vector<double>& state, const double* x, std::size_t columns,
                std::vector<double>& source, std::size_t lanes) const;

private:
    std::size_t inputs_and_bias() const { return config_.inputs + (config_.bias ? 1 : 0); }
    MatrixView view(std::size_t begin, std::size_t rows, std::size_t columns,
                    std::size_t stride) const {
        return {weights_.data() + begin, rows, columns, stride, 1};
    }
    void draw_weights(const sim::RandomKey& key);
    void compute_drive(const MatrixView& into, const std::vector<double>& source,
                       ReversibleWorkspace& work, std::size_t lanes) const;
    void advance(std::vector<double>& state, ReversibleWorkspace& work, BitStacks* bits,
                 std::size_t lanes) const;
    void retreat(std::vector<double>& state, ReversibleWorkspace& work, BitStacks* bits,
                 std::size_t lanes) const;

    ReversibleConfig config_;
    std::vector<double> weights_, leak_, drive_;
    std::vector<double> initial_a_, initial_b_;  // [n]
};

}  // namespace models
