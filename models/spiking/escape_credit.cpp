// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/escape_credit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/spiking/spike.hpp"
#include "sim/core/error.hpp"
#include "sim/core/random.hpp"

namespace models {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

double sigmoid(double u) { return 1 / (1 + std::exp(-u)); }

// A vector that decays: at time t it is `value` times exp(-(t - base) / tau).
class Decaying {
public:
    Decaying(Index size, double tau) : value_(VectorXd::Zero(size)), tau_(tau) {}

    template <class Vector>
    void add(double time, const Vector& amounts, double factor) {
        value_ += amounts * (factor * lead(time));
    }
    void add(double time, Index i, double amount) { value_(i) += amount * lead(time); }
    double at(double time, Index i) const { return value_(i) * std::exp((base_ - time) / tau_); }
    VectorXd at(double time) const { return value_ * std::exp((base_ - time) / tau_); }

private:
    double lead(double time) {
        constexpr double longest = 50;
        if (time - base_ > longest * tau_) {
            value_ *= std::exp((base_ - time) / tau_);
            base_ = time;
        }
        return std::exp((time - base_) / tau_);
    }

    VectorXd value_;
    double tau_;
    double base_ = 0;
};

// A spike and, of each form that reads at spikes, what stands for 1 - f.
struct ReadSpike {
    double time;
    std::uint32_t neuron;
    double factor;
};

bool earlier(const ReadSpike& a, const ReadSpike& b) {
    return a.time != b.time ? a.time < b.time : a.neuron < b.neuron;
}

class Presentation {
public:
    Presentation(const RateNetwork& network, const EscapeSettings& settings)
        : net_(network), set_(settings), rho_(settings.rate_hz / 1000) {}

    EscapeResult run(const VectorXd& inputs, const VectorXd& targets) {
        const std::size_t layers = net_.layers.size();
        spikes_.resize(layers);
        sent_.resize(layers);
        result_.rates.resize(layers);
        result_.deltas.resize(layers);
        for (std::size_t l = 0; l < layers; ++l) {
            if (l == 0) fire(l, [&](double, Index i) { return inputs(i); });
            else fire_hidden(l);
            result_.spikes += spikes_[l].size();
        }
        for (std::size_t l = layers; l-- > 1;) {
            result_.deltas[l] = VectorXd::Zero(net_.layers[l].size);
            if (set_.form == EscapeForm::continuous) integrate(l, targets);
            else release(l, targets);
            result_.deltas[l] /= set_.taught;
            result_.retrograde += sent_[l].size();
        }
        return result_;
    }

private:
    const DenseWeights& weights(std::size_t layer) const {
        return std::get<DenseWeights>(net_.projections[layer - 1].weights);
    }
    bool is_taught(double time) const {
        return time >= set_.settle && time < set_.settle + set_.taught;
    }
    double end() const { return set_.settle + set_.taught; }
    double response() const { return 1 / (rho_ * set_.tau_syn); }

    // Candidates at rate rho, thinned by part(time, neuron).
    template <class Part>
    void fire(std::size_t layer, const Part& part) {
        std::vector<std::pair<ReadSpike, double>> candidates;
        for (Index i = 0; i < net_.layers[layer].size; ++i) {
            sim::RandomStream random(
                {set_.seed, static_cast<std::uint32_t>(layer), sim::Purpose::model},
                static_cast<std::uint64_t>(i));
            for (double t = random.exponential() / rho_; t < end();
                 t += random.exponential() / rho_)
                candidates.push_back({{t, static_cast<std::uint32_t>(i), 0}, random.uniform()});
        }
        std::sort(candidates.begin(), candidates.end(),
                  [](const auto& a, const auto& b) { return earlier(a.first, b.first); });
        Decaying trace(net_.layers[layer].size, set_.tau_x);
        result_.rates[layer] = VectorXd::Zero(net_.layers[layer].size);
        for (auto& [spike, chance] : candidates) {
            const auto i = static_cast<Index>(spike.neuron);
            const double f = part(spike.time, i);
            if (chance >= f) continue;
            const double before = 1 - trace.at(spike.time, i);
            trace.add(spike.time, i, 1 / (rho_ * set_.tau_x));
            spike.factor = set_.form == EscapeForm::membrane ? 1 - f
                           : set_.form == EscapeForm::before_spike
                               ? before
                               : before - 1 / (rho_ * set_.tau_x);
            if (is_taught(spike.time)) result_.rates[layer](i) += 1 / (rho_ * set_.taught);
            spikes_[layer].push_back(spike);
        }
    }

    void fire_hidden(std::size_t layer) {
        Decaying input(net_.layers[layer].size, set_.tau_syn);
        std::size_t next = 0;
        const auto& arrivals = spikes_[layer - 1];
        fire(layer, [&](double time, Index i) {
            for (; next < arrivals.size() && arrivals[next].time < time; ++next)
                input.add(arrivals[next].time, weights(layer).col(arrivals[next].neuron),
                          response());
            return sigmoid(net_.layers[layer].bias(i) + input.at(time, i));
        });
    }

    // Credit of a layer, which takes in what the layer above has sent.
    class Credit {
    public:
        Credit(const Presentation& own, std::size_t layer, const VectorXd& targets)
            : own_(own),
              layer_(layer),
              targets_(targets),
              is_output_(layer + 1 == own.spikes_.size()),
              credit_(own.net_.layers[layer].size, own.set_.tau_c),
              trace_(own.net_.layers[layer].size, own.set_.tau_x) {}

        // Of one neuron, or all; calls go forward in time. A neuron's spike of this very time is
        // in its trace if the form reads traces after it.
        double at(double time, Index i) {
            move_to(time);
            if (!is_output_) return credit_.at(time, i);
            if (!own_.is_taught(time)) return 0;
            const double own =
                own_.set_.form == EscapeForm::own_spike ? 1 / (own_.rho_ * own_.set_.tau_x) : 0;
            return targets_(i) - trace_.at(time, i) - own;
        }
        VectorXd at(double time) {
            move_to(time);
            if (!is_output_) return credit_.at(time);
            if (!own_.is_taught(time)) return VectorXd::Zero(targets_.size());
            return targets_ - trace_.at(time);
        }

    private:
        void move_to(double time) {
            const auto& spikes = own_.spikes_[layer_];
            for (; is_output_ && next_ < spikes.size() && spikes[next_].time < time; ++next_)
                trace_.add(spikes[next_].time, static_cast<Index>(spikes[next_].neuron),
                           1 / (own_.rho_ * own_.set_.tau_x));
            if (is_output_) return;
            const auto& sent = own_.sent_[layer_ + 1];
            for (; next_ < sent.size() && sent[next_].time < time; ++next_)
                credit_.add(sent[next_].time,
                            own_.weights(layer_ + 1).row(sent[next_].neuron).transpose(),
                            sent[next_].amount / own_.set_.tau_c);
        }

        const Presentation& own_;
        std::size_t layer_;
        const VectorXd& targets_;
        bool is_output_;
        Decaying credit_, trace_;
        std::size_t next_ = 0;
    };

    // An amount counts if it is sent while the teacher is there.
    void send(std::size_t layer, double time, std::uint32_t neuron, double amount) {
        sent_[layer].push_back({time, neuron, amount});
        if (is_taught(time)) result_.deltas[layer](neuron) += amount;
    }

    void release(std::size_t layer, const VectorXd& targets) {
        Credit credit(*this, layer, targets);
        for (const auto& spike : spikes_[layer]) {
            const double c = credit.at(spike.time, static_cast<Index>(spike.neuron));
            if (c != 0) send(layer, spike.time, spike.neuron, c * spike.factor / rho_);
        }
    }

    void integrate(std::size_t layer, const VectorXd& targets) {
        Credit credit(*this, layer, targets);
        Decaying input(net_.layers[layer].size, set_.tau_syn);
        VectorXd unsent = VectorXd::Zero(net_.layers[layer].size);
        const double threshold = set_.threshold / rho_;
        double before = 0;
        for (const auto& arrival : spikes_[layer - 1]) {
            const double middle = (before + arrival.time) / 2;
            const VectorXd u = net_.layers[layer].bias + input.at(middle);
            const VectorXd f = u.unaryExpr([](double one) { return sigmoid(one); });
            unsent.array() +=
                (arrival.time - before) * f.array() * (1 - f.array()) * credit.at(middle).array();
            for (Index i = 0; i < unsent.size(); ++i) {
                if (std::abs(unsent(i)) < threshold) continue;
                send(layer, middle, static_cast<std::uint32_t>(i), unsent(i));
                unsent(i) = 0;
            }
            input.add(arrival.time, weights(layer).col(arrival.neuron), response());
            before = arrival.time;
        }
        result_.deltas[layer] += unsent;
    }

    const RateNetwork& net_;
    const EscapeSettings& set_;
    double rho_;                                  // 1/ms
    std::vector<std::vector<ReadSpike>> spikes_;  // [layer]
    std::vector<std::vector<Retrograde>> sent_;   // [layer], amounts in ms
    EscapeResult result_;
};

void check_escape(const RateNetwork& network) {
    check(network);
    for (std::size_t l = 1; l < network.layers.size(); ++l) {
        const bool is_chained =
            network.projections.size() + 1 == network.layers.size() &&
            network.projections[l - 1].from == l - 1 && network.projections[l - 1].to == l &&
            std::holds_alternative<DenseWeights>(network.projections[l - 1].weights);
        if (!is_chained || network.layers[l].activation != Activation::sigmoid)
            throw sim::BadNetwork(
                "layers[" + std::to_string(l) +
                "]: escape noise needs a chain of dense layers of sigmoid neurons");
    }
}

}  // namespace

std::vector<std::string> escape_form_names() {
    return {"own_spike", "before_spike", "membrane", "continuous"};
}

EscapeResult present_to_escape_neurons(const RateNetwork& network, const VectorXd& inputs,
                                       const VectorXd& targets, const EscapeSettings& settings) {
    check_escape(network);
    return Presentation(network, settings).run(inputs, targets);
}

EscapeResult noise_averaged(const RateNetwork& network, const VectorXd& inputs,
                            const VectorXd& targets, const EscapeSettings& settings) {
    check_escape(network);
    const std::size_t layers = network.layers.size();
    EscapeResult result;
    result.rates.push_back(inputs);
    result.deltas.resize(layers);
    std::vector<VectorXd> slopes(1);
    for (std::size_t l = 1; l < layers; ++l) {
        const auto& w = std::get<DenseWeights>(network.projections[l - 1].weights);
        const VectorXd v =
            w.cwiseAbs2() * result.rates[l - 1] / (2 * settings.rate_hz / 1000 * settings.tau_syn);
        const VectorXd flat = (1 + std::numbers::pi / 8 * v.array()).rsqrt();
        const VectorXd s = network.layers[l].bias + w * result.rates[l - 1];
        const VectorXd x = s.cwiseProduct(flat).unaryExpr([](double one) { return sigmoid(one); });
        slopes.emplace_back(x.array() * (1 - x.array()) * flat.array());
        result.rates.push_back(x);
    }
    VectorXd credit = targets - result.rates.back();
    for (std::size_t l = layers; l-- > 1;) {
        result.deltas[l] = slopes[l].cwiseProduct(credit);
        credit = std::get<DenseWeights>(network.projections[l - 1].weights).transpose() *
                 result.deltas[l];
    }
    return result;
}

}  // namespace models
