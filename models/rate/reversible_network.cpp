// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/reversible_network.hpp"

#include <algorithm>
#include <cmath>

namespace models {

namespace {

constexpr std::size_t width = Lanes::size();

void check(const ReversibleConfig& config) {
    if (config.taus.empty() || config.units % config.taus.size() != 0)
        throw sim::BadParameter("units = " + std::to_string(config.units) +
                                ": not a multiple of the " + std::to_string(config.taus.size()) +
                                " time constants; give each of them as many units");
    for (const double tau : config.taus) {
        if (!(tau > 1))
            throw sim::BadParameter("tau = " + sim::number(tau) +
                                    " steps: not above 1; choose 2 or "
                                    "more, or infinity");
        if (config.arithmetic == Arithmetic::fixed_point) fixed_point::check_leak(tau);
    }
}

void raise_too_large() {
    throw sim::NumericFailure(
        "reversible network: a state grew beyond 2048, where fixed point cannot undo a leak; lower "
        "gain or input weights, or use finite time constants");
}

}  // namespace

ReversibleConfig published_config(std::size_t inputs, std::size_t outputs) {
    ReversibleConfig config;
    config.units = 64;
    config.inputs = inputs;
    config.outputs = outputs;
    config.taus = {10};
    config.input_to_both = config.readout_from_both = config.bias = false;
    config.coupling = Coupling::gaussian;
    config.gain = 1.5;
    config.input_deviation = 0.1 / 8;  // 0.1 / sqrt(n)
    config.output_deviation = 0.1 / std::sqrt(static_cast<double>(outputs));
    config.initial_limit = 0.2;
    return config;
}

ReversibleWorkspace::ReversibleWorkspace(const ReversibleConfig& c, std::size_t lanes)
    : source_a((c.units + c.inputs + 1) * lanes),
      source_b((c.units + c.inputs + 1) * lanes),
      features((2 * c.units + 1) * lanes),
      drive(c.units * lanes),
      codes(lanes) {}

ReversibleNetwork::ReversibleNetwork(ReversibleConfig config, const sim::RandomKey& key)
    : config_(std::move(config)) {
    check(config_);
    const std::size_t block = units() / config_.taus.size();
    for (const double tau : config_.taus)
        for (std::size_t i = 0; i < block; ++i) {
            leak_.push_back(1 - 1 / tau);
            drive_.push_back(std::max(1 / tau, config_.least_drive));
        }
    draw_weights(key);
}

ReversibleState ReversibleNetwork::initial_state(std::size_t lanes) const {
    ReversibleState state{lanes, {}, {}};
    for (const auto& [from, to] : {std::pair{&initial_a_, &state.a}, {&initial_b_, &state.b}})
        for (const double value : *from) to->insert(to->end(), lanes, value);
    return state;
}

void ReversibleNetwork::gather(const std::vector<double>& state, const double* x,
                               std::size_t columns, std::vector<double>& source,
                               std::size_t lanes) const {
    tanh_of(state.data(), scale(), source.data(), units() * lanes);
    if (columns == units()) return;
    const auto behind = source.begin() + static_cast<std::ptrdiff_t>(units() * lanes);
    const auto end = std::copy(x, x + config_.inputs * lanes, behind);
    if (config_.bias) std::fill_n(end, lanes, 1.0);
}

// The one routine for increments: forward and reverse must sum in the same order.
void ReversibleNetwork::compute_drive(const MatrixView& into, const std::vector<double>& source,
                                      ReversibleWorkspace& work, std::size_t lanes) const {
    multiply(into, source.data(), work.drive.data(), lanes);
    for (std::size_t i = 0; i < units(); ++i) {
        const double d = is_fixed() ? drive_[i] * fixed_point::one : drive_[i];
        double* row = work.drive.data() + i * lanes;
        for (std::size_t lane = 0; lane < lanes; lane += width) {
            const Lanes amount = load_lanes(row + lane) * d;
            store_lanes(is_fixed() ? fixed_point::to_whole(amount) : amount, row + lane);
        }
    }
}

void ReversibleNetwork::advance(std::vector<double>& state, ReversibleWorkspace& work,
                                BitStacks* bits, std::size_t lanes) const {
    Lanes most(0);
    for (std::size_t i = 0; i < units(); ++i) {
        double* row = state.data() + i * lanes;
        const double c = leak_[i];
        if (is_fixed() && c != 1) {
            fixed_point::leak(row, c, work.codes.data(), lanes);
            if (bits != nullptr) bits->push(work.codes.data());
        }
        const double factor = is_fixed() ? 1 : c;
        for (std::size_t lane = 0; lane < lanes; lane += width) {
            const Lanes next =
                load_lanes(row + lane) * factor + load_lanes(work.drive.data() + i * lanes + lane);
            store_lanes(next, row + lane);
            most = std::experimental::max(most, std::experimental::abs(next));
        }
    }
    if (is_fixed() && !all_of(most < fixed_point::largest)) raise_too_large();
}

void ReversibleNetwork::retreat(std::vector<double>& state, ReversibleWorkspace& work,
                                BitStacks* bits, std::size_t lanes) const {
    for (std::size_t i = units(); i-- > 0;) {
        double* row = state.data() + i * lanes;
        const double c = leak_[i];
        const double divisor = is_fixed() ? 1 : c;
        for (std::size_t lane = 0; lane < lanes; lane += width)
            store_lanes(
                (load_lanes(row + lane) - load_lanes(work.drive.data() + i * lanes + lane)) /
                    divisor,
                row + lane);
        if (is_fixed() && c != 1) {
            fixed_point::least_origin(row, c, work.codes.data(), lanes);
            bits->pop_onto(work.codes.data(), row);
        }
    }
}

void ReversibleNetwork::step(ReversibleState& state, const double* x, ReversibleWorkspace& work,
                             BitStacks* bits) const {
    gather(state.b, x, columns_a(), work.source_a, state.lanes);
    compute_drive(into_a(), work.source_a, work, state.lanes);
    advance(state.a, work, bits, state.lanes);
    gather(state.a, x, columns_b(), work.source_b, state.lanes);
    compute_drive(into_b(), work.source_b, work, state.lanes);
    advance(state.b, work, bits, state.lanes);
}

void ReversibleNetwork::undo_b(ReversibleState& state, const double* x, ReversibleWorkspace& work,
                               BitStacks* bits) const {
    gather(state.a, x, columns_b(), work.source_b, state.lanes);
    compute_drive(into_b(), work.source_b, work, state.lanes);
    retreat(state.b, work, bits, state.lanes);
}

void ReversibleNetwork::undo_a(ReversibleState& state, const double* x, ReversibleWorkspace& work,
                               BitStacks* bits) const {
    gather(state.b, x, columns_a(), work.source_a, state.lanes);
    compute_drive(into_a(), work.source_a, work, state.lanes);
    retreat(state.a, work, bits, state.lanes);
}

void ReversibleNetwork::compute_features(const ReversibleState& state,
                                         ReversibleWorkspace& work) const {
    const std::size_t size = units() * state.lanes;
    tanh_of(state.a.data(), scale(), work.features.data(), size);
    tanh_of(state.b.data(), scale(), work.features.data() + size, size);
    std::fill(work.features.begin() + static_cast<std::ptrdiff_t>(2 * size), work.features.end(),
              1.0);
}

void ReversibleNetwork::read_out(const ReversibleWorkspace& work, double* out) const {
    const std::size_t lanes = work.codes.size();
    multiply(onto_outputs(), work.features.data() + first_feature() * lanes, out, lanes);
}

}  // namespace models
