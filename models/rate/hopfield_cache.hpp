// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One-shot memory of sequences in a network of binary units whose synapses alternate between two
// matrices: one holds the present pattern and calls the next, the other takes over when it is
// there.
//
// With states h, x = sign(h), and lambda 0 or 1:
//   h <- (1 - 1/tau) h + (1/tau) W_lambda x,  W_(k mod 2) += q (p + q)^T / N
// for the k-th pair p -> q of patterns of +1 and -1 with their mean taken away. q q^T holds q until
// lambda changes, q p^T calls q from p. lambda changes every half period of an oscillation, or once
// the output has stayed the same. Pairs in reverse order make a memory that recalls backward.
// Source: Cheng & Brown 2025, Neural Computation 37:403, with equations from the authors' public
//         code

#include <cstdint>
#include <vector>

#include "sim/core/random.hpp"

namespace models {

struct HopfieldCacheConfig {
    std::size_t units = 500;
    double active = 0.4;  ///< part of the units that are +1 in a pattern
    double tau = 6;       ///< steps
    enum class Pace { oscillation, itself };
    Pace pace = Pace::oscillation;
    std::size_t half_period = 30;  ///< steps, of the oscillation
    std::size_t settled = 10;      ///< steps without a change after which it goes on by itself
};

class HopfieldCache {
public:
    using Signs = std::vector<double>;  ///< [units], +1 or -1

    explicit HopfieldCache(const HopfieldCacheConfig& config);

    /// A pattern with exactly active * units of its units at +1.
    Signs random_pattern(const sim::RandomKey& key, std::uint64_t index) const;

    /// The next pair of the sequence; the first is pair 0.
    void store(const Signs& from, const Signs& to);

    /// What follows a cue, one pattern each change of lambda: `count` of them.
    std::vector<Signs> recall(const Signs& cue, std::size_t count) const;

private:
    Signs settle(std::vector<double>& h, std::size_t matrix) const;

    HopfieldCacheConfig config_;
    std::vector<double> weights_[2];  // [post][pre]
    std::size_t pairs_ = 0;
};

}  // namespace models
