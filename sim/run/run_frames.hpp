// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The frames of the synapses of a run: one for all, or, where delays differ below a step, one each.

#include <algorithm>
#include <cstdint>

#include "sim/run/synapse_steps.hpp"

namespace sim {

template <Rule R>
class SharedFrames {
public:
    using Steps = SynapseSteps<R>;
    template <class T>
    using Frame = typename Steps::template Frame<T>;
    static constexpr bool are_shared = true;

    SharedFrames(const Steps& steps, const PreArrival& arrival, const Frame<double>& one)
        : one_(one), pack_{}, ends_(steps.ending(arrival, wide(one, pack_))) {}

    const Frame<double>& one(std::uint32_t) const { return one_; }
    const Frame<Pack>& of(const SynapseGroup<Pack>&) const { return pack_; }
    /// Of neighbours.
    const Frame<Pack>& of(std::uint32_t, std::size_t) const { return pack_; }
    const auto& ending(const Frame<Pack>&) const { return ends_; }

private:
    static const Frame<Pack>& wide(const Frame<double>& one, Frame<Pack>& all) {
        all.last = Pack(one.last);
        all.end = Pack(one.end);
        all.begin = Pack(one.begin);
        for (std::size_t i = 0; i < all.anchored.size(); ++i)
            all.anchored[i] = Pack(one.anchored[i]);
        return all;
    }

    Frame<double> one_;
    Frame<Pack> pack_;
    typename Steps::template Ending<Pack> ends_;
};

template <Rule R>
class OwnFrames {
public:
    using Steps = SynapseSteps<R>;
    template <class T>
    using Frame = typename Steps::template Frame<T>;
    static constexpr bool are_shared = false;

    OwnFrames(const Steps& steps, const PreArrival& arrival, bool with_pre, double now)
        : steps_(steps), arrival_(arrival), with_pre_(with_pre), now_(now) {}

    Frame<double> one(std::uint32_t k) const {
        return steps_.frame(arrival_, SynapseGroup<double>{{k}, {}}, with_pre_, now_);
    }
    Frame<Pack> of(const SynapseGroup<Pack>& group) const {
        return steps_.frame(arrival_, group, with_pre_, now_);
    }
    Frame<Pack> of(std::uint32_t k, std::size_t size) const {
        SynapseGroup<Pack> group{};
        for (std::size_t i = 0; i < lanes; ++i)
            group.places[i] = k + static_cast<std::uint32_t>(std::min(i, size - 1));
        return of(group);
    }
    auto ending(const Frame<Pack>& frame) const { return steps_.ending(arrival_, frame); }

private:
    const Steps& steps_;
    const PreArrival& arrival_;
    bool with_pre_;
    double now_;
};

}  // namespace sim
