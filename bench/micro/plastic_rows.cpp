// SPDX-License-Identifier: BSD-3-Clause
// Plastic synapses alone, without delivery and neurons: 4,000 sources with runs of some 400 synapses onto
// one tile of 4,096 targets, both sides firing at 10 Hz, a delay of 1.5 ms on a grid of 0.1 ms. Timed are
// the arrivals of 10 ms, with the fetching ahead that delivery does, by the time of the processor, as
// others may use the core meanwhile. Items are arrivals at synapses; `an_arrival` is the time of one.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <memory>
#include <vector>

#include "bench/micro/networks.hpp"
#include "sim/run/bin_inputs.hpp"
#include "sim/run/pre_log.hpp"

namespace {

constexpr std::uint32_t sources = 4000;
constexpr std::uint32_t targets = 4096;
constexpr double run_length = 400;
constexpr double resolution = 0.1;  // ms
constexpr sim::Step delay = 15;
constexpr double mean_interval = 1000;  // steps
constexpr sim::Step timed = 100;        // steps
constexpr sim::Step warm_up = 1500;
constexpr sim::Step longest = 30'000;  // before the histories would have to move their base
constexpr std::size_t ahead = 3;       // runs

using Params = std::map<std::string, double>;

/// Calls use(source, target) for all synapses, the same ones every time.
template <class Use>
void for_each_pair(const Use& use) {
    for (std::uint32_t source = 0; source < sources; ++source) {
        sim::RandomStream draw({1, 0, sim::Purpose::wiring}, source);
        for (std::uint32_t target = 0; target < targets; ++target)
            if (draw.uniform() < run_length / targets) use(source, target);
    }
}

const sim::SynapseRows& rows() {
    static const sim::SynapseRows built = [] {
        sim::SynapseRows::Builder builder(sources, targets,
                                          {sim::Stored::common, sim::Stored::common, 1});
        for_each_pair([&](auto source, auto target) { builder.count(source, target, delay); });
        builder.begin_second_pass();
        for_each_pair([&](auto source, auto target) {
            builder.put(source, target, 20, {delay, 0});
        });
        return builder.finish();
    }();
    return built;
}

/// Trains of intervals that are the sum of four exponential ones.
class Neurons {
public:
    Neurons(std::uint32_t size, std::uint32_t part) {
        for (std::uint32_t k = 0; k < size; ++k) {
            draws_.emplace_back(sim::RandomKey{1, part, sim::Purpose::source}, k);
            next_.push_back(mean_interval * draws_.back().uniform());
        }
    }

    /// Those that fire in each of the `timed` steps from `begin` on, ascending.
    std::vector<std::vector<std::uint32_t>> fire(sim::Step begin) {
        std::vector<std::vector<std::uint32_t>> all(timed);
        for (std::uint32_t k = 0; k < next_.size(); ++k)
            while (next_[k] < static_cast<double>(begin + timed)) {
                all[static_cast<std::size_t>(static_cast<sim::Step>(next_[k]) - begin)].push_back(
                    k);
                next_[k] += std::max(1.0, interval(draws_[k]));
            }
        return all;
    }

private:
    static double interval(sim::RandomStream& draw) {
        double sum = 0;
        for (int i = 0; i < 4; ++i) sum += draw.exponential();
        return mean_interval / 4 * sum;
    }

    std::vector<sim::RandomStream> draws_;
    std::vector<double> next_;  // steps
};

class Synapses {
public:
    Synapses(const std::string& rule, const Params& given)
        : plastic_(make(rule, params(rule, given))),
          log_(sources, factory(rule).pre_traces(params(rule, given)), resolution, timed + delay),
          fired_(timed + delay),
          pre_(sources, 1),
          post_(targets, 2) {}

    sim::Step step() const { return step_; }
    std::int64_t arrived() const { return arrived_; }

    /// Goes on by `timed` steps; gives the seconds that arrivals took.
    double advance() {
        const auto pre = pre_.fire(step_);
        const auto post = post_.fire(step_);
        double seconds = 0;
        for (sim::Step i = 0; i < timed; ++i, ++step_) {
            auto& spikes = fired(step_);
            spikes.clear();
            for (const auto k : pre[static_cast<std::size_t>(i)]) spikes.push_back({k, {step_, 0}});
            log_.add(step_, spikes);
            if (step_ >= delay) seconds += arrive();
            for (const auto k : post[static_cast<std::size_t>(i)])
                plastic_->post_spike(k, static_cast<double>(step_));
        }
        return seconds;
    }

private:
    static const sim::RuleFactory& factory(const std::string& rule) {
        return bench::catalogue().factory<sim::RuleFactory>(sim::PartKind::synapse, rule);
    }
    static std::vector<double> params(const std::string& rule, const Params& given) {
        std::vector<double> result;
        for (const auto& row : bench::catalogue().info(sim::PartKind::synapse, rule).params)
            result.push_back(given.contains(row.name) ? given.at(row.name) : row.default_value);
        return result;
    }
    static std::unique_ptr<sim::Plastic> make(const std::string& rule,
                                              const std::vector<double>& params) {
        return factory(rule).make({rows(), targets, params, sim::Clock(resolution), {}, false});
    }

    std::vector<sim::Spike>& fired(sim::Step step) {
        return fired_[static_cast<std::size_t>(step) % fired_.size()];
    }

    void fetch(const std::vector<sim::Spike>& spikes, std::size_t i) const {
        if (i >= spikes.size()) return;
        const auto* run = rows().run(spikes[i].id, delay);
        sim::fetch(rows().targets() + run[0], rows().targets() + run[1]);
        sim::fetch(plastic_->delivered() + run[0], plastic_->delivered() + run[1]);
    }

    double arrive() {
        const sim::Step emitted = step_ - delay;
        const auto& spikes = fired(emitted);
        const auto start = std::clock();
        for (std::size_t i = 0; i < spikes.size(); ++i) {
            fetch(spikes, i + ahead);
            const auto* run = rows().run(spikes[i].id, delay);
            plastic_->arrive(
                {log_.time(emitted, i), log_.before(emitted, i), delay, run[0], run[1]});
            arrived_ += run[1] - run[0];
        }
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    }

    std::unique_ptr<sim::Plastic> plastic_;
    sim::PreLog log_;
    std::vector<std::vector<sim::Spike>> fired_;  // by step
    Neurons pre_, post_;
    sim::Step step_ = 0;
    std::int64_t arrived_ = 0;
};

void plastic_rows(benchmark::State& state, const std::string& rule, const Params& params) {
    std::unique_ptr<Synapses> synapses;
    std::int64_t arrived = 0;
    for (auto _ : state) {
        if (!synapses || synapses->step() >= longest) {
            synapses = std::make_unique<Synapses>(rule, params);
            while (synapses->step() < warm_up) synapses->advance();
        }
        const auto before = synapses->arrived();
        state.SetIterationTime(synapses->advance());
        arrived += synapses->arrived() - before;
    }
    state.SetItemsProcessed(arrived);
    state.counters["an_arrival"] = benchmark::Counter(
        static_cast<double>(arrived), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

Params pair(double mu) {
    return {{"lambda", 0.001}, {"alpha", 1.05}, {"mu_plus", mu}, {"mu_minus", mu}, {"w_max", 40}};
}

BENCHMARK_CAPTURE(plastic_rows, additive, "stdp_pair", pair(0))->UseManualTime();
BENCHMARK_CAPTURE(plastic_rows, multiplicative, "stdp_pair", pair(1))->UseManualTime();
BENCHMARK_CAPTURE(plastic_rows, power, "stdp_pair", pair(0.4))->UseManualTime();
BENCHMARK_CAPTURE(plastic_rows, morrison, "stdp_morrison",
                  Params{{"tau_plus", 15}, {"tau_minus", 30}, {"alpha", 0.0513}})
    ->UseManualTime();

}  // namespace
