// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Whether threads share the tiles of a window, or one of them does it alone: found out by trying the
// other way on windows so short that handing work over can cost more than it saves.
//
// Nothing but the speed depends on the choice.

#include <algorithm>
#include <array>
#include <cstddef>

namespace sim {

class Sharing {
public:
    static constexpr std::size_t block = 25;      ///< measured windows that are compared as one
    static constexpr std::size_t first_wait = 4;  ///< blocks between trials
    static constexpr std::size_t longest_wait = 128;
    /// What is shared and still takes longer is not tried alone.
    static constexpr double worth_us = 100;

    explicit Sharing(int threads) : threads_(threads), is_shared_(threads > 1) {}

    /// Whether the window to come is shared.
    bool is_shared() const { return is_shared_ != is_trial_; }

    /// What a window took, if it was measured.
    void note(double us) {
        if (threads_ == 1) return;
        took_[noted_++] = us;
        sum_ += us;
        // A trial is given up once it has cost a whole block more than usual.
        if (is_trial_ && sum_ > 2 * usual_us_ * static_cast<double>(block)) end_trial(sum_);
        else if (noted_ < block) return;
        else if (is_trial_) end_trial(mean());
        else end_block(mean());
        noted_ = 0;
        sum_ = 0;
    }

private:
    static constexpr double margin = 0.95;  // less may be noise

    /// Without the longest, in which the system may have done something else.
    double mean() const {
        return (sum_ - *std::max_element(took_.begin(), took_.end())) / (block - 1.0);
    }

    void end_trial(double us) {
        is_trial_ = false;
        tried_us_ = us;
    }

    void end_block(double us) {
        if (tried_us_ > 0) {  // faster than before and after it, as activity may have changed
            const bool is_faster = tried_us_ < margin * std::min(usual_us_, us);
            is_shared_ = is_shared_ != is_faster;
            wait_ = is_faster ? first_wait : std::min(2 * wait_, longest_wait);
            waited_ = 0;
            usual_us_ = is_faster ? tried_us_ : us;
            tried_us_ = 0;
            return;
        }
        if (us > 2 * usual_us_ || us < usual_us_ / 2) wait_ = first_wait;  // other work than before
        usual_us_ = us;
        is_trial_ = ++waited_ >= wait_ && !(is_shared_ && us > worth_us);
    }

    int threads_;
    bool is_shared_;         // usually
    bool is_trial_ = false;  // of the other way
    double usual_us_ = 0;
    double tried_us_ = 0;  // in the last trial, until it is compared
    std::size_t wait_ = first_wait, waited_ = 0;
    std::array<double, block> took_{};
    std::size_t noted_ = 0;
    double sum_ = 0;
};

}  // namespace sim
