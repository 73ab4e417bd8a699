// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Plastic synapses of one rule: the loops around its arithmetic.
//
// Synapses of a run are brought up to date in blocks. First each synapse counts the postsynaptic
// spikes that it has to take in; then, oldest first, these are taken side by side, those synapses
// that have any left in packs; then all take the presynaptic spike. The few synapses with more than
// the lines of a history hold go one by one, by the same code over doubles, so the bits are the same.
//
// Times are in steps, by the clock of the postsynaptic neuron (plastic.hpp).

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/core/exponential.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/flatten.hpp"
#include "sim/core/huge_array.hpp"
#include "sim/core/text.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/line_lookup.hpp"
#include "sim/run/plastic_frame.hpp"
#include "sim/run/post_lookup.hpp"
#include "sim/run/watching.hpp"

namespace sim {

template <Rule R>
class PlasticRows final : public Plastic {
public:
    using Params = typename R::Params;
    template <class T>
    using Synapse = typename R::template Synapse<T>;

    explicit PlasticRows(const PlasticContext& context)
        : rows_(&context.rows),
          p_(assemble<Params>(R::params(), context.params)),
          bounds_(R::bounds(p_)),
          sign_(AnySign<R>       ? 0
                : context.is_inh ? -1
                                 : 1),
          frames_(context, pre_infos(context), post_infos(context)),
          adds_up_(adds_up()),
          history_(has_history ? context.targets : 0, pre_infos(context), post_infos(context)),
          shortest_tau_(shortest_tau(context)),
          lines_(in_lines ? context.targets : 0,
                 2 * (patience() + frames_.longest_dendritic(*rows_)), adds_up_),
          watching_(context.targets, p_, context.clock.resolution(),
                    frames_.longest_dendritic(*rows_)) {
        const std::size_t size = rows_->size() + lanes;
        const Synapse<double> fresh{};
        for_each_field<double>(
            [&](auto i, const double& x) { fields_[i].assign(size, x); }, fresh);
        for (std::size_t k = 0; k < rows_->size(); ++k) fields_[0][k] = rows_->weight(k);
        check();
        is_ascending_ = ascend();
        if constexpr (HasDelivered<R>) delivered_ = fields_[0];
        lines_.clear(history_);
    }

    void arrive(const PreArrival& arrival) override {
        if (is_on_) pass<true>(arrival, 0, arrival.first, arrival.last);
        else if constexpr (HasDelivered<R>)
            for (std::uint32_t k = arrival.first; k < arrival.last; ++k) deliver(k);
    }

    const double* delivered() const override {
        return HasDelivered<R> ? delivered_.data() : fields_[0].data();
    }
    int sign() const override { return sign_; }

    void post_spike(std::uint32_t target, double time) override {
        if constexpr (Watches<R>) watching_.note_spike(target);
        if constexpr (keeps_spikes) {
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
            return (sign_ < 0 ? -1 : 1) * fields_[0][k] *
                   R::output(p_, meeting_at(k, arrival, now));
        else return 0;
    }
    void tick(const PreArrival& arrival, double now, std::span<const double> rows) override {
        if constexpr (HasOnTick<R>)
            for (std::uint32_t k = arrival.first; k < arrival.last && is_on_; ++k) {
                auto m = meeting_at(k, arrival, now);
                if constexpr (ReadsRow<R>) m.row = rows[k];
                auto s = load_one(k);
                flip(s.w);
                R::on_tick(p_, s, m);
                clip(s.w);
                flip(s.w);
                store_one(s, k);
            }
    }

    void catch_up(const PreArrival& arrival, double now) override {
        if (is_on_) pass<false>(arrival, now, arrival.first, arrival.last);
    }

    void caught_up(double now) override {
        frames_.caught_up(now);
        if constexpr (has_history)
            history_.rebase(now, now - 2 * frames_.longest_dendritic(*rows_));
        if constexpr (in_lines) lines_.refresh_all(history_);
    }

    double patience() const override {
        constexpr double longest_ms = 10'000;
        return std::min(300 * shortest_tau_, longest_ms / frames_.resolution());
    }

    double value(std::uint32_t k, const PreArrival& arrival, double now,
                 std::size_t field) const override {
        auto s = load_one(k);
        if (is_on_) pass_one<false>(arrival, frame_of_one(arrival, k, false, now), k, s);
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
    std::span<double> weights() override { return {fields_[0].data(), rows_->size()}; }
    Bounds bounds() const override { return bounds_; }

    std::vector<double> fresh() const override {
        std::vector<double> result;
        const Synapse<double> synapse{};
        for_each_field<double>([&](auto, const double& x) { result.push_back(x); }, synapse);
        return result;
    }

    void rewire(const SynapseRows& rows, std::span<const double> values) override {
        rows_ = &rows;
        is_ascending_ = ascend();
        for (std::size_t f = 0; f < n; ++f) {
            fields_[f].assign(rows.size() + lanes, 0.0);
            for (std::size_t k = 0; k < rows.size(); ++k) fields_[f][k] = values[k * n + f];
        }
        if constexpr (HasDelivered<R>) {
            delivered_ = fields_[0];
            for (std::uint32_t k = 0; k < rows.size(); ++k) deliver(k);
        }
    }

    std::uint64_t bytes() const override {
        return (n + (HasDelivered<R> ? 1 : 0)) * rows_->size() * sizeof(double) + history_.bytes() +
               lines_.bytes() + watching_.bytes();
    }

private:
    void check() const {
        if constexpr (HasProblem<R>)
            if (const std::string_view problem = R::problem(p_); !problem.empty())
                throw BadNetwork(std::string(problem));
        for (std::size_t k = 0; k < rows_->size(); ++k) {
            const double w = fields_[0][k] * (sign_ < 0 ? -1 : 1);
            if (w >= bounds_.low && w <= bounds_.high) continue;
            if (!AnySign<R> && w < 0)
                throw BadNetwork("weight has weights of both signs, and " + std::string(R::name) +
                                 " keeps the sign; make them two projections");
            throw BadNetwork("weight = " + number(fields_[0][k]) + ": " + std::string(R::name) +
                             " keeps its amount between " + number(bounds_.low) + " and " +
                             number(bounds_.high));
        }
    }

    static constexpr std::size_t n = sizeof(Synapse<double>) / sizeof(double);
    using Shape = RuleShape<R>;
    static constexpr std::size_t n_pre = Shape::n_pre;
    static constexpr std::size_t n_post = Shape::n_post;
    static constexpr std::size_t n_modulator = Shape::n_modulator;
    static constexpr std::size_t n_kept = Shape::n_kept;
    static constexpr bool keeps_spikes = Shape::keeps_spikes;
    static constexpr bool has_history = Shape::has_history;
    static constexpr bool in_rounds = Shape::in_rounds;
    static constexpr bool in_lines = Shape::in_lines;
    static constexpr bool takes_events = Shape::takes_events;
    static constexpr EntryLayout layout = Shape::layout;
    using History = typename Shape::History;
    using Store = std::array<HugeArray<double>, n>;

    template <class T>
    using Group = SynapseGroup<T>;
    using Frames = PlasticFrames<R>;
    template <class T>
    using Frame = typename Frames::template Frame<T>;
    template <class T>
    using Ending = typename Frames::template Ending<T>;
    using Lookup = PostLookup<R>;
    using Found = typename Lookup::Found;
    using Lines = PostLines<R>;
    using InLines = typename LineLookup<R>::Found;
    static constexpr std::uint32_t block =
        in_lines ? LineLookup<R>::block : Lookup::block;  ///< synapses

    template <class T>
    Frame<T> frame_at(const PreArrival& arrival, const Group<T>& group, bool with_pre,
                      double now) const {
        return frames_.frame(arrival, frames_.delays(*rows_, arrival, group), with_pre, now,
                             history_.base());
    }
    Frame<double> frame_of_one(const PreArrival& arrival, std::uint32_t k, bool with_pre,
                               double now) const {
        return frame_at(arrival, Group<double>{{k}, {rows_->targets()[k]}}, with_pre, now);
    }
    template <class T>
    Ending<T> ending(const PreArrival& arrival, const Frame<T>& frame) const {
        return frames_.ending(arrival, frame, history_.base());
    }

    Synapse<double> load_one(std::size_t k) const {
        Synapse<double> s;
        for_each_field<double>([&](auto i, double& x) { x = fields_[i][k]; }, s);
        return s;
    }
    void store_one(const Synapse<double>& s, std::size_t k) {
        for_each_field<double>([&](auto i, const double& x) { fields_[i][k] = x; }, s);
    }

    // All synapses of a run: `with_pre` up to the arrival and with it, else up to `now`.
    template <bool with_pre>
    void pass(const PreArrival& arrival, double now, std::uint32_t first, std::uint32_t last) {
        if constexpr (!with_pre && !takes_events && !HasFlow<R>) return;
        if (first == last) return;
        const auto frame = frame_of_one(arrival, first, with_pre, now);
        // The first one has the shortest delay.
        if constexpr (in_lines) lines_.show(history_, frame.end);
        if (!rows_->each_has_offset() && rests_without_post<with_pre>() &&
            (changes_nothing(frame) || pass_few<with_pre>(arrival, frame, first, last)))
            return;
        for (std::uint32_t k = first; k < last; k += block)
            if constexpr (in_lines)
                pass_lines<with_pre>(arrival, now, frame, k, std::min(block, last - k));
            else pass_block<with_pre>(arrival, now, frame, k, std::min(block, last - k));
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

    /// No synapse of such a run with one delay would change.
    bool changes_nothing(const Frame<double>& frame) const {
        if (history_.newest() < frame.begin) return true;
        return adds_up_ && std::all_of(frame.anchored.begin(), frame.anchored.end(),
                                       [](double trace) { return trace == 0; });
    }

    /// The same, where few spikes are to be taken in: only the synapses of their targets. False, with
    /// nothing done, if there are more.
    template <bool with_pre>
    bool pass_few(const PreArrival& arrival, const Frame<double>& frame,
                  std::uint32_t first, std::uint32_t last) {
        constexpr std::size_t most = 16;
        constexpr std::uint32_t worth = 8;  // synapses side by side cost as much as one alone
        if (!is_ascending_) return false;
        std::array<std::uint32_t, most> targets;
        std::size_t found = 0;
        const std::size_t allowed = std::min<std::size_t>(most, (last - first) / worth);
        std::size_t i = 0;
        // Spikes of one step come in any order.
        for (; i < history_.events() && history_.event(i).time >= frame.begin - 1; ++i) {
            const auto target = history_.event(i).target;
            const auto end = targets.begin() + static_cast<std::ptrdiff_t>(found);
            if (std::find(targets.begin(), end, target) != end) continue;
            if (found == allowed) return false;
            targets[found++] = target;
        }
        if (i == History::recent) return false;
        const auto* run = rows_->targets();
        for (std::size_t t = 0; t < found; ++t) {
            const auto [from, to] = std::equal_range(run + first, run + last, targets[t]);
            for (auto k = static_cast<std::uint32_t>(from - run); run + k != to; ++k) {
                auto s = load_one(k);
                pass_one<with_pre>(arrival, frame, k, s);
                store_one(s, k);
            }
        }
        return true;
    }

    /// Whether the targets of every run ascend.
    bool ascend() const {
        for (std::uint32_t source = 0; source < rows_->sources(); ++source)
            for (Step delay = rows_->shortest(); delay <= rows_->longest(); ++delay) {
                const auto* run = rows_->run(source, delay);
                if (!std::is_sorted(rows_->targets() + run[0], rows_->targets() + run[1]))
                    return false;
            }
        return true;
    }

    template <bool with_pre>
    SHARPWAVE_FLATTEN void pass_block(const PreArrival& arrival, double now,
                                     const Frame<double>& common, std::uint32_t first,
                                     std::uint32_t size) {
        const Params p = p_;  // a copy that no store can change
        const bool alike = !rows_->each_has_offset();
        Found found;
        const auto frame_of = [&](const Group<Pack>& group) {
            if (alike) return wide(common);
            return frame_at(arrival, group, with_pre, now);
        };
        if constexpr (has_history) {
            Lookup lookup(history_, rows_->targets() + first);
            if (alike) lookup.find(common, size, found);
            else
                lookup.find_each(
                    [&](std::uint32_t i) {
                        return frame_of_one(arrival, first + i, with_pre, now);
                    },
                    size, found);
            std::array<Synapse<double>, block> kept;
            for (std::uint32_t i = 0; i < found.many; ++i)
                kept[i] = load_one(first + found.long_ones[i]);
            if constexpr (takes_events) take_in_rounds(p, frame_of, first, found);
            take_pre<with_pre>(p, arrival, frame_of, first, size, found);
            for (std::uint32_t i = 0; i < found.many; ++i) {
                const std::uint32_t k = first + found.long_ones[i];
                Synapse<double> s = kept[i];
                pass_one<with_pre>(arrival, frame_of_one(arrival, k, with_pre, now), k, s);
                store_one(s, k);
                if constexpr (with_pre && HasDelivered<R>) deliver(k);
            }
        } else {
            take_pre<with_pre>(p, arrival, frame_of, first, size, found);
        }
    }

    static Frame<Pack> wide(const Frame<double>& one) {
        Frame<Pack> all;
        all.last = Pack(one.last);
        all.end = Pack(one.end);
        all.begin = Pack(one.begin);
        for (std::size_t i = 0; i < n_pre; ++i) all.anchored[i] = Pack(one.anchored[i]);
        return all;
    }

    /// A group of listed synapses; the last one again where there are fewer.
    Group<Pack> group_at(const std::uint32_t* list, std::size_t size, std::uint32_t first) const {
        Group<Pack> group;
        for (std::size_t i = 0; i < lanes; ++i) {
            group.places[i] = first + list[std::min(i, size - 1)];
            group.targets[i] = rows_->targets()[group.places[i]];
        }
        return group;
    }

    Synapse<Pack> gather(const Group<Pack>& group) const {
        Synapse<Pack> s;
        for_each_field<Pack>(
            [&](auto f, Pack& x) {
                const double* from = fields_[f].data();
                x = Pack([&](auto i) { return from[group.places[i]]; });
            },
            s);
        return s;
    }
    void scatter(const Synapse<Pack>& s, const Group<Pack>& group) {
        for_each_field<Pack>(
            [&](auto f, const Pack& x) {
                double* to = fields_[f].data();
                for (std::size_t i = 0; i < lanes; ++i) to[group.places[i]] = x[i];
            },
            s);
    }

    /// The oldest spike of every synapse that has one left, and again until none has.
    template <class FrameOf>
    void take_in_rounds(const Params& p, const FrameOf& frame_of, std::uint32_t first,
                        Found& found) {
        std::uint32_t round = 0;
        for (; found.listed > 0; keep_those_left(round++, found))
            for (std::uint32_t l = 0; l < found.listed; l += lanes) {
                const auto group = group_at(found.list.data() + l,
                                            std::min<std::size_t>(lanes, found.listed - l), first);
                std::array<std::uint32_t, lanes> slots;
                for (std::size_t i = 0; i < lanes; ++i)
                    slots[i] = found.since[group.places[i] - first] - 1U - round;
                Pack at(0);
                if constexpr (HasFlow<R>)
                    at = Pack([&](auto i) { return found.at[group.places[i] - first]; });
                auto s = gather(group);
                flip(s.w);
                take_post(p, frame_of(group), group, slots, at, s);
                flip(s.w);
                scatter(s, group);
                if constexpr (HasFlow<R>)
                    for (std::size_t i = 0; i < lanes; ++i)
                        found.at[group.places[i] - first] = at[i];
            }
    }

    /// Those listed that have spikes left after the one of `round`.
    static void keep_those_left(std::uint32_t round, Found& found) {
        std::uint32_t left = 0;
        for (std::uint32_t l = 0; l < found.listed; ++l) {
            const auto i = found.list[l];
            found.list[left] = i;
            left += found.since[i] >= found.newer[i] + 2U + round ? 1 : 0;
        }
        found.listed = left;
    }

    /// Neighbours in the rows, from first + k on; the last one again where there are fewer.
    const Group<Pack>& group_of(Group<Pack>& group, std::uint32_t first, std::uint32_t k,
                                std::size_t size) const {
        for (std::size_t i = 0; i < lanes; ++i) {
            group.places[i] = first + k + static_cast<std::uint32_t>(std::min(i, size - 1));
            group.targets[i] = rows_->targets()[group.places[i]];
        }
        return group;
    }

    Synapse<Pack> load_pack(std::uint32_t k) const {
        Synapse<Pack> s;
        for_each_field<Pack>([&](auto f, Pack& x) { x = load(fields_[f].data() + k); }, s);
        return s;
    }
    void store_pack(const Synapse<Pack>& s, std::uint32_t k, std::size_t size) {
        for_each_field<Pack>(
            [&](auto f, const Pack& x) {
                double* to = fields_[f].data() + k;
                if (size == lanes) sim::store(x, to);
                else
                    for (std::size_t i = 0; i < size; ++i) to[i] = x[i];
            },
            s);
    }

    /// The end of every synapse of a block: what flows until then, and the presynaptic spike.
    template <bool with_pre, class FrameOf>
    void take_pre(const Params& p, const PreArrival& arrival, const FrameOf& frame_of,
                  std::uint32_t first, std::uint32_t size, const Found& found) {
        if (!with_pre && !HasFlow<R>) return;
        Group<Pack> group;
        Frame<Pack> frame = frame_of(group_of(group, first, 0, 1));
        Ending<Pack> ends = ending(arrival, frame);
        const bool alike = !rows_->each_has_offset();
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            if (in_rounds || !alike) group_of(group, first, k, here);
            if (!alike) {
                frame = frame_of(group);
                ends = ending(arrival, frame);
            }
            auto s = load_pack(first + k);
            flip(s.w);
            std::array<std::uint32_t, lanes> newer{};
            Pack at = frame.begin;
            if constexpr (has_history)
                for (std::size_t i = 0; i < lanes; ++i)
                    newer[i] = found.newer[group.places[i] - first];
            if constexpr (has_history && HasFlow<R>)
                at = Pack([&](auto i) { return found.at[group.places[i] - first]; });
            finish<with_pre>(p, frame, ends, group, newer, at, s);
            flip(s.w);
            store_pack(s, first + k, here);
            if constexpr (with_pre && HasDelivered<R>)
                for (std::size_t i = 0; i < here; ++i)
                    deliver(first + k + static_cast<std::uint32_t>(i));
        }
    }

    template <bool with_pre>
    SHARPWAVE_FLATTEN void pass_lines(const PreArrival& arrival, double now,
                                      const Frame<double>& common, std::uint32_t first,
                                      std::uint32_t size) {
        const Params p = p_;  // a copy that no store can change
        const bool alike = !rows_->each_has_offset();
        const auto frame_of_place = [&](std::uint32_t i) {
            if (alike) return common;
            return frame_of_one(arrival, first + i, with_pre, now);
        };
        const auto frame_of = [&](std::uint32_t k) {
            if (alike) return wide(common);
            Group<Pack> group;
            return frame_at(arrival,
                            group_of(group, first, k, std::min<std::size_t>(lanes, size - k)),
                            with_pre, now);
        };
        InLines found;
        const LineLookup<R> lookup(lines_, history_, rows_->targets() + first);
        if (alike) lookup.find(common, size, found);
        else lookup.find_each(frame_of_place, size, found);
        std::array<std::uint32_t, block> listed;
        std::array<Synapse<double>, block> kept;
        std::uint32_t n_long = 0;
        for_each_with(found.since.data(), size, LineLookup<R>::many, [&](std::uint32_t i) {
            listed[n_long] = i;
            kept[n_long++] = load_one(first + i);
        });
        if constexpr (takes_events)
            if (!adds_up_) {
                take_oldest(p, frame_of, first, size, found);
                take_newer(p, frame_of_place, first, size, found);
            }
        if (with_pre || adds_up_) take_ends<with_pre>(p, arrival, frame_of, first, size, found);
        for (std::uint32_t i = 0; i < n_long; ++i) {
            const std::uint32_t k = first + listed[i];
            Synapse<double> s = kept[i];
            pass_one<with_pre>(arrival, frame_of_place(listed[i]), k, s);
            store_one(s, k);
            if constexpr (with_pre && HasDelivered<R>) deliver(k);
        }
    }

    template <class Values>
    static void read(const Values& values, const Frame<Pack>& frame, std::uint32_t k,
                     MeetingOf<R, Pack>& m) {
        for (std::size_t f = 0; f < n_pre; ++f)
            m.pre[f] = frame.anchored[f] * load(values[f].data() + k);
        if constexpr (layout.has_before)
            for (std::size_t f = 0; f < n_post; ++f) m.post[f] = load(values[n_pre + f].data() + k);
    }

    /// The oldest spike of every synapse, without a list: most have one or none.
    template <class FrameOf>
    void take_oldest(const Params& p, const FrameOf& frame_of, std::uint32_t first,
                     std::uint32_t size, const InLines& found) {
        Frame<Pack> frame = frame_of(0);
        const bool alike = !rows_->each_has_offset();
        for (std::uint32_t k = 0; k < size; k += lanes) {
            if (!alike) frame = frame_of(k);
            MeetingOf<R, Pack> m;
            read(found.values, frame, k, m);
            const auto s = load_pack(first + k);
            auto next = s;
            flip(next.w);
            R::on_post(p, next, m);
            clip(next.w);
            flip(next.w);
            select(widen(found.since.data() + k) == Pack(0.0), s, next);
            store_pack(next, first + k, std::min<std::size_t>(lanes, size - k));
        }
    }

    /// The others, oldest first: of all synapses that have one left, and again until none has.
    template <class FrameOf>
    void take_newer(const Params& p, const FrameOf& frame_of, std::uint32_t first,
                    std::uint32_t size, const InLines& found) {
        typename LineLookup<R>::template OfBlock<std::uint32_t> list;
        std::array<typename LineLookup<R>::template OfBlock<double>, n> fields;
        std::array<typename LineLookup<R>::template OfBlock<double>, Lines::n_values + n_pre>
            values;
        std::uint32_t listed = 0;
        for_each_with(found.since.data(), size, 2, [&](std::uint32_t i) { list[listed++] = i; });
        const bool alike = !rows_->each_has_offset();
        Frame<double> frame = frame_of(0);
        for (std::uint32_t round = 1; listed > 0; ++round) {
            for (std::uint32_t l = 0; l < listed; ++l) {
                const auto i = list[l];
                const auto& line = lines_.lines()[rows_->targets()[first + i]];
                const auto slot = found.since[i] - round;
                for (std::size_t f = 0; f < Lines::n_values; ++f)
                    values[f][l] = line.values[slot][f];
                for (std::size_t f = 0; f < n; ++f) fields[f][l] = fields_[f][first + i];
                if (!alike) {
                    frame = frame_of(i);
                    for (std::size_t f = 0; f < n_pre; ++f)
                        values[Lines::n_values + f][l] = frame.anchored[f];
                }
            }
            for (std::uint32_t l = 0; l < listed; l += lanes) {
                Frame<Pack> all;
                for (std::size_t f = 0; f < n_pre; ++f)
                    all.anchored[f] = alike ? Pack(frame.anchored[f])
                                            : load(values[Lines::n_values + f].data() + l);
                MeetingOf<R, Pack> m;
                read(values, all, l, m);
                Synapse<Pack> s;
                for_each_field<Pack>([&](auto f, Pack& x) { x = load(fields[f].data() + l); }, s);
                flip(s.w);
                R::on_post(p, s, m);
                clip(s.w);
                flip(s.w);
                for_each_field<Pack>([&](auto f, const Pack& x) { store(x, fields[f].data() + l); },
                                     s);
            }
            std::uint32_t left = 0;
            for (std::uint32_t l = 0; l < listed; ++l) {
                const auto i = list[l];
                for (std::size_t f = 0; f < n; ++f) fields_[f][first + i] = fields[f][l];
                list[left] = i;
                left += found.since[i] > round + 1 ? 1 : 0;
            }
            listed = left;
        }
    }

    /// Spikes that add up, and the presynaptic spike.
    template <bool with_pre, class FrameOf>
    void take_ends(const Params& p, const PreArrival& arrival, const FrameOf& frame_of,
                   std::uint32_t first, std::uint32_t size, const InLines& found) {
        const bool alike = !rows_->each_has_offset();
        Frame<Pack> frame = frame_of(0);
        Ending<Pack> ends = ending(arrival, frame);
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            if (!alike) {
                frame = frame_of(k);
                ends = ending(arrival, frame);
            }
            auto s = load_pack(first + k);
            flip(s.w);
            MeetingOf<R, Pack> m;
            if constexpr (MayAddUp<R>)
                if (adds_up_) {
                    read(found.values, frame, k, m);
                    R::on_post(p, s, m);
                    clip(s.w);
                }
            if constexpr (with_pre && HasOnPre<R>) {
                m.pre = ends.pre;
                for (std::size_t f = 0; f < n_post; ++f)
                    m.post[f] = ends.post[f] * load(found.sums[f].data() + k);
                R::on_pre(p, s, m);
                clip(s.w);
            }
            flip(s.w);
            store_pack(s, first + k, here);
            if constexpr (with_pre && HasDelivered<R>)
                for (std::size_t i = 0; i < here; ++i)
                    deliver(first + k + static_cast<std::uint32_t>(i));
        }
    }

    /// One synapse, whatever the length of its history.
    template <bool with_pre>
    [[gnu::noinline]] void pass_one(const PreArrival& arrival, const Frame<double>& frame,
                                    std::uint32_t k, Synapse<double>& s) const {
        const Group<double> group{{k}, {rows_->targets()[k]}};
        std::uint32_t since = 0;
        std::uint32_t newer = 0;
        if constexpr (has_history)
            for (;; ++since) {
                const double time = history_.value(group.targets[0], since, 0);
                if (time < frame.begin) break;
                newer += time >= frame.end ? 1 : 0;
            }
        flip(s.w);
        double at = frame.begin;
        if constexpr (MayAddUp<R>)
            if (adds_up_ && since > newer) {
                MeetingOf<R, double> m;
                for (std::size_t i = 0; i < n_pre; ++i) {
                    double sum = 0;
                    for (std::uint32_t slot = since; slot-- > newer;)
                        sum += history_.value(group.targets[0], slot, layout.decay(i));
                    m.pre[i] = frame.anchored[i] * sum;
                }
                R::on_post(p_, s, m);
                clip(s.w);
            }
        if constexpr (takes_events)
            if (!adds_up_)
                for (std::uint32_t slot = since; slot-- > newer;)
                    take_post(p_, frame, group, std::array{slot}, at, s);
        finish<with_pre>(p_, frame, ending(arrival, frame), group, std::array{newer}, at, s);
        flip(s.w);
    }

    void deliver(std::uint32_t k) {
        auto s = load_one(k);
        flip(s.w);
        const double amount = R::delivered(p_, s);
        delivered_[k] = sign_ < 0 ? -amount : amount;
    }

    /// From a weight to its amount, and back.
    template <class T>
    void flip(T& w) const {
        if (sign_ < 0) w = -w;
    }

    /// A field of the spike in the slot of each synapse.
    template <class T, std::size_t width>
    T entry_at(const Group<T>& group, const std::array<std::uint32_t, width>& slots,
               std::size_t field) const {
        if constexpr (width == 1) return history_.value(group.targets[0], slots[0], field);
        else return T([&](auto i) { return history_.in_line(group.targets[i], slots[i], field); });
    }

    template <std::size_t width>
    static std::array<std::uint32_t, width> next(std::array<std::uint32_t, width> slots) {
        for (auto& slot : slots) ++slot;
        return slots;
    }

    /// A postsynaptic spike at each synapse, and what flows before it.
    template <class T, std::size_t width>
    void take_post(const Params& p, const Frame<T>& frame, const Group<T>& group,
                   const std::array<std::uint32_t, width>& slots, T& at, Synapse<T>& s) const {
        MeetingOf<R, T> m;
        if constexpr (HasFlow<R>) {
            const T time = entry_at(group, slots, 0);
            flow(p, frame, group, next(slots), at, time, s);
            at = time;
        }
        for (std::size_t i = 0; i < n_pre; ++i)
            m.pre[i] = frame.anchored[i] * entry_at(group, slots, layout.decay(i));
        if constexpr (layout.has_before)
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = entry_at(group, slots, layout.before(j));
        if constexpr (ReadsFirst<R>) m.is_first = entry_at(group, next(slots), 0) < frame.last;
        if constexpr (HasAmounts<R>) {
            const T amount = entry_at(group, slots, layout.amount());
            auto after_spike = s;
            if constexpr (HasOnPost<R>) R::on_post(p, after_spike, m);
            if constexpr (HasOnModulator<R>) R::on_modulator(p, s, m, amount);
            if constexpr (Watches<R>) R::on_watch(p, s, m, amount);
            assign_fields<T>(amount != amount, after_spike, s);  // a spike has none
        } else if constexpr (HasOnPost<R>) {
            R::on_post(p, s, m);
        }
        clip(s.w);
    }

    /// The j-th trace that the history keeps.
    template <class M>
    static auto& kept(M& m, std::size_t j) {
        if constexpr (n_modulator == 0) return m.post[j];
        else if constexpr (n_post == 0) return m.modulator[j];
        else return j < n_post ? m.post[j] : m.modulator[j - n_post];
    }

    template <bool with_pre, class T, std::size_t width>
    void finish(const Params& p, const Frame<T>& frame, const Ending<T>& ends,
                const Group<T>& group, const std::array<std::uint32_t, width>& newer, const T& at,
                Synapse<T>& s) const {
        if constexpr (HasFlow<R>) flow(p, frame, group, newer, at, Frames::later(frame.end, at), s);
        if constexpr (with_pre && HasOnPre<R>) {
            MeetingOf<R, T> m;
            m.pre = ends.pre;
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = ends.post[j] * entry_at(group, newer, layout.sum(j));
            if constexpr (ReadsFirst<R>) m.is_first = entry_at(group, newer, 0) >= frame.last;
            if constexpr (HasSeen<R>) m.seen = seen_by(frame, group);
            R::on_pre(p, s, m);
            clip(s.w);
        }
    }

    template <class T>
    T seen_by(const Frame<T>& frame, const Group<T>& group) const {
        if constexpr (Group<T>::width == 1) return watching_.seen(group.targets[0], frame.end);
        else return T([&](auto i) { return watching_.seen(group.targets[i], frame.end[i]); });
    }

    /// All traces at a synapse that has been caught up to `now`.
    MeetingOf<R, double> meeting_at(std::uint32_t k, const PreArrival& arrival, double now) const {
        const Group<double> group{{k}, {rows_->targets()[k]}};
        const auto frame = frame_at(arrival, group, false, now);
        const auto ends = ending(arrival, frame);
        MeetingOf<R, double> m{};
        m.pre = ends.pre;
        if constexpr (has_history) {
            std::uint32_t newer = 0;
            while (history_.value(group.targets[0], newer, 0) >= frame.end) ++newer;
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = ends.post[j] * history_.value(group.targets[0], newer, layout.sum(j));
        }
        return m;
    }

    /// From `at` to `until`, with the traces of their begin; the last spike before is in `slots`.
    template <class T, std::size_t width>
    void flow(const Params& p, const Frame<T>& frame, const Group<T>& group,
              const std::array<std::uint32_t, width>& slots, const T& at, const T& until,
              Synapse<T>& s) const {
        MeetingOf<R, T> m;
        const T base(history_.base());
        for (std::size_t i = 0; i < n_pre; ++i)
            m.pre[i] = frame.anchored[i] * sim::exp((base - at) / frames_.pre_tau(i));
        if constexpr (has_history)
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = entry_at(group, slots, layout.sum(j)) *
                             sim::exp((base - at) / frames_.kept_tau(j));
        R::flow(p, s, m, (until - at) * T(frames_.resolution()));
        clip(s.w);
    }

    template <class T>
    void clip(T& w) const {
        std::experimental::where(w < T(bounds_.low), w) = T(bounds_.low);
        std::experimental::where(w > T(bounds_.high), w) = T(bounds_.high);
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
        if constexpr (MayAddUp<R>) return R::adds_up(p_);
        else return false;
    }

    const SynapseRows* rows_;
    Params p_;
    Bounds bounds_;
    int sign_;
    Frames frames_;
    bool adds_up_;
    History history_;
    double shortest_tau_;
    Lines lines_;
    Watching<R> watching_;
    Store fields_;                 // [member of Synapse][place in the rows]; weights with their sign
    HugeArray<double> delivered_;
    bool is_ascending_ = false;
    bool is_on_ = true;
};

}  // namespace sim
