// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a source is to the engine: a train (a population of spike emitters that projections carry)
// or a drive (spikes or currents that act on every neuron of a population without wiring).
//
// Invariants
//   (1) everything random is drawn from (key, unit or neuron, index) alone, so that it depends
//       neither on threads nor on how a run is cut into windows.
//   (2) calls for one unit or neuron come with ascending steps; units and neurons in any order.
// Threads: one object per population (Train) or tile (Drive); each is used by one thread at a time.

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sim/core/catalogue.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/net/description.hpp"

namespace sim {

/// A spike: unit or neuron inside its population, and when.
struct Spike {
    std::uint32_t id;
    Time time;
};

/// Half-open stretch of steps.
struct Window {
    Step begin;
    Step end;
};

class Train {
public:
    virtual ~Train() = default;
    /// Appends the spikes with step in [window.begin, window.end), in any order. In grid timing
    /// offsets are 0; several spikes of a unit in a step stay several.
    /// Needs: window.begin is the end of the window before
    virtual void emit(Window window, std::vector<Spike>& out) = 0;
};

/// Where an input acts in a neuron.
enum class Receptor : std::uint8_t { exc, inh, current };

/// An input within a bin: weight in the unit of the receptor, or a change of current in pA.
struct Arrival {
    double offset;  ///< ms after the begin of the bin, in [0, resolution)
    double weight;
    Receptor receptor;
};

/// Summed inputs of one grid step, one entry per neuron of the tile.
struct InputRow {
    std::span<double> exc, inh, current;

    InputRow part(std::size_t first, std::size_t size) const {
        return {exc.subspan(first, size), inh.subspan(first, size), current.subspan(first, size)};
    }
};

/// What a drive brings in one bin to neighbouring neurons of its target, one per lane.
struct ArrivalBatch {
    static constexpr std::size_t width = 16;
    static constexpr std::size_t most = 31;  ///< arrivals at a neuron
    bool is_filled;                          ///< else arrivals have to be asked for one by one
    std::array<std::uint16_t, width> counts;
    std::uint32_t largest;  ///< of the counts
    std::uint32_t all;      ///< their sum
    /// When: p at the time 1/2 + (p + 1/2) 2^-16 of the bin; from the count to `largest` 0
    std::array<std::array<std::int16_t, width>, most> places;
    const double* weights;  ///< by lane
    std::int8_t sign;       ///< of all weights: 1 for none below 0, -1 for none above, else 0
};

/// Arrivals that all have one weight.
struct CountedDrive {
    double weight;
    std::uint64_t most;  ///< at a neuron in one step
};

class Drive {
public:
    virtual ~Drive() = default;
    /// Brings from now on what another drive onto the same neurons would, too, if one process can bring
    /// both; else returns false. The answer does not depend on which neurons those are.
    virtual bool absorb(const Drive&) { return false; }
    /// Grid timing: adds what arrives in `step` to the row; called once for every step.
    /// Returns the number of arriving spikes.
    virtual std::uint64_t add(Step step, const InputRow& row) = 0;
    /// What `count` brings; without it there is only `add`.
    virtual std::optional<CountedDrive> counted() const { return std::nullopt; }
    /// Instead of `add`: adds the numbers of arrivals, one entry per neuron.
    virtual std::uint64_t count(Step, std::span<std::uint16_t>) { return 0; }
    /// Whether `add` touches the currents of the row.
    virtual bool brings_currents() const { return false; }
    /// Exact timing: appends what arrives at neuron `local` of the tile in the bin that begins at
    /// `step`, offsets ascending; called once for every neuron and step.
    /// Returns the number of arriving spikes (changes of current do not count).
    virtual std::uint64_t arrivals(Step step, std::uint32_t local, std::vector<Arrival>& out) = 0;
    /// Where `fill` succeeds: how many spikes a step brings on average to all neurons of the tile, in
    /// millionths, as whole numbers add up alike however neurons are cut into tiles.
    virtual std::uint64_t mean_arrivals() const { return 0; }
    /// Exact timing: what `arrivals` would bring to the neurons from `local` on, a multiple of the
    /// width; as far as it can be told so. Instead of `arrivals`, or before it.
    virtual void fill(Step, std::uint32_t /*local*/, std::span<ArrivalBatch> batches) {
        for (auto& batch : batches) batch.is_filled = false;
    }
};

/// What a source may know.
struct SourceContext {
    const SourceSpec& spec;
    const PartInfo& info;
    Clock clock;
    Timing timing;
    RandomKey key;              ///< entity: unit of a train, neuron inside its population of a drive
    std::vector<Window> off{};  ///< when the source is silent, ascending

    bool is_on(Step step) const {
        const auto after =
            std::upper_bound(off.begin(), off.end(), step,
                             [](Step s, const Window& window) { return s < window.end; });
        return after == off.end() || step < after->begin;
    }
};

/// The neurons that a drive acts on: a tile.
struct DriveTarget {
    std::uint64_t first;  ///< neuron inside its population, a multiple of TilePart::alignment
    std::uint32_t size;
    bool has_inh_port;      ///< false: everything arrives at exc, whatever its sign
};

/// As the catalogue stores a source: exactly one of the two is set.
struct SourceFactory {
    std::function<std::unique_ptr<Train>(const SourceContext&)> train;
    std::function<std::unique_ptr<Drive>(const SourceContext&, const DriveTarget&)> drive;
};

}  // namespace sim
