// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/credit_ode.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "sim/ode/smooth_system.hpp"

namespace models {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::span<double> numbers(MatrixXd& m) { return {m.data(), static_cast<std::size_t>(m.size())}; }
std::span<double> numbers(VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }
std::span<double> numbers(RateWeights& weights) {
    if (auto* dense = std::get_if<DenseWeights>(&weights)) return numbers(*dense);
    auto& sparse = std::get<SparseWeights>(weights);
    return {sparse.valuePtr(), static_cast<std::size_t>(sparse.nonZeros())};
}

template <class Visit>
void for_each_number(NetworkState& state, RateChange& gathered, const Visit& visit) {
    for (auto& layer : state)
        if (layer.c.size() > 0) {
            visit(numbers(layer.x));
            visit(numbers(layer.c));
        }
    for (auto& one : gathered.weights) visit(numbers(one));
    for (auto& one : gathered.biases) visit(numbers(one));
}

// w0 + gathered / tau
void move_to(RateWeights& weights, RateWeights& start, RateWeights& gathered, double tau) {
    const auto now = numbers(weights);
    const auto first = numbers(start);
    const auto more = numbers(gathered);
    for (std::size_t i = 0; i < now.size(); ++i) now[i] = first[i] + more[i] / tau;
}

}  // namespace

CreditOde::CreditOde(RateNetwork network, const CreditTimes& times, OutputMode mode, Loss loss,
                     MatrixXd inputs)
    : start_(std::move(network)), network_(start_), times_(times), mode_(mode), loss_(loss) {
    check(start_);
    Index row = 0;
    for (const auto& layer : start_.layers) {
        auto& own = state_.emplace_back();
        gathered_.biases.emplace_back(VectorXd::Zero(layer.is_input ? 0 : layer.size));
        if (layer.is_input) {
            own.x = inputs.middleRows(row, layer.size);
            row += layer.size;
        } else {
            own.s = own.x = own.c = own.delta = MatrixXd::Zero(layer.size, inputs.cols());
        }
    }
    for (auto& one : start_.projections) {
        auto& none = gathered_.weights.emplace_back(one.weights);
        std::ranges::fill(numbers(none), 0.0);
    }
}

void CreditOde::pack(std::vector<double>& y) {
    y.clear();
    for_each_number(state_, gathered_, [&](std::span<double> values) {
        y.insert(y.end(), values.begin(), values.end());
    });
}

void CreditOde::unpack(const std::vector<double>& y) {
    auto from = y.begin();
    for_each_number(state_, gathered_, [&](std::span<double> values) {
        std::copy_n(from, values.size(), values.begin());
        from += static_cast<std::ptrdiff_t>(values.size());
    });
    set_weights();
}

void CreditOde::set_weights() {
    if (std::isinf(times_.tau_w)) return;
    for (std::size_t i = 0; i < network_.projections.size(); ++i)
        move_to(network_.projections[i].weights, start_.projections[i].weights,
                gathered_.weights[i], times_.tau_w);
    for (std::size_t i = 0; i < network_.layers.size(); ++i)
        if (!network_.layers[i].is_input)
            network_.layers[i].bias = start_.layers[i].bias + gathered_.biases[i] / times_.tau_w;
}

MatrixXd CreditOde::error() const {
    const MatrixXd out = outputs(network_, state_);
    return targets_.size() == 0 ? MatrixXd(MatrixXd::Zero(out.rows(), out.cols()))
                                : output_error(loss_, out, targets_);
}

// Of neurons with the rates and credits in state_; clamped credits follow the error at once.
void CreditOde::find_signals(const MatrixXd& now) {
    for (std::size_t i = 0; i < state_.size(); ++i) {
        const auto& layer = network_.layers[i];
        if (layer.is_input) continue;
        auto& [s, x, c, delta] = state_[i];
        if (is_clamped(layer)) c = credit_of(network_, i, now, mode_, state_);
        s = input_of(network_, i, state_);
        delta = slope_of(layer.activation, s).cwiseProduct(c);
    }
}

void CreditOde::derivative(const std::vector<double>& y, std::vector<double>& dy) {
    unpack(y);
    const MatrixXd now = error();
    find_signals(now);
    NetworkState slope(state_.size());
    for (std::size_t i = 0; i < state_.size(); ++i) {
        const auto& layer = network_.layers[i];
        if (layer.is_input) continue;
        slope[i].x = (rate_of(layer.activation, state_[i].s) - state_[i].x) / times_.tau_f;
        slope[i].c = (credit_of(network_, i, now, mode_, state_) - state_[i].c) / times_.tau_c;
    }
    auto growth = credit_change(network_, state_);
    auto to = dy.begin();
    for_each_number(slope, growth, [&](std::span<double> values) {
        to = std::copy(values.begin(), values.end(), to);
    });
}

void CreditOde::advance(double duration) {
    std::vector<double> y;
    pack(y);
    const sim::ode::SmoothSystem system{
        [this](const std::vector<double>& at, std::vector<double>& dy, double) {
            derivative(at, dy);
        },
        times_.tolerance};
    sim::ode::integrate(system, y, time_, time_ + duration);
    std::vector<double> dy(y.size());
    derivative(y, dy);  // states as they are at the end
    time_ += duration;
}

}  // namespace models
