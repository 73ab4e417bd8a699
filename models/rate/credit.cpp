// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/credit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/error.hpp"

namespace models {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr double smallest_relaxation = 1.0 / 64;

MatrixXd softmax(const MatrixXd& outputs) {
    MatrixXd result = outputs.rowwise() - outputs.colwise().maxCoeff();
    result = result.unaryExpr([](double v) { return std::exp(v); });
    for (auto column : result.colwise()) column /= column.sum();
    return result;
}

// Infinity if anything is not finite.
double largest(const MatrixXd& m) {
    if (m.size() == 0) return 0;
    return m.allFinite() ? m.cwiseAbs().maxCoeff() : std::numeric_limits<double>::infinity();
}

// Repeats a sweep until nothing changes, in smaller parts where it does not converge.
// sweep(relaxation) gives the largest change of a whole sweep; restart() takes all back.
template <class Sweep, class Restart, class Scale>
Settled settle(const std::string& what, const SweepOptions& options, Sweep&& sweep,
               const Restart& restart, const Scale& scale) {
    constexpr double diverged = 1e12;
    for (Settled now; now.relaxation >= smallest_relaxation; now.relaxation /= 2) {
        restart();
        for (now.sweeps = 0; now.sweeps < options.most_sweeps;) {
            now.residual = sweep(now.relaxation);
            ++now.sweeps;
            const double size = 1 + scale();
            if (size > diverged) break;
            if (now.residual <= options.tolerance * size) return now;
        }
    }
    throw sim::NumericFailure(what + " finds no equilibrium in " +
                              std::to_string(options.most_sweeps) +
                              " sweeps; make the weights smaller, or allow a larger tolerance");
}

void clear_firing(const RateNetwork& network, const MatrixXd& inputs, NetworkState& state) {
    state.resize(network.layers.size());
    Index row = 0;
    for (std::size_t i = 0; i < state.size(); ++i) {
        const auto& layer = network.layers[i];
        if (layer.is_input) {
            state[i].x = inputs.middleRows(row, layer.size);
            row += layer.size;
        } else {
            state[i].x = MatrixXd::Zero(layer.size, inputs.cols());
        }
    }
}

double sweep_firing(const RateNetwork& network, double relaxation, NetworkState& state) {
    double change = 0;
    for (std::size_t i = 0; i < state.size(); ++i) {
        const auto& layer = network.layers[i];
        if (layer.is_input) continue;
        state[i].s = input_of(network, i, state);
        MatrixXd x = rate_of(layer.activation, state[i].s);
        change = std::max(change, largest(x - state[i].x));
        if (relaxation < 1) x = state[i].x + relaxation * (x - state[i].x);
        state[i].x = std::move(x);
    }
    return change;
}

class CreditSweep {
public:
    CreditSweep(const RateNetwork& network, const MatrixXd& error, OutputMode mode,
                NetworkState& state)
        : network_(network), error_(error), mode_(mode), state_(state) {
        for (std::size_t i = 0; i < state_.size(); ++i)
            slopes_.push_back(network.layers[i].is_input
                                  ? MatrixXd()
                                  : slope_of(network.layers[i].activation, state[i].s));
    }

    void restart() {
        for (std::size_t i = 0; i < state_.size(); ++i) {
            if (network_.layers[i].is_input) continue;
            state_[i].c = MatrixXd::Zero(network_.layers[i].size, error_.cols());
            state_[i].delta = state_[i].c;
        }
    }

    double operator()(double relaxation) {
        double change = 0;
        for (std::size_t i = state_.size(); i-- > 0;) {
            if (network_.layers[i].is_input) continue;
            MatrixXd c = credit_of(network_, i, error_, mode_, state_);
            change = std::max(change, largest(c - state_[i].c));
            if (relaxation < 1) c = state_[i].c + relaxation * (c - state_[i].c);
            state_[i].c = std::move(c);
            state_[i].delta = slopes_[i].cwiseProduct(state_[i].c);
        }
        return change;
    }

private:
    const RateNetwork& network_;
    const MatrixXd& error_;
    OutputMode mode_;
    NetworkState& state_;
    std::vector<MatrixXd> slopes_;
};

template <class Member>
double largest_of(const RateNetwork& network, const NetworkState& state, Member member) {
    double result = 0;
    for (std::size_t i = 0; i < state.size(); ++i)
        if (!network.layers[i].is_input) result = std::max(result, largest(state[i].*member));
    return result;
}

}  // namespace

std::vector<std::string> output_mode_names() { return {"error_plus_feedback", "clamp"}; }
OutputMode output_mode_named(std::string_view name) {
    return name == "clamp" ? OutputMode::clamp : OutputMode::error_plus_feedback;
}

std::vector<std::string> loss_names() { return {"squared", "cross_entropy"}; }
Loss loss_named(std::string_view name) {
    return name == "cross_entropy" ? Loss::cross_entropy : Loss::squared;
}

double loss_value(Loss loss, const MatrixXd& outputs, const MatrixXd& targets) {
    if (loss == Loss::squared) return 0.5 * (targets - outputs).squaredNorm();
    double sum = 0;
    for (Index p = 0; p < outputs.cols(); ++p) {
        const double top = outputs.col(p).maxCoeff();
        double total = 0;
        for (Index k = 0; k < outputs.rows(); ++k) total += std::exp(outputs(k, p) - top);
        const double log_total = top + std::log(total);
        for (Index k = 0; k < outputs.rows(); ++k)
            sum += targets(k, p) * (log_total - outputs(k, p));
    }
    return sum;
}

// Of the cross-entropy: targets are distributions, their sum is 1.
MatrixXd output_error(Loss loss, const MatrixXd& outputs, const MatrixXd& targets) {
    if (loss == Loss::squared) return targets - outputs;
    return targets - softmax(outputs);
}

MatrixXd outputs(const RateNetwork& network, const NetworkState& state) {
    Index rows = 0;
    for (std::size_t i = 0; i < state.size(); ++i)
        if (network.layers[i].is_output) rows += state[i].x.rows();
    MatrixXd result(rows, state.front().x.cols());
    Index row = 0;
    for (std::size_t i = 0; i < state.size(); ++i) {
        if (!network.layers[i].is_output) continue;
        result.middleRows(row, state[i].x.rows()) = state[i].x;
        row += state[i].x.rows();
    }
    return result;
}

MatrixXd input_of(const RateNetwork& network, std::size_t layer, const NetworkState& state) {
    MatrixXd s = network.layers[layer].bias.replicate(1, state[layer].x.cols());
    for (const auto& one : network.projections)
        if (one.to == layer) s += forward(one.weights, state[one.from].x);
    return s;
}

MatrixXd credit_of(const RateNetwork& network, std::size_t layer, const MatrixXd& error,
                   OutputMode mode, const NetworkState& state) {
    const auto& own = network.layers[layer];
    MatrixXd c = MatrixXd::Zero(own.size, state[layer].x.cols());
    if (own.is_output) {
        Index row = 0;
        for (std::size_t i = 0; i < layer; ++i)
            if (network.layers[i].is_output) row += network.layers[i].size;
        c = error.middleRows(row, own.size);
        if (mode == OutputMode::clamp) return c;
    }
    for (const auto& one : network.projections)
        if (one.from == layer) c += backward(one.weights, state[one.to].delta);
    return c;
}

Settled settle_firing(const RateNetwork& network, const MatrixXd& inputs,
                      const SweepOptions& options, NetworkState& state) {
    clear_firing(network, inputs, state);
    if (is_layered(network)) {
        sweep_firing(network, 1, state);
        return {1, 1, 0};
    }
    return settle(
        "firing", options, [&](double part) { return sweep_firing(network, part, state); },
        [&] { clear_firing(network, inputs, state); },
        [&] { return largest_of(network, state, &LayerState::x); });
}

Settled settle_credit(const RateNetwork& network, const MatrixXd& error, OutputMode mode,
                      const SweepOptions& options, NetworkState& state) {
    CreditSweep sweep(network, error, mode, state);
    sweep.restart();
    if (is_layered(network)) {
        sweep(1);
        return {1, 1, 0};
    }
    return settle(
        "credit", options, sweep, [&] { sweep.restart(); },
        [&] { return largest_of(network, state, &LayerState::c); });
}

RateChange credit_change(const RateNetwork& network, const NetworkState& state) {
    RateChange change;
    for (const auto& one : network.projections)
        change.weights.push_back(
            outer_product(one.weights, state[one.to].delta, state[one.from].x));
    for (std::size_t i = 0; i < state.size(); ++i)
        change.biases.push_back(network.layers[i].is_input
                                    ? Eigen::VectorXd()
                                    : Eigen::VectorXd(state[i].delta.rowwise().sum()));
    return change;
}

}  // namespace models
