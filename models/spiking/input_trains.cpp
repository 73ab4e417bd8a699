// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/input_trains.hpp"

#include <algorithm>

namespace models {

std::vector<std::string> train_kind_names() { return {"regular", "poisson"}; }
TrainKind train_kind_named(std::string_view name) {
    return name == "poisson" ? TrainKind::poisson : TrainKind::regular;
}

void uniform_numbers(const sim::RandomKey& key, std::uint64_t presentation,
                     std::span<double> numbers) {
    constexpr std::size_t blocks = 8;
    constexpr std::size_t words = 4;  // of a block
    for (std::size_t first = 0; first < numbers.size(); first += blocks * words) {
        const auto drawn = sim::random_lanes<blocks>(key, first / words, presentation);
        const std::size_t count = std::min(blocks * words, numbers.size() - first);
        for (std::size_t i = 0; i < count; ++i)
            numbers[first + i] = (drawn[i % words][i / words] + 0.5) * 0x1p-32;
    }
}

void InputTrains::append(TrainKind kind, std::span<const double> rates, double duration,
                         const sim::RandomKey& key, std::uint64_t presentation,
                         std::vector<Spike>& spikes) {
    drawn_.clear();
    const auto draw = [&](double time, std::size_t neuron) {
        drawn_.push_back({time, static_cast<std::uint32_t>(neuron)});
    };
    if (kind == TrainKind::regular) {
        std::vector<double> phases(rates.size());
        uniform_numbers(key, presentation, phases);
        for (std::size_t i = 0; i < rates.size(); ++i) {
            if (!(rates[i] > 0)) continue;
            const double interval = 1 / rates[i];
            for (double n = phases[i]; n * interval < duration; ++n) draw(n * interval, i);
        }
    } else {
        for (std::size_t i = 0; i < rates.size(); ++i) {
            if (!(rates[i] > 0)) continue;
            sim::RandomKey own = key;
            own.part ^= static_cast<std::uint32_t>(i + 1) << 8U;
            sim::RandomStream random(own, presentation);
            for (double t = random.exponential() / rates[i]; t < duration;
                 t += random.exponential() / rates[i])
                draw(t, i);
        }
    }
    sort_into(duration, spikes);
}

// As many buckets as spikes, which are spread evenly over time: linear in their number.
void InputTrains::sort_into(double duration, std::vector<Spike>& spikes) {
    const std::size_t buckets = drawn_.size();
    const double scale = static_cast<double>(buckets) / duration;
    const auto bucket = [&](const Spike& spike) {
        return std::min(static_cast<std::size_t>(spike.time * scale), buckets - 1);
    };
    starts_.assign(buckets + 1, 0);
    for (const auto& spike : drawn_) ++starts_[bucket(spike) + 1];
    for (std::size_t i = 0; i < buckets; ++i) starts_[i + 1] += starts_[i];
    const std::size_t first = spikes.size();
    spikes.resize(first + drawn_.size());
    const auto sorted = std::span(spikes).subspan(first);
    for (const auto& spike : drawn_) sorted[starts_[bucket(spike)]++] = spike;
    const auto before = [](const Spike& a, const Spike& b) {
        return a.time != b.time ? a.time < b.time : a.neuron < b.neuron;
    };
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const Spike spike = sorted[i];
        std::size_t k = i;
        for (; k > 0 && before(spike, sorted[k - 1]); --k) sorted[k] = sorted[k - 1];
        sorted[k] = spike;
    }
}

}  // namespace models
