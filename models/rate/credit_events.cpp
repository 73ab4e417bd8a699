// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/credit_events.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace models {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double never = std::numeric_limits<double>::infinity();

// Calls visit(row, column, value) for every weight that is there.
template <class Visit>
void for_each_weight(const RateWeights& weights, const Visit& visit) {
    if (const auto* dense = std::get_if<DenseWeights>(&weights)) {
        for (Index i = 0; i < dense->rows(); ++i)
            for (Index j = 0; j < dense->cols(); ++j) visit(i, j, (*dense)(i, j));
        return;
    }
    const auto& sparse = std::get<SparseWeights>(weights);
    for (Index i = 0; i < sparse.outerSize(); ++i)
        for (SparseWeights::InnerIterator entry(sparse, i); entry; ++entry)
            visit(i, entry.col(), entry.value());
}

}  // namespace

std::vector<double> relative_thresholds(const NetworkState& state, Index pattern, double part) {
    std::vector<double> result;
    for (const auto& layer : state)
        result.push_back(
            layer.delta.size() == 0 ? 1 : part * layer.delta.col(pattern).cwiseAbs().maxCoeff());
    return result;
}

CreditEvents::CreditEvents(const RateNetwork& network, const NetworkState& state, Index pattern,
                           const CreditEventOptions& options)
    : network_(network), options_(options) {
    check(network_);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        const auto& layer = network_.layers[i];
        first_.push_back(neurons_.size());
        rates_.emplace_back(state[i].x.col(pattern));
        if (layer.is_input) continue;
        const VectorXd slopes = slope_of(layer.activation, state[i].s.col(pattern));
        for (Index k = 0; k < layer.size; ++k)
            neurons_.push_back(
                {i, k, slopes(k), layer.is_output && options_.mode == OutputMode::clamp});
    }
    for (auto& neuron : neurons_) neuron.next = neuron.queued = never;
    collect_synapses();
}

void CreditEvents::collect_synapses() {
    incoming_.assign(neurons_.size(), {});
    for (const auto& one : network_.projections) {
        if (network_.layers[one.from].is_input) continue;
        for_each_weight(one.weights, [&](Index post, Index pre, double weight) {
            incoming_[first_[one.to] + static_cast<std::size_t>(post)].push_back(
                {first_[one.from] + static_cast<std::size_t>(pre), weight});
        });
    }
}

double CreditEvents::credit_at(const Neuron& neuron, double time) const {
    const double left = std::exp(-(time - neuron.since) / options_.tau_c);
    return neuron.drive + (neuron.credit - neuron.drive) * left;
}

void CreditEvents::set_drive(std::size_t index, double drive) {
    auto& neuron = neurons_[index];
    neuron.credit = credit_at(neuron, time_);
    neuron.since = time_;
    neuron.drive = drive;
    schedule(index);
}

// The signal goes monotonically to slope * drive, and meets at most one of sent +- threshold.
void CreditEvents::schedule(std::size_t index) {
    auto& neuron = neurons_[index];
    const double now = neuron.slope * credit_at(neuron, time_) - neuron.sent;
    const double last = neuron.slope * neuron.drive - neuron.sent;
    const double theta = options_.thresholds[neuron.layer];
    neuron.next = never;
    if (std::abs(now) >= theta) {
        neuron.next = time_;
    } else if (std::abs(last) > theta) {
        const double goal = last > 0 ? theta : -theta;
        neuron.next = time_ + options_.tau_c * std::log((last - now) / (last - goal));
    }
    enqueue(index);
}

// A later event than one that waits is put there when that one's time has come, so that the queue
// stays short however often a course changes.
void CreditEvents::enqueue(std::size_t index) {
    auto& neuron = neurons_[index];
    if (neuron.next >= neuron.queued) return;
    neuron.queued = neuron.next;
    queue_.push({neuron.next, index});
}

void CreditEvents::teach(const VectorXd& error) {
    Index row = 0;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        if (!network_.layers[i].is_output) continue;
        for (Index k = 0; k < network_.layers[i].size; ++k) {
            const std::size_t index = first_[i] + static_cast<std::size_t>(k);
            auto& neuron = neurons_[index];
            const double before = neuron.error;
            neuron.error = error(row++);
            if (neuron.is_clamped) {
                neuron.credit = neuron.drive = neuron.error;
                neuron.since = time_;
                schedule(index);
            } else {
                set_drive(index, neuron.drive + neuron.error - before);
            }
        }
    }
}

void CreditEvents::send(std::size_t index) {
    auto& neuron = neurons_[index];
    const double signal = neuron.slope * credit_at(neuron, time_);
    const double amount = signal - neuron.sent;
    neuron.sent = signal;
    ++events_;
    deliveries_ += incoming_[index].size();
    schedule(index);
    for (const auto& [pre, weight] : incoming_[index])
        if (!neurons_[pre].is_clamped) set_drive(pre, neurons_[pre].drive + weight * amount);
}

std::uint64_t CreditEvents::advance(double duration) {
    const auto before = events_;
    const double end = time_ + duration;
    while (!queue_.empty() && queue_.top().time <= end) {
        const auto [time, index] = queue_.top();
        queue_.pop();
        if (neurons_[index].queued != time) continue;  // an earlier one came since
        neurons_[index].queued = never;
        if (neurons_[index].next > time) {
            enqueue(index);
            continue;
        }
        time_ = time;
        send(index);
        if (events_ > options_.most_events)
            throw sim::NumericFailure("credit at " + sim::number(time_) + " ms: more than " +
                                      std::to_string(options_.most_events) +
                                      " retrograde events; it is unstable, or make the threshold "
                                      "larger");
    }
    time_ = end;
    return events_ - before;
}

bool CreditEvents::is_quiet() const {
    for (const auto& neuron : neurons_)
        if (neuron.next < never) return false;
    return true;
}

void CreditEvents::change_weights(std::size_t projection, const RateWeights& change) {
    auto& own = network_.projections[projection];
    if (auto* dense = std::get_if<DenseWeights>(&own.weights))
        *dense += std::get<DenseWeights>(change);
    else std::get<SparseWeights>(own.weights) += std::get<SparseWeights>(change);
    collect_synapses();
    if (network_.layers[own.from].is_input) return;
    std::vector<double> more(static_cast<std::size_t>(network_.layers[own.from].size), 0.0);
    for_each_weight(change, [&](Index post, Index pre, double amount) {
        more[static_cast<std::size_t>(pre)] +=
            amount * neurons_[first_[own.to] + static_cast<std::size_t>(post)].sent;
    });
    for (std::size_t k = 0; k < more.size(); ++k) {
        const std::size_t index = first_[own.from] + k;
        if (!neurons_[index].is_clamped) set_drive(index, neurons_[index].drive + more[k]);
    }
}

VectorXd CreditEvents::credit(std::size_t layer) const {
    VectorXd result(network_.layers[layer].size);
    for (Index k = 0; k < result.size(); ++k)
        result(k) = credit_at(neurons_[first_[layer] + static_cast<std::size_t>(k)], time_);
    return result;
}

VectorXd CreditEvents::signal(std::size_t layer) const {
    VectorXd result = credit(layer);
    for (Index k = 0; k < result.size(); ++k)
        result(k) *= neurons_[first_[layer] + static_cast<std::size_t>(k)].slope;
    return result;
}

RateChange CreditEvents::change() const {
    NetworkState state(network_.layers.size());
    for (std::size_t i = 0; i < state.size(); ++i) {
        state[i].x = rates_[i];
        if (!network_.layers[i].is_input) state[i].delta = signal(i);
    }
    return credit_change(network_, state);
}

}  // namespace models
