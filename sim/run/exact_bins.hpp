// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The neurons of a tile in exact timing, bin by bin of the resolution.
//
// Closed-form models:
//   1  inputs      where there are many, each adds its response to the sums of its target; where
//                  there are few, they go into lists of their targets
//   2  packs       all neurons side by side: if a bound proves that no threshold is reached, one flow
//                  and the sums give the state at the end of the bin. With sums, stretch by stretch
//                  of the tile, together with what drives bring
//   3  the rest    neurons that the bound leaves open, become free within the bin, or have lists, are
//                  walked from input to input; their inputs are looked up again after sums
// Integrated models list their inputs; in step 2 those without any take one step of the integrator
// each.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/flatten.hpp"
#include "sim/run/bin_inputs.hpp"
#include "sim/run/drive_inputs.hpp"
#include "sim/run/moments.hpp"
#include "sim/run/neuron_bits.hpp"
#include "sim/run/tile_neurons.hpp"
#include "sim/run/walk.hpp"

namespace sim {

template <NeuronModel M>
class ExactBins {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;

    /// Needs: `neurons` outlives it
    explicit ExactBins(TileNeurons<M>& neurons)
        : neurons_(neurons),
          resolution_(neurons.clock().resolution()),
          ready_step_(neurons.size()),
          ready_offset_(neurons.size()),
          frees_(neurons.size()),
          opens_(neurons.size()),
          walker_(neurons.motion()),
          walk_(resolution_),
          lists_(neurons.size()),
          drive_inputs_(neurons.size()) {
        if constexpr (ClosedForm<M>)
            if (const auto common = neurons.motion().common(); common.params != nullptr)
                moments_ = Moments<M>(*common.params, common.free, common.held, resolution_,
                                      neurons.padded());
    }

    /// As Block::run_bin has it.
    void run(Step bin, const StepRuns& runs, std::span<const TileDrive> drives, bool is_busy,
             std::vector<Spike>& out, Arrived& arrived) {
        lists_.clear();
        free_within(bin);
        bool is_summed = false;
        if constexpr (ClosedForm<M>) {
            is_summed = moments_.is_usable() && is_busy;
            if (is_summed) {
                moments_.add(runs, arrived);
                pass_with_sums(bin, *runs.timed, drives, arrived);
                find_inputs(runs);
            } else {
                list_all(bin, runs, drives, arrived);
                pass_all<false>(0, neurons_.padded());
                opens_.for_each([&](std::uint32_t k) { lists_.open(k); });
            }
        } else {
            list_all(bin, runs, drives, arrived);
            pass_integrated();
        }
        // After sums what has a list is what the bound leaves open, and is walked. But for currents, which
        // open lists, too: those may still pass.
        const bool all_walk = is_summed && !neurons_.is_stimulated();
        walking_.clear();
        for (const auto k : lists_.neurons())
            if (all_walk || !pass_bin(k, bin))
                walking_.push_back({static_cast<std::uint32_t>(lists_.of(k).size()), k});
        walk(bin, out);
    }

    /// Neurons that a reset has freed.
    void free(std::uint32_t first, std::uint32_t size) {
        std::fill_n(ready_step_.begin() + first, size, 0.0);
        std::fill_n(ready_offset_.begin() + first, size, 0.0);
    }

private:
    // Far above the rounding of a bound, far below what would cost time.
    static constexpr double slack = 1e-10;
    // Of a neuron in a bin, beyond one for each input; more are without end.
    static constexpr std::size_t most_spikes = 10'000;
    static constexpr double never_ready = std::numeric_limits<double>::infinity();

    // Inputs.

    /// Notes which neurons become free within the bin, after its begin.
    void free_within(Step bin) {
        frees_.clear();
        neurons_.refractory().begin(bin, [&](std::uint32_t k) {
            if (ready_step_[k] == static_cast<double>(bin) && ready_offset_[k] != 0) frees_.set(k);
        });
    }

    /// Lists of all neurons that anything reaches.
    void list_all(Step bin, const StepRuns& runs, std::span<const TileDrive> drives,
                  Arrived& arrived) {
        const auto& [all, ahead, timed] = runs;
        const auto list = [&](std::uint32_t k, double offset, double weight) {
            lists_.open(k).push_back({offset, weight, receptor_of<M>(weight)});
        };
        for (std::size_t i = 0; i < all.size(); ++i) {
            fetch_ahead(all, i, ahead);
            (all[i].is_source ? arrived.from_sources : arrived.from_neurons) +=
                for_each_synapse(all[i], resolution_, list);
        }
        for (auto& rows : timed->rows()) {
            rows.cut_all();
            (rows.is_source ? arrived.from_sources : arrived.from_neurons) +=
                rows.for_each_synapse([](std::uint32_t) { return 1; }, list);
        }
        arrived.from_sources += drive_inputs_.list_all(bin, drives, lists_);
    }

    /// Passes all neurons with what drives bring, stretch by stretch, so that the sums of a stretch stay
    /// in the nearest cache.
    void pass_with_sums(Step bin, const TimedRuns& timed, std::span<const TileDrive> drives,
                        Arrived& arrived) {
        constexpr std::size_t stretch = 512;
        drive_inputs_.begin(bin, drives);
        for (std::size_t begin = 0; begin < neurons_.padded(); begin += stretch) {
            const std::size_t end = std::min<std::size_t>(begin + stretch, neurons_.padded());
            arrived.from_sources += drive_inputs_.add_to(moments_, end, lists_);
            timed.fetch_next(begin, end, neurons_.padded());
            pass_all<true>(begin, end);
        }
        opens_.for_each([&](std::uint32_t k) { lists_.open(k); });
    }

    /// Fills the lists that were opened after the sums were made.
    void find_inputs(const StepRuns& runs) {
        const auto listed = lists_.neurons();
        if (listed.empty()) return;
        constexpr std::size_t most_searched = 2;  // one by one; more are worth a pass over all
        const auto add = [&](std::uint32_t k, double offset, double weight) {
            lists_.of(k).push_back({offset, weight, receptor_of<M>(weight)});
        };
        for (const auto& run : runs.all) {
            const auto visit = [&](std::uint32_t i) {
                add(run.rows->targets()[i], offset_of(i, run, resolution_), run.weight(i));
            };
            if (listed.size() > most_searched) for_each_flagged_index(lists_.flags(), run, visit);
            else
                for (const auto k : listed) for_each_index_onto(k, run, visit);
        }
        const auto* const flags = lists_.flags();
        for (auto& rows : runs.timed->rows())
            rows.for_each_synapse([flags](std::uint32_t k) { return flags[k]; }, add);
        for (const auto k : listed) drive_inputs_.append(k, lists_.of(k));
    }

    // Neurons side by side. Opens lists for those that cannot pass.

    template <bool is_summed>
    void pass_all(std::size_t begin, std::size_t end) {
        neurons_.note_currents(drive_inputs_.has_currents());
        neurons_.with_zero([&](auto zero) { pass_packs<is_summed, zero>(begin, end); });
    }

    /// Flattened, so that the state of a pack stays in registers. Variable `zero`, if there is such
    /// a one, is 0 in all neurons.
    template <bool is_summed, std::size_t zero>
    SHARPWAVE_FLATTEN void pass_packs(std::size_t begin, std::size_t end) {
        const auto states = neurons_.states().packs();
        const Pack h(resolution_);
        const auto* bits = neurons_.refractory().bits();
        const auto* frees = frees_.data();
        const auto* listed = lists_.bits();
        auto* const opens = opens_.data();
        [[maybe_unused]] const auto sums = [this] {
            if constexpr (is_summed) return moments_.taker();
            else return nullptr;
        }();
        neurons_.motion().for_each_pack(begin, end, [&](std::size_t first, const auto& pack) {
            const auto& [p, f] = pack;
            const auto before = states.template get<zero>(first);
            const unsigned held = bits[first / lanes];
            auto after = before;
            M::advance(p, f, after);
            Pack highest = M::bound(p, f, before, after, h);
            auto kept = before;
            M::hold(p, f, kept);
            if constexpr (is_summed) highest += sums.take(first, after, kept);
            if constexpr (is_summed && BoundedFromEnd<M>)
                if (any_of(highest >= -slack))
                    highest = min(highest, M::bound_from_end(p, f, before, after));
            const auto open =
                (mask_of(~held) && highest >= -slack) ||
                mask_of(static_cast<unsigned>(frees[first / lanes] | listed[first / lanes]));
            select(mask_of(held), kept, after);
            select(open, before, after);
            states.template set<zero>(first, after);
            opens[first / lanes] = static_cast<std::uint8_t>(bits_of(open));
        });
    }

    /// Neurons of an integrated model without input in the bin, free or held throughout.
    void pass_integrated() {
        pass_quiet();
        open_.clear();
        opens_.for_each([&](std::uint32_t k) { open_.push_back(k); });
        const auto& refractory = neurons_.refractory();
        neurons_.motion().template run_ahead<ode::AtThreshold::stop>(
            open_, neurons_.states(), [&](std::size_t k) { return refractory.is_held(k); });
        frees_.for_each([&](std::uint32_t k) { lists_.open(k); });
        for (const auto k : open_) lists_.open(k);
    }

    SHARPWAVE_FLATTEN void pass_quiet() {
        const auto states = neurons_.states().packs();
        const auto* bits = neurons_.refractory().bits();
        const auto* frees = frees_.data();
        const auto* listed = lists_.bits();
        auto* const opens = opens_.data();
        auto& motion = neurons_.motion();
        const bool can_try = motion.can_try();
        motion.for_each_pack(0, neurons_.padded(), [&](std::size_t first, const auto& pack) {
            auto s = states.get(first);
            const auto held = mask_of(bits[first / lanes]);
            const auto busy =
                mask_of(static_cast<unsigned>(frees[first / lanes] | listed[first / lanes]));
            const auto passes =
                motion.template try_step<ode::AtThreshold::stop, TileNeurons<M>::no_variable>(
                    pack, first, s, held) &&
                typename Pack::mask_type(can_try);
            select(!passes || busy, states.get(first), s);
            states.set(first, s);
            opens[first / lanes] = static_cast<std::uint8_t>(bits_of(!passes && !busy));
        });
    }

    // Neurons with lists.

    /// Passes a neuron with a list at once if it provably does not spike.
    bool pass_bin(std::uint32_t k, Step bin) {
        if constexpr (!ClosedForm<M>) return false;
        else {
            const Params& p = neurons_.params(k);
            const auto& flow = neurons_.motion().bin_flow(k);
            const double h = resolution_;
            const double ready = ready_in(k, bin);
            const bool held = ready > h;
            if (ready > 0 && !held) return false;  // free within the bin
            const State s = neurons_.states().get(k);
            State end = s;
            M::advance(p, flow, end);
            double highest = held ? -1 : M::bound(p, flow, s, end, h);
            const auto& inputs = lists_.of(k);
            const auto* response = neurons_.motion().response(k, held);
            if (highest >= -slack || (response == nullptr && !inputs.empty())) return false;
            typename Response<M>::Packed sum{};
            for (const auto& input : inputs) {
                highest += held ? 0 : response->lift(input.receptor, input.weight);
                sum += input.weight * response->at(input.receptor, h - input.offset);
            }
            if (highest >= -slack) return false;
            if (held) {
                end = s;
                M::hold(p, flow, end);
            }
            auto values = std::bit_cast<typename Response<M>::Values>(end);
            for (std::size_t i = 0; i < values.size(); ++i) values[i] += sum[i];
            neurons_.states().set(k, std::bit_cast<State>(values));
            return true;
        }
    }

    /// When a neuron is ready again, ms after the begin of the bin.
    double ready_in(std::size_t k, Step bin) const {
        const auto b = static_cast<double>(bin);
        return ready_step_[k] > b ? never_ready : ready_step_[k] == b ? ready_offset_[k] : 0.0;
    }

    /// Walks the neurons of `walking_` through a bin.
    void walk(Step bin, std::vector<Spike>& out) {
        // Side by side what has as many inputs: all go as long as the slowest.
        if constexpr (Walk<M>::width > 1) std::sort(walking_.begin(), walking_.end());
        for (std::size_t i = 0; i < walking_.size(); i += Walk<M>::width) {
            const auto left = std::span(walking_).subspan(i);
            walk_group(left.first(std::min(Walk<M>::width, left.size())), bin, out);
        }
    }

    using WalkState = typename Walk<M>::State;
    using WalkNumber = typename Walk<M>::Number;

    void walk_group(std::span<const std::pair<std::uint32_t, std::uint32_t>> group, Step bin,
                    std::vector<Spike>& out) {
        typename Walk<M>::Places places;
        for (std::size_t lane = 0; lane < places.size(); ++lane)
            places[lane] = group[std::min(lane, group.size() - 1)].second;
        for (std::size_t lane = 0; lane < group.size(); ++lane)
            walk_.set_inputs(lane, lists_.of(places[lane]));
        WalkState s;
        WalkNumber ready;
        for (std::size_t lane = 0; lane < places.size(); ++lane) {
            set_lane(s, lane, neurons_.states().get(places[lane]));
            set_lane(ready, lane, ready_in(places[lane], bin));
        }
        walker_.begin(places, neurons_.clock().ms(bin));
        std::array<std::size_t, Walk<M>::width> spikes{};
        neurons_.name_failures(places[0], [&] {
            walk_.run(walker_, group.size(), s, ready,
                      [&](std::size_t lane, State& one, double offset) {
                          if (++spikes[lane] > most_spikes + group[lane].first)
                              fail_spiking(places[lane], {bin, offset}, spikes[lane]);
                          return spike(places[lane], one, bin, offset, out);
                      });
        });
        for (std::size_t lane = 0; lane < group.size(); ++lane)
            neurons_.states().set(places[lane], lane_of<State>(s, lane));
    }

    /// Returns when the neuron is ready again, ms after the begin of the bin.
    [[gnu::noinline]] double spike(std::uint32_t k, State& s, Step bin, double offset,
                                   std::vector<Spike>& out) {
        const auto& clock = neurons_.clock();
        const Time time = clock.normalised({bin, offset});
        neurons_.fire(k, s, time, out);
        const Time ready = clock.sum(time, clock.split(neurons_.params(k).t_ref));
        ready_step_[k] = static_cast<double>(ready.step);
        ready_offset_[k] = ready.offset;
        neurons_.refractory().hold(k, ready.step);
        return ready_in(k, bin);
    }

    [[noreturn, gnu::noinline]] void fail_spiking(std::uint32_t k, Time time,
                                                  std::size_t spikes) const {
        neurons_.fail(k, time,
                      "spiked " + std::to_string(spikes) +
                          " times within one step; lower its input or give t_ref");
    }

    TileNeurons<M>& neurons_;
    double resolution_;
    // End of the refractory period; steps below 2^53.
    std::vector<double> ready_step_, ready_offset_;
    NeuronBits frees_;                 // those that become free within the bin under way
    NeuronBits opens_;                 // those that a loop over packs leaves
    std::vector<std::uint32_t> open_;  // of an integrated model in the bin under way
    typename Walk<M>::Walker walker_;
    Walk<M> walk_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> walking_;  // number of inputs, neuron
    MomentsOf<M> moments_;
    ArrivalLists lists_;
    DriveInputs drive_inputs_;
};

}  // namespace sim
