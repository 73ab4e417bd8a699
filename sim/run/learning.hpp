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
#include "sim/run/structure.hpp"

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

    /// Shows the rules that watch the tile's neurons their state at `step`, after the spikes until then.
    using Look = std::function<double(std::uint32_t neuron, std::size_t variable)>;
    bool is_watching(std::size_t tile) const { return !tiles_[tile].watching.empty(); }
    void watch(std::size_t tile, Step step, const Look& look);

    /// An event of a modulator at the next step; of one postsynaptic neuron, or of all.
    void modulate(std::string_view modulator, Step step, double amount,
                  std::optional<std::uint64_t> neuron);

    /// A retrograde event arrives at the synapses onto a neuron; `credit`: number in the description.
    void teach(std::size_t credit, const Time& time, double amount, std::uint64_t neuron);
    /// Those that have not arrived are lost.
    void drop_credit();

    /// Phases. Needs: all tiles caught up to `now`
    void end_phase(Step now, const std::vector<SpikeRing>& rings);
    /// Changes the synapses of a projection of the description.
    /// Throws: UnknownName
    void rewire(std::string_view projection, const Rewiring& rewiring, Step now,
                const std::vector<SpikeRing>& rings);
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
    /// Rules tick then, and homeostasis acts, where it is time.
    void caught_up(Step now, const std::vector<SpikeRing>& rings);

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
        std::size_t group;
        bool is_gone = false;
    };
    /// The synapses that are to be watched; pairs that have none are left out.
    std::vector<Address> find(const WeightSpec& spec) const;
    /// The same synapses after a rewiring; those that are gone have no weight.
    void find_again(std::vector<Address>& addresses) const;
    double weight(const Address& address, Step now, const std::vector<SpikeRing>& rings) const;

    /// Members of a synapse of a projection; 0: it is static.
    std::size_t members(std::size_t projection) const;

    std::uint64_t bytes() const;

private:
    struct TileLearning {
        std::vector<std::unique_ptr<Plastic>> synapses;  // by incoming rows
        std::vector<TilePlastic> list;
        std::vector<std::unique_ptr<SynapseRows>>
            rewired;  // by incoming rows; null: as in the network
        struct Watcher {
            Plastic* synapses;
            std::size_t variable;  // of the tile's model
        };
        std::vector<Watcher> watching;
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
    std::string modulator_of(std::size_t group) const;
    void add_event(Modulator& modulator, const Time& time, double amount,
                   std::optional<std::uint64_t> neuron);
    void modulate_tile(std::size_t tile, Step step, std::size_t incoming,
                       std::span<const Spike> spikes);

    void check_ticks(const Plastic& synapses, std::size_t group) const;
    std::size_t watched_variable(std::size_t tile, std::size_t group, std::string_view name) const;

    /// Calls use(tile, incoming) for the plastic rows of a group, tile by tile.
    template <class Use>
    void for_each_rows(std::size_t group, const Use& use) const {
        for (std::size_t t = 0; t < tiles_.size(); ++t)
            for (std::size_t i = 0; i < tiles_[t].synapses.size(); ++i)
                if (tiles_[t].synapses[i] && network_.tiles()[t].incoming[i].group == group)
                    use(t, i);
    }

    /// A tick of the rule of a group.
    void tick(std::size_t group, Step now, const std::vector<SpikeRing>& rings);
    std::vector<std::vector<double>> row_sums(std::size_t group, Step now,
                                              const std::vector<SpikeRing>& rings) const;

    void keep_in_bounds(std::size_t homeostasis);
    void scale_incoming(const HomeostasisSpec& spec, std::size_t group);
    void scale_outgoing(const HomeostasisSpec& spec, std::size_t group);
    void scale_to_rate(std::size_t homeostasis, std::size_t group);
    std::vector<std::size_t> groups_of(std::string_view projection) const;
    /// Throws: UnknownName
    void check_plastic(std::string_view projection) const;
    const SynapseRows& rows(std::size_t tile, std::size_t incoming) const {
        return *tiles_[tile].list[incoming].rows;
    }
    SynapseTable table(std::size_t group, Step now, const std::vector<SpikeRing>& rings) const;
    void take(std::size_t group, const SynapseTable& table);
    void prepare_intervals();
    Step next_interval(Step now) const;
    std::optional<Address> find(std::size_t group, std::uint32_t source, std::uint64_t from,
                                std::uint64_t to) const;
    const ProjectionSpec& spec(std::size_t group) const;
    std::vector<double> params(std::size_t group) const;
    PlasticContext context(std::size_t tile, const TileRows& incoming) const;
    bool is_negative(std::size_t group) const;
    double patience() const;

    /// Calls use(source, arrival) for all stretches of synapses with one spike last before `now`.
    using UseStretch = std::function<void(std::uint32_t source, const PreArrival& arrival)>;
    void for_each_stretch(std::size_t tile, std::size_t incoming, Step now,
                          const std::vector<SpikeRing>& rings, const UseStretch& use) const;

    const Network& network_;
    const Catalogue& catalogue_;
    std::vector<std::unique_ptr<PreLog>> logs_;  // by group; null for static ones
    std::vector<TileLearning> tiles_;
    std::vector<ModulatorSpec> credit_specs_;  // the modulators that credit is
    std::vector<Modulator> modulators_;
    std::vector<const Modulator*> modulator_of_;  // by group
    std::uint64_t phases_ = 0;                    // ended so far
    std::vector<Step> ticks_;                     // by group; 0: none
    double patience_ = 0;
    Step rebase_due_;
    Step looked_ = 0;  // when intervals of ticks and homeostasis were last looked at
    Step due_;
};

}  // namespace sim
