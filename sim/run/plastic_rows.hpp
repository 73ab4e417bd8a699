// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Plastic synapses of one rule: the loops around its arithmetic.
//
// Synapses of a run are brought up to date side by side, in packs. Those of a pack differ in how many
// postsynaptic spikes they have to take in: these are walked by their place in the history, oldest
// first, and lanes that have none there are masked. The few synapses with more than the lines of a
// history hold go one by one, by the same code over doubles, so the bits are the same.
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

namespace detail {

inline bool any(bool mask) { return mask; }
template <class Mask>
bool any(const Mask& mask) {
    return any_of(mask);
}
inline double largest(double x) { return x; }
inline double largest(const Pack& x) { return hmax(x); }
inline double least(double x) { return x; }
inline double least(const Pack& x) { return hmin(x); }

}  // namespace detail

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
          history_(has_history ? context.targets : 0, pre_, trace_infos<R>(p_, Side::post, h_)) {
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
        if (is_on_) pass<true>(arrival, 0, fields_, arrival.first, arrival.last);
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
        if (is_on_) pass<false>(arrival, now, fields_, arrival.first, arrival.last);
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
            const Frame<double> frame(*this, arrival, k, 1);
            auto s = load_one(k, fields_);
            pass_one<false>(frame, rows_.targets()[k], limit(k, arrival, now), s);
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
    static constexpr EntryLayout layout{n_pre, n_post, HasOnPost<R> && n_post > 0};
    using History = PostHistory<layout>;
    static constexpr std::size_t entry = History::entry;
    using Store = std::array<HugeArray<double>, n>;

    /// What the synapses of a pack, or of a run if their delays are alike, have in common.
    template <class T>
    struct Frame {
        T last;   ///< presynaptic spike before this one
        T now;    ///< this one
        T begin;  ///< what happened before has been taken in
        std::array<T, n_pre> at_last;   ///< presynaptic traces after the one before
        std::array<T, n_pre> anchored;  ///< times e^((last - base) / tau)
        std::array<T, n_pre> at_now;
        std::array<T, n_post> to_now;  ///< makes postsynaptic traces of their sums

        Frame(const PlasticRows& all, const PreArrival& arrival, std::size_t k, std::size_t count) {
            const T delay = all.delays<T>(arrival, k, count);
            const T rest(all.split_.rest / all.h_);
            // Axonal minus dendritic part.
            const T shift = all.split_.rest_is_axonal ? T(2.0) * rest - delay : delay - T(2.0) * rest;
            last = T(arrival.before[0]) + shift;
            now = T(arrival.time) + shift;
            begin = later(later(last, T(all.caught_up_) - (delay - shift)), T(0.0));
            const double base = all.history_.base();
            for (std::size_t i = 0; i < n_pre; ++i) {
                at_last[i] = T(arrival.before[1 + i]);
                anchored[i] = at_last[i] * sim::exp((last - T(base)) / all.pre_[i].tau);
                at_now[i] = at_last[i] * sim::exp((last - now) / all.pre_[i].tau);
            }
            std::size_t j = 0;
            for (const auto& trace : R::traces())
                if (trace.side == Side::post)
                    to_now[j++] = sim::exp(-(now - T(base)) / (all.p_.*(trace.tau) / all.h_));
        }
    };

    template <class T>
    static T later(T a, T b) {
        std::experimental::where(a < b, a) = b;
        return a;
    }

    template <class T>
    T delays(const PreArrival& arrival, std::size_t k, std::size_t count) const {
        const auto whole = static_cast<double>(arrival.delay);
        if constexpr (std::is_same_v<T, double>) return whole + rows_.offset(k) / h_;
        else
            return T([&](std::size_t i) {
                return whole + rows_.offset(k + std::min(i, count - 1)) / h_;
            });
    }

    double longest_dendritic() const {
        const double rest = split_.rest / h_;
        return split_.rest_is_axonal ? static_cast<double>(rows_.longest()) + 1 - rest : rest;
    }

    /// Up to which time a synapse is caught up at `now`.
    double limit(std::size_t k, const PreArrival& arrival, double now) const {
        const double delay = delays<double>(arrival, k, 1);
        const double rest = split_.rest / h_;
        return now - 2 * (split_.rest_is_axonal ? delay - rest : rest);
    }

    static Synapse<double> load_one(std::size_t k, const Store& from) {
        Synapse<double> s;
        for_each_field<double>([&](auto i, double& x) { x = from[i][k]; }, s);
        return s;
    }
    static void store_one(const Synapse<double>& s, std::size_t k, Store& to) {
        for_each_field<double>([&](auto i, const double& x) { to[i][k] = x; }, s);
    }

    // All synapses of a run: `with_pre` up to the arrival and with it, else up to `now`.
    template <bool with_pre>
    [[gnu::flatten]] void pass(const PreArrival& arrival, double now, Store& store,
                               std::uint32_t first, std::uint32_t last) {
        if constexpr (!with_pre && !HasOnPost<R> && !HasFlow<R>) return;
        if (first == last) return;
        const bool alike = !rows_.each_has_offset();
        Frame<Pack> frame(*this, arrival, first, std::min<std::size_t>(lanes, last - first));
        const Params p = p_;  // a copy that no store can change
        for (std::uint32_t k = first; k < last; k += lanes) {
            const std::size_t count = std::min<std::size_t>(lanes, last - k);
            if (!alike && k > first) frame = Frame<Pack>(*this, arrival, k, count);
            pass_pack<with_pre>(p, frame, arrival, now, k, count, store);
        }
    }

    template <bool with_pre>
    void pass_pack(const Params& p, const Frame<Pack>& frame, const PreArrival& arrival, double now,
                   std::uint32_t k, std::size_t count, Store& store) {
        std::array<std::uint32_t, lanes> targets;
        for (std::size_t i = 0; i < lanes; ++i)
            targets[i] = rows_.targets()[k + std::min(i, count - 1)];
        Synapse<Pack> s;
        for_each_field<Pack>([&](auto i, Pack& x) { x = load(store[i].data() + k); }, s);
        Pack end = frame.now;
        if constexpr (!with_pre) {
            const double rest = split_.rest / h_;
            const Pack delay = delays<Pack>(arrival, k, count);
            end = Pack(now) - Pack(2.0) * (split_.rest_is_axonal ? delay - Pack(rest) : Pack(rest));
        }
        if (!walk<with_pre>(p, frame, targets, end, s)) {
            for (std::size_t i = 0; i < count; ++i) {
                auto one = load_one(k + i, store);
                const Frame<double> narrow(*this, arrival, k + i, 1);
                pass_one<with_pre>(narrow, targets[i], end[i], one);
                store_one(one, k + i, store);
                if constexpr (with_pre && HasDelivered<R>)
                    delivered_[k + i] = signed_weight(R::delivered(p_, with_amount(one)));
            }
            return;
        }
        for_each_field<Pack>(
            [&](auto i, const Pack& x) {
                double* to = store[i].data() + k;
                if (count == lanes) sim::store(x, to);
                else
                    for (std::size_t lane = 0; lane < count; ++lane) to[lane] = x[lane];
            },
            s);
        if constexpr (with_pre && HasDelivered<R>)
            for (std::size_t i = 0; i < count; ++i)
                delivered_[k + i] =
                    signed_weight(R::delivered(p_, with_amount(lane_of<Synapse<double>>(s, i))));
    }

    template <bool with_pre>
    [[gnu::noinline]] void pass_one(const Frame<double>& frame, std::uint32_t target, double end,
                  Synapse<double>& s) const {
        walk<with_pre>(p_, frame, std::array{target}, end, s);
    }

    double signed_weight(double amount) const { return sign_ < 0 ? -amount : amount; }
    Synapse<double> with_amount(Synapse<double> s) const {
        if (sign_ < 0) s.w = -s.w;
        return s;
    }

    /// A number of the slot-th newest spike of each target; doubles reach beyond the lines.
    template <class T, std::size_t width>
    T entry_of(const std::array<std::uint32_t, width>& targets, std::size_t slot,
             std::size_t field) const {
        if constexpr (width == 1) return history_.at(targets[0], slot)[field];
        else {
            const double* lines = history_.line(0) + slot * entry + field;
            constexpr std::size_t stride = History::slots * entry;
            return T([&](auto i) { return lines[targets[i] * stride]; });
        }
    }
    /// The same with a slot for each lane.
    template <class T, std::size_t width>
    T entry_at(const std::array<std::uint32_t, width>& targets, const T& slot,
                std::size_t field) const {
        if constexpr (width == 1)
            return history_.at(targets[0], static_cast<std::size_t>(slot))[field];
        else {
            const double* lines = history_.line(0) + field;
            constexpr std::size_t stride = History::slots * entry;
            return T([&](auto i) {
                return lines[targets[i] * stride + static_cast<std::size_t>(slot[i]) * entry];
            });
        }
    }

    /// Brings synapses from frame.begin to `end`, and through the presynaptic spike there. Says false,
    /// with `s` as it was, where a line of the history is too short for a lane.
    template <bool with_pre, class T, std::size_t width>
    bool walk(const Params& p, const Frame<T>& frame,
              const std::array<std::uint32_t, width>& targets, const T& end, Synapse<T>& s) const {
        T newer(0), since(0);  // spikes not before `end`, and not before `begin`
        if constexpr (has_history) {
            for (std::size_t slot = 0;; ++slot) {
                const T time = entry_of<T>(targets, slot, 0);
                const auto is_since = time >= frame.begin;
                if (!detail::any(is_since)) break;
                if (width > 1 && slot + 1 == History::slots) return false;
                std::experimental::where(is_since, since) += T(1);
                std::experimental::where(time >= end, newer) += T(1);
            }
        }
        Synapse<T> now = s;
        if (sign_ < 0) now.w = -now.w;
        MeetingOf<R, T> m;
        T at = frame.begin;  // how far each lane has come
        if constexpr (HasOnPost<R>) {
            const auto most = static_cast<std::size_t>(detail::largest(since));
            const auto least = static_cast<std::size_t>(detail::least(newer));
            for (std::size_t slot = most; slot-- > least;) {
                const T place(static_cast<double>(slot));
                const auto is_here = place < since && place >= newer;
                if (width > 1 && !detail::any(is_here)) continue;
                Synapse<T> next = now;
                const T time = entry_of<T>(targets, slot, 0);
                if constexpr (HasFlow<R>) {
                    traces_at(frame, targets, T(static_cast<double>(slot + 1)), at, m);
                    flow(p, next, m, time - at);
                }
                for (std::size_t i = 0; i < n_pre; ++i)
                    m.pre[i] = frame.anchored[i] * entry_of<T>(targets, slot, layout.decay(i));
                for (std::size_t j = 0; j < n_post; ++j)
                    m.post[j] = entry_of<T>(targets, slot, layout.before(j));
                m.is_first = entry_of<T>(targets, slot + 1, 0) < frame.last;
                R::on_post(p, next, m);
                clip(next.w);
                assign_fields<T>(is_here, next, now);
                std::experimental::where(is_here, at) = time;
            }
        }
        if constexpr (HasFlow<R>) {
            traces_at(frame, targets, newer, at, m);
            flow(p, now, m, later(end, at) - at);
        }
        if constexpr (with_pre && HasOnPre<R>) {
            m.pre = frame.at_now;
            if constexpr (has_history) {
                for (std::size_t j = 0; j < n_post; ++j)
                    m.post[j] = frame.to_now[j] * entry_at<T>(targets, newer, layout.sum(j));
                m.is_first = entry_at<T>(targets, newer, 0) >= frame.last;
            }
            R::on_pre(p, now, m);
            clip(now.w);
        }
        if (sign_ < 0) now.w = -now.w;
        s = now;
        return true;
    }

    template <class T>
    void clip(T& w) const {
        std::experimental::where(w < T(bounds_.low), w) = T(bounds_.low);
        std::experimental::where(w > T(bounds_.high), w) = T(bounds_.high);
    }

    template <class T>
    void flow(const Params& p, Synapse<T>& s, const MeetingOf<R, T>& m, const T& steps) const {
        R::flow(p, s, m, steps * T(h_));
        clip(s.w);
    }

    /// Traces of both sides at `at`, which no spike separates from the slot-th newest one.
    template <class T, std::size_t width>
    void traces_at(const Frame<T>& frame, const std::array<std::uint32_t, width>& targets,
                   const T& slot, const T& at, MeetingOf<R, T>& m) const {
        for (std::size_t i = 0; i < n_pre; ++i)
            m.pre[i] = frame.at_last[i] * sim::exp((frame.last - at) / pre_[i].tau);
        if constexpr (n_post > 0) {
            std::size_t j = 0;
            for (const auto& trace : R::traces())
                if (trace.side == Side::post) {
                    m.post[j] = entry_at<T>(targets, slot, layout.sum(j)) *
                                sim::exp((T(history_.base()) - at) / (p_.*(trace.tau) / h_));
                    ++j;
                }
        }
    }

    const SynapseRows& rows_;
    Params p_;
    Bounds bounds_;
    double h_;
    DelaySplit split_;
    int sign_;
    std::vector<TraceInfo> pre_;  // taus in steps
    History history_;
    Store fields_;                 // [member of Synapse][place in the rows]; weights with their sign
    HugeArray<double> delivered_;
    double caught_up_ = -1e18;  // before everything
    double shortest_tau_ = 1e18;
    bool is_on_ = true;
};

}  // namespace sim
