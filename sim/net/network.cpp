// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/network.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/workers.hpp"

namespace sim {
namespace {

// Tiles: large enough that a source's row in a tile stays long, small enough that the inputs of a
// window stay in the second-level cache and that several threads find work.
constexpr std::uint64_t smallest_tile = 256;
constexpr std::uint64_t largest_tile = 4096;
constexpr std::uint64_t wanted_tiles = 8;

Positions place(const NeuronsSpec& spec, const RandomKey& key) {
    Positions positions;
    const auto fill = [&](const char* axis, std::uint64_t index) {
        std::vector<double> values;
        const auto given = spec.position.find(axis);
        if (given == spec.position.end()) return values;
        for (std::uint64_t k = 0; k < spec.size; ++k) values.push_back(given->second.at(key, k, index));
        return values;
    };
    positions.x = fill("x", 0);
    positions.y = fill("y", 1);
    positions.z = fill("z", 2);
    if (positions.x.empty() && !(positions.y.empty() && positions.z.empty()))
        positions.x.assign(spec.size, 0.0);
    return positions;
}

// Random weights and delays are defined as floats and as whole 1/65536 of a step: the values a
// synapse stores are the values that were drawn.
double drawn_weight(const Value& value, const RandomKey& key, std::uint64_t edge) {
    const double w = value.at(key, edge);
    const bool exact = value.is_constant() || value.kind == Value::Kind::list;
    return exact ? w : static_cast<double>(static_cast<float>(w));
}

}  // namespace

std::vector<std::vector<double>> tabulate(const PartInfo& info, const Values& given,
                                          std::uint64_t first, std::uint64_t size,
                                          const RandomKey& key) {
    const bool constant = std::all_of(given.begin(), given.end(),
                                      [](const auto& entry) { return entry.second.is_constant(); });
    std::vector<std::vector<double>> rows(constant ? 1 : size);
    for (std::uint64_t k = 0; k < rows.size(); ++k) {
        rows[k].reserve(info.params.size());
        std::uint64_t column = 0;
        for (const auto& param : info.params) {
            const auto value = given.find(param.name);
            rows[k].push_back(value == given.end() ? param.default_value
                                                   : value->second.at(key, first + k, column));
            ++column;
        }
    }
    return rows;
}

Network::Network(Description description, const Catalogue& catalogue, int threads)
    : description_(std::move(description)), clock_(1.0) {
    if (const auto problems = validate(description_, catalogue); !problems.empty()) {
        std::vector<std::string> messages;
        for (const auto& problem : problems) messages.push_back(problem.path + " " + problem.text);
        throw BadProtocol(std::move(messages));
    }
    clock_ = Clock(description_.run.resolution);
    number_populations(catalogue);
    expand_projections();
    lay_tiles();
    wire(catalogue, threads);
    measure_delays();
}

void Network::number_populations(const Catalogue& catalogue) {
    std::uint64_t next = 0;
    std::uint32_t part = 0;
    const auto add = [&](const std::string& name, bool is_source, std::size_t spec, std::uint64_t size) {
        populations_.push_back({name, is_source, spec, size, next, part++});
        next += size;
    };
    for (std::size_t i = 0; i < description_.neurons.size(); ++i) {
        const auto& spec = description_.neurons[i];
        add(spec.name, false, i, spec.size);
        models_.push_back(&catalogue.info(PartKind::neuron, spec.model));
    }
    for (std::size_t i = 0; i < description_.sources.size(); ++i)
        if (description_.sources[i].to.empty())
            add(description_.sources[i].name, true, i, description_.sources[i].size);
}

std::size_t Network::population(std::string_view name) const {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        if (populations_[i].name == name) return i;
        known.push_back(populations_[i].name);
    }
    throw UnknownName("unknown population '" + std::string(name) + "'" + suggestion(name, known));
}

void Network::expand_projections() {
    std::uint32_t part = 1U << 20U;  // apart from the numbers of populations and drives
    for (std::size_t i = 0; i < description_.projections.size(); ++i) {
        const auto& spec = description_.projections[i];
        for (const auto& from : spec.from)
            for (const auto& to : spec.to) {
                std::string name = spec.name;
                if (spec.from.size() > 1) name += "." + from;
                if (spec.to.size() > 1) name += "." + to;
                projections_.push_back({std::move(name), i, population(from), population(to),
                                        part++, 0});
            }
    }
}

void Network::lay_tiles() {
    std::uint64_t total = 0;
    for (const auto& population : populations_)
        if (!population.is_source) total += population.size;
    const auto aligned = [](std::uint64_t n) { return (n + 127) / 128 * 128; };
    const std::uint64_t wanted =
        std::clamp(aligned((total + wanted_tiles - 1) / wanted_tiles), smallest_tile, largest_tile);
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        if (populations_[i].is_source) continue;
        const std::uint64_t all = populations_[i].size;
        const std::uint64_t parts = (all + wanted - 1) / wanted;
        const std::uint64_t size = aligned((all + parts - 1) / parts);
        for (std::uint64_t first = 0; first < all; first += size)
            tiles_.push_back({i, first, static_cast<std::uint32_t>(std::min(size, all - first)), {}});
    }
}

void Network::wire(const Catalogue& catalogue, int threads) {
    std::vector<Positions> positions(populations_.size());
    for (std::size_t i = 0; i < populations_.size(); ++i)
        if (!populations_[i].is_source)
            positions[i] = place(description_.neurons[populations_[i].spec],
                                 {description_.run.seed, populations_[i].part, Purpose::position});

    Workers workers(threads);
    for (std::size_t p = 0; p < projections_.size(); ++p) {
        auto& projection = projections_[p];
        const auto& spec = description_.projections[projection.spec];
        const auto& info = catalogue.info(PartKind::connector, spec.connector);
        std::vector<double> values;
        for (const auto& param : info.params) {
            const auto given = spec.connector_params.find(param.name);
            values.push_back(given == spec.connector_params.end() ? param.default_value : given->second);
        }
        const WiringContext context{populations_[projection.pre].size,
                                    populations_[projection.post].size,
                                    projection.pre == projection.post,
                                    {description_.run.seed, projection.part, Purpose::wiring},
                                    spec.edges.get(),
                                    &positions[projection.pre],
                                    &positions[projection.post]};
        std::unique_ptr<Wiring> wiring;
        try {
            wiring = catalogue.factory<ConnectorFactory>(PartKind::connector, spec.connector)(values, context);
        } catch (const BadNetwork& error) {
            throw BadNetwork("projections." + projection.name + ": " + spec.connector + ": " + error.what());
        }
        workers.for_each(tiles_.size(), [&](std::size_t t) {
            if (tiles_[t].population != projection.post) return;
            auto rows = rows_of(projection, *wiring, tiles_[t]);
            if (rows.size() > 0) tiles_[t].incoming.push_back({p, std::move(rows)});
        });
        for (const auto& tile : tiles_)
            if (!tile.incoming.empty() && tile.incoming.back().projection == p)
                projection.synapses += tile.incoming.back().rows.size();
    }
}

SynapseRows Network::rows_of(const Projection& projection, const Wiring& wiring, const Tile& tile) const {
    const auto& spec = description_.projections[projection.spec];
    const RandomKey weight_key{description_.run.seed, projection.part, Purpose::weight};
    const RandomKey delay_key{description_.run.seed, projection.part, Purpose::delay};
    const bool on_grid = description_.run.timing == Timing::grid;
    const auto delay_of = [&](std::uint64_t edge) {
        const double delay = spec.delay.at(delay_key, edge);
        Time time = clock_.split(delay);
        if (on_grid) time = {clock_.nearest_step(delay), 0};
        if (time.step >= 1) return time;
        throw BadNetwork("projections." + projection.name + ".delay: edge " + std::to_string(edge) +
                         " has " + number(delay) + " ms, shorter than the resolution of " +
                         number(clock_.resolution()) + " ms; bound the distribution with `min`");
    };
    const Time common_delay = spec.delay.is_constant() ? delay_of(0) : Time{};

    std::vector<SynapseRows::Synapse> synapses;
    std::vector<Edge> edges;
    for (std::uint32_t local = 0; local < tile.size; ++local) {
        edges.clear();
        wiring.sources_of(tile.first + local, edges);
        for (const auto& edge : edges)
            synapses.push_back({edge.source, static_cast<std::uint16_t>(local),
                                drawn_weight(spec.weight, weight_key, edge.number),
                                spec.delay.is_constant() ? common_delay : delay_of(edge.number)});
        if (local == 0) synapses.reserve(edges.size() * tile.size * 17 / 16);
    }
    return {static_cast<std::uint32_t>(populations_[projection.pre].size), synapses};
}

void Network::measure_delays() {
    for (const auto& tile : tiles_)
        for (const auto& [projection, rows] : tile.incoming) {
            // A delay with a part below a step can reach into the step after its last whole one.
            const Step longest = rows.longest() + 1;
            shortest_ = std::min(shortest_, rows.shortest());
            longest_ = std::max(longest_, longest);
        }
}

std::uint64_t Network::neurons() const {
    std::uint64_t n = 0;
    for (const auto& population : populations_) n += population.is_source ? 0 : population.size;
    return n;
}

std::uint64_t Network::synapses() const {
    std::uint64_t n = 0;
    for (const auto& projection : projections_) n += projection.synapses;
    return n;
}

std::uint64_t Network::synapse_bytes() const {
    std::uint64_t n = 0;
    for (const auto& tile : tiles_)
        for (const auto& incoming : tile.incoming) n += incoming.rows.bytes();
    return n;
}

void Network::for_each_synapse(
    std::size_t projection,
    const std::function<void(std::uint64_t, std::uint64_t, double, Time)>& visit) const {
    for (const auto& tile : tiles_)
        for (const auto& [index, rows] : tile.incoming) {
            if (index != projection) continue;
            for (std::uint32_t source = 0; source < rows.sources(); ++source)
                for (Step delay = rows.shortest(); delay <= rows.longest(); ++delay)
                    for (std::size_t k = rows.run(source, delay); k < rows.run(source, delay + 1); ++k)
                        visit(source, tile.first + rows.targets()[k], rows.weight(k),
                              {delay, rows.offset(k)});
        }
}

}  // namespace sim
