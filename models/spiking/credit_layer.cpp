// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/credit_layer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/rate/lane_math.hpp"

namespace models {
namespace {

constexpr double longest_lead = 50;  // of an anchored exponential, in time constants

// Anchors at a new base what decays.
void move_base(double to, double tau, double& base, std::vector<double>& values) {
    const double kept = std::exp(-(to - base) / tau);
    for (double& one : values) one *= kept;
    base = to;
}

}  // namespace

CreditLayer::CreditLayer(std::size_t size, const CreditRelease& release)
    : size_(size), release_(release) {
    for (auto* one : {&unsent_, &filtered_, &traces_, &amounts_, &counts_})
        one->assign(whole_blocks(size), 0);
}

void CreditLayer::begin(Schedule schedule) {
    schedule_ = std::move(schedule);
    next_release_ = next_sample_ = 0;
    sampled_held_.clear();
    sampled_filtered_.clear();
    amounts_.assign(amounts_.size(), 0);
    counts_.assign(counts_.size(), 0);
}

void CreditLayer::forget() {
    for (auto* one : {&unsent_, &filtered_, &traces_}) one->assign(one->size(), 0);
    credit_base_ = trace_base_ = 0;
}

void CreditLayer::rewind(double by) {
    credit_base_ -= by;
    trace_base_ -= by;
}

double CreditLayer::filtered(std::size_t neuron, double time) const {
    if (release_.tau_c == 0) return 0;
    return filtered_[neuron] * std::exp(-(time - credit_base_) / release_.tau_c);
}

double CreditLayer::held(std::size_t neuron, double time) const {
    return unsent_[neuron] - filtered(neuron, time);
}

void CreditLayer::walk(std::span<const RetrogradeArrival> arrivals, std::span<const Spike> spikes,
                       double until, std::vector<Retrograde>& sent) {
    const auto& [window, releases, samples] = schedule_;
    std::size_t arrival = 0;
    std::size_t own = 0;
    while (true) {
        const double arrives = arrival < arrivals.size() ? arrivals[arrival].time : never;
        const double spikes_at = own < spikes.size() ? spikes[own].time : never;
        const double releases_at =
            next_release_ < releases.size() ? releases[next_release_] : never;
        const double samples_at = next_sample_ < samples.size() ? samples[next_sample_] : never;
        const double now = std::min({arrives, spikes_at, releases_at, samples_at});
        if (!(now < until)) return;
        move_bases(now);
        if (arrives == now) arrive(arrivals[arrival++]);
        else if (spikes_at == now) spike(spikes[own++], sent);
        else if (releases_at == now) release(releases[next_release_++], sent);
        else sample(samples[next_sample_++]);
    }
}

void CreditLayer::count(std::span<const Spike> spikes) {
    for (const auto& [time, neuron] : spikes)
        if (schedule_.window.contains(time)) ++counts_[neuron];
}

void CreditLayer::move_bases(double time) {
    if (release_.tau_c > 0 && time - credit_base_ > longest_lead * release_.tau_c)
        move_base(time, release_.tau_c, credit_base_, filtered_);
    if (release_.tau_x > 0 && time - trace_base_ > longest_lead * release_.tau_x)
        move_base(time, release_.tau_x, trace_base_, traces_);
}

// The one walk over the incoming synapses of a postsynaptic neuron.
void CreditLayer::arrive(const RetrogradeArrival& arrival) {
    const std::size_t count = unsent_.size();
    if (arrival.weights != nullptr) {
        for (std::size_t j = 0; j < count; ++j) unsent_[j] += arrival.weights[j] * arrival.amount;
        if (release_.tau_c > 0) {
            const double anchored =
                arrival.amount * std::exp((arrival.time - credit_base_) / release_.tau_c);
            for (std::size_t j = 0; j < count; ++j) filtered_[j] += arrival.weights[j] * anchored;
        }
    }
    if (arrival.gathered != nullptr) {
        const double part =
            arrival.amount * std::exp(-(arrival.time - trace_base_) / release_.tau_x);
        for (std::size_t j = 0; j < count; ++j) arrival.gathered[j] += part * traces_[j];
    }
}

void CreditLayer::spike(const Spike& spike, std::vector<Retrograde>& sent) {
    const auto& [time, neuron] = spike;
    if (schedule_.window.contains(time)) ++counts_[neuron];
    if (release_.tau_x > 0)
        traces_[neuron] += release_.trace_step * std::exp((time - trace_base_) / release_.tau_x);
    const bool is_open = time < schedule_.window.end || counts_[neuron] > 0;
    const double amount = held(neuron, time);
    if (is_open && amount != 0 && std::abs(amount) >= release_.threshold)
        send(time, neuron, amount, sent);
}

void CreditLayer::release(double time, std::vector<Retrograde>& sent) {
    for (std::size_t j = 0; j < size_; ++j)
        if (counts_[j] > 0)
            if (const double amount = held(j, time); amount != 0) send(time, j, amount, sent);
}

void CreditLayer::sample(double time) {
    for (std::size_t j = 0; j < size_; ++j) {
        sampled_held_.push_back(held(j, time));
        sampled_filtered_.push_back(filtered(j, time));
    }
}

void CreditLayer::send(double time, std::size_t neuron, double amount,
                       std::vector<Retrograde>& sent) {
    unsent_[neuron] -= amount;
    amounts_[neuron] += amount;
    if (!release_.is_blocked) sent.push_back({time, static_cast<std::uint32_t>(neuron), amount});
}

}  // namespace models
