// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How the state of a neuron of a closed-form model moves through time.

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

#include "sim/run/crossing.hpp"
#include "sim/run/flow_classes.hpp"
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
    using FlowClass = typename FlowClasses<M>::Class;

    /// `params`: one for all neurons, or one each. `size`: a multiple of `lanes`
    ClosedFormMotion(std::vector<Params> params, std::uint32_t size, double resolution,
                     const FlowClasses<M>& shared)
        : resolution_(resolution), classes_(shared.all()), params_(std::move(params)) {
        const bool are_shared = !classes_.empty();
        for (const auto& p : params_) {
            class_of_.push_back(are_shared ? shared.number(p)
                                           : static_cast<std::uint32_t>(classes_.size()));
            if (!are_shared) classes_.emplace_back(p, resolution);
        }
        class_of_.resize(size, class_of_.back());
        make_packs(size);
    }

    /// Whether one set of parameters is for all neurons.
    bool is_uniform() const { return params_.size() == 1; }
    const Params& params(std::size_t k) const { return params_[is_uniform() ? 0 : k]; }

    /// What a neuron has to forget for a new start: nothing.
    void reset(std::size_t) {}

    struct PackOfParams {
        typename M::template Params<Pack> params;
        typename M::template Flow<Pack> flow;
    };

    /// Calls use(first, pack of parameters) for every pack of neurons from `begin` to `end`.
    template <class Use>
    void for_each_pack(std::size_t begin, std::size_t end, const Use& use) const {
        sim::for_each_pack(packs_, begin, end, use);
    }

    const Flow& bin_flow(std::uint32_t k) const { return classes_[class_of_[k]].flow; }

    /// Moves neurons side by side, each over a time of its own, up to a resolution.
    class Walker;

    /// The table of responses, where the model and its parameters have one.
    const Response<M>* response(std::uint32_t k, bool held) const {
        return response_of(classes_[class_of_[k]], held);
    }

    /// The parameters and responses of one neuron, if all of the population share them as far as flows and
    /// inputs go; else nulls.
    struct Common {
        const Params* params;
        const Response<M>* free;
        const Response<M>* held;
    };
    Common common() const {
        if (classes_.size() != 1) return {};
        const auto& only = classes_.front();
        return {&only.params, response_of(only, false), response_of(only, true)};
    }

private:
    static const Response<M>* response_of(const FlowClass& of, bool held) {
        if (of.tables == nullptr) return nullptr;
        const auto& response = held ? of.tables->held : of.tables->free;
        return response.is_precise() ? &response : nullptr;
    }

    void make_packs(std::uint32_t size) {
        if (is_uniform()) {
            packs_.push_back({broadcast<typename M::template Params<Pack>>(params_[0]),
                              broadcast<typename M::template Flow<Pack>>(bin_flow(0))});
            return;
        }
        for (std::size_t first = 0; first + lanes <= size; first += lanes)
            packs_.push_back(
                {side_by_side<typename M::template Params<Pack>, Params>([&](std::size_t lane) {
                     return params_[std::min(first + lane, params_.size() - 1)];
                 }),
                 side_by_side<typename M::template Flow<Pack>, Flow>(
                     [&](std::size_t lane) { return classes_[class_of_[first + lane]].flow; })});
    }

    double resolution_;
    std::vector<FlowClass> classes_;       // those of the population, or one for each neuron
    std::vector<std::uint32_t> class_of_;  // of every neuron
    std::vector<PackOfParams> packs_;      // one for all neurons, or one for every `lanes` of them
    std::vector<Params> params_;           // one for all neurons, or one each
};

template <ClosedForm M>
class ClosedFormMotion<M>::Walker {
public:
    using Number = Pack;
    using Mask = ode::Mask<Pack>;
    using WideParams = typename M::template Params<Pack>;
    using WideFlow = typename M::template Flow<Pack>;
    using Forms = CrossingForms<M, Pack>;
    using Table = PolynomialTable<FlowClasses<M>::flow_fields>;

    explicit Walker(const ClosedFormMotion& motion) : motion_(&motion) {
        if (motion.is_uniform()) put([](std::size_t) { return 0; });
    }

    /// `lanes` neurons are next; any number may be there twice.
    void begin(const std::array<std::uint32_t, lanes>& neurons, double) {
        neurons_ = neurons;
        if (!motion_->is_uniform()) put([&](std::size_t lane) { return neurons[lane]; });
    }

    const WideParams& params() const { return params_; }

    /// Moves those of `going` over dt if they provably reach no threshold; returns the others.
    Mask pass(WideState& s, const Pack&, const Pack& dt, const Mask& held,
              const Mask& going) const {
        const WideFlow f = flow(dt);
        WideState end = s;
        WideState kept = s;
        M::advance(params_, f, end);
        M::hold(params_, f, kept);
        const Mask open = going && !held && !(M::bound(params_, f, s, end, dt) < Pack(0));
        select(held, kept, end);
        select(going && !open, end, s);
        return open;
    }

    /// Moves those of `going` over dt or to the first crossing. Returns which cross; `time` is set to
    /// when, after the start.
    [[gnu::noinline]] SHARPWAVE_FLATTEN Mask cross(WideState& s, const Pack&, const Pack& dt,
                                                   const Mask& going, Pack& time) const {
        WideState end = s;
        M::advance(params_, flow(dt), end);
        const Mask is_there = going && M::gap(params_, s, Pack(1)) >= Pack(0);
        const auto flow_of = [this](const Pack& t) { return flow(t); };
        CrossingSearch<M, Pack, decltype(flow_of)> search(params_, forms_, flow_of, s);
        const auto told = search.by_signs(dt, end, going && !is_there);
        Mask crosses = told.crosses || is_there;
        time = told.time;
        assign_where(is_there, time, Pack(0));
        for (unsigned bits = bits_of(told.is_open); bits != 0; bits &= bits - 1) {
            const auto lane = static_cast<std::size_t>(std::countr_zero(bits));
            const auto found = cross_one(lane, lane_of<State>(s, lane), dt[lane]);
            crosses[lane] = found.has_value();
            time[lane] = found.value_or(0);
        }
        WideState moved = s;
        M::advance(params_, flow(time), moved);
        select(crosses, moved, end);
        select(going && !is_there, end, s);
        return crosses;
    }

private:
    static const Table* table_of(const FlowClass& of) {
        return of.tables != nullptr && of.tables->flows ? &*of.tables->flows : nullptr;
    }
    const FlowClass& class_of(std::size_t k) const {
        return motion_->classes_[motion_->class_of_[k]];
    }

    template <class At>
    void put(const At& at) {
        params_ = side_by_side<WideParams, Params>(
            [&](std::size_t lane) { return motion_->params(at(lane)); });
        forms_ = side_by_side<Forms, CrossingForms<M>>(
            [&](std::size_t lane) { return class_of(at(lane)).forms; });
        const auto first = motion_->class_of_[at(0)];
        bool is_one = true;
        for (std::size_t lane = 1; lane < lanes; ++lane)
            is_one = is_one && motion_->class_of_[at(lane)] == first;
        table_ = is_one ? table_of(motion_->classes_[first]) : nullptr;
    }

    WideFlow flow(const Pack& dt) const {
        if constexpr (std::is_empty_v<WideFlow>) return {};
        else {
            if (table_ != nullptr) return std::bit_cast<WideFlow>(table_->at(dt));
            return flow_by_lanes(dt);
        }
    }
    [[gnu::noinline]] WideFlow flow_by_lanes(const Pack& dt) const {
        return side_by_side<WideFlow, Flow>(
            [&](std::size_t lane) { return one_flow(neurons_[lane], dt[lane]); });
    }
    [[gnu::noinline]] Flow one_flow(std::size_t k, double dt) const {
        if constexpr (std::is_empty_v<Flow>) return {};
        else {
            const auto* table = table_of(class_of(k));
            if (table == nullptr) return M::flow(motion_->params(k), dt);
            const auto packed = table->at(dt);
            typename FlowClasses<M>::Values values;
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = packed[i];
            return std::bit_cast<Flow>(values);
        }
    }

    [[gnu::noinline]] std::optional<double> cross_one(std::size_t lane, const State& s,
                                                      double dt) const {
        const auto k = neurons_[lane];
        const auto& p = motion_->params(k);
        const auto flow_of = [&](double t) { return one_flow(k, t); };
        State end = s;
        M::advance(p, flow_of(dt), end);
        CrossingSearch<M, double, decltype(flow_of)> search(p, class_of(k).forms, flow_of, s);
        return search.by_brackets(dt, end);
    }

    const ClosedFormMotion* motion_;
    std::array<std::uint32_t, lanes> neurons_{};
    WideParams params_{};
    Forms forms_;
    const Table* table_ = nullptr;  // if one for all
};

}  // namespace sim
