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
constexpr double rounding = 1e-9;  // of where a drift leads to; `cross` decides

[[gnu::always_inline]] inline Lanes higher(const Lanes& a, const Lanes& b) {
    return std::experimental::max(a, b);
}
inline double higher(double a, double b) { return std::max(a, b); }

}  // namespace

// Some arrivals: what flows between them is the same for all neurons.
struct IntegrateFireLayer::Block {
    std::span<const Arrival> arrivals;
    std::array<double, block_arrivals> kept;     // exp(-time since the one before / tau_m)
    std::array<double, block_arrivals> elapsed;  // ms since the begin
    double length = 0;                           // ms

    Block(std::span<const Arrival> all, double begin, double tau_m) : arrivals(all) {
        for (std::size_t s = 0; s < all.size(); ++s) {
            elapsed[s] = all[s].time - begin;
            const double passed = elapsed[s] - length;
            kept[s] = tau_m < never ? std::exp(-passed / tau_m) : 1;
            length = elapsed[s];
        }
    }

    // Within a block a state v stands for the membrane u = v + drift * elapsed, or with a leak,
    // where `drift` is where it leads to, u = v + drift; `arrive` makes v pass an arrival.
    template <bool leaks, bool floors, class T>
    [[gnu::always_inline]] T arrive(T v, const T& weight, const T& drift, double floor,
                                    std::size_t s) const {
        if constexpr (leaks) v *= kept[s];
        if constexpr (floors) {
            const T lowest = leaks ? floor - drift : floor - drift * elapsed[s];
            return higher(higher(v, lowest) + weight, lowest);
        } else {
            return v + weight;
        }
    }
};

IntegrateFireLayer::IntegrateFireLayer(std::size_t size, const Membrane& membrane)
    : size_(size),
      membrane_(membrane),
      u_(whole_blocks(size), 0),
      drift_(whole_blocks(size), 0),
      ready_(size, -never) {}

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
    ready_.assign(size_, -never);
}

void IntegrateFireLayer::rewind(double by) {
    time_ -= by;
    for (double& one : ready_) one -= by;
}

double IntegrateFireLayer::membrane(std::size_t neuron, double time) const {
    const double passed = time - time_;
    const double u =
        membrane_.tau_m < never
            ? drift_[neuron] + (u_[neuron] - drift_[neuron]) * std::exp(-passed / membrane_.tau_m)
            : u_[neuron] + drift_[neuron] * passed;
    return std::max(u, membrane_.floor);
}

void IntegrateFireLayer::emit(double time, std::size_t neuron) {
    found_.push_back({time, static_cast<std::uint32_t>(neuron)});
    ready_[neuron] = time + membrane_.t_ref;
}

// The block before may have ended amid arrivals of one time.
void IntegrateFireLayer::hand_over(std::vector<Spike>& spikes) {
    if (found_.empty()) return;
    const auto before = [](const Spike& a, const Spike& b) {
        return a.time != b.time ? a.time < b.time : a.neuron < b.neuron;
    };
    std::sort(found_.begin(), found_.end(), before);
    auto same = spikes.size();
    while (same > 0 && !(spikes[same - 1].time < found_.front().time)) --same;
    const bool is_split = same < spikes.size();
    spikes.insert(spikes.end(), found_.begin(), found_.end());
    if (is_split)
        std::sort(spikes.begin() + static_cast<std::ptrdiff_t>(same), spikes.end(), before);
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
// before. Nobody comes higher between arrivals than where the drift alone leads from the highest
// state.
template <bool leaks, bool floors, std::size_t packs>
void IntegrateFireLayer::walk_tile(std::size_t first, const Block& block) {
    std::array<Lanes, packs> v;
    std::array<Lanes, packs> drift;
    std::array<Lanes, packs> highest;
    for (std::size_t p = 0; p < packs; ++p) {
        v[p] = load_lanes(u_.data() + first + p * width);
        drift[p] = load_lanes(drift_.data() + first + p * width);
        if constexpr (leaks) v[p] -= drift[p];
        highest[p] = leaks ? higher(v[p], Lanes(0)) : v[p];
    }
    const double floor = membrane_.floor;
    for (std::size_t s = 0; s < block.arrivals.size(); ++s) {
        const double* w = block.arrivals[s].weights + first;
        for (std::size_t p = 0; p < packs; ++p) {
            v[p] = block.arrive<leaks, floors>(v[p], load_lanes(w + p * width), drift[p], floor, s);
            highest[p] = higher(highest[p], v[p]);
        }
    }
    for (std::size_t p = 0; p < packs; ++p) {
        const Lanes passed = leaks ? drift[p] : drift[p] * block.length;
        const Lanes u = v[p] + passed;
        const auto may = highest[p] + (leaks ? passed : higher(passed, Lanes(0))) >= 1.0;
        const std::size_t begin = first + p * width;
        if (!std::experimental::any_of(may)) {
            store_lanes(u, u_.data() + begin);
            continue;
        }
        for (std::size_t lane = 0; lane < width; ++lane)
            if (may[lane]) walk_one<leaks, floors>(begin + lane, block);
            else u_[begin + lane] = u[lane];
    }
}

template <bool leaks, bool floors>
void IntegrateFireLayer::walk_one(std::size_t neuron, const Block& block) {
    const double drift = drift_[neuron];
    double v = u_[neuron];
    if constexpr (leaks) v -= drift;
    double before = 0;
    for (std::size_t s = 0; s < block.arrivals.size(); ++s) {
        const auto& [time, weights] = block.arrivals[s];
        const double elapsed = block.elapsed[s];
        const double lift = leaks ? drift : drift * elapsed;
        if (leaks || membrane_.t_ref > 0 || (drift > 0 && v + lift >= 1 - rounding))
            v = cross<leaks>(neuron, v, {leaks ? time_ + before : time_, time}, time_ + before);
        v = block.arrive<leaks, floors>(v, weights[neuron], drift, membrane_.floor, s);
        for (; v + lift >= 1 && time >= ready_[neuron]; v -= 1) emit(time, neuron);
        before = elapsed;
    }
    u_[neuron] = v + (leaks ? drift : drift * block.length);
}

// Spikes between arrivals: by drift, or when a neuron may spike again. The state stays that of the
// begin of the flow: a spike takes off what is 1 at its time.
template <bool leaks>
double IntegrateFireLayer::cross(std::size_t neuron, double v, const Stretch& flow, double since) {
    const double drift = drift_[neuron];
    const double tau_m = membrane_.tau_m;
    const bool drives = drift > (leaks ? 1.0 : 0.0);
    while (drives || membrane_.t_ref > 0) {
        // The soonest, if it is above threshold then.
        double time = std::max(since, ready_[neuron]);
        const double passed = time - flow.begin;
        const double u = leaks ? drift + v * std::exp(-passed / tau_m) : v + drift * passed;
        if (membrane_.t_ref == 0 || u < 1) {
            if (!drives) return v;
            const double needed = leaks ? tau_m * std::log(-v / (drift - 1)) : (1 - v) / drift;
            time = flow.begin + std::max(needed, 0.0);
        }
        if (!(time < flow.end)) return v;
        emit(time, neuron);
        v -= leaks ? std::exp((time - flow.begin) / tau_m) : 1;
        since = time;
    }
    return v;
}

template <bool leaks>
void IntegrateFireLayer::finish(double until) {
    const double left = until - time_;
    const bool waits = membrane_.t_ref > 0;
    if (left <= 0 || (!waits && most_drift_ <= (leaks ? 1.0 : 0.0))) return;
    const Stretch rest{time_, until};
    for (std::size_t i = 0; i < size_; ++i)
        if (leaks) u_[i] = cross<true>(i, u_[i] - drift_[i], rest, time_) + drift_[i];
        else if (waits || u_[i] + drift_[i] * left >= 1 - rounding)
            u_[i] = cross<false>(i, u_[i], rest, time_);
}

}  // namespace models
