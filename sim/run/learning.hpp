// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// All plastic synapses of a simulation: who tells them of spikes, and when they have to catch up.
//
// Threads: `make`, `catch_up` and `post_spikes` of different tiles in parallel; the rest between windows.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/plastic.hpp"
#include "sim/run/pre_log.hpp"

namespace sim {

class Learning {
public:
    Learning(const Network& network, const Catalogue& catalogue, Step steps_kept);

    /// Makes the plastic synapses of a tile.
    void make(std::size_t tile);

    bool is_empty() const { return logs_.empty(); }

    /// By incoming rows of the tile; empty if none of them is plastic.
    std::span<const TilePlastic> of(std::size_t tile) const { return tiles_[tile].list; }

    /// Spikes of the tile's neurons in the bin or step that begins, or is, at `step`, after it; with them
    /// the events of modulators.
    void post_spikes(std::size_t tile, Step step, std::span<const Spike> spikes);

    /// An event of a modulator at the next step; of one postsynaptic neuron, or of all.
    void modulate(std::string_view modulator, Step step, double amount,
                  std::optional<std::uint64_t> neuron);

    /// Phases. Needs: all tiles caught up to `now`
    void end_phase();
    void freeze(const std::vector<std::string>& projections);
    /// Throws: UnknownName
    void switch_on(std::string_view projection, bool is_on);
    void reset_traces();
    /// Spikes under way are lost, and the events that they would have caused.
    void drop_spikes();

    /// Takes in what a step that has ended left in the rings.
    void end_step(Step step, const std::vector<SpikeRing>& rings);

    /// Before this step everything has to be caught up.
    Step due() const { return due_; }
    void catch_up(std::size_t tile, Step now, const std::vector<SpikeRing>& rings);
    void caught_up(Step now);

    /// Calls visit(source, target, values of the synapse, delay) for every synapse of a plastic
    /// projection, up to date at `now`; sources ascending, then tiles, delays, order in the rows.
    using Visit = std::function<void(std::uint64_t source, std::uint64_t target,
                                     std::span<const double> values, Time delay)>;
    void for_each_synapse(std::size_t projection, Step now, const std::vector<SpikeRing>& rings,
                          const Visit& visit) const;

    /// One plastic synapse.
    struct Address {
        std::size_t tile, incoming;
        std::uint32_t place, source;
        Step delay;
        std::uint64_t target;  ///< inside its population
    };
    /// The synapses that are to be watched; pairs that have none are left out.
    std::vector<Address> find(const WeightSpec& spec) const;
    double weight(const Address& address, Step now, const std::vector<SpikeRing>& rings) const;

    /// Members of a synapse of a projection; 0: it is static.
    std::size_t members(std::size_t projection) const;

    std::uint64_t bytes() const;

private:
    struct TileLearning {
        std::vector<std::unique_ptr<Plastic>> synapses;  // by incoming rows
        std::vector<TilePlastic> list;
        std::vector<std::uint64_t> spikes;  // of each neuron since the start
        std::vector<std::vector<std::uint64_t>> seen;  // the same when each [[homeostasis]] last looked
    };
    struct Event {
        double offset;  ///< ms
        double amount;
        std::optional<std::uint64_t> neuron;
    };
    struct Modulator {
        const ModulatorSpec* spec;
        std::map<Step, std::vector<Event>> events;
        bool is_from(std::size_t population, const Network& network) const;
    };
    void make_modulators();
    void add_event(Modulator& modulator, const Time& time, double amount,
                   std::optional<std::uint64_t> neuron);
    void modulate_tile(std::size_t tile, Step step, std::size_t incoming,
                       std::span<const Spike> spikes);

    void keep_in_bounds(std::size_t homeostasis);
    void scale_incoming(const HomeostasisSpec& spec, std::size_t group);
    void scale_outgoing(const HomeostasisSpec& spec, std::size_t group);
    void scale_to_rate(std::size_t homeostasis, std::size_t group);
    std::vector<std::size_t> groups_of(const std::string& projection) const;
    Step next_homeostasis(Step now) const;
    std::optional<Address> find(std::size_t group, std::uint32_t source, std::uint64_t from,
                                std::uint64_t to) const;
    const ProjectionSpec& spec(std::size_t group) const;
    std::vector<double> params(std::size_t group) const;
    PlasticContext context(std::size_t tile, const TileRows& incoming) const;
    double patience() const;

    /// Calls use(source, arrival) for all stretches of synapses with one spike last before `now`.
    template <class Use>
    void for_each_stretch(std::size_t tile, std::size_t incoming, Step now,
                          const std::vector<SpikeRing>& rings, const Use& use) const;

    const Network& network_;
    const Catalogue& catalogue_;
    std::vector<std::unique_ptr<PreLog>> logs_;  // by group; null for static ones
    std::vector<TileLearning> tiles_;
    std::vector<Modulator> modulators_;
    std::vector<const Modulator*> modulator_of_;  // by group
    double patience_ = 0;
    Step rebase_due_;
    Step looked_ = 0;  // when intervals of homeostasis were last looked at
    Step due_;
};

}  // namespace sim
