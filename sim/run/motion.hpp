// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How the state of a neuron moves through time, for closed-form and for integrated models.

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/ode/exponential_step.hpp"
#include "sim/ode/integrator.hpp"
#include "sim/run/crossing.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/response.hpp"

namespace sim {

template <ClosedForm M>
class ClosedFormMotion {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using Flow = typename M::template Flow<double>;
    using WideState = typename M::template State<Pack>;

    ClosedFormMotion(const std::vector<Params>& params, std::uint32_t size, double resolution, double)
        : resolution_(resolution) {
        std::map<std::vector<double>, std::uint32_t> known;
        for (const auto& p : params) {
            const auto [entry, is_new] = known.try_emplace(fingerprint(p), classes_.size());
            class_of_.push_back(entry->second);
            if (is_new) classes_.push_back({M::flow(p, resolution), {}, {}, {}});
        }
        if (classes_.size() <= most_tables)
            for (std::size_t i = 0; i < params.size(); ++i)
                if (auto& mine = classes_[class_of_[i]]; !mine.free) tabulate(mine, params[i]);
        class_of_.resize(size, class_of_.back());
        make_packs(params, size);
    }

    struct PackOfParams {
        typename M::template Params<Pack> params;
        typename M::template Flow<Pack> flow;
    };

    /// Calls use(first, pack of parameters) for every pack of `size` neurons.
    template <class Use>
    void for_each_pack(std::size_t size, const Use& use) const {
        sim::for_each_pack(packs_, size, use);
    }

    const Flow& bin_flow(std::uint32_t k) const { return classes_[class_of_[k]].flow; }

    void hold_bin(const Params& p, std::uint32_t k, State& s) const { M::hold(p, bin_flow(k), s); }
    void hold(const Params& p, std::uint32_t k, State& s, double, double dt) const {
        M::hold(p, flow(p, k, dt), s);
    }

    /// Moves `s` over dt or to the first crossing, whose time is returned.
    std::optional<double> advance(const Params& p, std::uint32_t k, State& s, double, double dt) {
        if (M::gap(p, s, 1.0) >= 0) return 0.0;
        const Flow whole = dt == resolution_ ? bin_flow(k) : flow(p, k, dt);
        State end = s;
        M::advance(p, whole, end);
        std::optional<double> crossing;
        if (!(M::bound(p, whole, s, end, dt) < 0)) {
            const auto flow_of = [&](double t) { return flow(p, k, t); };
            crossing = CrossingSearch<M, decltype(flow_of)>(p, flow_of, s).first(dt);
        }
        if (!crossing) s = end;
        else if (*crossing > 0) M::advance(p, flow(p, k, *crossing), s);
        return crossing;
    }

    /// The table of responses, where the model and its parameters have one.
    const Response<M>* response(std::uint32_t k, bool held) const {
        const auto& known_class = classes_[class_of_[k]];
        const auto& response = held ? known_class.held : known_class.free;
        return response && response->is_precise() ? &*response : nullptr;
    }

private:
    static constexpr std::size_t most_tables = 64;
    static constexpr bool is_switch = requires { M::events_only; };  // inputs do not just add up
    static constexpr std::size_t flow_fields = std::max(sizeof(Flow) / sizeof(double), std::size_t{1});

    struct FlowClass {
        Flow flow;  // over a resolution
        std::optional<PolynomialTable<flow_fields>> flows;
        std::optional<Response<M>> free, held;
    };

    void tabulate(FlowClass& known_class, const Params& p) const {
        if constexpr (!is_switch) {
            known_class.free.emplace(p, resolution_, false);
            known_class.held.emplace(p, resolution_, true);
            PolynomialTable<flow_fields> table(
                [&](double dt) { return std::bit_cast<std::array<double, flow_fields>>(M::flow(p, dt)); },
                resolution_);
            if (table.is_precise()) known_class.flows.emplace(table);
        }
    }

    Flow flow(const Params& p, std::uint32_t k, double dt) const {
        if constexpr (is_switch) return M::flow(p, dt);
        else {
            const auto& table = classes_[class_of_[k]].flows;
            if (!table || dt > resolution_) return M::flow(p, dt);
            const auto packed = table->at(dt);
            std::array<double, flow_fields> values;
            for (std::size_t i = 0; i < flow_fields; ++i) values[i] = packed[i];
            return std::bit_cast<Flow>(values);
        }
    }

    /// Neurons whose flows agree at two intervals have the same flow.
    std::vector<double> fingerprint(const Params& p) const {
        std::vector<double> result;
        if constexpr (std::is_empty_v<Flow>) return result;
        else
            for (const double dt : {resolution_, 0.381966 * resolution_}) {
                const auto values = std::bit_cast<std::array<double, sizeof(Flow) / sizeof(double)>>(M::flow(p, dt));
                result.insert(result.end(), values.begin(), values.end());
            }
        return result;
    }

    void make_packs(const std::vector<Params>& params, std::uint32_t size) {
        if (params.size() == 1) {
            packs_.push_back({broadcast<typename M::template Params<Pack>>(params[0]),
                              broadcast<typename M::template Flow<Pack>>(classes_[0].flow)});
            return;
        }
        for (std::size_t first = 0; first + lanes <= size; first += lanes)
            packs_.push_back(
                {side_by_side<typename M::template Params<Pack>, Params>([&](std::size_t lane) {
                     return params[std::min(first + lane, params.size() - 1)];
                 }),
                 side_by_side<typename M::template Flow<Pack>, Flow>(
                     [&](std::size_t lane) { return classes_[class_of_[first + lane]].flow; })});
    }

    double resolution_;
    std::vector<FlowClass> classes_;
    std::vector<std::uint32_t> class_of_;  // of every neuron
    std::vector<PackOfParams> packs_;      // one for all neurons, or one for every `lanes` of them
};

/// Exponential steps over a resolution, of models that have them: one, or several shorter ones where
/// its error is too large.
template <class M>
class ExponentialMotion {
public:
    template <class T>
    struct Decay {};
    ExponentialMotion(double, double) {}
    Decay<double> decay(const typename M::template Params<double>&) const { return {}; }
};
template <ode::SelfLinear M>
class ExponentialMotion<M> {
public:
    using Step = ode::ExponentialStep<M>;
    template <class T>
    struct Decay {
        typename Step::template Decay<T> whole, part;
    };

    ExponentialMotion(double resolution, double tolerance)
        : resolution_(resolution),
          whole_(resolution, tolerance),
          part_(resolution / parts, tolerance) {}

    Decay<double> decay(const typename M::template Params<double>& p) const {
        return {whole_.decay(p), part_.decay(p)};
    }

    template <class P, class T, class S, class Mask>
    [[gnu::always_inline]] Mask try_whole(const P& p, const Decay<T>& decay, S& s,
                                          const Mask& held) const {
        return whole_(p, decay.whole, s, held);
    }

    /// Returns how far each lane came, ms.
    template <class P, class T, class S, class Mask>
    [[gnu::flatten]] T in_parts(const P& p, const Decay<T>& decay, S& s, const Mask& held) const {
        using std::experimental::where, std::experimental::none_of;
        T gone(0);
        Mask active(true);
        for (int i = 1; i <= parts; ++i) {
            S next = s;
            active = active && part_(p, decay.part, next, held);
            if (none_of(active)) break;
            assign_fields<T>(active, next, s);
            where(active, gone) = T(resolution_ * i / parts);
        }
        return gone;
    }

private:
    // More cost more than they save: what two do not take is mostly an upstroke.
    static constexpr int parts = 2;

    double resolution_;
    Step whole_, part_;
};

template <Integrated M>
class IntegratedMotion {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using WideParams = typename M::template Params<Pack>;
    using WideState = typename M::template State<Pack>;
    using Mask = typename Pack::mask_type;
    using Fast = ExponentialMotion<M>;
    using Decay = typename Fast::template Decay<double>;
    using WideDecay = typename Fast::template Decay<Pack>;

    IntegratedMotion(const std::vector<Params>& params, std::uint32_t size, double resolution,
                     double tolerance)
        : resolution_(resolution),
          integrator_(tolerance),
          fast_(resolution, tolerance),
          hints_(size, 0.0),
          gone_(size, untried),
          params_(params) {
        for (const auto& p : params) decays_.push_back(fast_.decay(p));
        if (params.size() == 1) packs_.push_back(pack_of([](std::size_t) { return 0; }));
        else
            for (std::size_t first = 0; first + lanes <= size; first += lanes)
                packs_.push_back(pack_of(
                    [&](std::size_t lane) { return std::min(first + lane, params.size() - 1); }));
    }

    void hold(const Params& p, std::uint32_t k, State& s, double now, double dt) {
        move(p, k, s, now, dt, true);
    }
    void hold_bin(const Params& p, std::uint32_t k, State& s, double now) {
        hold(p, k, s, now, resolution_);
    }

    std::optional<double> advance(const Params& p, std::uint32_t k, State& s, double now, double dt) {
        return move(p, k, s, now, dt, false);
    }

    /// A crossing within the step counts; the potential stays there to the end of the step.
    bool step(const Params& p, std::uint32_t k, State& s, double now, double dt) {
        const auto crossing = advance(p, k, s, now, dt);
        if (crossing && *crossing < dt) hold(p, k, s, now + *crossing, dt - *crossing);
        return crossing.has_value();
    }

    struct PackOfParams {
        WideParams params;
        WideDecay decay;
    };

    /// Calls use(first, pack of parameters) for every pack of `size` neurons.
    template <class Use>
    void for_each_pack(std::size_t size, const Use& use) const {
        sim::for_each_pack(packs_, size, use);
    }

    /// Moves those of `lanes` neurons from `first` on over a resolution that take it in one step
    /// and cannot cross the threshold there, if they are `allowed`. Returns which.
    [[gnu::always_inline]] Mask try_step(const PackOfParams& pack_of_params, std::size_t first,
                                         WideState& s, const Mask& held, const Mask& allowed) {
        const auto& [p, decay] = pack_of_params;
        auto next = s;
        Mask done(false);
        if constexpr (ode::SelfLinear<M>) {
            done = allowed && fast_.try_whole(p, decay, next, held);
        } else {
            Pack hint = load(hints_.data() + first);
            Pack next_hint = hint;
            done = allowed && integrator_.try_step(p, next, resolution_, held, next_hint);
            where(done, hint) = next_hint;
            store(hint, hints_.data() + first);
        }
        select(done, next, s);
        return done;
    }

    /// Moves neurons that `try_step` has left into the coming resolution, side by side and as far
    /// as none can cross the threshold. The next `advance` or `hold` of each goes on from there.
    template <class States, class IsHeld>
    void run_ahead(std::span<const std::uint32_t> neurons, States& states, const IsHeld& is_held) {
        rest_.assign(neurons.begin(), neurons.end());
        if constexpr (ode::SelfLinear<M>) {
            in_packs(states, is_held,
                     [&](const auto& pack, auto& s, const Mask& held, Pack&, Pack& gone) {
                         gone = fast_.in_parts(pack.params, pack.decay, s, held);
                     });
            std::erase_if(rest_, [&](std::uint32_t k) { return gone_[k] == resolution_; });
        }
        // A pack takes the steps of its slowest lane: bring together what takes as many.
        std::sort(rest_.begin(), rest_.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return hints_[a] < hints_[b]; });
        in_packs(states, is_held,
                 [&](const auto& pack, auto& s, const Mask& held, Pack& hint, Pack& gone) {
                     integrator_.run_ahead(pack.params, s, gone, resolution_, held, hint);
                 });
    }

private:
    template <class At>
    PackOfParams pack_of(const At& at) const {
        return {
            side_by_side<WideParams, Params>([&](std::size_t lane) { return params_[at(lane)]; }),
            side_by_side<WideDecay, Decay>([&](std::size_t lane) { return decays_[at(lane)]; })};
    }

    /// Gathers the neurons of `rest_`, the last one again where a pack is not full. `action` moves
    /// them on from `gone`.
    template <class States, class IsHeld, class Action>
    void in_packs(States& states, const IsHeld& is_held, const Action& action) {
        for (std::size_t i = 0; i < rest_.size(); i += lanes) {
            const std::size_t count = std::min(lanes, rest_.size() - i);
            const auto neuron = [&](std::size_t lane) {
                return rest_[i + std::min(lane, count - 1)];
            };
            auto s = side_by_side<WideState, State>(
                [&](std::size_t lane) { return states.get(neuron(lane)); });
            Mask held(false);
            Pack hint(0.0);
            Pack gone(0.0);
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                held[lane] = is_held(neuron(lane));
                hint[lane] = hints_[neuron(lane)];
                gone[lane] = std::max(gone_[neuron(lane)], 0.0);
            }
            if (params_.size() == 1) action(packs_[0], s, held, hint, gone);
            else action(pack_of(neuron), s, held, hint, gone);
            for (std::size_t lane = 0; lane < count; ++lane) {
                states.set(neuron(lane), lane_of<State>(s, lane));
                hints_[neuron(lane)] = hint[lane];
                gone_[neuron(lane)] = gone[lane];
            }
        }
    }

    /// The same for one neuron, whether or not packs have begun.
    std::optional<double> move(const Params& p, std::uint32_t k, State& s, double now, double dt,
                               bool held) {
        double gone = std::exchange(gone_[k], untried);
        if (gone == untried) {
            gone = 0;
            if constexpr (ode::SelfLinear<M>)
                if (dt == resolution_) {
                    const auto& decay = decays_[decays_.size() == 1 ? 0 : k];
                    if (fast_.try_whole(p, decay, s, held)) return std::nullopt;
                    gone = fast_.in_parts(p, decay, s, held);
                }
        }
        if (gone == dt) return std::nullopt;
        return integrator_.resume(p, s, now, gone, dt, held, hints_[k]);
    }

    static constexpr double untried = -1;

    double resolution_;
    ode::Integrator<M> integrator_;
    Fast fast_;
    std::vector<double> hints_;  // step sizes that worked, ms
    // Part of the coming resolution that `run_ahead` has integrated, ms, or `untried`.
    std::vector<double> gone_;
    std::vector<std::uint32_t> rest_;  // of the neurons that run ahead
    std::vector<Params> params_;       // one for all neurons, or one each
    std::vector<Decay> decays_;        // alike
    std::vector<PackOfParams> packs_;  // one for all neurons, or one for every `lanes` of them
};

template <NeuronModel M>
struct MotionOf {
    using type = IntegratedMotion<M>;
};
template <ClosedForm M>
struct MotionOf<M> {
    using type = ClosedFormMotion<M>;
};

}  // namespace sim
