// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/spiking_credit.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace models {
namespace {

// Those that lie in a stretch, of what is sorted by time; `lead` is added to their times.
template <class Event>
std::span<const Event> in_stretch(const std::vector<Event>& events, const Stretch& now,
                                  double lead) {
    const auto at = [&](double time) {
        return std::partition_point(events.begin(), events.end(),
                                    [&](const Event& event) { return event.time + lead < time; });
    };
    return {at(now.begin), at(now.end)};
}

template <class Event>
void sort_by_time(std::vector<Event>& events) {
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.time < b.time; });
}

// Those that arrive after the end stay, on the clock of the next presentation.
template <class Event>
void keep_under_way(std::vector<Event>& events, double end, double delay) {
    std::erase_if(events, [&](const Event& event) { return event.time + delay < end; });
    for (auto& event : events) event.time -= end;
}

}  // namespace

SpikingCounts& SpikingCounts::operator+=(const SpikingCounts& more) {
    spikes += more.spikes;
    arrivals += more.arrivals;
    retrograde += more.retrograde;
    retrograde_visits += more.retrograde_visits;
    return *this;
}

void check(const SpikingCreditSettings& settings, const SpikingNetwork& network) {
    const double needed = static_cast<double>(network.depth() + 2) * settings.retrograde_delay;
    if (!(settings.threshold > 0))
        throw sim::BadParameter("threshold = " + sim::number(settings.threshold) + ": must be > 0");
    if (settings.offset_release && settings.tail <= needed)
        throw sim::BadParameter("tail = " + sim::number(settings.tail) + " ms: must be > " +
                                sim::number(needed) +
                                " ms, so that the credit that is released when the teacher leaves "
                                "arrives; make it longer, or the retrograde delay shorter");
}

SpikingCredit::SpikingCredit(const SpikingNetwork& network, const SpikingCreditSettings& settings)
    : settings_(settings) {
    check(settings, network);
    const std::size_t layers = network.layers.size();
    membranes_.resize(layers);
    credit_.resize(layers);
    balance_.resize(layers);
    spikes_.resize(layers);
    retrograde_.resize(layers);
    rates_.resize(layers);
    deltas_.resize(layers);
    CreditRelease release{settings.threshold, settings.tau_c, settings.tau_x};
    if (settings.tau_x > 0) release.trace_step = 1000 / (settings.rate_hz * settings.tau_x);
    for (std::size_t i = 0; i < layers; ++i) {
        const auto& layer = network.layers[i];
        rates_[i].assign(layer.size, 0);
        if (!layer.is_input) deltas_[i].assign(layer.size, 0);
        release.is_blocked = !settings.is_blocked.empty() && settings.is_blocked[i];
        if (layer.is_output) balance_[i].emplace(layer.size);
        else credit_[i].emplace(layer.size, release);
        if (!layer.is_input && !layer.is_output)
            membranes_[i].emplace(layer.size, settings.membrane);
    }
    gathered_.resize(network.projections.size());
    if (settings.tau_x > 0)
        for (std::size_t k = 0; k < network.projections.size(); ++k)
            gathered_[k].assign(network.layers[network.projections[k].to].size *
                                    network.layers[network.projections[k].from].stride,
                                0);
}

void SpikingCredit::present(const SpikingNetwork& network, std::span<const double> inputs,
                            std::span<const double> targets, const sim::RandomKey& key,
                            std::uint64_t presentation) {
    start(network, inputs.size(), targets, key, presentation);
    std::size_t input = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (!network.layers[i].is_input) continue;
        const std::size_t size = network.layers[i].size;
        scratch_.assign(inputs.begin() + static_cast<std::ptrdiff_t>(input),
                        inputs.begin() + static_cast<std::ptrdiff_t>(input + size));
        for (double& rate : scratch_) rate *= settings_.rate_hz / 1000;
        sim::RandomKey own = key;
        own.part += static_cast<std::uint32_t>(i);
        own.purpose = sim::Purpose::source;
        trains_.append(settings_.inputs, scratch_, duration_, own, presentation, spikes_[i]);
        input += size;
    }
    run(network);
}

void SpikingCredit::present_spikes(const SpikingNetwork& network, std::size_t inputs,
                                   std::span<const Spike> spikes, std::span<const double> targets,
                                   const sim::RandomKey& key, std::uint64_t presentation) {
    start(network, inputs, targets, key, presentation);
    std::uint32_t first = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (!network.layers[i].is_input) continue;
        const auto end = first + static_cast<std::uint32_t>(network.layers[i].size);
        for (const auto& spike : spikes)
            if (spike.neuron >= first && spike.neuron < end && spike.time < duration_)
                spikes_[i].push_back({spike.time, spike.neuron - first});
        first = end;
    }
    run(network);
}

void SpikingCredit::start(const SpikingNetwork& network, std::size_t inputs,
                          std::span<const double> targets, const sim::RandomKey& key,
                          std::uint64_t presentation) {
    counts_ = {};
    is_taught_ = !targets.empty();
    if (!is_fresh_) carry_over();
    duration_ = settings_.duration() - (is_taught_ ? 0 : settings_.tail);
    restart(network, key, presentation);
    begin(network, inputs, targets);
}

void SpikingCredit::run(const SpikingNetwork& network) {
    const double window =
        network.is_layered ? duration_ : std::min(settings_.delay, settings_.retrograde_delay);
    for (std::size_t n = 0; static_cast<double>(n) * window < duration_; ++n) {
        const Stretch now{static_cast<double>(n) * window,
                          std::min(static_cast<double>(n + 1) * window, duration_)};
        for (std::size_t i = 0; i < network.layers.size(); ++i)
            if (!network.layers[i].is_input) fire(network, i, now);
        for (std::size_t i = network.layers.size(); i-- > 0;)
            if (!network.layers[i].is_output) pass_credit(network, i, now);
    }
    collect(network);
    is_fresh_ = false;
}

void SpikingCredit::carry_over() {
    for (std::size_t i = 0; i < spikes_.size(); ++i) {
        keep_under_way(spikes_[i], duration_, settings_.delay);
        keep_under_way(retrograde_[i], duration_, settings_.retrograde_delay);
        if (membranes_[i]) membranes_[i]->rewind(duration_);
        if (credit_[i]) credit_[i]->rewind(duration_);
    }
}

void SpikingCredit::restart(const SpikingNetwork& network, const sim::RandomKey& key,
                            std::uint64_t presentation) {
    if (settings_.carry == Carry::all && !is_fresh_) return;
    for (std::size_t i = 0; i < spikes_.size(); ++i) {
        spikes_[i].clear();
        if (!membranes_[i]) continue;
        scratch_.resize(network.layers[i].size);
        sim::RandomKey own = key;
        own.part += static_cast<std::uint32_t>(i);
        own.purpose = sim::Purpose::initial_state;
        uniform_numbers(own, presentation, scratch_);
        membranes_[i]->start(0, scratch_);
    }
    if (settings_.carry == Carry::credit && !is_fresh_) return;
    for (std::size_t i = 0; i < spikes_.size(); ++i) {
        retrograde_[i].clear();
        if (credit_[i]) credit_[i]->forget();
        if (balance_[i]) balance_[i]->forget();
    }
}

// In networks without cycles each layer releases once, when all of the layer above has come: at the
// offset, and, if a filter still holds credit, again before the end. In others all layers release
// again and again, and what circulates dies away. Delays are added one by one, as events do, so
// that what is released arrives before the next layer releases, to the last bit.
std::vector<double> SpikingCredit::release_times(const SpikingNetwork& network,
                                                 std::size_t layer) const {
    if (!settings_.offset_release || network.layers[layer].is_input) return {};
    const double delay = settings_.retrograde_delay;
    std::vector<double> times;
    double time = settings_.window().end + delay;
    if (!network.is_layered) {
        for (; time < duration_; time += delay) times.push_back(time);
        return times;
    }
    const std::size_t depth = network.layers[layer].depth;
    for (std::size_t n = 1; n < depth; ++n) time += delay;
    times.push_back(time);
    if (settings_.tau_c > 0) {
        double last = duration_ - static_cast<double>(network.depth() + 1) * delay;
        for (std::size_t n = 1; n < depth; ++n) last += delay;
        times.push_back(last);
    }
    return times;
}

void SpikingCredit::begin(const SpikingNetwork& network, std::size_t inputs,
                          std::span<const double> targets) {
    std::size_t all_inputs = 0;
    std::size_t output = 0;
    const double rate = settings_.rate_hz / 1000;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        all_inputs += layer.is_input ? layer.size : 0;
        scratch_.assign(layer.bias.begin(), layer.bias.end());
        for (double& one : scratch_) one *= rate;
        if (membranes_[i]) membranes_[i]->set_drift(scratch_);
        if (credit_[i]) {
            CreditLayer::Schedule schedule{settings_.window()};
            if (is_taught_) schedule.releases = release_times(network, i);
            if (!layer.is_input) schedule.samples = settings_.samples;
            credit_[i]->begin(std::move(schedule));
        }
        if (!balance_[i]) continue;
        std::vector<double> own;
        if (is_taught_)
            for (std::size_t k = 0; k < layer.size; ++k) own.push_back(targets[output++] * rate);
        const bool is_blocked = !settings_.is_blocked.empty() && settings_.is_blocked[i];
        balance_[i]->begin(
            {settings_.window(), settings_.threshold, settings_.offset_release, is_blocked},
            scratch_, own);
    }
    if (all_inputs != inputs || (is_taught_ && output != targets.size()))
        throw sim::BadNetwork("a pattern of " + std::to_string(inputs) + " inputs and " +
                              std::to_string(targets.size()) + " targets: the network has " +
                              std::to_string(all_inputs) + " inputs; give one value for each");
    for (auto& one : gathered_) std::fill(one.begin(), one.end(), 0);
}

void SpikingCredit::fire(const SpikingNetwork& network, std::size_t layer, const Stretch& now) {
    arrivals_.clear();
    std::size_t projections = 0;
    for (const auto& one : network.projections) {
        if (one.to != layer) continue;
        ++projections;
        const std::size_t stride = network.layers[layer].stride;
        for (const auto& spike : in_stretch(spikes_[one.from], now, settings_.delay))
            arrivals_.push_back(
                {spike.time + settings_.delay, one.by_pre.data() + spike.neuron * stride});
    }
    if (projections > 1) sort_by_time(arrivals_);
    counts_.arrivals += arrivals_.size() * network.layers[layer].size;
    if (balance_[layer]) balance_[layer]->walk(arrivals_, now.end, retrograde_[layer]);
    else membranes_[layer]->walk(arrivals_, now.end, spikes_[layer]);
}

void SpikingCredit::pass_credit(const SpikingNetwork& network, std::size_t layer,
                                const Stretch& now) {
    const bool is_input = network.layers[layer].is_input;
    const auto own = in_stretch(spikes_[layer], now, 0);
    if (is_input && settings_.tau_x == 0) return credit_[layer]->count(own);
    const std::size_t stride = network.layers[layer].stride;
    credit_arrivals_.clear();
    std::size_t projections = 0;
    for (std::size_t k = 0; k < network.projections.size(); ++k) {
        const auto& one = network.projections[k];
        if (one.from != layer) continue;
        ++projections;
        for (const auto& event : in_stretch(retrograde_[one.to], now, settings_.retrograde_delay))
            credit_arrivals_.push_back(
                {event.time + settings_.retrograde_delay, event.amount,
                 is_input ? nullptr : one.by_post.data() + event.neuron * stride,
                 gathered_[k].empty() ? nullptr : gathered_[k].data() + event.neuron * stride});
    }
    if (projections > 1) sort_by_time(credit_arrivals_);
    if (!is_input)
        counts_.retrograde_visits += credit_arrivals_.size() * network.layers[layer].size;
    credit_[layer]->walk(credit_arrivals_, own, now.end, retrograde_[layer]);
}

void SpikingCredit::collect(const SpikingNetwork& network) {
    const double scale = 1 / settings_.most_spikes();
    const auto scaled = [&](std::span<const double> from, std::vector<double>& to) {
        std::transform(from.begin(), from.end(), to.begin(),
                       [&](double value) { return value * scale; });
    };
    outputs_.clear();
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        // Those under way from before have been counted then.
        counts_.spikes += in_stretch(spikes_[i], {0, never}, 0).size();
        counts_.retrograde += in_stretch(retrograde_[i], {0, never}, 0).size();
        if (balance_[i]) {
            for (std::size_t k = 0; k < network.layers[i].size; ++k)
                outputs_.push_back((balance_[i]->exc()[k] - balance_[i]->inh()[k]) * scale);
            std::copy(outputs_.end() - static_cast<std::ptrdiff_t>(network.layers[i].size),
                      outputs_.end(), rates_[i].begin());
            scaled(balance_[i]->amounts(), deltas_[i]);
            continue;
        }
        scaled(credit_[i]->counts(), rates_[i]);
        if (!network.layers[i].is_input) scaled(credit_[i]->amounts(), deltas_[i]);
    }
    for (auto& one : gathered_)
        for (double& value : one) value *= scale;
}

}  // namespace models
