// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Watches over the stop conditions of phases.
// Threads: one caller, between windows.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/net/network.hpp"

namespace sim {

class EarlyStop {
public:
    /// Needs: `network` outlives this
    explicit EarlyStop(const Network& network) : network_(network) {}

    /// Whether two phases are the same, or of the same trial: what stops one stops the other.
    bool are_together(std::size_t a, std::size_t b) const;

    /// A phase begins; its first look is due at once.
    void begin(std::size_t phase);

    /// The step of the next look.
    Step due() const { return due_; }

    /// The weights of a projection of the description, in their order.
    using Weights = std::function<std::vector<double>(std::string_view projection)>;
    /// Takes a look, and says whether the condition is met since the one before.
    bool look(Step now, const std::vector<std::uint64_t>& spikes_of_population,
              const Weights& weights);

private:
    struct Look {
        Step at;
        std::uint64_t spikes;
        std::vector<double> weights;
    };
    bool is_met(const Look& before, const Look& now) const;

    static constexpr Step never = std::numeric_limits<Step>::max();

    const Network& network_;
    std::optional<std::size_t> phase_;  // under way
    const StopSpec* spec_ = nullptr;    // its condition, or that of its trial
    std::optional<Look> last_;
    Step due_ = never;
};

}  // namespace sim
