// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A source on its own: what it emits or brings, without an engine.

#include <string>
#include <vector>

#include "models/sources/inhomogeneous_poisson.hpp"
#include "models/sources/noise_current.hpp"
#include "models/sources/ornstein_uhlenbeck_current.hpp"
#include "models/sources/poisson.hpp"
#include "models/sources/poisson_background.hpp"
#include "models/sources/regular.hpp"
#include "models/sources/spike_trains.hpp"
#include "models/sources/step_current.hpp"
#include "sim/run/register_source.hpp"

namespace sources::test {

inline const sim::Catalogue& catalogue() {
    static const sim::Catalogue result = [] {
        sim::Catalogue all;
        sim::register_source<models::InhomogeneousPoisson>(all);
        sim::register_source<models::NoiseCurrent>(all);
        sim::register_source<models::OrnsteinUhlenbeckCurrent>(all);
        sim::register_source<models::Poisson>(all);
        sim::register_source<models::PoissonBackground>(all);
        sim::register_source<models::Regular>(all);
        sim::register_source<models::SpikeTrains>(all);
        sim::register_source<models::StepCurrent>(all);
        return all;
    }();
    return result;
}

/// A source and the run it is in; change what a test is about, then make it.
struct Setting {
    std::string model;
    sim::Values params{};
    std::uint64_t size = 1;
    sim::Timing timing = sim::Timing::exact;
    double resolution = 0.1;
    std::uint64_t seed = 1;
    std::vector<sim::Window> off{};
    sim::Value weight = sim::Value::of(1.0);
    std::vector<std::vector<double>> times{};  // of spike_trains
    bool has_inh_port = true;
    std::uint64_t first = 0;  // neuron of a drive

    sim::Clock clock() const { return sim::Clock(resolution); }
};

/// A made source; owns the description that it looks at.
class Made {
public:
    explicit Made(const Setting& setting) : setting_(setting) {
        spec_.name = "source";
        spec_.model = setting.model;
        spec_.size = setting.times.empty() ? setting.size : setting.times.size();
        spec_.params = setting.params;
        spec_.weight = setting.weight;
        if (!setting.times.empty())
            spec_.trains = std::make_shared<sim::SpikeTrains>(sim::SpikeTrains{setting.times});
        const auto& info = catalogue().info(sim::PartKind::source, setting.model);
        const auto& factory =
            catalogue().factory<sim::SourceFactory>(sim::PartKind::source, setting.model);
        const sim::SourceContext context{spec_,
                                         info,
                                         setting.clock(),
                                         setting.timing,
                                         {setting.seed, 7, sim::Purpose::source},
                                         setting.off};
        if (factory.train) train_ = factory.train(context);
        else
            drive_ = factory.drive(
                context,
                {setting.first, static_cast<std::uint32_t>(setting.size), setting.has_inh_port});
    }

    sim::Train& train() { return *train_; }
    sim::Drive& drive() { return *drive_; }

    /// Spikes of a train over steps [0, end), emitted in windows of `length` steps.
    std::vector<sim::Spike> spikes(sim::Step end, sim::Step length) {
        std::vector<sim::Spike> out;
        for (sim::Step begin = 0; begin < end; begin += length)
            train_->emit({begin, std::min(begin + length, end)}, out);
        return out;
    }

    /// What a drive brings to a neuron over steps [0, end), in exact timing.
    std::vector<std::pair<sim::Time, sim::Arrival>> arrivals(sim::Step end, std::uint32_t neuron) {
        std::vector<std::pair<sim::Time, sim::Arrival>> out;
        std::vector<sim::Arrival> bin;
        for (sim::Step step = 0; step < end; ++step) {
            bin.clear();
            drive_->arrivals(step, neuron, bin);
            for (const auto& arrival : bin)
                out.emplace_back(sim::Time{step, arrival.offset}, arrival);
        }
        return out;
    }

    /// Sums that a drive brings at one grid step.
    struct Row {
        std::vector<double> exc, inh, current;
        std::uint64_t spikes;
    };
    Row row(sim::Step step) {
        const auto size = setting_.size;
        Row result{std::vector<double>(size), std::vector<double>(size), std::vector<double>(size),
                   0};
        result.spikes = drive_->add(step, {result.exc, result.inh, result.current});
        return result;
    }

private:
    Setting setting_;
    sim::SourceSpec spec_;
    std::unique_ptr<sim::Train> train_;
    std::unique_ptr<sim::Drive> drive_;
};

inline std::vector<double> milliseconds(const std::vector<sim::Spike>& spikes,
                                        const sim::Clock& clock) {
    std::vector<double> times;
    for (const auto& spike : spikes) times.push_back(clock.ms(spike.time));
    return times;
}

}  // namespace sources::test
