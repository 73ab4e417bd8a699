// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit of a network of given spikes by one slow queue of events: the equations of
// sim/run/credit_population.hpp and plasticity/modulated/retrograde_credit.hpp in closed form, sums
// over all events since the start in the place of states.

#include <cmath>
#include <cstdint>
#include <map>
#include <queue>
#include <tuple>
#include <vector>

namespace oracle {

struct SlowSynapse {
    std::size_t pre_population, pre, post_population, post;
    double weight;  ///< at the start
    double axonal, dendritic;
    bool carries = true;
    double eta = 0, tau_x = 1, tau_w = 1;  ///< eta 0: static
    double gain = 1;                       ///< -1: eta acts on the amount of a negative weight
    struct Gathered {
        double time, amount;  ///< at the synapse
    };
    std::vector<Gathered> events = {};

    double delay() const { return axonal + dendritic; }
};

struct SlowCredit {
    bool has_credit = false;
    double threshold = 0.3, delay = 1, tau_c = 0, unit = 1, unit_inh = 1;
    std::vector<std::size_t> teachers = {};
    double teacher_amount = 1;
    std::vector<double> releases = {};  ///< ms, absolute
};

struct SlowStretch {
    double begin, end;
};

struct SlowEvent {
    std::size_t population, neuron;
    double time, amount;
};

class EngineQueue {
public:
    double step = 0.1;                ///< weights are read at whole steps
    std::vector<double> phases = {};  ///< begins, ms: all synapses are brought up to date
    std::vector<std::vector<std::vector<double>>> spikes;  ///< [population][neuron], ms
    std::vector<SlowCredit> credit;                        ///< [population]
    std::vector<SlowSynapse> synapses;
    std::vector<SlowStretch> taught;  ///< all teachers are there in these
    bool sends_rest = true;           ///< of the imbalance, when they leave

    std::vector<SlowEvent> sent;

    void run(double until) {
        fill(until);
        while (!queue_.empty() && queue_.top().time < until - 1e-9) {
            const auto one = queue_.top();
            queue_.pop();
            happen(one);
        }
    }

    double held(std::size_t population, std::size_t neuron, double time) const {
        const auto& [came, filters] = at(population, neuron);
        double sum = came;
        const double tau = credit[population].tau_c;
        for (const auto& one : filters) sum -= one.amount * std::exp(-(time - one.time) / tau);
        return sum;
    }
    double imbalance(std::size_t population, std::size_t neuron) const {
        const auto found = imbalance_.find({population, neuron});
        return found == imbalance_.end() ? 0 : found->second;
    }

    /// At a time by the clock of the neuron, at which a spike would act.
    double weight(const SlowSynapse& s, double neuron_time) const {
        const double time = neuron_time - s.dendritic;
        double w = s.weight;
        for (const auto& one : s.events)
            if (one.time < time)
                w += s.gain * s.eta * one.amount * -std::expm1(-(time - one.time) / s.tau_w);
        return w;
    }
    /// What an event that comes then reads: as it was when the last presynaptic spike or phase came.
    double stored(const SlowSynapse& s, double neuron_time) const {
        double last = -1e9;
        for (const double t : spikes[s.pre_population][s.pre])
            if (t + s.delay() < neuron_time - 1e-7) last = std::max(last, t + s.delay());
        for (const double t : phases)
            if (t < neuron_time + 1e-7) last = std::max(last, t);
        return weight(s, last);
    }
    double gathered(const SlowSynapse& s, double neuron_time) const {
        const double time = neuron_time - s.dendritic;
        double e = 0;
        for (const auto& one : s.events)
            if (one.time < time) e += one.amount * std::exp(-(time - one.time) / s.tau_w);
        return e;
    }

private:
    enum Rank { begin, end, arrival, input, spike, release };
    struct Happening {
        double time;
        Rank rank;
        std::size_t population = 0, neuron = 0;
        std::size_t from_population = 0, from = 0, synapse = 0;
        double amount = 0;
        auto key() const {
            return std::tuple(std::llround(time * 1e8), rank, population, neuron, from_population,
                              from, synapse);
        }
        bool operator<(const Happening& other) const { return key() > other.key(); }
    };
    struct State {
        double unsent = 0;
        struct Filter {
            double time, amount;
        };
        std::vector<Filter> filters = {};
    };

    const State& at(std::size_t population, std::size_t neuron) const {
        static const State none;
        const auto found = states_.find({population, neuron});
        return found == states_.end() ? none : found->second;
    }

    bool is_taught(double time) const {
        for (const auto& one : taught)
            if (time > one.begin - 1e-9 && time < one.end - 1e-9) return true;
        return false;
    }

    void fill(double until) {
        for (std::size_t p = 0; p < credit.size(); ++p) {
            if (!credit[p].has_credit) continue;
            for (std::size_t k = 0; k < spikes[p].size(); ++k)
                for (const double t : spikes[p][k]) queue_.push({t, spike, p, k});
            for (const double t : credit[p].releases) queue_.push({t, release, p});
            for (const auto teacher : credit[p].teachers)
                for (std::size_t k = 0; k < spikes[teacher].size(); ++k)
                    for (const double t : spikes[teacher][k])
                        queue_.push(
                            {t, input, p, k, 0, 0, synapses.size(), credit[p].teacher_amount});
            if (credit[p].teachers.empty()) continue;
            for (const auto& one : taught) queue_.push({one.end, end, p});
        }
        for (const auto& one : taught) queue_.push({one.begin, begin});
        for (std::size_t s = 0; s < synapses.size(); ++s) {
            const auto& one = synapses[s];
            if (!one.carries || credit[one.post_population].teachers.empty()) continue;
            for (const double t : spikes[one.pre_population][one.pre])
                if (t + one.delay() < until)
                    queue_.push({t + one.delay(), input, one.post_population, one.post, 0, 0, s});
        }
    }

    double in_spikes(std::size_t population, double w) const {
        return w / (w < 0 ? credit[population].unit_inh : credit[population].unit);
    }

    // An instant's inputs are added before the threshold is looked at.
    bool is_last_input(const Happening& one) const {
        if (queue_.empty()) return true;
        const auto& next = queue_.top();
        return next.rank != input || next.population != one.population ||
               next.neuron != one.neuron ||
               std::llround(next.time * 1e8) != std::llround(one.time * 1e8);
    }

    void happen(const Happening& one) {
        const auto p = one.population;
        const auto k = one.neuron;
        if (one.rank == begin) has_spiked_.clear();
        if (one.rank == end && sends_rest)
            for (std::size_t i = 0; i < spikes[p].size(); ++i)
                if (imbalance(p, i) != 0) send_imbalance(one.time, p, i);
        if (one.rank == arrival) {
            auto& state = states_[{p, k}];
            state.unsent += one.amount;
            if (credit[p].tau_c > 0) state.filters.push_back({one.time, one.amount});
        }
        if (one.rank == input && is_taught(one.time)) {
            const bool is_teacher = one.synapse == synapses.size();
            imbalance_[{p, k}] +=
                is_teacher ? one.amount : -in_spikes(p, weight(synapses[one.synapse], one.time));
            if (is_last_input(one) && std::abs(imbalance(p, k)) >= credit[p].threshold)
                send_imbalance(one.time, p, k);
        }
        if (one.rank == spike) {
            if (is_taught(one.time)) has_spiked_[{p, k}] = true;
            if (has_spiked_.contains({p, k}) &&
                std::abs(held(p, k, one.time)) >= credit[p].threshold)
                release_held(one.time, p, k);
        }
        if (one.rank == release)
            for (std::size_t i = 0; i < spikes[p].size(); ++i)
                if (has_spiked_.contains({p, i})) release_held(one.time, p, i);
    }

    void release_held(double time, std::size_t p, std::size_t k) {
        const double amount = held(p, k, time);
        if (amount == 0) return;
        states_[{p, k}].unsent -= amount;
        send(time, p, k, amount);
    }
    void send_imbalance(double time, std::size_t p, std::size_t k) {
        const double amount = imbalance(p, k);
        imbalance_[{p, k}] = 0;
        send(time, p, k, amount);
    }

    void send(double time, std::size_t p, std::size_t k, double amount) {
        sent.push_back({p, k, time, amount});
        const double arrives = time + credit[p].delay;
        const double reads = std::floor(arrives / step + 1e-7) * step;
        for (std::size_t s = 0; s < synapses.size(); ++s) {
            auto& one = synapses[s];
            if (one.post_population != p || one.post != k) continue;
            if (one.eta != 0) {
                const double reached = arrives + one.dendritic;
                double x = 0;
                for (const double t : spikes[one.pre_population][one.pre])
                    if (t + one.axonal < reached + 1e-9)
                        x += std::exp(-(reached - t - one.axonal) / one.tau_x);
                one.events.push_back({reached, amount * x});
            }
            if (one.carries && credit[one.pre_population].has_credit)
                queue_.push({arrives, arrival, one.pre_population, one.pre, p, k, s,
                             amount * in_spikes(p, stored(one, reads))});
        }
    }

    std::priority_queue<Happening> queue_;
    std::map<std::pair<std::size_t, std::size_t>, State> states_;
    std::map<std::pair<std::size_t, std::size_t>, double> imbalance_;
    std::map<std::pair<std::size_t, std::size_t>, bool> has_spiked_;
};

}  // namespace oracle
