// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/output_balance.hpp"

#include <algorithm>
#include <cmath>

#include "models/rate/lane_math.hpp"

namespace models {
namespace {

[[gnu::always_inline]] inline Lanes higher(const Lanes& a, const Lanes& b) {
    return std::experimental::max(a, b);
}
[[gnu::always_inline]] inline void add(double* to, const Lanes& more) {
    store_lanes(load_lanes(to) + more, to);
}

}  // namespace

OutputBalance::OutputBalance(std::size_t size) : size_(size) {
    for (auto* one : {&slope_, &exc_, &inh_, &imbalance_, &amounts_, &after_})
        one->assign(whole_blocks(size), 0);
}

void OutputBalance::begin(const Teaching& teaching, std::span<const double> drift,
                          std::span<const double> targets) {
    teaching_ = teaching;
    is_taught_ = !targets.empty();
    is_over_ = false;
    amounts_.assign(amounts_.size(), 0);
    time_ = teaching.window.begin;
    for (std::size_t k = 0; k < size_; ++k) {
        slope_[k] = is_taught_ ? targets[k] - drift[k] : 0;
        exc_[k] = std::max(drift[k], 0.0) * teaching.window.length();
        inh_[k] = std::max(-drift[k], 0.0) * teaching.window.length();
    }
}

void OutputBalance::send(double time, std::size_t output, double amount) {
    if (!teaching_.is_blocked) found_.push_back({time, static_cast<std::uint32_t>(output), amount});
    amounts_[output] += amount;
    imbalance_[output] = 0;
}

void OutputBalance::hand_over(std::vector<Retrograde>& sent) {
    if (found_.size() > 1)
        std::sort(found_.begin(), found_.end(), [](const Retrograde& a, const Retrograde& b) {
            return a.time != b.time ? a.time < b.time : a.neuron < b.neuron;
        });
    sent.insert(sent.end(), found_.begin(), found_.end());
    found_.clear();
}

// Moves the imbalance of one output from time_ to `until` and sends where it reaches the threshold.
void OutputBalance::flow(std::size_t output, double until) {
    const double slope = slope_[output];
    const double amount = std::copysign(teaching_.threshold, slope);
    double& imbalance = imbalance_[output];
    double from = time_;
    while (std::abs(imbalance + slope * (until - from)) >= teaching_.threshold) {
        from = std::min(from + std::max((amount - imbalance) / slope, 0.0), until);
        send(from, output, amount);
    }
    imbalance += slope * (until - from);
}

// Outputs side by side as if none sent; if one does, each on its own.
void OutputBalance::arrive(const Arrival& arrival) {
    const double* w = arrival.weights;
    const double passed = arrival.time - time_;
    Lanes largest(0);
    for (std::size_t k = 0; k < slope_.size(); k += Lanes::size()) {
        const Lanes weight = load_lanes(w + k);
        const Lanes before =
            load_lanes(imbalance_.data() + k) + load_lanes(slope_.data() + k) * passed;
        const Lanes after = before - weight;
        add(exc_.data() + k, higher(weight, Lanes(0)));
        add(inh_.data() + k, higher(-weight, Lanes(0)));
        store_lanes(after, after_.data() + k);
        largest = higher(largest, higher(higher(before, -before), higher(after, -after)));
    }
    if (!is_taught_) return;
    if (std::experimental::hmax(largest) < teaching_.threshold) {
        imbalance_.swap(after_);
    } else {
        for (std::size_t k = 0; k < size_; ++k) {
            flow(k, arrival.time);
            imbalance_[k] -= w[k];
            if (std::abs(imbalance_[k]) >= teaching_.threshold)
                send(arrival.time, k, imbalance_[k]);
        }
    }
    time_ = arrival.time;
}

void OutputBalance::end_teaching() {
    for (std::size_t k = 0; k < size_; ++k) {
        flow(k, teaching_.window.end);
        if (teaching_.sends_rest && imbalance_[k] != 0)
            send(teaching_.window.end, k, imbalance_[k]);
    }
    is_over_ = true;
}

void OutputBalance::walk(std::span<const Arrival> arrivals, double until,
                         std::vector<Retrograde>& sent) {
    for (const auto& arrival : arrivals) {
        if (!teaching_.window.contains(arrival.time)) continue;
        arrive(arrival);
        if (!found_.empty()) hand_over(sent);
    }
    if (!is_taught_ || is_over_ || until < teaching_.window.begin) return;
    if (until >= teaching_.window.end) {
        end_teaching();
    } else {
        for (std::size_t k = 0; k < size_; ++k) flow(k, until);
        time_ = until;
    }
    hand_over(sent);
}

}  // namespace models
