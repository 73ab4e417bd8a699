// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes the parts of a simulation that move: the neurons of tiles with the drives that act on them, and
// the trains of sources.
// Threads: `tile` may be called for several tiles at once.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/record/sink.hpp"
#include "sim/run/block.hpp"
#include "sim/run/packed_runs.hpp"
#include "sim/run/phase_clock.hpp"
#include "sim/run/timed_runs.hpp"

namespace sim {

/// The columns of a trace that lie in a tile.
struct TraceColumns {
    std::size_t trace;
    std::size_t variable;
    std::vector<std::pair<std::uint32_t, std::size_t>> neurons;  // (in the tile, column)
};

struct TileState {
    std::unique_ptr<Block> block;
    std::vector<std::unique_ptr<Drive>> drives;
    std::vector<TileDrive> drive_list;
    std::vector<TraceColumns> traces;
    bool has_inh_port = true;
    PackedRuns packed;
    TimedRuns timed;
    std::vector<Spike> spikes;  // of the window under way
    Arrived arrived;
    PhaseClock::Clock::duration delivery{}, update{};  // of the window, if it is measured
};

/// The place of a state variable in a model's table.
/// Throws: UnknownName
std::size_t variable_number(const PartInfo& model, std::string_view name);

/// Where a neuron of a part of a tile is in the tile.
inline std::uint32_t local(const TilePart& part, std::uint64_t neuron) {
    return part.local + static_cast<std::uint32_t>(neuron - part.first);
}

class PartMaker {
public:
    /// Needs: both outlive what is made
    PartMaker(const Network& network, const Catalogue& catalogue);

    TileState tile(std::size_t t, const RecordingPlan& plan) const;

    /// `spec` may differ from that of the description; it must live as long as the train.
    std::unique_ptr<Train> train(const SourceSpec& spec, std::uint32_t part) const;

    /// What drives bring that can be counted, one entry a weight: those of one weight may all act on one
    /// neuron.
    static std::vector<CountedDrive> counted_drives(std::span<const TileState> tiles);

private:
    const SourceFactory& factory(const SourceSpec& spec) const;
    SourceContext context(const SourceSpec& spec, std::uint32_t part) const;
    const NeuronsSpec& spec(const TilePart& part) const;
    void add_initial(const TilePart& part, const PartInfo& model, BlockContext& block) const;
    void add_drives(const Tile& tile, TileState& state) const;
    void find_traces(const Tile& tile, const PartInfo& model, const RecordingPlan& plan,
                     TileState& state) const;

    /// Shape: [1 or size][parameters]
    std::vector<std::vector<double>> params(const Population& population, std::uint64_t first,
                                            std::uint64_t size) const;

    const Network& network_;
    const Catalogue& catalogue_;
    std::vector<std::shared_ptr<const SharedByTiles>> shared_;  // by population of neurons
};

}  // namespace sim
