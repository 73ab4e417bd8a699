// SPDX-License-Identifier: BSD-3-Clause
// How a network is cut into tiles and wired.
#include <algorithm>
#include <limits>
#include <optional>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/workers.hpp"
#include "sim/net/network.hpp"

namespace sim {
namespace {

// Tiles: large enough that runs stay long, and no larger, so that the inputs of a step stay in the
// caches.
constexpr double wanted_run = 48;  // synapses
constexpr std::uint64_t least_wanted = 4096;
constexpr std::uint64_t smallest_tile = 512;
constexpr std::uint64_t largest_tile = (1U << 16U) - TilePart::alignment;  // and one block more

Positions place(const NeuronsSpec& spec, const RandomKey& key) {
    Positions positions;
    const auto fill = [&](const char* axis, std::uint64_t index) {
        std::vector<double> values;
        const auto given = spec.position.find(axis);
        if (given == spec.position.end()) return values;
        for (std::uint64_t k = 0; k < spec.size; ++k)
            values.push_back(given->second.at(key, k, index));
        return values;
    };
    positions.x = fill("x", 0);
    positions.y = fill("y", 1);
    positions.z = fill("z", 2);
    if (positions.x.empty() && !(positions.y.empty() && positions.z.empty()))
        positions.x.assign(spec.size, 0.0);
    return positions;
}

/// Edges onto one neuron with what they carry.
struct DrawnEdges {
    std::vector<Edge> edges;
    std::vector<double> values;
    std::vector<Time> delays;

    /// The value of every edge. Edges are mostly numbered one after the other.
    const std::vector<double>& draw(const Value& value, const RandomKey& key) {
        values.resize(edges.size());
        bool in_order = true;
        for (std::size_t i = 1; i < edges.size(); ++i)
            in_order = in_order && edges[i].number == edges[0].number + i;
        if (edges.empty()) return values;
        if (value.is_constant()) std::fill(values.begin(), values.end(), value.a);
        else if (in_order) value.fill(key, edges[0].number, values);
        else
            for (std::size_t i = 0; i < edges.size(); ++i)
                values[i] = value.at(key, edges[i].number);
        return values;
    }
};

}  // namespace

/// The size at which the mean run has the wanted length. In-degrees are estimated from a few neurons.
std::uint64_t Network::wanted_tile_size(const std::vector<std::unique_ptr<Wiring>>& wirings) const {
    double runs = 0;  // that every source has into every neuron, if each had one of each delay
    double synapses = 0;
    for (std::size_t p = 0; p < projections_.size(); ++p) {
        const auto& spec = description_.projections[projections_[p].spec];
        const auto& post = populations_[projections_[p].post];
        constexpr std::uint64_t samples = 5;
        std::vector<Edge> edges;
        for (std::uint64_t i = 0; i < samples; ++i)
            wirings[p]->sources_of(post.size * i / samples, edges);
        if (edges.empty()) continue;
        double least = std::numeric_limits<double>::max();
        double most = 0;
        const RandomKey key{description_.run.seed, projections_[p].part, Purpose::delay};
        for (std::size_t i = 0; i < edges.size(); i += edges.size() / 64 + 1) {
            const double delay = spec.delay.at(key, edges[i].number);
            least = std::min(least, delay);
            most = std::max(most, delay);
        }
        const double classes = 1 + (most - least) / clock_.resolution();
        runs += classes * static_cast<double>(populations_[projections_[p].pre].size * post.size);
        synapses += static_cast<double>(edges.size() * post.size) / samples;
    }
    if (synapses == 0) return least_wanted;
    return static_cast<std::uint64_t>(
        std::clamp(wanted_run * runs / synapses, double(least_wanted), double(largest_tile)));
}

void Network::lay_tiles(std::uint64_t wanted, std::uint64_t threads) {
    constexpr std::uint64_t block = TilePart::alignment;
    struct Stretch {
        std::size_t population;
        std::uint64_t first;
        std::uint64_t size;
    };
    for (std::size_t begin = 0; begin < populations_.size() && !populations_[begin].is_source;) {
        std::vector<Stretch> blocks;
        std::uint64_t total = 0;
        std::size_t end = begin;
        while (end < populations_.size() && !populations_[end].is_source &&
               (end == begin || are_alike(populations_[begin], populations_[end]))) {
            for (std::uint64_t first = 0; first < populations_[end].size; first += block)
                blocks.push_back({end, first, std::min(block, populations_[end].size - first)});
            total += populations_[end++].size;
        }
        // As many tiles as threads, or a multiple; fewer where they would be very small.
        const std::uint64_t shares = (total + threads * wanted / 2) / (threads * wanted);
        std::uint64_t count = std::max<std::uint64_t>(threads * std::max<std::uint64_t>(shares, 1),
                                                      (total + largest_tile - 1) / largest_tile);
        count =
            std::clamp<std::uint64_t>(count, 1, std::max<std::uint64_t>(total / smallest_tile, 1));
        std::uint64_t laid = 0;
        std::size_t next = 0;
        for (std::uint64_t t = 0; t < count; ++t) {
            Tile tile;
            for (; next < blocks.size() && laid < total * (t + 1) / count; ++next) {
                const auto& [population, first, size] = blocks[next];
                laid += size;
                if (tile.parts.empty()) tile.first = populations_[population].first_id + first;
                if (tile.parts.empty() || tile.parts.back().population != population)
                    tile.parts.push_back({population, first, 0, tile.size});
                tile.parts.back().size += static_cast<std::uint32_t>(size);
                tile.size += static_cast<std::uint32_t>(size);
            }
            tiles_.push_back(std::move(tile));
        }
        begin = end;
    }
}

std::vector<std::unique_ptr<Wiring>> Network::make_wirings(
    const Catalogue& catalogue, const std::vector<Positions>& positions) const {
    std::vector<std::unique_ptr<Wiring>> wirings;
    for (const auto& projection : projections_) {
        const auto& spec = description_.projections[projection.spec];
        const auto& info = catalogue.info(PartKind::connector, spec.connector);
        std::vector<double> values;
        for (const auto& param : info.params) {
            const auto given = spec.connector_params.find(param.name);
            values.push_back(given == spec.connector_params.end() ? param.default_value
                                                                  : given->second);
        }
        const WiringContext context{populations_[projection.pre].size,
                                    populations_[projection.post].size,
                                    projection.pre == projection.post,
                                    {description_.run.seed, projection.part, Purpose::wiring},
                                    spec.edges.get(),
                                    &positions[projection.pre],
                                    &positions[projection.post]};
        try {
            wirings.push_back(catalogue.factory<ConnectorFactory>(PartKind::connector,
                                                                  spec.connector)(values, context));
        } catch (const BadNetwork& error) {
            throw BadNetwork("projections." + projection.name + ": " + spec.connector + ": " +
                             error.what());
        }
    }
    return wirings;
}

void Network::wire(const Catalogue& catalogue, int threads) {
    std::vector<Positions> positions(populations_.size());
    for (std::size_t i = 0; i < populations_.size(); ++i)
        if (!populations_[i].is_source)
            positions[i] = place(description_.neurons[populations_[i].spec],
                                 {description_.run.seed, populations_[i].part, Purpose::position});
    const auto wirings = make_wirings(catalogue, positions);
    lay_tiles(wanted_tile_size(wirings), static_cast<std::uint64_t>(std::max(threads, 1)));

    std::vector<std::vector<SynapseRows>> rows(tiles_.size());
    for (auto& of_tile : rows) of_tile.resize(groups_.size());
    Workers(threads).for_each(tiles_.size() * groups_.size(), [&](std::size_t i) {
        const std::size_t t = i % tiles_.size();
        const std::size_t g = i / tiles_.size();
        rows[t][g] = rows_of(groups_[g], wirings, tiles_[t]);
    });
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            if (rows[t][g].size() > 0 || may_grow(groups_[g], tiles_[t]))
                tiles_[t].incoming.push_back({g, std::move(rows[t][g])});
        }
}

/// Synapses may come later.
bool Network::may_grow(const ProjectionGroup& group, const Tile& tile) const {
    const auto post = projections_[group.projections.front()].post;
    return group.is_plastic &&
           std::any_of(tile.parts.begin(), tile.parts.end(),
                       [&](const TilePart& part) { return part.population == post; });
}

SynapseRows Network::rows_of(const ProjectionGroup& group,
                             const std::vector<std::unique_ptr<Wiring>>& wirings,
                             const Tile& tile) const {
    const bool on_grid = description_.run.timing == Timing::grid;
    const double h = clock_.resolution();
    const auto sources = static_cast<std::uint32_t>(populations_[group.pre].size);
    SynapseRows::Builder builder(sources, tile.size, group.storage);
    DrawnEdges drawn;

    const auto delay_of = [&](double delay) -> Time {
        if (on_grid) return {clock_.nearest_step(delay), 0};
        if (group.storage.offsets == Stored::common || group.storage.offsets == Stored::doubles)
            return clock_.split(delay);
        const auto whole = static_cast<std::int64_t>(delay / h * SynapseRows::parts_of_step + 0.5);
        constexpr auto parts = static_cast<std::int64_t>(SynapseRows::parts_of_step);
        return {whole / parts, static_cast<double>(whole % parts) * group.storage.fraction};
    };
    const auto for_each_neuron = [&](const auto& use) {
        for (const auto& part : tile.parts)
            for (const auto p : group.projections) {
                if (projections_[p].post != part.population) continue;
                const auto& projection = projections_[p];
                const auto& spec = description_.projections[projection.spec];
                for (std::uint32_t k = 0; k < part.size; ++k) {
                    drawn.edges.clear();
                    wirings[p]->sources_of(part.first + k, drawn.edges);
                    const RandomKey key{description_.run.seed, projection.part, Purpose::delay};
                    const auto& delays = drawn.draw(spec.delay, key);
                    drawn.delays.resize(delays.size());
                    for (std::size_t i = 0; i < delays.size(); ++i) {
                        drawn.delays[i] = delay_of(delays[i]);
                        if (drawn.delays[i].step >= 1) continue;
                        throw BadNetwork("projections." + projection.name + ".delay: edge " +
                                         std::to_string(drawn.edges[i].number) + " has " +
                                         number(delays[i]) +
                                         " ms, shorter than the resolution of " + number(h) +
                                         " ms; bound the distribution with `min`");
                    }
                    use(part.local + k, projection, spec);
                }
            }
    };
    for_each_neuron([&](std::uint32_t target, const Projection&, const ProjectionSpec&) {
        for (std::size_t i = 0; i < drawn.edges.size(); ++i)
            builder.count(drawn.edges[i].source, target, drawn.delays[i].step);
    });
    builder.begin_second_pass();
    for_each_neuron(
        [&](std::uint32_t target, const Projection& projection, const ProjectionSpec& spec) {
            const RandomKey key{description_.run.seed, projection.part, Purpose::weight};
            const auto& weights = drawn.draw(spec.weight, key);
            const auto lattice = group.is_plastic ? std::nullopt : lattice_of(spec.weight);
            for (std::size_t i = 0; i < drawn.edges.size(); ++i) {
                // The value a synapse stores is the value that was drawn.
                double weight = weights[i];
                if (lattice) weight = lattice->nearest(weight);
                else if (group.storage.weights == Stored::narrow)
                    weight = static_cast<double>(static_cast<float>(weight));
                builder.put(drawn.edges[i].source, target, weight, drawn.delays[i]);
            }
        });
    return builder.finish();
}

}  // namespace sim
