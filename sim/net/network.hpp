// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A description made concrete: populations with ids, tiles of targets, synapses in their rows.
//
// Invariants
//   (1) a tile is a stretch of neurons of neighbouring populations that share model and parameters;
//       every neuron lies in one tile.
//   (2) how neurons are cut into tiles changes no result: all that a neuron does depends on its own
//       inputs, in an order that tiles do not change.
//   (3) all of it is immutable once built; construction is parallel and every draw is keyed by
//       (seed, part, edge), so it does not depend on threads.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"
#include "sim/net/synapse_rows.hpp"
#include "sim/net/wiring.hpp"

namespace sim {

/// Neurons or spike sources: whatever has ids and emits spikes.
struct Population {
    std::string name;
    bool is_source = false;
    std::size_t spec = 0;         ///< index into Description::neurons or ::sources
    std::uint64_t size = 0;
    std::uint64_t first_id = 0;   ///< over all populations
    std::uint32_t part = 0;       ///< its number in random keys
};

/// One projection from one population to one other.
struct Projection {
    std::string name;
    std::size_t spec;
    std::size_t pre;
    std::size_t post;
    std::uint32_t part;
};

/// Projections from one population onto different ones whose synapses are kept together.
struct ProjectionGroup {
    std::size_t pre;
    std::vector<std::size_t> projections;
    SynapseRows::Builder::Storage storage;
    bool is_plastic = false;  ///< then of one projection alone; weights are those at the begin
    // Over all tiles:
    std::uint64_t synapses = 0;
    std::uint32_t largest_indegree = 0;
    bool all_non_negative = true;  ///< weights
    Step shortest = 1;  ///< delays, in whole steps
    Step longest = 0;
    double synapses_per_run = 0;  ///< mean, of a source and a delay
};

struct TileRows {
    std::size_t group;
    SynapseRows rows;
};

/// The neurons of one population in a tile.
struct TilePart {
    std::size_t population;
    std::uint64_t first;  ///< inside the population, a multiple of TilePart::alignment
    std::uint32_t size;
    std::uint32_t local;  ///< of the first one, inside the tile
    static constexpr std::uint32_t alignment = 128;
};

struct Tile {
    std::uint64_t first = 0;  ///< over all neurons
    std::uint32_t size = 0;
    std::vector<TilePart> parts;
    std::vector<TileRows> incoming;  ///< in the order of the groups

    const TilePart& part_of(std::uint32_t local) const {
        const auto next = std::upper_bound(
            parts.begin(), parts.end(), local,
            [](std::uint32_t neuron, const TilePart& part) { return neuron < part.local; });
        return *(next - 1);
    }
};

class Network {
public:
    /// Builds with at most `threads` workers.
    /// Needs:  `catalogue` outlives the network
    /// Throws: BadProtocol with every mistake of the description
    Network(Description description, const Catalogue& catalogue, int threads);

    const Description& description() const { return description_; }
    const Clock& clock() const { return clock_; }
    const std::vector<Population>& populations() const { return populations_; }
    const std::vector<Projection>& projections() const { return projections_; }
    const std::vector<ProjectionGroup>& groups() const { return groups_; }
    const std::vector<Tile>& tiles() const { return tiles_; }

    /// The model of a population of neurons.
    const PartInfo& model(const Population& population) const { return *models_[population.spec]; }

    /// Shortest and longest delay in whole steps (longest: rounded up); without synapses
    /// shortest is as long as can be, and longest 1.
    Step shortest_delay() const { return shortest_; }
    Step longest_delay() const { return longest_; }

    std::uint64_t neurons() const;
    std::uint64_t synapses() const;
    std::uint64_t synapse_bytes() const;

    /// Calls visit(source, target, weight, delay) for every synapse of a projection; slow, for
    /// tests and export. Order: source, delay, target, as the connector drew.
    void for_each_synapse(std::size_t projection,
                          const std::function<void(std::uint64_t, std::uint64_t, double, Time)>& visit) const;

    /// The number of a population by name.
    /// Throws: UnknownName
    std::size_t population(std::string_view name) const;

private:
    void number_populations(const Catalogue& catalogue);
    void expand_projections();
    std::vector<std::unique_ptr<Wiring>> make_wirings(
        const Catalogue& catalogue, const std::vector<Positions>& positions) const;
    void group_projections(const Catalogue& catalogue);
    void share_lattices();
    bool are_alike(const Population& a, const Population& b) const;
    std::uint64_t wanted_tile_size(const std::vector<std::unique_ptr<Wiring>>& wirings) const;
    void lay_tiles(std::uint64_t wanted, std::uint64_t threads);
    void wire(const Catalogue& catalogue, int threads);
    bool may_grow(const ProjectionGroup& group, const Tile& tile) const;
    void measure_groups();
    void heed_modulators();
    SynapseRows rows_of(const ProjectionGroup& group,
                        const std::vector<std::unique_ptr<Wiring>>& wirings,
                        const Tile& tile) const;

    Description description_;
    Clock clock_;
    std::vector<Population> populations_;
    std::vector<Projection> projections_;
    std::vector<ProjectionGroup> groups_;
    std::vector<const PartInfo*> models_;  // by neurons of the description
    std::vector<Tile> tiles_;
    Step shortest_ = std::numeric_limits<Step>::max();
    Step longest_ = 1;
};

/// The values of a part's table for every item: one row if all are constant, else one per item.
/// Shape: [1 or size][parameters]
std::vector<std::vector<double>> tabulate(const PartInfo& info, const Values& given,
                                          std::uint64_t first, std::uint64_t size,
                                          const RandomKey& key);

}  // namespace sim
