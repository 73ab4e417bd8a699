// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/part_maker.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/net/credit_checks.hpp"

namespace sim {
namespace {

constexpr std::uint32_t first_drive_part = 1U << 16U;  // in random keys, after the populations

std::vector<Window> silent_windows(const Description& description, const Clock& clock,
                                   const std::string& source) {
    std::vector<Window> result;
    for (const auto& span : phase_spans(description, clock)) {
        const auto& off = description.phases[span.phase].off;
        if (std::find(off.begin(), off.end(), source) == off.end()) continue;
        if (!result.empty() && result.back().end == span.begin) result.back().end = span.end;
        else result.push_back({span.begin, span.end});
    }
    return result;
}

}  // namespace

std::size_t variable_number(const PartInfo& model, std::string_view name) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < model.states.size(); ++i) {
        if (model.states[i].name == name) return i;
        known.push_back(model.states[i].name);
    }
    throw UnknownName("model " + model.name + " has no state variable '" + std::string(name) + "'" +
                      suggestion(name, known));
}

PartMaker::PartMaker(const Network& network, const Catalogue& catalogue)
    : network_(network), catalogue_(catalogue) {
    for (const auto& population : network.populations()) {
        if (population.is_source) continue;  // they come last
        const auto& factory =
            catalogue.factory<NeuronFactory>(PartKind::neuron, network.model(population).name);
        const auto& given = network.description().neurons[population.spec].params;
        const bool are_alike = std::all_of(given.begin(), given.end(), [](const auto& entry) {
            return entry.second.is_constant();
        });
        const PopulationParams all{are_alike ? 1 : population.size,
                                   [&](std::uint64_t first, std::uint64_t size) {
                                       return params(population, first, size);
                                   }};
        shared_.push_back(factory.share(all, network.clock()));
    }
}

TileState PartMaker::tile(std::size_t t, const RecordingPlan& plan) const {
    const auto& tile = network_.tiles()[t];
    const auto& head = tile.parts.front();
    const auto& population = network_.populations()[head.population];
    const auto& model = network_.model(population);
    const auto& neuron = catalogue_.factory<NeuronFactory>(PartKind::neuron, model.name);
    const auto& run = network_.description().run;
    BlockContext block{tile.first,
                       tile.size,
                       [&tile](std::uint32_t k) {
                           const auto& part = tile.part_of(k);
                           return part.first + k - part.local;
                       },
                       params(population, head.first, tile.size),
                       {},
                       network_.clock(),
                       run.timing,
                       run.tolerance,
                       {run.seed, 0, Purpose::model},
                       shared_[head.population]};
    for (const auto& part : tile.parts) add_initial(part, model, block);
    TileState state;
    state.block = neuron.make(block);
    state.has_inh_port = neuron.has_inh_port;
    add_drives(tile, state);
    find_traces(tile, model, plan, state);
    return state;
}

std::unique_ptr<Train> PartMaker::train(const SourceSpec& spec, std::uint32_t part) const {
    return factory(spec).train(context(spec, part));
}

std::vector<CountedDrive> PartMaker::counted_drives(std::span<const TileState> tiles) {
    std::map<double, std::map<std::uint32_t, std::uint64_t>> most;  // [weight][drive]
    for (const auto& tile : tiles)
        for (const auto& driven : tile.drive_list)
            if (const auto counted = driven.drive->counted()) {
                auto& known = most[counted->weight][driven.number];
                known = std::max(known, counted->most);
            }
    std::vector<CountedDrive> result;
    for (const auto& [weight, drives] : most) {
        result.push_back({weight, 0});
        for (const auto& [number, largest] : drives) result.back().most += largest;
    }
    return result;
}

const SourceFactory& PartMaker::factory(const SourceSpec& spec) const {
    return catalogue_.factory<SourceFactory>(PartKind::source, spec.model);
}

SourceContext PartMaker::context(const SourceSpec& spec, std::uint32_t part) const {
    const auto& run = network_.description().run;
    return {spec,
            catalogue_.info(PartKind::source, spec.model),
            network_.clock(),
            run.timing,
            {run.seed, part, Purpose::source},
            silent_windows(network_.description(), network_.clock(), spec.name)};
}

const NeuronsSpec& PartMaker::spec(const TilePart& part) const {
    return network_.description().neurons[network_.populations()[part.population].spec];
}

std::vector<std::vector<double>> PartMaker::params(const Population& population,
                                                   std::uint64_t first, std::uint64_t size) const {
    return tabulate(network_.model(population),
                    network_.description().neurons[population.spec].params, first, size,
                    {network_.description().run.seed, population.part, Purpose::parameter});
}

void PartMaker::add_initial(const TilePart& part, const PartInfo& model, BlockContext& block) const {
    const RandomKey key{network_.description().run.seed, network_.populations()[part.population].part,
                        Purpose::initial_state};
    for (const auto& [name, value] : spec(part).initial) {
        const auto variable = variable_number(model, name);
        std::vector<double> values;
        for (std::uint64_t k = 0; k < part.size; ++k)
            values.push_back(value.at(key, part.first + k, variable));
        block.initial.push_back({variable, part.local, std::move(values)});
    }
}

void PartMaker::add_drives(const Tile& tile, TileState& state) const {
    for (const auto& part : tile.parts) {
        const auto& name = network_.populations()[part.population].name;
        std::uint32_t number = first_drive_part;
        for (const auto& source : network_.description().sources)
            for (const auto& target : source.to) {
                const auto mine = number++;
                if (target != name) continue;
                auto drive = factory(source).drive(context(source, mine),
                                                   {part.first, part.size, state.has_inh_port});
                const auto absorbs = [&](const TileDrive& driven) {
                    return driven.first == part.local && driven.drive->absorb(*drive);
                };
                if (std::any_of(state.drive_list.begin(), state.drive_list.end(), absorbs))
                    continue;
                state.drives.push_back(std::move(drive));
                state.drive_list.push_back({state.drives.back().get(), part.local, part.size, mine});
            }
    }
}

void PartMaker::find_traces(const Tile& tile, const PartInfo& model, const RecordingPlan& plan,
                            TileState& state) const {
    for (const auto& part : tile.parts)
        for (std::size_t i = 0; i < plan.traces.size(); ++i) {
            const auto& trace = plan.traces[i];
            if (trace.population != network_.populations()[part.population].name ||
                is_of_credit(network_.description(), trace.population, trace.variable))
                continue;
            TraceColumns columns{i, variable_number(model, trace.variable), {}};
            for (std::size_t column = 0; column < trace.neurons.size(); ++column)
                if (const auto id = trace.neurons[column]; id - part.first < part.size)
                    columns.neurons.emplace_back(local(part, id), column);
            if (!columns.neurons.empty()) state.traces.push_back(std::move(columns));
        }
}

}  // namespace sim
