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

    /// Calls use(first, pack of parameters) for every pack of neurons from `begin` to `end`.
    template <class Use>
    void for_each_pack(std::size_t begin, std::size_t end, const Use& use) const {
        sim::for_each_pack(packs_, begin, end, use);
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

}  // namespace sim
