// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a rule of synaptic change is to the engine. A rule is one header in plasticity/ and one name
// in plasticity/CMakeLists.txt; it states its arithmetic once, over a number type T, and never loops
// over synapses, keeps no trace, clips no weight.
//
// Every rule R has
//   name, summary, source        text; the file stem is the name
//   Params, params()             numbers in house units and their table, the same for a projection
//   Synapse<T>                   what a synapse keeps, members of type T only; the first is `w`, the
//                                amount of the weight (its sign is that of the projection)
//   states()                     a table of the members after `w`; they begin at their defaults
//   traces()                     a table of the traces that it reads: exponentials that spikes of one
//                                side or events of the modulator drive, one for each neuron
//   bounds(p)                    the least and the largest w; the engine clips after every hook
//   problem(p)                   optional: what is wrong with parameters of which each is in its range
// and, as far as it needs them, with m a Meeting<T>,
//   on_pre(p, s, m)              a presynaptic spike reaches the synapse
//   on_post(p, s, m)             a postsynaptic spike reaches the synapse
//   on_modulator(p, s, m, amount)  an event of the projection's modulator does
//   flow(p, s, m, dt)            dt ms pass without either; m holds the traces at their begin
//   on_tick(p, s, m), tick(p)    tick(p) ms have passed since the last tick; all spikes that have
//                                reached the synapse have been taken in
//   delivered(p, s)              what acts on the neuron instead of w, after on_pre
//   increments(p, before)        what a spike adds to each postsynaptic trace, given what they were
//                                right before it; else 1
//   adds_up(p)                   true: on_post reads m.pre alone and adds to w in proportion to it, always
//                                up or always down; then it is called once for several spikes
//   acts_at_pre(p)               false: on_pre does nothing
//   constexpr reads_post         true: on_post reads m.post
//   constexpr reads_first        true: a hook reads m.is_first
//   output(p, m)                 if given, on_tick reads m.row: the sum over the synapses of the same
//                                source onto neurons up to this one, in their order, of w output
//   constexpr any_sign           true: w carries the sign itself, bounds may be negative
//   constexpr stays_on           true: goes on while the rules of its projection rest, as what it
//                                changes is not learned
//
// A rule may watch a state variable of the postsynaptic neuron, read at every step of the resolution:
//   watched                      text: its name
//   Watch                        what is kept for each neuron
//   begin(p, x)                  a Watch, at the first look
//   watch(p, watch, x, spikes, dt)  the next look, dt ms after the one before, with the spikes since:
//                                gives an amount
//   on_watch(p, s, m, amount)    that amount reaches the synapse, as a spike at the time of the look
//                                would; not called for 0
//   seen(p, watch)               what on_pre reads as m.seen: at the last look before the spike
//
// Order. Events of a synapse happen at the synapse: a presynaptic spike after the axonal part of the
// delay, a postsynaptic one after the dendritic part. At one instant the presynaptic spike comes
// first: what arrives can be the cause of the spike. A hook reads traces without the spike at hand.
// A spike acts on the neuron with the weight that on_pre leaves. A modulator is a signal of events,
// each of some amount, which acts by the clock of the postsynaptic neuron, before its spike.

#include <array>
#include <concepts>
#include <string_view>

#include "sim/core/catalogue.hpp"
#include "sim/core/params.hpp"
#include "sim/run/model.hpp"
#include "sim/run/plastic.hpp"

namespace sim {

enum class Side { pre, post, modulator };

/// What a spike does to a trace: all earlier spikes count (x += 1), or the last one alone (x = 1).
enum class Pairing { all, nearest };

template <class P>
struct Trace {
    Side side;
    double P::*tau;  ///< ms
    Pairing pairing = Pairing::all;
};

/// The traces of both sides at an event, in the order of the table, each side for itself.
template <class T, std::size_t n_pre, std::size_t n_post, std::size_t n_modulator>
struct Meeting {
    using Mask = decltype(T() < T());
    std::array<T, n_pre> pre;
    std::array<T, n_post> post;
    std::array<T, n_modulator> modulator;
    /// on_post: no other postsynaptic spike since the last presynaptic one; on_pre: the last spike
    /// of the synapse was a postsynaptic one.
    Mask is_first;
    T row;   ///< on_tick
    T seen;  ///< on_pre
};

template <class R>
constexpr std::size_t traces_of(Side side) {
    std::size_t n = 0;
    for (const auto& trace : R::traces()) n += trace.side == side ? 1 : 0;
    return n;
}

template <class R, class T>
using MeetingOf = Meeting<T, traces_of<R>(Side::pre), traces_of<R>(Side::post),
                          traces_of<R>(Side::modulator)>;

template <class R>
concept Rule = requires(const typename R::Params& p) {
    { R::name } -> std::convertible_to<std::string_view>;
    { R::summary } -> std::convertible_to<std::string_view>;
    { R::source } -> std::convertible_to<std::string_view>;
    R::params();
    R::states();
    R::traces();
    { R::bounds(p) } -> std::same_as<Bounds>;
};

template <class R>
concept HasOnPre = requires(const typename R::Params& p, typename R::template Synapse<double>& s,
                            const MeetingOf<R, double>& m) { R::on_pre(p, s, m); };
template <class R>
concept HasOnPost = requires(const typename R::Params& p, typename R::template Synapse<double>& s,
                             const MeetingOf<R, double>& m) { R::on_post(p, s, m); };
template <class R>
concept HasOnModulator = requires(const typename R::Params& p,
                                  typename R::template Synapse<double>& s,
                                  const MeetingOf<R, double>& m) { R::on_modulator(p, s, m, 1.0); };
/// Rules that need a modulator.
template <class R>
concept Modulated = HasOnModulator<R> || traces_of<R>(Side::modulator) > 0;
template <class R>
concept HasIncrements = requires(const typename R::Params& p) {
    R::increments(p, std::array<double, traces_of<R>(Side::post)>{});
};
template <class R>
concept HasFlow = requires(const typename R::Params& p, typename R::template Synapse<double>& s,
                           const MeetingOf<R, double>& m) { R::flow(p, s, m, 1.0); };
template <class R>
concept HasDelivered = requires(const typename R::Params& p,
                                const typename R::template Synapse<double>& s) {
    { R::delivered(p, s) } -> std::same_as<double>;
};
template <class R>
concept HasProblem = requires(const typename R::Params& p) {
    { R::problem(p) } -> std::convertible_to<std::string_view>;
};
template <class R>
concept HasOnTick = requires(const typename R::Params& p, typename R::template Synapse<double>& s,
                             const MeetingOf<R, double>& m) {
    R::on_tick(p, s, m);
    { R::tick(p) } -> std::same_as<double>;
};
template <class R>
concept Watches = requires(const typename R::Params& p, typename R::Watch& watch,
                           typename R::template Synapse<double>& s, const MeetingOf<R, double>& m) {
    { R::watched } -> std::convertible_to<std::string_view>;
    { R::begin(p, 1.0) } -> std::same_as<typename R::Watch>;
    { R::watch(p, watch, 1.0, 1.0, 1.0) } -> std::same_as<double>;
    R::on_watch(p, s, m, 1.0);
};
template <class R>
concept HasSeen = Watches<R> &&
    requires(const typename R::Params& p, const typename R::Watch& watch) {
    { R::seen(p, watch) } -> std::same_as<double>;
};
/// Events of some amount stand among the postsynaptic spikes.
template <class R>
concept HasAmounts = Modulated<R> || Watches<R>;
template <class R>
concept ReadsRow = HasOnTick<R> &&
    requires(const typename R::Params& p, const MeetingOf<R, double>& m) {
    { R::output(p, m) } -> std::same_as<double>;
};
/// Rules say whether on_post reads m.post, and whether a hook reads m.is_first.
template <class R>
concept ReadsPost = requires { requires R::reads_post; };
template <class R>
concept ReadsFirst = requires { requires R::reads_first; };
template <class R>
concept MayAddUp = requires(const typename R::Params& p) {
    { R::adds_up(p) } -> std::same_as<bool>;
};
template <class R>
concept MayRestAtPre = requires(const typename R::Params& p) {
    { R::acts_at_pre(p) } -> std::same_as<bool>;
};
template <class R>
concept AnySign = requires { requires R::any_sign; };
template <class R>
concept StaysOn = requires { requires R::stays_on; };

}  // namespace sim
