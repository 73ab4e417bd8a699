// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Whether threads share the tiles of a window, or one of them does it alone: found out by trying both
// on windows so short that handing work over can cost more than it saves.
//
// Nothing but the speed depends on the choice.

#include <algorithm>
#include <array>
#include <cstddef>

namespace sim {

class Sharing {
public:
    static constexpr std::size_t block = 25;      ///< windows measured before anything is decided
    static constexpr std::size_t first_wait = 2;  ///< blocks between trials
    static constexpr std::size_t longest_wait = 128;
    /// A window that takes one thread longer is always worth it.
    static constexpr double worth_us = 100;

    explicit Sharing(int threads) : threads_(threads), is_shared_(threads > 1) {}

    /// Whether the window to come is shared.
    bool is_shared() const { return is_shared_ != is_trial_; }

    /// What a window took, if it was measured.
    void note(double us) {
        if (threads_ == 1) return;
        took_[noted_++] = us;
        sum_ += us;
        // A trial that costs more than a whole block of the usual way has failed.
        const bool has_failed =
            is_trial_ && sum_ > 2 * usual_us_ * static_cast<double>(block);
        if (noted_ < block && !has_failed) return;
        // The median, as a window in which the system does something else says nothing.
        const auto middle = took_.begin() + static_cast<std::ptrdiff_t>(noted_ / 2);
        std::nth_element(took_.begin(), middle, took_.begin() + static_cast<std::ptrdiff_t>(noted_));
        end_block(*middle);
        noted_ = 0;
        sum_ = 0;
    }

private:
    static constexpr double margin = 0.95;  // less is as well noise

    void end_block(double us) {
        if (!is_trial_) {
            usual_us_ = us;
            const double alone_us = is_shared_ ? us * threads_ : us;
            if (alone_us > worth_us) is_shared_ = true;
            else is_trial_ = ++waited_ >= wait_;
            return;
        }
        is_trial_ = false;
        waited_ = 0;
        if (us < margin * usual_us_) {
            is_shared_ = !is_shared_;
            wait_ = first_wait;
        } else {
            wait_ = std::min(2 * wait_, longest_wait);
        }
    }

    int threads_;
    bool is_shared_;         // usually
    bool is_trial_ = false;  // of the other way
    double usual_us_ = 0;
    std::size_t wait_ = first_wait, waited_ = 0;
    std::array<double, block> took_{};
    std::size_t noted_ = 0;
    double sum_ = 0;
};

}  // namespace sim
