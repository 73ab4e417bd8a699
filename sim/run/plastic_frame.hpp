// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// When things happen at the plastic synapses of a run, and what the loops over them know of a rule.
//
// Times are in steps, by the clock of the postsynaptic neuron (plastic.hpp).

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/core/exponential.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/plastic.hpp"
#include "sim/run/post_history.hpp"
#include "sim/run/rule.hpp"

namespace sim {

/// The traces of one side, by their table; taus in steps or ms.
template <Rule R>
std::vector<TraceInfo> trace_infos(const typename R::Params& p, Side side, double unit) {
    std::vector<TraceInfo> result;
    for (const auto& trace : R::traces())
        if (trace.side == side)
            result.push_back({p.*(trace.tau) / unit, trace.pairing == Pairing::all});
    return result;
}

/// Those that the history keeps.
template <Rule R>
std::vector<TraceInfo> kept_infos(const typename R::Params& p, double unit) {
    auto result = trace_infos<R>(p, Side::post, unit);
    for (const auto& one : trace_infos<R>(p, Side::modulator, unit)) result.push_back(one);
    return result;
}

/// What a rule has and needs.
template <Rule R>
struct RuleShape {
    static constexpr std::size_t n_pre = traces_of<R>(Side::pre);
    static constexpr std::size_t n_post = traces_of<R>(Side::post);
    static constexpr std::size_t n_modulator = traces_of<R>(Side::modulator);
    static constexpr std::size_t n_kept = n_post + n_modulator;  ///< traces in the history
    static constexpr bool keeps_spikes = HasOnPost<R> || n_kept > 0 || Modulated<R>;
    static constexpr bool has_history = keeps_spikes || Watches<R>;
    static_assert(!(ReadsFirst<R> && HasAmounts<R>), "other events hide which spike is first");
    static_assert(!(Modulated<R> && Watches<R>), "whose the amount is would not be known");
    /// All of its spikes have to be looked up one by one.
    static constexpr bool in_rounds = HasFlow<R> || ReadsFirst<R> || HasAmounts<R>;
    /// Else lines tell what synapses want to know of the history.
    static constexpr bool in_lines = has_history && !in_rounds;
    static constexpr bool takes_events =
        HasOnPost<R> || HasAmounts<R> || (HasFlow<R> && n_post > 0);
    static constexpr EntryLayout layout{n_pre, n_kept, takes_events&& ReadsPost<R>, HasAmounts<R>};
    using History = PostHistory<layout>;
};

/// One synapse, or several side by side: their places in the rows and their targets.
template <class T>
struct SynapseGroup {
    static constexpr std::size_t width = std::is_same_v<T, double> ? 1 : lanes;
    std::array<std::uint32_t, width> places;
    std::array<std::uint32_t, width> targets;
};

template <Rule R>
class PlasticFrames {
public:
    using Shape = RuleShape<R>;

    /// `pre`, `kept`: traces, taus in steps
    PlasticFrames(const PlasticContext& context, const std::vector<TraceInfo>& pre,
                  const std::vector<TraceInfo>& kept)
        : h_(context.clock.resolution()), split_(context.split) {
        for (std::size_t i = 0; i < Shape::n_pre; ++i) pre_taus_[i] = pre[i].tau;
        for (std::size_t j = 0; j < Shape::n_kept; ++j) kept_taus_[j] = kept[j].tau;
    }

    /// When things happen, of synapses with the same delay or of a group.
    template <class T>
    struct Frame {
        T last;   ///< presynaptic spike before this one
        T end;    ///< this one, or up to when to catch up
        T begin;  ///< what happened before has been taken in
        /// traces after the spike before, times e^((last - base) / tau)
        std::array<T, Shape::n_pre> anchored;
    };
    /// Without traces.
    template <class T>
    Frame<T> times(const PreArrival& arrival, const T& delay, bool with_pre, double now) const {
        const T rest(split_.rest / h_);
        const T dendritic = split_.rest_is_axonal ? delay - rest : rest;
        const T shift = delay - T(2.0) * dendritic;
        Frame<T> result;
        result.last = T(arrival.before[0]) + shift;
        result.end = with_pre ? T(arrival.time) + shift : T(now) - T(2.0) * dendritic;
        result.begin = later(later(result.last, T(caught_up_) - T(2.0) * dendritic), T(0.0));
        return result;
    }
    /// `base`: of the history
    template <class T>
    Frame<T> frame(const PreArrival& arrival, const T& delay, bool with_pre, double now,
                   double base) const {
        auto result = times(arrival, delay, with_pre, now);
        for (std::size_t i = 0; i < Shape::n_pre; ++i)
            result.anchored[i] =
                T(arrival.before[1 + i]) * sim::exp((result.last - T(base)) / pre_taus_[i]);
        return result;
    }

    /// Traces at the end of a frame: one exponential for each, not for every synapse.
    template <class T>
    struct Ending {
        std::array<T, Shape::n_pre> pre;
        std::array<T, Shape::n_kept> post;  ///< makes traces of their sums
    };
    template <class T>
    Ending<T> ending(const PreArrival& arrival, const Frame<T>& frame, double base) const {
        Ending<T> result;
        for (std::size_t i = 0; i < Shape::n_pre; ++i)
            result.pre[i] =
                T(arrival.before[1 + i]) * sim::exp((frame.last - frame.end) / pre_taus_[i]);
        for (std::size_t j = 0; j < Shape::n_kept; ++j)
            result.post[j] = sim::exp((T(base) - frame.end) / kept_taus_[j]);
        return result;
    }

    template <class T>
    static T later(T a, T b) {
        std::experimental::where(a < b, a) = b;
        return a;
    }

    template <class T>
    T delays(const SynapseRows& rows, const PreArrival& arrival,
             const SynapseGroup<T>& group) const {
        const auto whole = static_cast<double>(arrival.delay);
        if constexpr (SynapseGroup<T>::width == 1) return whole + rows.offset(group.places[0]) / h_;
        else return T([&](auto i) { return whole + rows.offset(group.places[i]) / h_; });
    }

    double longest_dendritic(const SynapseRows& rows) const {
        const double rest = split_.rest / h_;
        return split_.rest_is_axonal ? static_cast<double>(rows.longest()) + 1 - rest : rest;
    }

    void caught_up(double now) { caught_up_ = now; }

    double resolution() const { return h_; }
    double pre_tau(std::size_t i) const { return pre_taus_[i]; }
    double kept_tau(std::size_t j) const { return kept_taus_[j]; }

private:
    double h_;
    DelaySplit split_;
    std::array<double, Shape::n_pre> pre_taus_;  // steps
    std::array<double, Shape::n_kept> kept_taus_;
    double caught_up_ = -1e18;  // before everything
};

}  // namespace sim
