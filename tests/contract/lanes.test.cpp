// SPDX-License-Identifier: BSD-3-Clause
// A neuron among others, in packs or at the end of a tile, has the bits that it has alone.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <memory>

#include "sim/net/synapse_rows.hpp"
#include "sim/run/block.hpp"
#include "sim/run/step_inputs.hpp"
#include "sim/run/timed_runs.hpp"
#include "tests/contract/parts.hpp"

namespace {

constexpr std::uint32_t size = 21;  // packs of any width and a rest
constexpr sim::Step steps = 800;

/// Parameters of neurons from `first` on, which differ by the place in the population, if at all.
std::vector<std::vector<double>> params_of(const sim::PartInfo& model, std::uint64_t first,
                                           std::uint64_t count, bool alike) {
    std::vector<std::vector<double>> params;
    for (std::uint64_t k = first; k < first + (alike ? 1 : count); ++k) {
        params.emplace_back();
        for (const auto& row : model.params) {
            if (row.name == "t_ref") {  // some are held at any time, and none spikes without end
                params.back().push_back(std::max(row.default_value, 0.5));
                continue;
            }
            const double other = row.default_value * (1 + 0.002 * static_cast<double>(k % 7));
            params.back().push_back(!alike && row.range.contains(other) ? other
                                                                        : row.default_value);
        }
    }
    return params;
}

/// A part of a population of `size` neurons.
std::unique_ptr<sim::Block> make_block(const sim::PartInfo& model, sim::Timing timing,
                                       std::uint32_t first, std::uint32_t count, bool alike) {
    const auto& factory =
        parts::catalogue().factory<sim::NeuronFactory>(sim::PartKind::neuron, model.name);
    const sim::Clock clock(0.1);
    const auto rows = [&](std::uint64_t from, std::uint64_t n) {
        return params_of(model, from, n, alike);
    };
    return factory.make({first,
                         count,
                         [](std::uint32_t k) { return k; },
                         rows(first, count),
                         {},
                         clock,
                         timing,
                         1e-6,
                         sim::RandomKey{1, 0},
                         factory.share({alike ? 1 : size, rows}, clock)});
}

/// What arrives at neuron k: nothing most of the time, more for some neurons than for others.
double weight_at(sim::Step step, std::uint32_t k, double strength) {
    const double x = std::sin(12.9898 * static_cast<double>(step) + 78.233 * k) * 43758.5453;
    const double uniform = x - std::floor(x);
    if (uniform > 0.15) return 0;
    return (uniform > 0.12 ? -0.5 : 1.0) * strength * (1 + 0.1 * k);
}

/// A weight with which most models fire now and then, in the unit of their first port.
double strength_of(const sim::PartInfo& model) {
    const bool takes_current = model.name.find("cond") == std::string::npos;
    if (model.name == "hodgkin_huxley" || model.name == "adex") return 25;
    if (model.name == "izhikevich" || model.name == "lif_delta" || model.name == "lif_soft_reset" ||
        model.name == "relay")
        return 3;
    return takes_current ? 250 : 15;
}

/// Rows in which source k reaches neuron k, where its weight is not 0.
template <class Weight>
sim::SynapseRows one_to_one(std::uint32_t count, const Weight& weight) {
    sim::SynapseRows::Builder builder(count, count, {sim::Stored::doubles, sim::Stored::common, 0});
    for (std::uint32_t k = 0; k < count; ++k)
        if (weight(k) != 0) builder.count(k, k, 1);
    builder.begin_second_pass();
    for (std::uint32_t k = 0; k < count; ++k)
        if (weight(k) != 0) builder.put(k, k, weight(k), {1, 0});
    return builder.finish();
}

struct Outcome {
    std::vector<sim::Spike> spikes;
    std::vector<double> values;
};

void read(const sim::PartInfo& model, const sim::Block& block, std::uint32_t count,
          Outcome& outcome) {
    for (std::uint32_t k = 0; k < count; ++k)
        for (std::size_t i = 0; i < model.states.size(); ++i)
            outcome.values.push_back(block.value(k, i));
}

Outcome run_grid(const sim::PartInfo& model, std::uint32_t first, std::uint32_t count, bool alike,
                 bool has_currents = true) {
    Outcome outcome;
    const auto block = make_block(model, sim::Timing::grid, first, count, alike);
    const bool has_inh = parts::catalogue()
                             .factory<sim::NeuronFactory>(sim::PartKind::neuron, model.name)
                             .has_inh_port;
    for (sim::Step step = 0; step < steps; ++step) {
        constexpr auto room = sim::StepInputs::room;
        std::vector<double> exc(count + room), inh(count + room), current(count + room);
        for (std::uint32_t k = 0; k < count; ++k) {
            const double weight = weight_at(step, first + k, strength_of(model));
            (has_inh && weight < 0 ? inh : exc)[k] = weight;
        }
        block->step(step, {{exc, inh, current}, true, has_currents}, outcome.spikes);
    }
    read(model, *block, count, outcome);
    return outcome;
}

Outcome run_exact(const sim::PartInfo& model, std::uint32_t first, std::uint32_t count, bool alike,
                  bool is_busy) {
    Outcome outcome;
    const auto block = make_block(model, sim::Timing::exact, first, count, alike);
    sim::Arrived arrived;
    sim::TimedRuns timed;  // none
    for (sim::Step bin = 0; bin < steps; ++bin) {
        const auto rows = one_to_one(
            count, [&](std::uint32_t k) { return weight_at(bin, first + k, strength_of(model)); });
        std::vector<sim::Run> runs;
        for (std::uint32_t k = 0; k < count; ++k)
            if (const auto* run = rows.run(k, 1); run[0] < run[1])
                runs.push_back({&rows,
                                0.1 * std::fmod(0.37 * static_cast<double>(bin + first + k), 1.0),
                                run[0], run[1], -1, false, false, false, 0, -1, nullptr});
        block->run_bin(bin, {runs, 4, &timed}, {}, is_busy, outcome.spikes, arrived);
    }
    read(model, *block, count, outcome);
    return outcome;
}

enum class Way { grid, lists, sums };

void compare(const sim::PartInfo& model, Way way, bool alike) {
    const auto run = [&](const sim::PartInfo& m, std::uint32_t first, std::uint32_t count,
                         bool same) {
        return way == Way::grid ? run_grid(m, first, count, same)
                                : run_exact(m, first, count, same, way == Way::sums);
    };
    const auto together = run(model, 0, size, alike);
    CAPTURE(model.name, static_cast<int>(way), alike);
    CHECK(together.spikes.size() > 0);
    std::vector<double> values;
    std::size_t spikes = 0;
    for (std::uint32_t k = 0; k < size; ++k) {
        const auto alone = run(model, k, 1, alike);
        values.insert(values.end(), alone.values.begin(), alone.values.end());
        std::vector<sim::Spike> mine;
        for (const auto& spike : together.spikes)
            if (spike.id == k) mine.push_back(spike);
        REQUIRE(mine.size() == alone.spikes.size());
        for (std::size_t i = 0; i < mine.size(); ++i) {
            CHECK(mine[i].time.step == alone.spikes[i].time.step);
            CHECK(mine[i].time.offset == alone.spikes[i].time.offset);
        }
        spikes += mine.size();
    }
    CHECK(spikes == together.spikes.size());
    CHECK(values == together.values);
}

}  // namespace

TEST_CASE("fewer neurons than a pack, with parameters of their own, run", "[contract]") {
    for (const auto* model : parts::catalogue().all(sim::PartKind::neuron)) {
        CAPTURE(model->name);
        CHECK(run_grid(*model, 0, 1, false).values == run_grid(*model, 0, 1, true).values);
        CHECK(run_exact(*model, 0, 3, false, false).values.size() == 3 * model->states.size());
        CHECK(run_grid(*model, 0, 3, false).values.size() == 3 * model->states.size());
    }
}

TEST_CASE("a neuron in a pack has the bits of one alone, on the grid", "[contract]") {
    const bool alike = GENERATE(true, false);
    for (const auto* model : parts::catalogue().all(sim::PartKind::neuron))
        compare(*model, Way::grid, alike);
}

TEST_CASE("without current sources the stimulus is left out and no bit changes", "[contract]") {
    const bool alike = GENERATE(true, false);
    for (const auto* model : parts::catalogue().all(sim::PartKind::neuron)) {
        CAPTURE(model->name, alike);
        const auto with = run_grid(*model, 0, size, alike, true);
        const auto without = run_grid(*model, 0, size, alike, false);
        CHECK(with.spikes.size() == without.spikes.size());
        CHECK(with.values == without.values);
    }
}

TEST_CASE("a neuron in a pack has the bits of one alone, in exact timing", "[contract]") {
    const bool alike = GENERATE(true, false);
    const auto way = GENERATE(Way::lists, Way::sums);
    if (way == Way::sums && !alike) return;  // neurons with parameters of their own have no sums
    for (const auto* model : parts::catalogue().all(sim::PartKind::neuron))
        compare(*model, way, alike);
}
