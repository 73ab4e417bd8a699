// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Brings synapses up to date in blocks, from lines (post_lines.hpp): looks up what each has to take
// in; takes the oldest postsynaptic spike, or all if they add up, side by side; takes the others in
// packs of those synapses that have any left; then the presynaptic spike. Stages pass on arrays, as a
// register that is loaded from narrow stores just made waits for them.
//
// The few synapses of which a line does not tell enough go alone (block_pass.hpp).

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/run/block_pass.hpp"
#include "sim/run/line_lookup.hpp"
#include "sim/run/run_frames.hpp"

namespace sim {

template <Rule R>
class LinePass {
public:
    using Steps = SynapseSteps<R>;
    using Store = SynapseStore<R>;
    using Lines = PostLines<R>;
    using Lookup = LineLookup<R>;

    LinePass(const Steps& steps, const Lines& lines, Store& store)
        : steps_(steps), lines_(lines), store_(store) {}

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
    using OfBlock = typename Lookup::template OfBlock<T>;
    using Found = typename Lookup::Found;
    using Shape = RuleShape<R>;
    static constexpr std::size_t n = Store::n;
    static constexpr std::size_t n_pre = Shape::n_pre;
    static constexpr std::size_t n_post = Shape::n_post;

    template <bool with_pre, class Frames, class Alone>
    void pass_block(const Frames& frames, std::uint32_t first, std::uint32_t size, Alone& alone) {
        Found found;
        Lookup(lines_, steps_.history, steps_.rows.targets()).find(frames, first, size, found);
        for_each_with(found.since.data(), size, Lookup::many,
                      [&](std::uint32_t i) { alone.add(first + i, store_); });
        const Steps steps = steps_;  // a copy that no store can change
        if constexpr (Shape::takes_events)
            if (!steps.adds_up) {
                take_oldest(steps, frames, first, size, found);
                take_newer(steps, frames, first, size, found);
            }
        if (with_pre || steps.adds_up) take_ends<with_pre>(steps, frames, first, size, found);
    }

    template <class Values, class Frame>
    static void read(const Values& values, std::uint32_t k, const Frame& frame,
                     MeetingOf<R, Pack>& m) {
        for (std::size_t f = 0; f < n_pre; ++f)
            m.pre[f] = frame.anchored[f] * load(values[f].data() + k);
        if constexpr (Shape::layout.has_before)
            for (std::size_t f = 0; f < n_post; ++f) m.post[f] = load(values[n_pre + f].data() + k);
    }

    static void take_post(const Steps& steps, const MeetingOf<R, Pack>& m, Synapse<Pack>& s) {
        if constexpr (HasOnPost<R>) {
            R::on_post(steps.p, s, m);
            steps.amounts.clip(s.w);
        }
    }

    /// The oldest spike of every synapse, without a list: most have one or none.
    template <class Frames>
    void take_oldest(const Steps& steps, const Frames& frames, std::uint32_t first,
                     std::uint32_t size, const Found& found) {
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            MeetingOf<R, Pack> m;
            read(found.values, k, frames.of(first + k, here), m);
            const auto before = store_.pack(first + k);
            auto s = before;
            steps.amounts.flip(s.w);
            take_post(steps, m, s);
            steps.amounts.flip(s.w);
            select(!mask_of(which_are_some(found.since.data() + k)), before, s);
            store_.set_pack(first + k, here, s);
        }
    }

    /// Synapses that have spikes left, with what the next one brings.
    struct Listed {
        std::uint32_t size = 0;
        OfBlock<std::uint32_t> list;  // places in the block
        std::array<OfBlock<double>, n> fields;
        std::array<OfBlock<double>, Lines::n_values> values;
        std::array<OfBlock<double>, n_pre> anchored;  // unless frames are shared
    };

    template <class Frames>
    void take_newer(const Steps& steps, const Frames& frames, std::uint32_t first,
                    std::uint32_t size, const Found& found) {
        Listed left;
        for_each_with(found.since.data(), size, 2,
                      [&](std::uint32_t i) { left.list[left.size++] = i; });
        for (std::uint32_t round = 1; left.size > 0; ++round) {
            collect(steps, frames, first, found, round, left);
            for (std::uint32_t l = 0; l < left.size; l += lanes) {
                MeetingOf<R, Pack> m;
                if constexpr (Frames::are_shared) read(left.values, l, frames.of(first, 1), m);
                else {
                    typename Steps::template Frame<Pack> frame;
                    for (std::size_t f = 0; f < n_pre; ++f)
                        frame.anchored[f] = load(left.anchored[f].data() + l);
                    read(left.values, l, frame, m);
                }
                Synapse<Pack> s;
                for_each_field<Pack>([&](auto f, Pack& x) { x = load(left.fields[f].data() + l); },
                                     s);
                steps.amounts.flip(s.w);
                take_post(steps, m, s);
                steps.amounts.flip(s.w);
                for_each_field<Pack>(
                    [&](auto f, const Pack& x) { store(x, left.fields[f].data() + l); }, s);
            }
            put_back(first, found, round, left);
        }
    }

    template <class Frames>
    void collect(const Steps& steps, const Frames& frames, std::uint32_t first, const Found& found,
                 std::uint32_t round, Listed& left) {
        const auto* targets = steps.rows.targets() + first;
        for (std::uint32_t l = 0; l < left.size; ++l) {
            const auto i = left.list[l];
            const auto& values = lines_.values(targets[i], found.since[i] - round);
            for (std::size_t f = 0; f < Lines::n_values; ++f) left.values[f][l] = values[f];
            for (std::size_t f = 0; f < n; ++f) left.fields[f][l] = store_.field(f)[first + i];
            if constexpr (!Frames::are_shared) {
                const auto frame = frames.one(first + i);
                for (std::size_t f = 0; f < n_pre; ++f) left.anchored[f][l] = frame.anchored[f];
            }
        }
    }

    void put_back(std::uint32_t first, const Found& found, std::uint32_t round, Listed& left) {
        std::uint32_t kept = 0;
        for (std::uint32_t l = 0; l < left.size; ++l) {
            const auto i = left.list[l];
            for (std::size_t f = 0; f < n; ++f) store_.field(f)[first + i] = left.fields[f][l];
            left.list[kept] = i;
            kept += found.since[i] > round + 1 ? 1 : 0;
        }
        left.size = kept;
    }

    /// Spikes that add up, and the presynaptic spike.
    template <bool with_pre, class Frames>
    void take_ends(const Steps& steps, const Frames& frames, std::uint32_t first,
                   std::uint32_t size, const Found& found) {
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            const auto& frame = frames.of(first + k, here);
            const auto& ends = frames.ending(frame);
            auto s = store_.pack(first + k);
            steps.amounts.flip(s.w);
            MeetingOf<R, Pack> m;
            if (MayAddUp<R> && steps.adds_up) {
                read(found.values, k, frame, m);
                take_post(steps, m, s);
            }
            if constexpr (with_pre && HasOnPre<R>) {
                m.pre = ends.pre;
                for (std::size_t f = 0; f < n_post; ++f)
                    m.post[f] = ends.post[f] * load(found.sums[f].data() + k);
                R::on_pre(steps.p, s, m);
                steps.amounts.clip(s.w);
            }
            steps.amounts.flip(s.w);
            store_.set_pack(first + k, here, s);
            if constexpr (with_pre && HasDelivered<R>)
                for (std::size_t i = 0; i < here; ++i)
                    store_.deliver(first + k + static_cast<std::uint32_t>(i), steps.p);
        }
    }

    const Steps& steps_;
    const Lines& lines_;
    Store& store_;
};

}  // namespace sim
