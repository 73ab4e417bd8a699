// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How the state of a neuron of a closed-form model moves through time.

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <vector>

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

    ClosedFormMotion(const std::vector<Params>& params, std::uint32_t size, double resolution,
                     double)
        : resolution_(resolution), params_(params) {
        std::map<std::vector<double>, std::uint32_t> known;
        for (const auto& p : params) {
            const auto [entry, is_new] = known.try_emplace(fingerprint(p), classes_.size());
            class_of_.push_back(entry->second);
            if (is_new)
                classes_.push_back({M::flow(p, resolution), CrossingForms<M>(p), {}, {}, {}});
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

    /// Calls use(first, pack of parameters) for every pack of neurons from `begin` to `end`.
    template <class Use>
    void for_each_pack(std::size_t begin, std::size_t end, const Use& use) const {
        sim::for_each_pack(packs_, begin, end, use);
    }

    const Flow& bin_flow(std::uint32_t k) const { return classes_[class_of_[k]].flow; }

    void hold_bin(const Params& p, std::uint32_t k, State& s) const { M::hold(p, bin_flow(k), s); }

    /// Moves neurons side by side, each over a time of its own, up to a resolution.
    class Walker;

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
        CrossingForms<M> forms;
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

    /// Neurons whose flows agree at two intervals, and their rates, have the same flow.
    std::vector<double> fingerprint(const Params& p) const {
        std::vector<double> result;
        if constexpr (std::is_empty_v<Flow>) return result;
        else
            for (const double dt : {resolution_, 0.381966 * resolution_}) {
                const auto values = std::bit_cast<std::array<double, sizeof(Flow) / sizeof(double)>>(M::flow(p, dt));
                result.insert(result.end(), values.begin(), values.end());
            }
        const auto rates = M::rates(p);  // some may be too high to be seen in the flow
        result.insert(result.end(), rates.begin(), rates.end());
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

    explicit Walker(const ClosedFormMotion& motion) : motion_(&motion) {
        if (is_uniform()) put([](std::size_t) { return 0; });
    }

    /// `lanes` neurons are next; any number may be there twice.
    void begin(const std::array<std::uint32_t, lanes>& neurons, double) {
        neurons_ = neurons;
        if (!is_uniform()) put([&](std::size_t lane) { return neurons[lane]; });
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
    bool is_uniform() const { return motion_->params_.size() == 1; }
    const Params& params_of(std::size_t k) const { return motion_->params_[is_uniform() ? 0 : k]; }
    const FlowClass& class_of(std::size_t k) const {
        return motion_->classes_[motion_->class_of_[k]];
    }

    template <class At>
    void put(const At& at) {
        params_ =
            side_by_side<WideParams, Params>([&](std::size_t lane) { return params_of(at(lane)); });
        forms_ = side_by_side<Forms, CrossingForms<M>>(
            [&](std::size_t lane) { return class_of(at(lane)).forms; });
        const auto first = motion_->class_of_[at(0)];
        bool is_one = true;
        for (std::size_t lane = 1; lane < lanes; ++lane)
            is_one = is_one && motion_->class_of_[at(lane)] == first;
        const auto& table = motion_->classes_[first].flows;
        table_ = is_one && table ? &*table : nullptr;
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
            const auto& table = class_of(k).flows;
            if (!table) return M::flow(params_of(k), dt);
            const auto packed = table->at(dt);
            std::array<double, flow_fields> values;
            for (std::size_t i = 0; i < flow_fields; ++i) values[i] = packed[i];
            return std::bit_cast<Flow>(values);
        }
    }

    [[gnu::noinline]] std::optional<double> cross_one(std::size_t lane, const State& s,
                                                      double dt) const {
        const auto k = neurons_[lane];
        const auto& p = params_of(k);
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
    const PolynomialTable<flow_fields>* table_ = nullptr;  // if one for all
};

}  // namespace sim
