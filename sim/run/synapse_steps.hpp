// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The events of a synapse, or of several side by side, as a rule wants them: which traces it meets,
// from the history of the target, at each hook.
//
// Times are in steps, by the clock of the postsynaptic neuron (plastic.hpp).

#include <array>
#include <cstdint>

#include "sim/run/plastic_frame.hpp"
#include "sim/run/synapse_store.hpp"
#include "sim/run/watching.hpp"

namespace sim {

template <Rule R>
struct SynapseSteps {
    template <class T>
    using Synapse = typename R::template Synapse<T>;
    template <class T>
    using Group = SynapseGroup<T>;
    using Shape = RuleShape<R>;
    using History = typename Shape::History;
    using Frames = PlasticFrames<R>;
    template <class T>
    using Frame = typename Frames::template Frame<T>;
    template <class T>
    using Ending = typename Frames::template Ending<T>;
    static constexpr auto layout = Shape::layout;
    static constexpr std::size_t n_pre = Shape::n_pre;
    static constexpr std::size_t n_post = Shape::n_post;
    static constexpr std::size_t n_kept = Shape::n_kept;

    typename R::Params p;  // a copy that no store can change
    Amounts amounts;
    bool adds_up;
    const SynapseRows& rows;
    const Frames& frames;
    const History& history;
    const Watching<R>& watching;

    template <class T>
    Frame<T> frame(const PreArrival& arrival, const Group<T>& group, bool with_pre,
                   double now) const {
        return frames.frame(arrival, frames.delays(rows, arrival, group), with_pre, now,
                            history.base());
    }
    /// From when on spikes of the target have not been taken in.
    double begin(const PreArrival& arrival, const Group<double>& group) const {
        return frames.times(arrival, frames.delays(rows, arrival, group), false, 0).begin;
    }
    template <class T>
    Ending<T> ending(const PreArrival& arrival, const Frame<T>& frame) const {
        return frames.ending(arrival, frame, history.base());
    }

    /// One synapse, whatever the length of its history, up to the end of its frame.
    template <bool with_pre>
    [[gnu::noinline]] void pass(const PreArrival& arrival, const Frame<double>& frame,
                                const Group<double>& group, Synapse<double>& s) const {
        std::uint32_t since = 0;
        std::uint32_t newer = 0;
        if constexpr (Shape::has_history)
            for (;; ++since) {
                const double time = history.value(group.targets[0], since, 0);
                if (time < frame.begin) break;
                newer += time >= frame.end ? 1 : 0;
            }
        amounts.flip(s.w);
        double at = frame.begin;
        if constexpr (Shape::takes_events) {
            if (!adds_up)
                for (std::uint32_t slot = since; slot-- > newer;)
                    take_post(frame, group, std::array{slot}, at, s);
            else if (since > newer) take_all(frame, group.targets[0], since, newer, s);
        }
        finish<with_pre>(frame, ending(arrival, frame), group, std::array{newer}, at, s);
        amounts.flip(s.w);
    }

    /// A postsynaptic spike at each synapse, and what flows before it.
    template <class T, std::size_t width>
    void take_post(const Frame<T>& frame, const Group<T>& group,
                   const std::array<std::uint32_t, width>& slots, T& at, Synapse<T>& s) const {
        MeetingOf<R, T> m;
        if constexpr (HasFlow<R>) {
            const T time = entry(group, slots, 0);
            flow(frame, group, next(slots), at, time, s);
            at = time;
        }
        for (std::size_t i = 0; i < n_pre; ++i)
            m.pre[i] = frame.anchored[i] * entry(group, slots, layout.decay(i));
        if constexpr (layout.has_before)
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = entry(group, slots, layout.before(j));
        if constexpr (ReadsFirst<R>) m.is_first = entry(group, next(slots), 0) < frame.last;
        if constexpr (HasAmounts<R>) {
            const T amount = entry(group, slots, layout.amount());
            auto after_spike = s;
            if constexpr (HasOnPost<R>) R::on_post(p, after_spike, m);
            if constexpr (HasOnModulator<R>) R::on_modulator(p, s, m, amount);
            if constexpr (Watches<R>) R::on_watch(p, s, m, amount);
            assign_fields<T>(amount != amount, after_spike, s);  // a spike has none
        } else if constexpr (HasOnPost<R>) {
            R::on_post(p, s, m);
        }
        amounts.clip(s.w);
    }

    /// What flows until the end, and the presynaptic spike. `newer`: entries not before the end
    template <bool with_pre, class T, std::size_t width>
    void finish(const Frame<T>& frame, const Ending<T>& ends, const Group<T>& group,
                const std::array<std::uint32_t, width>& newer, const T& at, Synapse<T>& s) const {
        if constexpr (HasFlow<R>) flow(frame, group, newer, at, Frames::later(frame.end, at), s);
        if constexpr (with_pre && HasOnPre<R>) {
            MeetingOf<R, T> m;
            m.pre = ends.pre;
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = ends.post[j] * entry(group, newer, layout.sum(j));
            if constexpr (ReadsFirst<R>) m.is_first = entry(group, newer, 0) >= frame.last;
            if constexpr (HasSeen<R>) m.seen = seen(frame, group);
            R::on_pre(p, s, m);
            amounts.clip(s.w);
        }
    }

    /// All traces at a synapse that has been caught up to `now`.
    MeetingOf<R, double> meeting(const Group<double>& group, const PreArrival& arrival,
                                 double now) const {
        const auto common = frame(arrival, group, false, now);
        const auto ends = ending(arrival, common);
        MeetingOf<R, double> m{};
        m.pre = ends.pre;
        if constexpr (Shape::has_history) {
            std::uint32_t newer = 0;
            while (history.value(group.targets[0], newer, 0) >= common.end) ++newer;
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = ends.post[j] * history.value(group.targets[0], newer, layout.sum(j));
        }
        return m;
    }

private:
    /// Spikes that add up, as lines do it.
    void take_all(const Frame<double>& frame, std::uint32_t target, std::uint32_t since,
                  std::uint32_t newer, Synapse<double>& s) const {
        if constexpr (MayAddUp<R>) {
            MeetingOf<R, double> m;
            for (std::size_t i = 0; i < n_pre; ++i) {
                double sum = 0;
                for (std::uint32_t slot = since; slot-- > newer;)
                    sum += history.value(target, slot, layout.decay(i));
                m.pre[i] = frame.anchored[i] * sum;
            }
            R::on_post(p, s, m);
            amounts.clip(s.w);
        }
    }

    /// From `at` to `until`, with the traces of their begin; the last spike before is in `slots`.
    template <class T, std::size_t width>
    void flow(const Frame<T>& frame, const Group<T>& group,
              const std::array<std::uint32_t, width>& slots, const T& at, const T& until,
              Synapse<T>& s) const {
        MeetingOf<R, T> m;
        const T base(history.base());
        for (std::size_t i = 0; i < n_pre; ++i)
            m.pre[i] = frame.anchored[i] * sim::exp((base - at) / frames.pre_tau(i));
        if constexpr (Shape::has_history)
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) =
                    entry(group, slots, layout.sum(j)) * sim::exp((base - at) / frames.kept_tau(j));
        R::flow(p, s, m, (until - at) * T(frames.resolution()));
        amounts.clip(s.w);
    }

    /// A field of the spike in the slot of each synapse.
    template <class T, std::size_t width>
    T entry(const Group<T>& group, const std::array<std::uint32_t, width>& slots,
            std::size_t field) const {
        if constexpr (width == 1) return history.value(group.targets[0], slots[0], field);
        else return T([&](auto i) { return history.in_line(group.targets[i], slots[i], field); });
    }

    template <std::size_t width>
    static std::array<std::uint32_t, width> next(std::array<std::uint32_t, width> slots) {
        for (auto& slot : slots) ++slot;
        return slots;
    }

    /// The j-th trace that the history keeps.
    template <class M>
    static auto& kept(M& m, std::size_t j) {
        if constexpr (Shape::n_modulator == 0) return m.post[j];
        else if constexpr (n_post == 0) return m.modulator[j];
        else return j < n_post ? m.post[j] : m.modulator[j - n_post];
    }

    template <class T>
    T seen(const Frame<T>& frame, const Group<T>& group) const {
        if constexpr (Group<T>::width == 1) return watching.seen(group.targets[0], frame.end);
        else return T([&](auto i) { return watching.seen(group.targets[i], frame.end[i]); });
    }
};

}  // namespace sim
