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
#include <bit>
#include <cmath>

#include "sim/core/error.hpp"
#include "sim/core/exponential.hpp"
#include "sim/core/huge_array.hpp"
#include "sim/core/text.hpp"
#include "sim/run/fields.hpp"
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

template <Rule R>
class PlasticRows final : public Plastic {
public:
    using Params = typename R::Params;
    template <class T>
    using Synapse = typename R::template Synapse<T>;

    explicit PlasticRows(const PlasticContext& context)
        : rows_(context.rows),
          p_(assemble<Params>(R::params(), context.params)),
          bounds_(R::bounds(p_)),
          h_(context.clock.resolution()),
          split_(context.split),
          sign_(AnySign<R>                    ? 0
                : context.rows.all_negative() ? -1
                                              : (context.is_inh ? -1 : 1)),
          pre_(trace_infos<R>(p_, Side::pre, h_)),
          post_taus_(taus_of(trace_infos<R>(p_, Side::post, h_))),
          adds_up_(adds_up()),
          history_(has_history ? context.targets : 0, pre_, trace_infos<R>(p_, Side::post, h_),
                   adds_up_) {
        const std::size_t size = rows_.size() + lanes;
        const Synapse<double> fresh{};
        for_each_field<double>(
            [&](auto i, const double& x) { fields_[i].assign(size, x); }, fresh);
        for (std::size_t k = 0; k < rows_.size(); ++k) fields_[0][k] = rows_.weight(k);
        check_weights();
        if constexpr (HasDelivered<R>) delivered_ = fields_[0];
        for (const auto& side : {Side::pre, Side::post})
            for (const auto& trace : trace_infos<R>(p_, side, h_))
                shortest_tau_ = std::min(shortest_tau_, trace.tau);
    }

    void arrive(const PreArrival& arrival) override {
        if (is_on_) pass<true>(arrival, 0, arrival.first, arrival.last);
        else if constexpr (HasDelivered<R>)
            std::copy(fields_[0].begin() + arrival.first, fields_[0].begin() + arrival.last,
                      delivered_.begin() + arrival.first);
    }

    const double* delivered() const override {
        return HasDelivered<R> ? delivered_.data() : fields_[0].data();
    }
    int sign() const override { return sign_; }

    void post_spike(std::uint32_t target, double time) override {
        if constexpr (has_history) history_.add(target, time);
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
        std::array<HugeArray<double>, n> copy;
        for (std::size_t i = 0; i < n; ++i) copy[i].assign(1, fields_[i][k]);
        if (is_on_) {
            auto s = load_one(k, fields_);
            pass_one<false>(arrival, now, k, s);
            store_one(s, 0, copy);
        }
        return copy[field][0];
    }

    void switch_on(bool is_on) override { is_on_ = is_on; }

    std::uint64_t bytes() const override {
        return (n + (HasDelivered<R> ? 1 : 0)) * rows_.size() * sizeof(double) + history_.bytes();
    }

private:
    void check_weights() const {
        for (std::size_t k = 0; k < rows_.size(); ++k) {
            const double w = fields_[0][k] * (sign_ < 0 ? -1 : 1);
            if (w >= bounds_.low && w <= bounds_.high) continue;
            if (!AnySign<R> && w < 0)
                throw BadNetwork("has weights of both signs, and " + std::string(R::name) +
                                 " keeps the sign; make them two projections");
            throw BadNetwork("= " + number(fields_[0][k]) + ": " + std::string(R::name) +
                             " keeps its amount between " + number(bounds_.low) + " and " +
                             number(bounds_.high));
        }
    }

    static constexpr std::size_t n = sizeof(Synapse<double>) / sizeof(double);
    static constexpr std::size_t n_pre = traces_of<R>(Side::pre);
    static constexpr std::size_t n_post = traces_of<R>(Side::post);
    static constexpr bool has_history = HasOnPost<R> || n_post > 0;
    static constexpr EntryLayout layout{n_pre, n_post, HasOnPost<R> && ReadsPost<R>};
    using History = PostHistory<layout>;
    static constexpr std::size_t entry = History::entry;
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

    template <class T>
    static T later(T a, T b) {
        std::experimental::where(a < b, a) = b;
        return a;
    }

    template <class T>
    T delays(const PreArrival& arrival, const Group<T>& group) const {
        const auto whole = static_cast<double>(arrival.delay);
        if constexpr (Group<T>::width == 1) return whole + rows_.offset(group.places[0]) / h_;
        else return T([&](auto i) { return whole + rows_.offset(group.places[i]) / h_; });
    }

    double longest_dendritic() const {
        const double rest = split_.rest / h_;
        return split_.rest_is_axonal ? static_cast<double>(rows_.longest()) + 1 - rest : rest;
    }

    static Synapse<double> load_one(std::size_t k, const Store& from) {
        Synapse<double> s;
        for_each_field<double>([&](auto i, double& x) { x = from[i][k]; }, s);
        return s;
    }
    static void store_one(const Synapse<double>& s, std::size_t k, Store& to) {
        for_each_field<double>([&](auto i, const double& x) { to[i][k] = x; }, s);
    }

    static constexpr std::uint32_t block = 128;  // synapses

    /// What a block of synapses has to take in.
    struct Counts {
        std::array<std::uint8_t, block> since;  // postsynaptic spikes not before Frame::begin
        std::array<std::uint8_t, block> newer;  // and of them not before Frame::end
        std::array<double, block> at;           // how far each has come; for rules with a flow
        std::array<std::uint32_t, block + lanes> list;  // of those that have spikes to take in
        std::array<std::uint32_t, block> long_ones;     // that need more than a line
        std::uint32_t listed = 0;
        std::uint32_t many = 0;
    };

    // All synapses of a run: `with_pre` up to the arrival and with it, else up to `now`.
    template <bool with_pre>
    void pass(const PreArrival& arrival, double now, std::uint32_t first, std::uint32_t last) {
        if constexpr (!with_pre && !HasOnPost<R> && !HasFlow<R>) return;
        if (first == last) return;
        const Group<double> head{{first}, {rows_.targets()[first]}};
        const Frame<double> frame(*this, arrival, delays(arrival, head), with_pre, now);
        for (std::uint32_t k = first; k < last; k += block)
            pass_block<with_pre>(arrival, now, frame, k, std::min(block, last - k));
    }

    template <bool with_pre>
    [[gnu::flatten]] void pass_block(const PreArrival& arrival, double now,
                                     const Frame<double>& common, std::uint32_t first,
                                     std::uint32_t size) {
        const Params p = p_;  // a copy that no store can change
        const bool alike = !rows_.each_has_offset();
        Counts counts;
        const auto frame_of = [&](const Group<Pack>& group) {
            if (alike) return wide(common);
            return Frame<Pack>(*this, arrival, delays(arrival, group), with_pre, now);
        };
        if constexpr (has_history) {
            count(arrival, now, common, with_pre, first, size, counts);
            std::array<std::array<double, n>, block> kept;
            for (std::uint32_t i = 0; i < counts.many; ++i)
                for (std::size_t f = 0; f < n; ++f)
                    kept[i][f] = fields_[f][first + counts.long_ones[i]];
            if constexpr (HasOnPost<R>) {
                if (adds_up_) take_sums(p, frame_of, first, counts);
                else take_in_rounds(p, frame_of, first, counts);
            }
            take_pre<with_pre>(p, arrival, frame_of, first, size, counts);
            for (std::uint32_t i = 0; i < counts.many; ++i) {
                const std::uint32_t k = first + counts.long_ones[i];
                for (std::size_t f = 0; f < n; ++f) fields_[f][k] = kept[i][f];
                auto s = load_one(k, fields_);
                pass_one<with_pre>(arrival, now, k, s);
                store_one(s, k, fields_);
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

    /// Counts spikes by the times of a line, a chunk at a time.
    void count(const PreArrival& arrival, double now, const Frame<double>& common, bool with_pre,
               std::uint32_t first, std::uint32_t size, Counts& counts) const {
        using Times = std::experimental::fixed_size_simd<double, static_cast<int>(History::chunk)>;
        const bool alike = !rows_.each_has_offset();
        const double* lines = history_.lines();
        const auto* targets = rows_.targets() + first;
        double begin = common.begin;
        double end = common.end;
        for (std::uint32_t i = 0; i < size; ++i) {
            if (!alike) {
                const Group<double> one{{first + i}, {targets[i]}};
                const Frame<double> frame(*this, arrival, delays(arrival, one), with_pre, now);
                begin = frame.begin;
                end = frame.end;
            }
            const double* line = lines + targets[i] * History::line_size;
            const Times times(line, std::experimental::element_aligned);
            auto since = static_cast<std::uint32_t>(popcount(times >= begin));
            auto newer = static_cast<std::uint32_t>(popcount(times >= end));
            if (since == History::chunk) [[unlikely]] {
                const Times more(line + History::chunk_size, std::experimental::element_aligned);
                since += static_cast<std::uint32_t>(popcount(more >= begin));
                newer += static_cast<std::uint32_t>(popcount(more >= end));
                if (since == History::slots) {  // perhaps there are more
                    counts.long_ones[counts.many++] = i;
                    since = newer = 0;
                }
            }
            counts.since[i] = static_cast<std::uint8_t>(since);
            newer = std::min(newer, since);
            counts.newer[i] = static_cast<std::uint8_t>(newer);
            if constexpr (HasFlow<R>) counts.at[i] = begin;
            counts.list[counts.listed] = i;
            counts.listed += since > newer ? 1 : 0;
        }
    }

    /// A group of listed synapses; the last one again where there are fewer.
    Group<Pack> group_at(const std::uint32_t* list, std::size_t size, std::uint32_t first) const {
        Group<Pack> group;
        for (std::size_t i = 0; i < lanes; ++i) {
            group.places[i] = first + list[std::min(i, size - 1)];
            group.targets[i] = rows_.targets()[group.places[i]];
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

    /// Postsynaptic spikes that add up: all of a synapse at once.
    template <class FrameOf>
    void take_sums(const Params& p, const FrameOf& frame_of, std::uint32_t first,
                   const Counts& counts) {
        const double* lines = history_.lines();
        for (std::uint32_t l = 0; l < counts.listed; l += lanes) {
            const auto* list = counts.list.data() + l;
            const std::size_t size = std::min<std::size_t>(lanes, counts.listed - l);
            const auto group = group_at(list, size, first);
            const Frame<Pack> frame = frame_of(group);
            MeetingOf<R, Pack> m;
            for (std::size_t i = 0; i < n_pre; ++i) {
                const auto sum_to = [&](std::size_t lane, std::uint32_t end) {
                    if (end == 0) return 0.0;
                    return lines[group.targets[lane] * History::line_size +
                                 History::place(end - 1, layout.decay(i))];
                };
                m.pre[i] = frame.anchored[i] * Pack([&](auto lane) {
                               const auto k = group.places[lane] - first;
                               return sum_to(lane, counts.since[k]) - sum_to(lane, counts.newer[k]);
                           });
            }
            auto s = gather(group);
            flip(s.w);
            R::on_post(p, s, m);
            clip(s.w);
            flip(s.w);
            scatter(s, group);
        }
    }

    /// The oldest spike of every synapse that has one left, and again until none has.
    template <class FrameOf>
    void take_in_rounds(const Params& p, const FrameOf& frame_of, std::uint32_t first,
                        Counts& counts) {
        for (std::uint32_t round = 0; counts.listed > 0; ++round) {
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
            std::uint32_t left = 0;
            for (std::uint32_t l = 0; l < counts.listed; ++l) {
                const auto i = counts.list[l];
                counts.list[left] = i;
                left += counts.since[i] - 2U - round >= counts.newer[i] &&
                                counts.since[i] >= 2U + round
                            ? 1
                            : 0;
            }
            counts.listed = left;
        }
    }

    /// The end of every synapse of a block: what flows until then, and the presynaptic spike.
    template <bool with_pre, class FrameOf>
    void take_pre(const Params& p, const PreArrival& arrival, const FrameOf& frame_of,
                  std::uint32_t first, std::uint32_t size, const Counts& counts) {
        if constexpr (!with_pre && !HasFlow<R>) return;
        Group<Pack> group;
        const std::array<std::uint32_t, 1> head{0};
        group = group_at(head.data(), 1, first);
        Frame<Pack> frame = frame_of(group);
        Ending<Pack> ending(*this, arrival, frame);
        const bool alike = !rows_.each_has_offset();
        for (std::uint32_t k = 0; k < size; k += lanes) {
            const std::size_t here = std::min<std::size_t>(lanes, size - k);
            std::array<std::uint32_t, lanes> newer{};
            for (std::size_t i = 0; i < lanes; ++i) {
                const auto j = static_cast<std::uint32_t>(k + std::min(i, here - 1));
                group.places[i] = first + j;
                group.targets[i] = rows_.targets()[first + j];
                if constexpr (has_history) newer[i] = counts.newer[j];
            }
            if (!alike) {
                frame = frame_of(group);
                ending = Ending<Pack>(*this, arrival, frame);
            }
            Synapse<Pack> s;
            for_each_field<Pack>(
                [&](auto f, Pack& x) { x = load(fields_[f].data() + first + k); }, s);
            Pack at(0);
            if constexpr (HasFlow<R>)
                at = Pack([&](auto i) {
                    return has_history ? counts.at[group.places[i] - first] : frame.begin[i];
                });
            flip(s.w);
            finish<with_pre>(p, frame, ending, group, newer, at, s);
            flip(s.w);
            for_each_field<Pack>(
                [&](auto f, const Pack& x) {
                    double* to = fields_[f].data() + first + k;
                    if (here == lanes) sim::store(x, to);
                    else
                        for (std::size_t i = 0; i < here; ++i) to[i] = x[i];
                },
                s);
            if constexpr (with_pre && HasDelivered<R>)
                for (std::size_t i = 0; i < here; ++i)
                    deliver(first + k + static_cast<std::uint32_t>(i));
        }
    }

    /// One synapse, whatever the length of its history.
    template <bool with_pre>
    [[gnu::noinline]] void pass_one(const PreArrival& arrival, double now, std::uint32_t k,
                                    Synapse<double>& s) const {
        const Group<double> group{{k}, {rows_.targets()[k]}};
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
        if constexpr (HasOnPost<R>) {
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
            } else if (!adds_up_) {
                for (std::uint32_t slot = since; slot-- > newer;)
                    take_post(p_, frame, group, std::array{slot}, at, s);
            }
        }
        finish<with_pre>(p_, frame, Ending<double>(*this, arrival, frame), group,
                         std::array{newer}, at, s);
        flip(s.w);
    }

    void deliver(std::uint32_t k) {
        auto s = load_one(k, fields_);
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
        else {
            const double* lines = history_.lines();
            return T([&](auto i) {
                return lines[group.targets[i] * History::line_size +
                             History::place(slots[i], field)];
            });
        }
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
            for (std::size_t j = 0; j < n_post; ++j)
                m.post[j] = entry_at(group, slots, layout.before(j));
        if constexpr (ReadsFirst<R>) m.is_first = entry_at(group, next(slots), 0) < frame.last;
        R::on_post(p, s, m);
        clip(s.w);
    }

    /// Traces at the end of a frame: one exponential for each, not for every synapse.
    template <class T>
    struct Ending {
        std::array<T, n_pre> pre;
        std::array<T, n_post> post;  // makes traces of their sums
        Ending(const PlasticRows& all, const PreArrival& arrival, const Frame<T>& frame) {
            for (std::size_t i = 0; i < n_pre; ++i)
                pre[i] = T(arrival.before[1 + i]) *
                         sim::exp((frame.last - frame.end) / all.pre_[i].tau);
            for (std::size_t j = 0; j < n_post; ++j)
                post[j] = sim::exp((T(all.history_.base()) - frame.end) / all.post_taus_[j]);
        }
    };

    template <bool with_pre, class T, std::size_t width>
    void finish(const Params& p, const Frame<T>& frame, const Ending<T>& ending,
                const Group<T>& group, const std::array<std::uint32_t, width>& newer, const T& at,
                Synapse<T>& s) const {
        if constexpr (HasFlow<R>) flow(p, frame, group, newer, at, later(frame.end, at), s);
        if constexpr (with_pre && HasOnPre<R>) {
            MeetingOf<R, T> m;
            m.pre = ending.pre;
            for (std::size_t j = 0; j < n_post; ++j)
                m.post[j] = ending.post[j] * entry_at(group, newer, layout.sum(j));
            if constexpr (ReadsFirst<R>) m.is_first = entry_at(group, newer, 0) >= frame.last;
            R::on_pre(p, s, m);
            clip(s.w);
        }
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
            for (std::size_t j = 0; j < n_post; ++j)
                m.post[j] =
                    entry_at(group, slots, layout.sum(j)) * sim::exp((base - at) / post_taus_[j]);
        R::flow(p, s, m, (until - at) * T(h_));
        clip(s.w);
    }

    template <class T>
    void clip(T& w) const {
        std::experimental::where(w < T(bounds_.low), w) = T(bounds_.low);
        std::experimental::where(w > T(bounds_.high), w) = T(bounds_.high);
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

    const SynapseRows& rows_;
    Params p_;
    Bounds bounds_;
    double h_;
    DelaySplit split_;
    int sign_;
    std::vector<TraceInfo> pre_;  // taus in steps
    std::vector<double> post_taus_;
    bool adds_up_;
    History history_;
    Store fields_;                 // [member of Synapse][place in the rows]; weights with their sign
    HugeArray<double> delivered_;
    double caught_up_ = -1e18;  // before everything
    double shortest_tau_ = 1e18;
    bool is_on_ = true;
};

}  // namespace sim
