// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How the state of a neuron of an integrated model moves through time.
//
// Over a resolution all neurons side by side try one fast step. Those that do not take it are
// gathered and move over its halves, those that do not take a half over its quarters, and so on;
// what no step takes goes on by the integrator, side by side while no threshold is near, then one by
// one. So the steps of a neuron depend on it alone.

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/core/flatten.hpp"
#include "sim/ode/fast_step.hpp"
#include "sim/ode/integrator.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/model.hpp"

namespace sim {

template <Integrated M>
class IntegratedMotion {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using WideParams = typename M::template Params<Pack>;
    using WideState = typename M::template State<Pack>;
    using Mask = typename Pack::mask_type;
    using Fast = ode::FastStep<M>;
    using Span = typename Fast::template Span<double>;
    using WideSpan = typename Fast::template Span<Pack>;
    using AtThreshold = ode::AtThreshold;

    /// `params`: one for all neurons, or one each. `size`: a multiple of `lanes`
    IntegratedMotion(std::vector<Params> params, std::uint32_t size, double resolution,
                     double tolerance)
        : resolution_(resolution),
          integrator_(tolerance),
          fast_(tolerance),
          is_fast_(tolerance >= Fast::least_tolerance),
          hints_(size, 0.0),
          gone_(size, untried),
          has_crossed_(size),
          level_(size, 1),
          params_(std::move(params)) {
        for (const auto& p : params_) spans_.push_back(fast_.span(p, resolution));
        if (is_uniform()) {
            for (int level = 0; level <= Fast::most_halvings; ++level)
                parts_.push_back(pack_of(level, [](std::size_t) { return 0; }));
            packs_.push_back(parts_[0]);
        } else
            for (std::size_t first = 0; first + lanes <= size; first += lanes)
                packs_.push_back(pack_of(0, [&](std::size_t lane) {
                    return std::min(first + lane, params_.size() - 1);
                }));
    }

    /// Whether one set of parameters is for all neurons.
    bool is_uniform() const { return params_.size() == 1; }
    const Params& params(std::size_t k) const { return params_[is_uniform() ? 0 : k]; }

    /// Forgets with which steps a neuron went, for a new start.
    void reset(std::size_t k) {
        hints_[k] = 0;
        gone_[k] = untried;
        has_crossed_[k] = false;
        level_[k] = 1;
    }

    void hold(std::uint32_t k, State& s, double now, double dt) { move(k, s, now, dt, true); }

    std::optional<double> advance(std::uint32_t k, State& s, double now, double dt) {
        return move(k, s, now, dt, false);
    }

    class Walker;

    /// A crossing within the step counts; the potential stays there to the end of the step.
    bool step(std::uint32_t k, State& s, double now, double dt) {
        const bool has_crossed = std::exchange(has_crossed_[k], false);
        const auto crossing = advance(k, s, now, dt);
        if (crossing && *crossing < dt) hold(k, s, now + *crossing, dt - *crossing);
        return has_crossed || crossing.has_value();
    }

    struct PackOfParams {
        WideParams params;
        WideSpan span;
    };

    /// Calls use(first, pack of parameters) for every pack of neurons from `begin` to `end`.
    template <class Use>
    void for_each_pack(std::size_t begin, std::size_t end, const Use& use) const {
        sim::for_each_pack(packs_, begin, end, use);
    }

    /// Whether `try_step` is of any use.
    bool can_try() const { return is_fast_ || !ode::SelfLinear<M>; }

    /// Moves `lanes` neurons from `first` on over a resolution, as far as they take it in one step.
    /// Returns which do; others are left with any values. Variable `zero`, if there is such a one, is
    /// constant and 0.
    template <AtThreshold at_threshold, std::size_t zero>
    [[gnu::always_inline]] Mask try_step(const PackOfParams& pack, std::size_t first, WideState& s,
                                         const Mask& held) {
        if constexpr (ode::SelfLinear<M>) {
            return Fast::template take<at_threshold, zero>(pack.params, pack.span, s, held).done;
        } else {
            Pack hint = load(hints_.data() + first);
            const auto done = integrator_.try_step(pack.params, s, resolution_, held, hint);
            store(hint, hints_.data() + first);
            return done;
        }
    }

    /// Moves neurons that `try_step` has left into the coming resolution, side by side and as far
    /// as is clear whether they reach the threshold. The next `step`, `advance` or `hold` of each
    /// goes on from there.
    template <AtThreshold at_threshold, class States, class IsHeld>
    void run_ahead(std::span<const std::uint32_t> neurons, States& states, const IsHeld& is_held) {
        auto& rest = waiting_[0];
        rest.assign(neurons.begin(), neurons.end());
        for (const auto k : rest) gone_[k] = 0;
        if constexpr (ode::SelfLinear<M>)
            if (is_fast_) {
                halve<at_threshold>(1, 0, resolution_, states, is_held);
                rest.assign(neurons.begin(), neurons.end());
                std::erase_if(rest, [&](std::uint32_t k) { return gone_[k] == resolution_; });
            }
        // A pack takes the steps of its slowest lane: bring together what takes as many.
        std::sort(rest.begin(), rest.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return hints_[a] < hints_[b]; });
        integrate(rest, states, is_held);
    }

private:
    template <class At>
    PackOfParams pack_of(int level, const At& at) const {
        return {side_by_side<WideParams, Params>([&](std::size_t lane) { return params_[at(lane)]; }),
                side_by_side<WideSpan, Span>([&](std::size_t lane) {
                    return level == 0 ? spans_[at(lane)]
                                      : fast_.span(params_[at(lane)], part(level));
                })};
    }

    /// The length of a step of a level, ms.
    double part(int level) const { return resolution_ / (1 << level); }

    /// Moves the neurons of waiting_[level - 1], which have not taken the step from `begin` to `end`
    /// at once, over its halves.
    template <AtThreshold at_threshold, class States, class IsHeld>
    void halve(int level, double begin, double end, States& states, const IsHeld& is_held) {
        if (level > Fast::most_halvings) return;
        auto& neurons = waiting_[static_cast<std::size_t>(level) - 1];
        double from = begin;
        for (const double to : {begin + part(level), end}) {
            if (neurons.empty()) return;
            take_part<at_threshold>(level, to, states, is_held);
            halve<at_threshold>(level + 1, from, to, states, is_held);
            std::erase_if(neurons, [&](std::uint32_t k) { return gone_[k] != to; });
            from = to;
        }
    }

    template <AtThreshold at_threshold, class States, class IsHeld>
    SHARPWAVE_FLATTEN void take_part(int level, double to, States& states, const IsHeld& is_held) {
        auto& failed = waiting_[static_cast<std::size_t>(level)];
        failed.clear();
        trying_.clear();
        for (const auto k : waiting_[static_cast<std::size_t>(level) - 1])
            (level_[k] <= level ? trying_ : failed).push_back(k);
        for (std::size_t i = 0; i < trying_.size(); i += lanes) {
            const auto group = group_of(trying_, i);
            const auto places = places_of(group);
            const auto held = held_of(places, is_held);
            auto s = states.gather(places);
            const auto take = [&](const PackOfParams& pack) {
                const auto outcome =
                    Fast::template take<at_threshold>(pack.params, pack.span, s, held);
                if (!all_of(outcome.done)) select(!outcome.done, states.gather(places), s);
                const Mask crosses = M::gap(pack.params, s, Pack(1.0)) >= 0.0;
                states.scatter(places, s);
                note(group, level, to, outcome, outcome.done && !held && crosses, failed);
            };
            if (is_uniform()) take(parts_[static_cast<std::size_t>(level)]);
            else take(pack_of(level, [&](std::size_t lane) { return places[lane]; }));
        }
    }

    /// What has become of a group that has tried a step of a level, to the time `to`.
    void note(std::span<const std::uint32_t> group, int level, double to,
              const ode::Outcome<Pack>& outcome, const Mask& crossed,
              std::vector<std::uint32_t>& failed) {
        const unsigned done = bits_of(outcome.done);
        const unsigned precise = bits_of(outcome.precise);
        const unsigned far = bits_of(outcome.far);
        const unsigned easy = bits_of(outcome.easy);
        const unsigned has_crossed = bits_of(crossed);
        for (std::size_t lane = 0; lane < group.size(); ++lane) {
            const auto k = group[lane];
            const auto is = [lane](unsigned bits) { return static_cast<int>(bits >> lane & 1U); };
            if (is(done)) gone_[k] = to;
            if (is(has_crossed)) has_crossed_[k] = true;
            if (is(precise)) level_[k] = std::max(level - is(easy), 1);
            else {
                failed.push_back(k);
                level_[k] = std::min(level + 1 + is(far), Fast::most_halvings);
            }
        }
    }

    /// Up to `lanes` neurons.
    static std::span<const std::uint32_t> group_of(const std::vector<std::uint32_t>& neurons,
                                                   std::size_t i) {
        return {neurons.data() + i, std::min(lanes, neurons.size() - i)};
    }
    /// The last one again where there are fewer.
    static std::array<std::uint32_t, lanes> places_of(std::span<const std::uint32_t> group) {
        std::array<std::uint32_t, lanes> places;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            places[lane] = group[std::min(lane, group.size() - 1)];
        return places;
    }
    template <class IsHeld>
    static Mask held_of(const std::array<std::uint32_t, lanes>& places, const IsHeld& is_held) {
        unsigned bits = 0;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            bits |= static_cast<unsigned>(is_held(places[lane])) << lane;
        return mask_of(bits);
    }

    /// Moves neurons on by the integrator, as far as is clear.
    template <class States, class IsHeld>
    void integrate(const std::vector<std::uint32_t>& neurons, States& states,
                   const IsHeld& is_held) {
        for (std::size_t i = 0; i < neurons.size(); i += lanes) {
            const auto places = places_of(group_of(neurons, i));
            const auto held = held_of(places, is_held);
            auto s = states.gather(places);
            Pack hint = gather(hints_.data(), places);
            Pack gone = gather(gone_.data(), places);
            const auto move = [&](const WideParams& p) {
                integrator_.run_ahead(p, s, gone, resolution_, held, hint);
            };
            if (is_uniform()) move(parts_[0].params);
            else move(pack_of(0, [&](std::size_t lane) { return places[lane]; }).params);
            states.scatter(places, s);
            scatter(hint, hints_.data(), places);
            scatter(gone, gone_.data(), places);
        }
    }

    /// The same for one neuron, whether or not packs have begun.
    std::optional<double> move(std::uint32_t k, State& s, double now, double dt, bool held) {
        const Params& p = params(k);
        double gone = std::exchange(gone_[k], untried);
        if (gone == untried) {
            gone = 0;
            if constexpr (ode::SelfLinear<M>)
                if (is_fast_) {
                    State next = s;
                    const auto take = [&](const auto& span) {
                        return Fast::template take<AtThreshold::stop>(p, span, next, held).done;
                    };
                    if (dt == resolution_ ? take(spans_[spans_.size() == 1 ? 0 : k])
                                          : take(fast_.brief_span(p, dt))) {
                        s = next;
                        return std::nullopt;
                    }
                }
        }
        if (gone == dt) return std::nullopt;
        return integrator_.resume(p, s, now, gone, dt, held, hints_[k]);
    }

    static constexpr double untried = -1;

    double resolution_;
    ode::Integrator<M> integrator_;
    Fast fast_;
    bool is_fast_;  // for the tolerance; else the integrator does all
    std::vector<double> hints_;  // step sizes that worked, ms
    // Part of the coming resolution that `run_ahead` has integrated, ms, or `untried`.
    std::vector<double> gone_;
    std::vector<char> has_crossed_;  // the threshold, on that part
    std::vector<int> level_;         // below which a step is not worth trying
    std::vector<std::uint32_t> trying_;
    // By level: neurons that have not taken a step of that level.
    std::array<std::vector<std::uint32_t>, Fast::most_halvings + 1> waiting_;
    std::vector<Params> params_;       // one for all neurons, or one each
    std::vector<Span> spans_;          // of the resolution, alike
    std::vector<PackOfParams> packs_;  // one for all neurons, or one for every `lanes` of them
    std::vector<PackOfParams> parts_;  // by level, if one for all neurons
};

/// Moves a neuron; as ClosedFormMotion has it for several.
template <Integrated M>
class IntegratedMotion<M>::Walker {
public:
    using Number = double;

    explicit Walker(IntegratedMotion& motion) : motion_(&motion) {}

    /// `now`: of the bin, ms
    void begin(const std::array<std::uint32_t, 1>& neurons, double now) {
        k_ = neurons[0];
        now_ = now;
    }

    const Params& params() const { return motion_->params(k_); }

    bool pass(State& s, double at, double dt, bool held, bool going) {
        if (going && held) motion_->hold(k_, s, now_ + at, dt);
        return going && !held;
    }

    bool cross(State& s, double at, double dt, bool, double& time) {
        const auto crossing = motion_->advance(k_, s, now_ + at, dt);
        time = crossing.value_or(0);
        return crossing.has_value();
    }

private:
    IntegratedMotion* motion_;
    std::uint32_t k_ = 0;
    double now_ = 0;
};

}  // namespace sim
