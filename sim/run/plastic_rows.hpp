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
#include "sim/run/plastic.hpp"
#include "sim/run/post_history.hpp"
#include "sim/run/rule.hpp"
#include "sim/run/watching.hpp"

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
          h_(context.clock.resolution()),
          split_(context.split),
          sign_(AnySign<R>       ? 0
                : context.is_inh ? -1
                                 : 1),
          pre_(trace_infos<R>(p_, Side::pre, h_)),
          post_taus_(taus_of(post_infos(p_, h_))),
          adds_up_(adds_up()),
          history_(has_history ? context.targets : 0, pre_, post_infos(p_, h_), adds_up_),
          watching_(context.targets, p_, h_, longest_dendritic()) {
        const std::size_t size = rows_->size() + lanes;
        const Synapse<double> fresh{};
        for_each_field<double>(
            [&](auto i, const double& x) { fields_[i].assign(size, x); }, fresh);
        for (std::size_t k = 0; k < rows_->size(); ++k) fields_[0][k] = rows_->weight(k);
        check();
        is_ascending_ = ascend();
        if constexpr (HasDelivered<R>) delivered_ = fields_[0];
        for (const auto& traces : {pre_, post_infos(p_, h_)})
            for (const auto& trace : traces) shortest_tau_ = std::min(shortest_tau_, trace.tau);
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
        caught_up_ = now;
        if constexpr (has_history) history_.rebase(now, now - 2 * longest_dendritic());
    }

    double patience() const override {
        constexpr double longest_ms = 10'000;
        return std::min(300 * shortest_tau_, longest_ms / h_);
    }

    double value(std::uint32_t k, const PreArrival& arrival, double now,
                 std::size_t field) const override {
        auto s = load_one(k);
        if (is_on_) pass_one<false>(arrival, now, k, s);
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
               watching_.bytes();
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
    static constexpr std::size_t n_pre = traces_of<R>(Side::pre);
    static constexpr std::size_t n_post = traces_of<R>(Side::post);
    static constexpr std::size_t n_modulator = traces_of<R>(Side::modulator);
    static constexpr std::size_t n_kept = n_post + n_modulator;  // traces in the history
    static constexpr bool keeps_spikes = HasOnPost<R> || n_kept > 0 || Modulated<R>;
    static constexpr bool has_history = keeps_spikes || Watches<R>;
    static_assert(!(ReadsFirst<R> && HasAmounts<R>), "other events hide which spike is first");
    static_assert(!(Modulated<R> && Watches<R>), "whose the amount is would not be known");
    /// All of its spikes have to be looked up one by one.
    static constexpr bool in_rounds = HasFlow<R> || ReadsFirst<R> || HasAmounts<R>;
    static constexpr bool takes_events =
        HasOnPost<R> || HasAmounts<R> || (HasFlow<R> && n_post > 0);
    static constexpr EntryLayout layout{n_pre, n_kept, takes_events&& ReadsPost<R>, HasAmounts<R>};
    using History = PostHistory<layout>;
    using Store = std::array<HugeArray<double>, n>;

    /// One synapse, or several side by side: their places in the rows and their targets.
    template <class T>
    struct Group {
        static constexpr std::size_t width = std::is_same_v<T, double> ? 1 : lanes;
        std::array<std::uint32_t, width> places;
        std::array<std::uint32_t, width> targets;
    };

    /// When things happen, of synapses with the same delay or of a group.
    template <class T>
    struct Frame {
        T last;   ///< presynaptic spike before this one
        T end;    ///< this one, or up to when to catch up
        T begin;  ///< what happened before has been taken in
        std::array<T, n_pre> anchored;  ///< traces after the spike before, times e^((last - base) / tau)

        Frame() = default;
        Frame(const PlasticRows& all, const PreArrival& arrival, const T& delay, bool with_pre,
              double now) {
            const T rest(all.split_.rest / all.h_);
            const T dendritic = all.split_.rest_is_axonal ? delay - rest : rest;
            const T shift = delay - T(2.0) * dendritic;
            last = T(arrival.before[0]) + shift;
            end = with_pre ? T(arrival.time) + shift : T(now) - T(2.0) * dendritic;
            begin = later(later(last, T(all.caught_up_) - T(2.0) * dendritic), T(0.0));
            const double base = all.history_.base();
            for (std::size_t i = 0; i < n_pre; ++i)
                anchored[i] =
                    T(arrival.before[1 + i]) * sim::exp((last - T(base)) / all.pre_[i].tau);
        }
    };

    /// Traces at the end of a frame: one exponential for each, not for every synapse.
    template <class T>
    struct Ending {
        std::array<T, n_pre> pre;
        std::array<T, n_kept> post;  // makes traces of their sums
        Ending(const PlasticRows& all, const PreArrival& arrival, const Frame<T>& frame) {
            for (std::size_t i = 0; i < n_pre; ++i)
                pre[i] = T(arrival.before[1 + i]) *
                         sim::exp((frame.last - frame.end) / all.pre_[i].tau);
            for (std::size_t j = 0; j < n_kept; ++j)
                post[j] = sim::exp((T(all.history_.base()) - frame.end) / all.post_taus_[j]);
        }
    };

    template <class T>
    static T later(T a, T b) {
        std::experimental::where(a < b, a) = b;
        return a;
    }

    template <class T>
    T delays(const PreArrival& arrival, const Group<T>& group) const {
        const auto whole = static_cast<double>(arrival.delay);
        if constexpr (Group<T>::width == 1) return whole + rows_->offset(group.places[0]) / h_;
        else return T([&](auto i) { return whole + rows_->offset(group.places[i]) / h_; });
    }

    double longest_dendritic() const {
        const double rest = split_.rest / h_;
        return split_.rest_is_axonal ? static_cast<double>(rows_->longest()) + 1 - rest : rest;
    }

    Synapse<double> load_one(std::size_t k) const {
        Synapse<double> s;
        for_each_field<double>([&](auto i, double& x) { x = fields_[i][k]; }, s);
        return s;
    }
    void store_one(const Synapse<double>& s, std::size_t k) {
        for_each_field<double>([&](auto i, const double& x) { fields_[i][k] = x; }, s);
    }

    static constexpr std::uint32_t block = 128;  // synapses

    /// What a block of synapses has to take in.
    struct Counts {
        std::array<std::uint8_t, block + lanes> since;  // postsynaptic spikes not before Frame::begin
        std::array<std::uint8_t, block + lanes> newer;  // and of them not before Frame::end
        std::array<double, block> at;           // how far each has come; for rules with a flow
        // Of the oldest of those spikes, or of all if they add up; room for whole registers.
        std::array<std::array<double, block + lanes>, n_pre> decay;
        std::array<std::array<double, block + lanes>, n_kept> before;
        std::array<std::array<double, block + lanes>, n_kept> sum;  // of the newest before the end
        std::array<std::uint32_t, block + lanes> list;  // of those that have spikes to take in
        std::array<std::uint32_t, block> long_ones;     // that need more than a line
        std::uint32_t listed = 0;
        std::uint32_t many = 0;
    };

    // All synapses of a run: `with_pre` up to the arrival and with it, else up to `now`.
    template <bool with_pre>
    void pass(const PreArrival& arrival, double now, std::uint32_t first, std::uint32_t last) {
        if constexpr (!with_pre && !takes_events && !HasFlow<R>) return;
        if (first == last) return;
        const Group<double> head{{first}, {rows_->targets()[first]}};
        const Frame<double> frame(*this, arrival, delays(arrival, head), with_pre, now);
        if (!rows_->each_has_offset() && rests_without_post<with_pre>() &&
            (changes_nothing(frame) || pass_few<with_pre>(arrival, now, frame, first, last)))
            return;
        for (std::uint32_t k = first; k < last; k += block)
            pass_block<with_pre>(arrival, now, frame, k, std::min(block, last - k));
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
    bool pass_few(const PreArrival& arrival, double now, const Frame<double>& frame,
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
                pass_one<with_pre>(arrival, now, k, s);
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
        Counts counts;
        const auto frame_of = [&](const Group<Pack>& group) {
            if (alike) return wide(common);
            return Frame<Pack>(*this, arrival, delays(arrival, group), with_pre, now);
        };
        if constexpr (has_history) {
            count_all<with_pre>(arrival, now, common, first, size, counts);
            std::array<Synapse<double>, block> kept;
            for (std::uint32_t i = 0; i < counts.many; ++i)
                kept[i] = load_one(first + counts.long_ones[i]);
            if constexpr (takes_events) {
                if constexpr (!in_rounds) {
                    if (!adds_up_) {
                        take_oldest(p, frame_of, first, size, counts);
                        take_in_rounds(p, frame_of, first, counts, 1);
                    }
                } else {
                    take_in_rounds(p, frame_of, first, counts, 0);
                }
            }
            take_pre<with_pre>(p, arrival, frame_of, first, size, counts);
            for (std::uint32_t i = 0; i < counts.many; ++i) {
                const std::uint32_t k = first + counts.long_ones[i];
                Synapse<double> s = kept[i];
                pass_one<with_pre>(arrival, now, k, s);
                store_one(s, k);
                if constexpr (with_pre && HasDelivered<R>) deliver(k);
            }
        } else {
            take_pre<with_pre>(p, arrival, frame_of, first, size, counts);
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

    using Times = std::experimental::fixed_size_simd<double, static_cast<int>(History::chunk)>;

    /// What a synapse reads in the history of its target, but for long ones.
    struct Counted {
        std::size_t since, newer;
    };
    static Counted count(const double* chunk, double begin, double end) {
        const Times times(chunk, std::experimental::element_aligned);
        return {static_cast<std::size_t>(popcount(times >= begin)),
                static_cast<std::size_t>(popcount(times >= end))};
    }

    /// Counts the spikes of every synapse and looks up what they bring. Lean: it takes most of the
    /// time; the first chunk of a line is enough for most synapses.
    template <bool with_pre>
    void count_all(const PreArrival& arrival, double now, const Frame<double>& common,
                   std::uint32_t first, std::uint32_t size, Counts& counts) const {
        const double* chunks = history_.chunks(0);
        const auto* targets = rows_->targets() + first;
        const bool alike = !rows_->each_has_offset();
        std::array<std::uint32_t, block> open;  // the first chunk does not tell
        std::size_t opened = 0;
        const auto visit = [&](std::size_t i, double begin, double end) {
            const double* chunk = chunks + targets[i] * History::chunk_size;
            const auto [since, newer] = count(chunk, begin, end);
            open[opened] = static_cast<std::uint32_t>(i);
            opened += since == History::chunk ? 1 : 0;
            // Such a number is looked up again.
            note(i, chunk, chunk, since % History::chunk, newer % History::chunk, counts);
        };
        if (alike) {
            const double begin = common.begin;
            const double end = common.end;
            for (std::size_t i = 0; i < size; ++i) visit(i, begin, end);
        } else {
            for (std::size_t i = 0; i < size; ++i) {
                const auto frame = frame_of_one<with_pre>(arrival, now, first + i);
                visit(i, frame.begin, frame.end);
                if constexpr (HasFlow<R>) counts.at[i] = frame.begin;
            }
        }
        if constexpr (HasFlow<R>)
            if (alike) std::fill_n(counts.at.begin(), size, common.begin);
        for (std::size_t o = 0; o < opened; ++o) {
            const auto frame =
                alike ? common : frame_of_one<with_pre>(arrival, now, first + open[o]);
            count_on(frame, targets[open[o]], open[o], counts);
        }
        if constexpr (takes_events)
            if (!adds_up_)
                for (std::uint32_t i = 0; i < size; ++i) {
                    counts.list[counts.listed] = i;
                    counts.listed += counts.since[i] > counts.newer[i] ? 1 : 0;
                }
    }

    /// With the second chunk.
    void count_on(const Frame<double>& frame, std::uint32_t target, std::uint32_t i,
                  Counts& counts) const {
        const double* head = history_.chunks(0) + target * History::chunk_size;
        const double* tail = history_.chunks(1) + target * History::chunk_size;
        auto [since, newer] = count(head, frame.begin, frame.end);
        const auto more = count(tail, frame.begin, frame.end);
        since += more.since;
        newer += more.newer;
        if (since == History::slots) {  // perhaps there are more
            counts.long_ones[counts.many++] = i;
            since = newer = 0;
        }
        const bool is_far = (adds_up_ || since == 0 ? since : since - 1) >= History::chunk;
        note(i, is_far ? tail : head, newer >= History::chunk ? tail : head, since, newer, counts);
    }

    template <bool with_pre>
    Frame<double> frame_of_one(const PreArrival& arrival, double now, std::size_t k) const {
        const Group<double> one{{static_cast<std::uint32_t>(k)}, {rows_->targets()[k]}};
        return Frame<double>(*this, arrival, delays(arrival, one), with_pre, now);
    }

    /// `of_since` and `of_newer`: the chunks in which the oldest spike that counts, or the sum up to
    /// it, and the newest one before the end are.
    [[gnu::always_inline]] void note(std::size_t i, const double* of_since, const double* of_newer,
                                     std::size_t since, std::size_t newer, Counts& counts) const {
        newer = std::min(newer, since);
        counts.since[i] = static_cast<std::uint8_t>(since);
        counts.newer[i] = static_cast<std::uint8_t>(newer);
        if constexpr (!in_rounds) {
            // Of those that have none, any number will do.
            const std::size_t oldest = since == 0 ? 0 : since - 1;
            for (std::size_t f = 0; f < n_pre; ++f)
                counts.decay[f][i] = adds_up_
                                         ? of_since[History::place(since, layout.decay(f))] -
                                               of_newer[History::place(newer, layout.decay(f))]
                                         : of_since[History::place(oldest, layout.decay(f))];
            for (std::size_t f = 0; f < n_kept; ++f) {
                if constexpr (layout.has_before)
                    counts.before[f][i] = of_since[History::place(oldest, layout.before(f))];
                counts.sum[f][i] = of_newer[History::place(newer, layout.sum(f))];
            }
        }
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
                        Counts& counts, std::uint32_t round) {
        if (round > 0) keep_those_left(round - 1, counts);
        for (; counts.listed > 0; keep_those_left(round++, counts))
            for (std::uint32_t l = 0; l < counts.listed; l += lanes) {
                const auto group =
                    group_at(counts.list.data() + l,
                             std::min<std::size_t>(lanes, counts.listed - l), first);
                std::array<std::uint32_t, lanes> slots;
                for (std::size_t i = 0; i < lanes; ++i)
                    slots[i] = counts.since[group.places[i] - first] - 1U - round;
                Pack at(0);
                if constexpr (HasFlow<R>)
                    at = Pack([&](auto i) { return counts.at[group.places[i] - first]; });
                auto s = gather(group);
                flip(s.w);
                take_post(p, frame_of(group), group, slots, at, s);
                flip(s.w);
                scatter(s, group);
                if constexpr (HasFlow<R>)
                    for (std::size_t i = 0; i < lanes; ++i)
                        counts.at[group.places[i] - first] = at[i];
            }
    }

    /// Those listed that have spikes left after the one of `round`.
    static void keep_those_left(std::uint32_t round, Counts& counts) {
        std::uint32_t left = 0;
        for (std::uint32_t l = 0; l < counts.listed; ++l) {
            const auto i = counts.list[l];
            counts.list[left] = i;
            left += counts.since[i] >= counts.newer[i] + 2U + round ? 1 : 0;
        }
        counts.listed = left;
    }

    /// The oldest spike of every synapse, without a list: most have one or none.
    template <class FrameOf>
    void take_oldest(const Params& p, const FrameOf& frame_of, std::uint32_t first,
                     std::uint32_t size, const Counts& counts) {
        Group<Pack> group;
        Frame<Pack> frame = frame_of(group_of(group, first, 0, 1));
        const bool alike = !rows_->each_has_offset();
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            if (!alike) frame = frame_of(group_of(group, first, k, here));
            MeetingOf<R, Pack> m;
            for (std::size_t f = 0; f < n_pre; ++f)
                m.pre[f] = frame.anchored[f] * load(counts.decay[f].data() + k);
            if constexpr (layout.has_before)
                for (std::size_t f = 0; f < n_post; ++f)
                    m.post[f] = load(counts.before[f].data() + k);
            const auto s = load_pack(first + k);
            auto next = s;
            flip(next.w);
            R::on_post(p, next, m);
            clip(next.w);
            flip(next.w);
            select(widen(counts.since.data() + k) == widen(counts.newer.data() + k), s, next);
            store_pack(next, first + k, here);
        }
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
                  std::uint32_t first, std::uint32_t size, const Counts& counts) {
        if (!with_pre && !HasFlow<R> && !adds_up_) return;
        Group<Pack> group;
        Frame<Pack> frame = frame_of(group_of(group, first, 0, 1));
        Ending<Pack> ending(*this, arrival, frame);
        const bool alike = !rows_->each_has_offset();
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            if (in_rounds || !alike) group_of(group, first, k, here);
            if (!alike) {
                frame = frame_of(group);
                ending = Ending<Pack>(*this, arrival, frame);
            }
            auto s = load_pack(first + k);
            flip(s.w);
            if constexpr (in_rounds || !has_history) {
                std::array<std::uint32_t, lanes> newer{};
                Pack at = frame.begin;
                if constexpr (has_history)
                    for (std::size_t i = 0; i < lanes; ++i)
                        newer[i] = counts.newer[group.places[i] - first];
                if constexpr (has_history && HasFlow<R>)
                    at = Pack([&](auto i) { return counts.at[group.places[i] - first]; });
                finish<with_pre>(p, frame, ending, group, newer, at, s);
            } else {
                finish_dense<with_pre>(p, frame, ending, counts, k, s);
            }
            flip(s.w);
            store_pack(s, first + k, here);
            if constexpr (with_pre && HasDelivered<R>)
                for (std::size_t i = 0; i < here; ++i)
                    deliver(first + k + static_cast<std::uint32_t>(i));
        }
    }

    /// The presynaptic spike, from what was looked up; if they add up, after the postsynaptic ones.
    template <bool with_pre>
    void finish_dense(const Params& p, const Frame<Pack>& frame, const Ending<Pack>& ending,
                      const Counts& counts, std::uint32_t k, Synapse<Pack>& s) const {
        MeetingOf<R, Pack> m;
        if constexpr (MayAddUp<R>)
            if (adds_up_) {
                for (std::size_t f = 0; f < n_pre; ++f)
                    m.pre[f] = frame.anchored[f] * load(counts.decay[f].data() + k);
                R::on_post(p, s, m);
                clip(s.w);
            }
        if constexpr (with_pre && HasOnPre<R>) {
            m.pre = ending.pre;
            for (std::size_t f = 0; f < n_post; ++f)
                m.post[f] = ending.post[f] * load(counts.sum[f].data() + k);
            R::on_pre(p, s, m);
            clip(s.w);
        }
    }

    /// One synapse, whatever the length of its history.
    template <bool with_pre>
    [[gnu::noinline]] void pass_one(const PreArrival& arrival, double now, std::uint32_t k,
                                    Synapse<double>& s) const {
        const Group<double> group{{k}, {rows_->targets()[k]}};
        const Frame<double> frame(*this, arrival, delays(arrival, group), with_pre, now);
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
                    for (std::uint32_t slot = newer; slot < since; ++slot)
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
        finish<with_pre>(p_, frame, Ending<double>(*this, arrival, frame), group,
                         std::array{newer}, at, s);
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
    void finish(const Params& p, const Frame<T>& frame, const Ending<T>& ending,
                const Group<T>& group, const std::array<std::uint32_t, width>& newer, const T& at,
                Synapse<T>& s) const {
        if constexpr (HasFlow<R>) flow(p, frame, group, newer, at, later(frame.end, at), s);
        if constexpr (with_pre && HasOnPre<R>) {
            MeetingOf<R, T> m;
            m.pre = ending.pre;
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) = ending.post[j] * entry_at(group, newer, layout.sum(j));
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
        const Frame<double> frame(*this, arrival, delays(arrival, group), false, now);
        const Ending<double> ending(*this, arrival, frame);
        MeetingOf<R, double> m{};
        m.pre = ending.pre;
        if constexpr (has_history) {
            std::uint32_t newer = 0;
            while (history_.value(group.targets[0], newer, 0) >= frame.end) ++newer;
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) =
                    ending.post[j] * history_.value(group.targets[0], newer, layout.sum(j));
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
            m.pre[i] = frame.anchored[i] * sim::exp((base - at) / pre_[i].tau);
        if constexpr (has_history)
            for (std::size_t j = 0; j < n_kept; ++j)
                kept(m, j) =
                    entry_at(group, slots, layout.sum(j)) * sim::exp((base - at) / post_taus_[j]);
        R::flow(p, s, m, (until - at) * T(h_));
        clip(s.w);
    }

    template <class T>
    void clip(T& w) const {
        std::experimental::where(w < T(bounds_.low), w) = T(bounds_.low);
        std::experimental::where(w > T(bounds_.high), w) = T(bounds_.high);
    }

    static std::vector<TraceInfo> post_infos(const Params& p, double unit) {
        auto result = trace_infos<R>(p, Side::post, unit);
        for (const auto& one : trace_infos<R>(p, Side::modulator, unit)) result.push_back(one);
        return result;
    }
    static std::vector<double> taus_of(const std::vector<TraceInfo>& infos) {
        std::vector<double> result;
        for (const auto& info : infos) result.push_back(info.tau);
        return result;
    }

    bool adds_up() const {
        if constexpr (MayAddUp<R>) return R::adds_up(p_);
        else return false;
    }

    const SynapseRows* rows_;
    Params p_;
    Bounds bounds_;
    double h_;
    DelaySplit split_;
    int sign_;
    std::vector<TraceInfo> pre_;  // taus in steps
    std::vector<double> post_taus_;
    bool adds_up_;
    History history_;
    Watching<R> watching_;
    Store fields_;                 // [member of Synapse][place in the rows]; weights with their sign
    HugeArray<double> delivered_;
    double caught_up_ = -1e18;  // before everything
    double shortest_tau_ = 1e18;
    bool is_ascending_ = false;
    bool is_on_ = true;
};

}  // namespace sim
