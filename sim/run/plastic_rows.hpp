// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Plastic synapses of one rule: what they keep, the histories of their targets, and which loops bring
// them up to date (line_pass.hpp, round_pass.hpp, few_pass.hpp).
//
// Times are in steps, by the clock of the postsynaptic neuron (plastic.hpp).

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/run/few_pass.hpp"
#include "sim/run/line_pass.hpp"
#include "sim/run/round_pass.hpp"

namespace sim {

template <Rule R>
class PlasticRows final : public Plastic {
public:
    using Params = typename R::Params;
    template <class T>
    using Synapse = typename R::template Synapse<T>;

    explicit PlasticRows(const PlasticContext& context)
        : p_(assemble<Params>(R::params(), context.params)),
          store_(context.rows, {AnySign<R> ? 0 : (context.is_inh ? -1 : 1), R::bounds(p_)}),
          frames_(context, pre_infos(context), post_infos(context)),
          adds_up_(adds_up()),
          history_(has_history ? context.targets : 0, pre_infos(context), post_infos(context)),
          shortest_tau_(shortest_tau(context)),
          lines_(in_lines ? context.targets : 0, 2 * (patience() + longest_dendritic()), adds_up_),
          watching_(context.targets, p_, context.clock.resolution(), longest_dendritic()) {
        check();
        is_ascending_ = store_.ascends();
        lines_.clear(history_);
    }

    void arrive(const PreArrival& arrival) override {
        if (is_on_) pass<true>(arrival, 0);
        else if constexpr (HasDelivered<R>)
            for (std::uint32_t k = arrival.first; k < arrival.last; ++k) store_.deliver(k, p_);
    }

    const double* delivered() const override { return store_.delivered(); }
    int sign() const override { return store_.amounts().sign; }

    void post_spike(std::uint32_t target, double time) override {
        if constexpr (Watches<R>) watching_.note_spike(target);
        if constexpr (Shape::keeps_spikes) {
            typename History::Jumps jumps;
            jumps.fill(History::untouched);
            std::fill_n(jumps.begin(), n_post, 1.0);
            if constexpr (HasIncrements<R>) {
                std::array<double, n_post> before;
                for (std::size_t j = 0; j < n_post; ++j) before[j] = history_.before(target, time, j);
                const auto given = R::increments(p_, before);
                std::copy(given.begin(), given.end(), jumps.begin());
            }
            history_.add(target, time, jumps, History::untouched);
            if constexpr (in_lines) lines_.add(target, time);
        }
    }

    void modulate(std::uint32_t target, double time, double amount) override {
        if constexpr (Modulated<R>) {
            typename History::Jumps jumps;
            jumps.fill(amount);
            std::fill_n(jumps.begin(), n_post, History::untouched);
            history_.add(target, time, jumps, amount);
        }
    }

    std::string_view watched() const override {
        if constexpr (Watches<R>) return R::watched;
        else return {};
    }
    void watch(std::uint32_t target, double time, double value) override {
        if constexpr (Watches<R>) {
            const double amount = watching_.look(p_, target, time, value);
            typename History::Jumps jumps;
            jumps.fill(History::untouched);
            if (amount != 0) history_.add(target, time, jumps, amount);
        }
    }

    double tick_interval() const override {
        if constexpr (HasOnTick<R>) return R::tick(p_);
        else return 0;
    }
    bool reads_row() const override { return ReadsRow<R>; }
    double to_row(std::uint32_t k, const PreArrival& arrival, double now) const override {
        if constexpr (ReadsRow<R>)
            return (sign() < 0 ? -1 : 1) * store_.weight(k) *
                   R::output(p_, steps().meeting(store_.alone(k), arrival, now));
        else return 0;
    }
    void tick(const PreArrival& arrival, double now, std::span<const double> rows) override {
        if constexpr (HasOnTick<R>)
            for (std::uint32_t k = arrival.first; k < arrival.last && is_on_; ++k) {
                auto m = steps().meeting(store_.alone(k), arrival, now);
                if constexpr (ReadsRow<R>) m.row = rows[k];
                auto s = store_.one(k);
                store_.amounts().flip(s.w);
                R::on_tick(p_, s, m);
                store_.amounts().clip(s.w);
                store_.amounts().flip(s.w);
                store_.set_one(k, s);
            }
    }

    void catch_up(const PreArrival& arrival, double now) override {
        if (is_on_) pass<false>(arrival, now);
    }

    void caught_up(double now) override {
        frames_.caught_up(now);
        const double needed_from = now - 2 * longest_dendritic();
        if constexpr (has_history) history_.rebase(now, needed_from);
        if constexpr (in_lines) lines_.rebase(history_, needed_from);
    }

    double patience() const override {
        constexpr double longest_ms = 10'000;
        return std::min(300 * shortest_tau_, longest_ms / frames_.resolution());
    }

    double value(std::uint32_t k, const PreArrival& arrival, double now,
                 std::size_t field) const override {
        auto s = store_.one(k);
        if (is_on_) {
            const auto group = store_.alone(k);
            steps().template pass<false>(arrival, steps().frame(arrival, group, false, now), group,
                                         s);
        }
        double result = 0;
        for_each_field<double>(
            [&](auto i, const double& x) {
                if (i == field) result = x;
            },
            s);
        return result;
    }

    void switch_on(bool is_on) override { is_on_ = is_on || StaysOn<R>; }

    void reset_traces() override {
        history_.clear();
        lines_.clear(history_);
        watching_.clear();
    }
    std::span<double> weights() override { return store_.weights(); }
    Bounds bounds() const override { return store_.amounts().bounds; }

    std::vector<double> fresh() const override {
        std::vector<double> result;
        const Synapse<double> synapse{};
        for_each_field<double>([&](auto, const double& x) { result.push_back(x); }, synapse);
        return result;
    }

    void rewire(const SynapseRows& rows, std::span<const double> values) override {
        store_.rewire(rows, values, p_);
        is_ascending_ = store_.ascends();
    }

    std::uint64_t bytes() const override {
        return store_.bytes() + history_.bytes() + lines_.bytes() + watching_.bytes();
    }

private:
    using Shape = RuleShape<R>;
    static constexpr std::size_t n_post = Shape::n_post;
    static constexpr bool has_history = Shape::has_history;
    static constexpr bool in_lines = Shape::in_lines;
    using History = typename Shape::History;
    using Steps = SynapseSteps<R>;

    void check() const {
        if constexpr (HasProblem<R>)
            if (const std::string_view problem = R::problem(p_); !problem.empty())
                throw BadNetwork(std::string(problem));
        store_.check();
    }

    const SynapseRows& rows() const { return store_.rows(); }
    double longest_dendritic() const { return frames_.longest_dendritic(rows()); }
    Steps steps() const {
        return {p_, store_.amounts(), adds_up_, rows(), frames_, history_, watching_};
    }

    // All synapses of a run: `with_pre` up to the arrival and with it, else up to `now`.
    template <bool with_pre>
    void pass(const PreArrival& arrival, double now) {
        if constexpr (!with_pre && !Shape::takes_events && !HasFlow<R>) return;
        if (arrival.first == arrival.last) return;
        const Steps steps = this->steps();
        const bool is_shared = !rows().each_has_offset();
        const bool may_rest = is_shared && rests_without_post<with_pre>();
        if (may_rest && changes_nothing(steps, arrival)) return;
        // The first synapse has the shortest delay.
        const auto frame = steps.frame(arrival, store_.alone(arrival.first), with_pre, now);
        if constexpr (in_lines) lines_.show(history_, frame.end);
        if (!is_shared) {
            pass<with_pre>(steps, arrival, OwnFrames<R>(steps, arrival, with_pre, now));
            return;
        }
        if (may_rest && is_ascending_ && FewPass<R>(steps, store_).pass(arrival, frame)) return;
        pass<with_pre>(steps, arrival, SharedFrames<R>(steps, arrival, frame));
    }
    template <bool with_pre, class Frames>
    void pass(const Steps& steps, const PreArrival& arrival, const Frames& frames) {
        if constexpr (in_lines)
            LinePass<R>(steps, lines_, store_).template pass<with_pre>(arrival, frames);
        else RoundPass<R>(steps, store_).template pass<with_pre>(arrival, frames);
    }

    /// Whether a synapse stays as it is unless there are postsynaptic spikes to take in.
    template <bool with_pre>
    bool rests_without_post() const {
        if constexpr (HasFlow<R> || HasAmounts<R> || HasDelivered<R> || !has_history) return false;
        if constexpr (with_pre && HasOnPre<R>) {
            if constexpr (MayRestAtPre<R>) return !R::acts_at_pre(p_);
            else return false;
        }
        return true;
    }

    /// No synapse of such a run with one delay would change: there are no spikes, or nothing for them.
    bool changes_nothing(const Steps& steps, const PreArrival& arrival) const {
        if (history_.newest() < steps.begin(arrival, store_.alone(arrival.first))) return true;
        const auto* traces = arrival.before + 1;
        return adds_up_ &&
               std::all_of(traces, traces + Shape::n_pre, [](double trace) { return trace == 0; });
    }

    // Taus in steps.
    std::vector<TraceInfo> pre_infos(const PlasticContext& context) const {
        return trace_infos<R>(p_, Side::pre, context.clock.resolution());
    }
    std::vector<TraceInfo> post_infos(const PlasticContext& context) const {
        return kept_infos<R>(p_, context.clock.resolution());
    }
    double shortest_tau(const PlasticContext& context) const {
        double shortest = 1e18;
        for (const auto& traces : {pre_infos(context), post_infos(context)})
            for (const auto& trace : traces) shortest = std::min(shortest, trace.tau);
        return shortest;
    }
    bool adds_up() const {
        if constexpr (in_lines && MayAddUp<R>) return R::adds_up(p_);
        else return false;
    }

    Params p_;
    SynapseStore<R> store_;
    PlasticFrames<R> frames_;
    bool adds_up_;
    History history_;
    double shortest_tau_;
    PostLines<R> lines_;
    Watching<R> watching_;
    bool is_ascending_ = false;
    bool is_on_ = true;
};

}  // namespace sim
