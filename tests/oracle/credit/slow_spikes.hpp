// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit in spikes once more, slowly: one queue of events for the whole network, every state moved
// from event to event, crossings found by halving intervals. Nothing of it is shared with
// models/spiking but the numbers that come in.

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <vector>

#include "tests/oracle/credit/slow_backprop.hpp"

namespace oracle {

struct SlowProjection {
    std::size_t from = 0, to = 0;
    std::vector<Numbers> weights;  // [post][pre]
};

struct SlowSpikingNetwork {
    enum class Kind { input, hidden, output };
    std::vector<Kind> kinds;      // [layer]
    std::vector<Numbers> biases;  // [layer][neuron]
    std::vector<SlowProjection> projections;

    double rate = 0.1;  // 1/ms
    double tau_m = INFINITY, floor = -INFINITY, t_ref = 0;
    double delay = 1, retrograde_delay = 1;
    double threshold = 0.3, tau_c = 0, tau_x = 0;
};

struct SlowSpike {
    double time;
    std::size_t neuron;
};
struct SlowRetrograde {
    double time;
    std::size_t neuron;
    double amount;
};

/// What drives a stretch of time from outside.
struct SlowPresentation {
    double begin = 0, teacher_on = 0, teacher_off = 0, end = 0;
    Numbers targets;                                         // of all outputs
    std::vector<std::vector<SlowSpike>> inputs;              // [layer], absolute times
    std::vector<std::pair<double, std::size_t>> releases{};  // time, layer
    bool sends_rest = true;                                  // of outputs, when the teacher leaves
};

class SlowSpikes {
public:
    SlowSpikes(const SlowSpikingNetwork& network, const std::vector<Numbers>& membranes)
        : net_(network), u_(membranes) {
        for (const auto& bias : net_.biases) {
            ready_.emplace_back(bias.size(), -INFINITY);
            for (auto* one : {&held_, &filtered_, &traces_, &counts_, &amounts_, &imbalance_})
                one->emplace_back(bias.size(), 0.0);
            spikes.emplace_back();
            retrograde.emplace_back();
        }
        for (const auto& one : net_.projections)
            gathered.emplace_back(one.weights.size(), Numbers(one.weights[0].size(), 0.0));
    }

    void present(const SlowPresentation& shown) {
        shown_ = shown;
        for (std::size_t l = 0; l < net_.kinds.size(); ++l) {
            counts_[l].assign(counts_[l].size(), 0);
            amounts_[l].assign(amounts_[l].size(), 0);
        }
        for (auto& one : gathered)
            for (auto& row : one) row.assign(row.size(), 0.0);
        for (std::size_t l = 0; l < shown.inputs.size(); ++l)
            for (const auto& spike : shown.inputs[l])
                queue_.insert({{spike.time, 2, spike.neuron}, {Event::own, l, spike.neuron, 0}});
        for (const auto& [time, layer] : shown.releases)
            queue_.insert({{time, 3, 0}, {Event::release, layer, 0, 0}});
        queue_.insert({{shown.teacher_on, 0, 0}, {Event::nothing, 0, 0, 0}});
        queue_.insert({{shown.teacher_off, 4, 0}, {Event::teacher_leaves, 0, 0, 0}});
        while (step()) {
        }
    }

    const std::vector<Numbers>& amounts() const { return amounts_; }
    const std::vector<Numbers>& counts() const { return counts_; }
    const std::vector<Numbers>& held() const { return held_; }
    const std::vector<Numbers>& filtered() const { return filtered_; }
    std::vector<std::vector<SlowSpike>> spikes;           // [layer]
    std::vector<std::vector<SlowRetrograde>> retrograde;  // [layer]
    std::vector<std::vector<Numbers>> gathered;           // [projection][post][pre]

private:
    using Kind = SlowSpikingNetwork::Kind;
    using Order = std::tuple<double, int, std::size_t>;  // time, kind, neuron
    struct Event {
        enum Type { nothing, arrival, credit, own, release, teacher_leaves } type;
        std::size_t layer, neuron;
        double amount;
    };

    bool is_taught(double time) const {
        return time >= shown_.teacher_on && time < shown_.teacher_off;
    }

    double membrane_at(std::size_t l, std::size_t i, double time) const {
        const double drift = net_.biases[l][i] * net_.rate;
        const double passed = time - now_;
        if (std::isinf(net_.tau_m)) return std::max(u_[l][i] + drift * passed, net_.floor);
        const double kept = std::exp(-passed / net_.tau_m);
        return std::max(u_[l][i] * kept + drift * net_.tau_m * (1 - kept), net_.floor);
    }
    double imbalance_at(std::size_t l, std::size_t k, double time) const {
        const bool on = is_taught(now_);
        return imbalance_[l][k] +
               (on ? (shown_.targets[k] - net_.biases[l][k]) * net_.rate * (time - now_) : 0);
    }

    // Goes to the next event, or the first crossing before it; false at the end.
    bool step() {
        const double next =
            queue_.empty() ? shown_.end : std::min(std::get<0>(queue_.begin()->first), shown_.end);
        for (std::size_t l = 0; l < net_.kinds.size(); ++l)
            for (std::size_t i = 0; net_.kinds[l] == Kind::hidden && i < u_[l].size(); ++i)
                if (u_[l][i] >= 1 && now_ >= ready_[l][i]) {
                    fire(l, i);
                    return true;
                }
        double first = next;
        std::size_t layer = 0, neuron = 0;
        bool crosses = false;
        const auto search = [&](std::size_t l, std::size_t i, const auto& is_over) {
            if (!is_over(first)) return;
            double low = now_, high = first;
            for (int n = 0; n < 200; ++n) {
                const double middle = 0.5 * (low + high);
                (is_over(middle) ? high : low) = middle;
            }
            if (high >= first) return;
            first = high;
            layer = l;
            neuron = i;
            crosses = true;
        };
        for (std::size_t l = 0; l < net_.kinds.size(); ++l)
            for (std::size_t i = 0; i < net_.biases[l].size(); ++i) {
                if (net_.kinds[l] == Kind::hidden)
                    search(l, i, [&](double t) {
                        return t >= ready_[l][i] && membrane_at(l, i, t) >= 1;
                    });
                if (net_.kinds[l] == Kind::output)
                    search(l, i, [&](double t) {
                        return std::abs(imbalance_at(l, i, t)) >= net_.threshold;
                    });
            }
        move_to(first);
        if (crosses) {
            if (net_.kinds[layer] == Kind::hidden) fire(layer, neuron);
            else send(layer, neuron, imbalance_[layer][neuron]);
            return true;
        }
        if (next >= shown_.end) return false;
        const Event event = queue_.begin()->second;
        queue_.erase(queue_.begin());
        handle(event);
        return true;
    }

    void move_to(double time) {
        for (std::size_t l = 0; l < net_.kinds.size(); ++l)
            for (std::size_t i = 0; i < net_.biases[l].size(); ++i) {
                if (net_.kinds[l] == Kind::hidden) u_[l][i] = membrane_at(l, i, time);
                if (net_.kinds[l] == Kind::output) imbalance_[l][i] = imbalance_at(l, i, time);
                if (net_.tau_c > 0) {
                    const double kept = std::exp(-(time - now_) / net_.tau_c);
                    held_[l][i] += filtered_[l][i] * (1 - kept);
                    filtered_[l][i] *= kept;
                }
                if (net_.tau_x > 0) traces_[l][i] *= std::exp(-(time - now_) / net_.tau_x);
            }
        now_ = time;
    }

    void handle(const Event& event) {
        const auto& [type, layer, neuron, amount] = event;
        if (type == Event::own) spike(layer, neuron);
        if (type == Event::arrival) arrive(layer, neuron);
        if (type == Event::credit) take_credit(layer, neuron, amount);
        if (type == Event::release)
            for (std::size_t j = 0; j < held_[layer].size(); ++j)
                if (counts_[layer][j] > 0 && held_[layer][j] != 0) send(layer, j, held_[layer][j]);
        if (type == Event::teacher_leaves && shown_.sends_rest)
            for (std::size_t l = 0; l < net_.kinds.size(); ++l)
                if (net_.kinds[l] == Kind::output)
                    for (std::size_t k = 0; k < imbalance_[l].size(); ++k)
                        if (imbalance_[l][k] != 0) send(l, k, imbalance_[l][k]);
    }

    // A spike of `neuron` of `layer` at all its targets.
    void arrive(std::size_t layer, std::size_t neuron) {
        for (const auto& one : net_.projections) {
            if (one.from != layer) continue;
            for (std::size_t i = 0; i < one.weights.size(); ++i) {
                const double w = one.weights[i][neuron];
                if (net_.kinds[one.to] == Kind::output) {
                    if (!is_taught(now_)) continue;
                    imbalance_[one.to][i] -= w;
                    if (std::abs(imbalance_[one.to][i]) >= net_.threshold)
                        send(one.to, i, imbalance_[one.to][i]);
                    continue;
                }
                u_[one.to][i] = std::max(u_[one.to][i] + w, net_.floor);
                while (u_[one.to][i] >= 1 && now_ >= ready_[one.to][i]) fire(one.to, i);
            }
        }
    }

    void fire(std::size_t layer, std::size_t neuron) {
        u_[layer][neuron] -= 1;
        ready_[layer][neuron] = now_ + net_.t_ref;
        if (net_.t_ref > 0)
            queue_.insert({{ready_[layer][neuron], 0, 0}, {Event::nothing, 0, 0, 0}});
        spike(layer, neuron);
    }

    void spike(std::size_t layer, std::size_t neuron) {
        spikes[layer].push_back({now_, neuron});
        queue_.insert({{now_ + net_.delay, 0, neuron}, {Event::arrival, layer, neuron, 0}});
        if (is_taught(now_)) ++counts_[layer][neuron];
        if (net_.tau_x > 0) traces_[layer][neuron] += 1 / (net_.rate * net_.tau_x);
        const double amount = held_[layer][neuron];
        if (now_ >= shown_.teacher_off && counts_[layer][neuron] == 0) return;
        if (amount != 0 && std::abs(amount) >= net_.threshold) send(layer, neuron, amount);
    }

    void send(std::size_t layer, std::size_t neuron, double amount) {
        (net_.kinds[layer] == Kind::output ? imbalance_ : held_)[layer][neuron] = 0;
        amounts_[layer][neuron] += amount;
        retrograde[layer].push_back({now_, neuron, amount});
        queue_.insert(
            {{now_ + net_.retrograde_delay, 1, neuron}, {Event::credit, layer, neuron, amount}});
    }

    void take_credit(std::size_t layer, std::size_t neuron, double amount) {
        for (std::size_t k = 0; k < net_.projections.size(); ++k) {
            const auto& one = net_.projections[k];
            if (one.to != layer) continue;
            for (std::size_t j = 0; j < one.weights[neuron].size(); ++j) {
                auto& credit = net_.tau_c > 0 ? filtered_ : held_;
                if (net_.kinds[one.from] == Kind::hidden)
                    credit[one.from][j] += one.weights[neuron][j] * amount;
                if (net_.tau_x > 0) gathered[k][neuron][j] += amount * traces_[one.from][j];
            }
        }
    }

    SlowSpikingNetwork net_;
    std::vector<Numbers> u_, ready_, held_, filtered_, traces_, counts_, amounts_, imbalance_;
    std::multimap<Order, Event> queue_;
    SlowPresentation shown_;
    double now_ = 0;
};

}  // namespace oracle
