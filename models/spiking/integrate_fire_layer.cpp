// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/integrate_fire_layer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/rate/lane_math.hpp"

namespace models {
namespace {

constexpr std::size_t block_arrivals = 16;  // neurons stay in registers that long
constexpr std::size_t width = Lanes::size();

Lanes at_least(const Lanes& u, double floor) { return std::experimental::max(u, Lanes(floor)); }

}  // namespace

// Some arrivals: what flows between them is the same for all neurons.
struct IntegrateFireLayer::Block {
    std::span<const Arrival> arrivals;
    std::array<double, block_arrivals> passed;  // ms since the one before
    std::array<double, block_arrivals> kept;    // exp(-passed / tau_m)
    double longest = 0;

    Block(std::span<const Arrival> all, double since, double tau_m) : arrivals(all) {
        for (std::size_t s = 0; s < all.size(); ++s) {
            passed[s] = all[s].time - since;
            kept[s] = tau_m < never ? std::exp(-passed[s] / tau_m) : 1;
            longest = std::max(longest, passed[s]);
            since = all[s].time;
        }
    }
};

IntegrateFireLayer::IntegrateFireLayer(std::size_t size, const Membrane& membrane)
    : size_(size), membrane_(membrane), u_(whole_blocks(size), 0), drift_(whole_blocks(size), 0) {}

void IntegrateFireLayer::set_drift(std::span<const double> drift) {
    const double scale = membrane_.tau_m < never ? membrane_.tau_m : 1;
    most_drift_ = 0;
    for (std::size_t i = 0; i < size_; ++i) {
        drift_[i] = drift[i] * scale;
        most_drift_ = std::max(most_drift_, drift_[i]);
    }
}

void IntegrateFireLayer::start(double time, std::span<const double> u) {
    time_ = time;
    std::copy_n(u.begin(), size_, u_.begin());
}

double IntegrateFireLayer::membrane(std::size_t neuron, double time) const {
    const double passed = time - time_;
    const double u = membrane_.tau_m < never
                         ? drift_[neuron] +
                               (u_[neuron] - drift_[neuron]) * std::exp(-passed / membrane_.tau_m)
                         : u_[neuron] + drift_[neuron] * passed;
    return std::max(u, membrane_.floor);
}

void IntegrateFireLayer::emit(double time, std::size_t neuron) {
    found_.push_back({time, static_cast<std::uint32_t>(neuron)});
}

void IntegrateFireLayer::hand_over(std::vector<Spike>& spikes) {
    std::sort(found_.begin(), found_.end(), [](const Spike& a, const Spike& b) {
        return a.time != b.time ? a.time < b.time : a.neuron < b.neuron;
    });
    spikes.insert(spikes.end(), found_.begin(), found_.end());
    found_.clear();
}

void IntegrateFireLayer::walk(std::span<const Arrival> arrivals, double until,
                              std::vector<Spike>& spikes) {
    const bool leaks = membrane_.tau_m < never;
    const bool floors = membrane_.floor > -never;
    for (std::size_t i = 0; i < arrivals.size(); i += block_arrivals) {
        const auto some = arrivals.subspan(i, std::min(block_arrivals, arrivals.size() - i));
        if (leaks) floors ? walk_block<true, true>(some) : walk_block<true, false>(some);
        else floors ? walk_block<false, true>(some) : walk_block<false, false>(some);
        hand_over(spikes);
    }
    leaks ? finish<true>(until) : finish<false>(until);
    hand_over(spikes);
}

template <bool leaks, bool floors>
void IntegrateFireLayer::walk_block(std::span<const Arrival> arrivals) {
    const Block block(arrivals, time_, membrane_.tau_m);
    std::size_t first = 0;
    for (; first + 4 * width <= u_.size(); first += 4 * width)
        walk_tile<leaks, floors, 4>(first, block);
    for (; first < u_.size(); first += width) walk_tile<leaks, floors, 1>(first, block);
    time_ = arrivals.back().time;
}

// Neurons side by side as if none spiked; those that may have are walked one by one from the state
// before. Between arrivals nobody comes higher than `longest` of its drift above an end, or with a
// leak above where the drift leads to.
template <bool leaks, bool floors, std::size_t packs>
void IntegrateFireLayer::walk_tile(std::size_t first, const Block& block) {
    std::array<Lanes, packs> u;
    std::array<Lanes, packs> drift;
    std::array<Lanes, packs> highest;
    for (std::size_t p = 0; p < packs; ++p) {
        u[p] = load_lanes(u_.data() + first + p * width);
        drift[p] = load_lanes(drift_.data() + first + p * width);
        highest[p] = leaks ? std::experimental::max(u[p], drift[p]) : u[p];
    }
    for (std::size_t s = 0; s < block.arrivals.size(); ++s) {
        const double* w = block.arrivals[s].weights + first;
        for (std::size_t p = 0; p < packs; ++p) {
            if constexpr (leaks) u[p] = drift[p] + (u[p] - drift[p]) * block.kept[s];
            else u[p] += drift[p] * block.passed[s];
            if constexpr (floors) u[p] = at_least(u[p], membrane_.floor);
            u[p] += load_lanes(w + p * width);
            if constexpr (floors) u[p] = at_least(u[p], membrane_.floor);
            highest[p] = std::experimental::max(highest[p], u[p]);
        }
    }
    for (std::size_t p = 0; p < packs; ++p) {
        const Lanes bound =
            leaks ? highest[p] : highest[p] + at_least(drift[p], 0) * block.longest;
        const auto may = bound >= 1.0;
        const std::size_t begin = first + p * width;
        if (!std::experimental::any_of(may)) {
            store_lanes(u[p], u_.data() + begin);
            continue;
        }
        for (std::size_t lane = 0; lane < width; ++lane)
            if (may[lane]) walk_one<leaks, floors>(begin + lane, u_[begin + lane], block);
            else u_[begin + lane] = u[p][lane];
    }
}

template <bool leaks, bool floors>
void IntegrateFireLayer::walk_one(std::size_t neuron, double u, const Block& block) {
    const double drift = drift_[neuron];
    double before = time_;
    for (std::size_t s = 0; s < block.arrivals.size(); ++s) {
        const auto& [time, weights] = block.arrivals[s];
        u = cross<leaks>(neuron, u, before, time);
        if constexpr (leaks) u = drift + (u - drift) * block.kept[s];
        else u += drift * block.passed[s];
        if constexpr (floors) u = std::max(u, membrane_.floor);
        u += weights[neuron];
        if constexpr (floors) u = std::max(u, membrane_.floor);
        for (; u >= 1; u -= 1) emit(time, neuron);
        before = time;
    }
    u_[neuron] = u;
}

// Spikes by drift alone. The state stays that of `from`: a spike takes off what is 1 at its time.
template <bool leaks>
double IntegrateFireLayer::cross(std::size_t neuron, double u, double from, double until) {
    const double drift = drift_[neuron];
    if (drift <= (leaks ? 1.0 : 0.0)) return u;
    while (true) {
        const double needed =
            leaks ? membrane_.tau_m * std::log((drift - u) / (drift - 1)) : (1 - u) / drift;
        const double time = from + std::max(needed, 0.0);
        if (!(time < until)) return u;
        emit(time, neuron);
        u -= leaks ? std::exp(needed / membrane_.tau_m) : 1;
    }
}

template <bool leaks>
void IntegrateFireLayer::finish(double until) {
    constexpr double rounding = 1e-9;  // of the sum; `cross` decides
    const double left = until - time_;
    if (left <= 0 || most_drift_ <= (leaks ? 1.0 : 0.0)) return;
    for (std::size_t i = 0; i < size_; ++i)
        if (leaks || u_[i] + drift_[i] * left >= 1 - rounding)
            u_[i] = cross<leaks>(i, u_[i], time_, until);
}

}  // namespace models
