// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Brings synapses up to date in blocks, for rules that look up all postsynaptic spikes and events one
// by one, and for those that know none. First each synapse counts what it has to take in; then, oldest
// first, these are taken side by side, those synapses that have any left in packs; then all take the
// presynaptic spike.
//
// The few synapses with more than the lines of a history hold go alone (block_pass.hpp).

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/run/block_pass.hpp"
#include "sim/run/post_lookup.hpp"
#include "sim/run/run_frames.hpp"

namespace sim {

template <Rule R>
class RoundPass {
public:
    using Steps = SynapseSteps<R>;
    using Store = SynapseStore<R>;
    using Lookup = PostLookup<R>;

    RoundPass(const Steps& steps, Store& store) : steps_(steps), store_(store) {}

    template <bool with_pre, class Frames>
    void pass(const PreArrival& arrival, const Frames& frames) {
        pass_in_blocks<with_pre, Lookup::block>(
            steps_, store_, arrival, frames,
            [&](std::uint32_t first, std::uint32_t size, auto& alone) {
                pass_block<with_pre>(frames, first, size, alone);
            });
    }

private:
    template <class T>
    using Synapse = typename R::template Synapse<T>;
    template <class T>
    using Group = SynapseGroup<T>;
    using Found = typename Lookup::Found;
    using Shape = RuleShape<R>;

    template <bool with_pre, class Frames, class Alone>
    void pass_block(const Frames& frames, std::uint32_t first, std::uint32_t size, Alone& alone) {
        const Steps steps = steps_;  // a copy that no store can change
        Found found;
        if constexpr (Shape::has_history) {
            Lookup(steps.history, steps.rows.targets() + first)
                .find([&](std::uint32_t i) -> decltype(auto) { return frames.one(first + i); },
                      size, found);
            for (std::uint32_t i = 0; i < found.many; ++i)
                alone.add(first + found.long_ones[i], store_);
            if constexpr (Shape::takes_events) take_in_rounds(steps, frames, first, found);
        }
        if (with_pre || HasFlow<R>) take_ends<with_pre>(steps, frames, first, size, found);
    }

    /// A group of listed synapses; the last one again where there are fewer.
    Group<Pack> group_at(const std::uint32_t* list, std::size_t size, std::uint32_t first) const {
        Group<Pack> group;
        for (std::size_t i = 0; i < lanes; ++i) {
            group.places[i] = first + list[std::min(i, size - 1)];
            group.targets[i] = store_.rows().targets()[group.places[i]];
        }
        return group;
    }

    /// The oldest spike of every synapse that has one left, and again until none has.
    template <class Frames>
    void take_in_rounds(const Steps& steps, const Frames& frames, std::uint32_t first,
                        Found& found) {
        for (std::uint32_t round = 0; found.listed > 0; keep_those_left(round++, found))
            for (std::uint32_t l = 0; l < found.listed; l += lanes) {
                const auto group = group_at(found.list.data() + l,
                                            std::min<std::size_t>(lanes, found.listed - l), first);
                std::array<std::uint32_t, lanes> slots;
                for (std::size_t i = 0; i < lanes; ++i)
                    slots[i] = found.since[group.places[i] - first] - 1U - round;
                Pack at(0);
                if constexpr (HasFlow<R>)
                    at = Pack([&](auto i) { return found.at[group.places[i] - first]; });
                auto s = store_.gather(group.places);
                steps.amounts.flip(s.w);
                steps.take_post(frames.of(group), group, slots, at, s);
                steps.amounts.flip(s.w);
                store_.scatter(group.places, s);
                if constexpr (HasFlow<R>)
                    for (std::size_t i = 0; i < lanes; ++i)
                        found.at[group.places[i] - first] = at[i];
            }
    }

    /// Those listed that have spikes left after the one of `round`.
    static void keep_those_left(std::uint32_t round, Found& found) {
        std::uint32_t left = 0;
        for (std::uint32_t l = 0; l < found.listed; ++l) {
            const auto i = found.list[l];
            found.list[left] = i;
            left += found.since[i] >= found.newer[i] + 2U + round ? 1 : 0;
        }
        found.listed = left;
    }

    /// The end of every synapse: what flows until then, and the presynaptic spike.
    template <bool with_pre, class Frames>
    void take_ends(const Steps& steps, const Frames& frames, std::uint32_t first,
                   std::uint32_t size, const Found& found) {
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            const auto group = store_.neighbours(first + k, here);
            const auto& frame = frames.of(group);
            const auto& ends = frames.ending(frame);
            std::array<std::uint32_t, lanes> newer{};
            Pack at = frame.begin;
            if constexpr (Shape::has_history)
                for (std::size_t i = 0; i < lanes; ++i)
                    newer[i] = found.newer[group.places[i] - first];
            if constexpr (Shape::has_history && HasFlow<R>)
                at = Pack([&](auto i) { return found.at[group.places[i] - first]; });
            auto s = store_.pack(first + k);
            steps.amounts.flip(s.w);
            steps.template finish<with_pre>(frame, ends, group, newer, at, s);
            steps.amounts.flip(s.w);
            store_.set_pack(first + k, here, s);
            if constexpr (with_pre && HasDelivered<R>)
                for (std::size_t i = 0; i < here; ++i)
                    store_.deliver(first + k + static_cast<std::uint32_t>(i), steps.p);
        }
    }

    const Steps& steps_;
    Store& store_;
};

}  // namespace sim
