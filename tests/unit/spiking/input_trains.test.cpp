// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/input_trains.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace models;

namespace {

std::vector<Spike> trains(TrainKind kind, const std::vector<double>& rates, double duration,
                          std::uint64_t presentation = 0) {
    std::vector<Spike> spikes;
    InputTrains().append(kind, rates, duration, {3, 5, sim::Purpose::source}, presentation, spikes);
    return spikes;
}

std::vector<double> times_of(const std::vector<Spike>& spikes, std::uint32_t neuron) {
    std::vector<double> times;
    for (const auto& one : spikes)
        if (one.neuron == neuron) times.push_back(one.time);
    return times;
}

}  // namespace

TEST_CASE("regular trains have one spike an interval, at a phase of their own", "[spikes]") {
    const std::vector<double> rates{0.1, 0, 0.037, -1, 0.2};
    const auto spikes = trains(TrainKind::regular, rates, 300);
    for (std::size_t i = 1; i < spikes.size(); ++i) {
        CHECK(spikes[i - 1].time <= spikes[i].time);
        CHECK(spikes[i].time < 300);
    }
    std::vector<double> phases;
    for (std::uint32_t n = 0; n < rates.size(); ++n) {
        const auto times = times_of(spikes, n);
        if (!(rates[n] > 0)) {
            CHECK(times.empty());
            continue;
        }
        CHECK(std::abs(static_cast<double>(times.size()) - 300 * rates[n]) <= 1);
        for (std::size_t i = 1; i < times.size(); ++i)
            CHECK(times[i] - times[i - 1] == Approx(1 / rates[n]));
        phases.push_back(times.front() * rates[n]);
        CHECK(phases.back() > 0);
        CHECK(phases.back() < 1);
    }
    CHECK(phases[0] != Approx(phases[1]));
    CHECK(trains(TrainKind::regular, rates, 300, 1).front().time != spikes.front().time);
}

// Phases are uniform: their mean over 2000 presentations has a standard deviation of .0065.
TEST_CASE("the phase is uniform over presentations", "[spikes]") {
    double sum = 0;
    for (std::uint64_t n = 0; n < 2000; ++n)
        sum += trains(TrainKind::regular, {0.01}, 100, n).front().time / 100;
    CHECK(sum / 2000 == Approx(0.5).margin(0.03));
}

// 20 000 spikes: the mean interval has a relative standard deviation of .007, the variation too.
TEST_CASE("Poisson trains have the rate and the variation of Poisson trains", "[spikes]") {
    const auto times = times_of(trains(TrainKind::poisson, {0.2, 0.1}, 1e5), 0);
    CHECK(static_cast<double>(times.size()) == Approx(2e4).epsilon(0.03));
    double sum = 0, squares = 0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const double interval = times[i] - times[i - 1];
        sum += interval;
        squares += interval * interval;
    }
    const auto count = static_cast<double>(times.size() - 1);
    const double mean = sum / count;
    CHECK(std::sqrt(squares / count - mean * mean) / mean == Approx(1).epsilon(0.03));
}

TEST_CASE("uniform numbers depend on the neuron, not on how many there are", "[spikes]") {
    std::vector<double> some(5), more(70);
    uniform_numbers({1, 2}, 9, some);
    uniform_numbers({1, 2}, 9, more);
    for (std::size_t i = 0; i < some.size(); ++i) CHECK(some[i] == more[i]);
    double sum = 0;
    for (const double one : more) {
        CHECK(one > 0);
        CHECK(one < 1);
        sum += one;
    }
    CHECK(sum / 70 == Approx(0.5).margin(0.14));  // four standard deviations
}
