// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/reversible_gradient.hpp"

#include <algorithm>

#include "models/rate/output_error.hpp"

namespace models {
namespace {

constexpr std::size_t width = Lanes::size();

// to += back (1 - phi^2)
void add_through_tanh(const double* back, const double* phi, double* to, std::size_t count) {
    for (std::size_t i = 0; i < count; i += width) {
        const Lanes rate = load_lanes(phi + i);
        store_lanes(load_lanes(to + i) + load_lanes(back + i) * (1.0 - rate * rate), to + i);
    }
}

void multiply_rows(double* values, const std::vector<double>& factors, std::size_t lanes) {
    for (std::size_t i = 0; i < factors.size(); ++i)
        for (std::size_t lane = 0; lane < lanes; lane += width)
            store_lanes(load_lanes(values + i * lanes + lane) * factors[i],
                        values + i * lanes + lane);
}

double teaching_scale(const EpisodeBatch& batch) { return 1 / std::max(batch.teachings(), 1.0); }

}  // namespace

Feedback exact_feedback(const ReversibleNetwork& network) {
    return {network.into_b().some_columns(0, network.units()),
            network.into_a().some_columns(0, network.units()), network.onto_outputs()};
}

BackwardPass::BackwardPass(const ReversibleNetwork& network, std::size_t lanes)
    : lanes_(lanes),
      gradient_(network.weights().size()),
      losses_(lanes),
      g_a_(network.units() * lanes),
      g_b_(network.units() * lanes),
      z_(network.units() * lanes),
      back_(2 * network.units() * lanes + lanes),
      out_(network.config().outputs * lanes),
      error_(network.config().outputs * lanes),
      transposed_(lanes *
                  std::max({network.stride_a(), network.stride_b(), network.stride_out()})) {}

void BackwardPass::begin() {
    for (auto* values : {&gradient_, &losses_, &g_a_, &g_b_})
        std::fill(values->begin(), values->end(), 0.0);
}

void BackwardPass::teach(const ReversibleNetwork& network, const ReversibleState& state,
                         const EpisodeBatch& batch, std::size_t t, Loss loss, double scale,
                         const Feedback& feedback, ReversibleWorkspace& work) {
    const std::size_t n = network.units();
    network.compute_features(state, work);
    network.read_out(work, out_.data());
    output_error(loss, batch.outputs, lanes_, out_.data(), batch.target_at(t), batch.taught_at(t),
                 scale, error_.data(), losses_.data());
    const double* features = work.features.data() + network.first_feature() * lanes_;
    transpose_lanes(features, network.columns_out(), lanes_, transposed_.data(),
                    network.stride_out());
    add_outer(gradient_.data() + network.begin_out(), batch.outputs, network.stride_out(),
              error_.data(), transposed_.data(), lanes_);
    const auto units_fed = 2 * n - network.first_feature();
    multiply(feedback.from_outputs.some_columns(0, units_fed).transposed(), error_.data(),
             back_.data(), lanes_);
    const double* to_b = back_.data() + (n - network.first_feature()) * lanes_;
    if (network.config().readout_from_both)
        add_through_tanh(back_.data(), work.features.data(), g_a_.data(), n * lanes_);
    add_through_tanh(to_b, work.features.data() + n * lanes_, g_b_.data(), n * lanes_);
}

void BackwardPass::scale_by_drive(const ReversibleNetwork& network,
                                  const std::vector<double>& carried) {
    std::copy(carried.begin(), carried.end(), z_.begin());
    multiply_rows(z_.data(), network.drives(), lanes_);
}

void BackwardPass::through_b(const ReversibleNetwork& network, const Feedback& feedback,
                             const ReversibleWorkspace& work) {
    const std::size_t n = network.units();
    scale_by_drive(network, g_b_);
    transpose_lanes(work.source_b.data(), network.columns_b(), lanes_, transposed_.data(),
                    network.stride_b());
    add_outer(gradient_.data() + network.begin_b(), n, network.stride_b(), z_.data(),
              transposed_.data(), lanes_);
    multiply(feedback.through_b.transposed(), z_.data(), back_.data(), lanes_);
    add_through_tanh(back_.data(), work.source_b.data(), g_a_.data(), n * lanes_);
}

void BackwardPass::through_a(const ReversibleNetwork& network, const Feedback& feedback,
                             const ReversibleWorkspace& work) {
    const std::size_t n = network.units();
    scale_by_drive(network, g_a_);
    transpose_lanes(work.source_a.data(), network.columns_a(), lanes_, transposed_.data(),
                    network.stride_a());
    add_outer(gradient_.data(), n, network.stride_a(), z_.data(), transposed_.data(), lanes_);
    multiply(feedback.through_a.transposed(), z_.data(), back_.data(), lanes_);
    multiply_rows(g_b_.data(), network.leaks(), lanes_);
    add_through_tanh(back_.data(), work.source_a.data(), g_b_.data(), n * lanes_);
    multiply_rows(g_a_.data(), network.leaks(), lanes_);
}

void run_forward(const ReversibleNetwork& network, const EpisodeBatch& batch,
                 ReversibleState& state, ReversibleWorkspace& work, BitStacks* bits) {
    for (std::size_t t = 0; t < batch.steps; ++t)
        network.step(state, batch.input_at(t), work, bits);
}

void run_and_store(const ReversibleNetwork& network, const EpisodeBatch& batch, History& history,
                   ReversibleWorkspace& work) {
    history.states.resize(batch.steps + 1);
    history.states[0] = network.initial_state(batch.lanes);
    for (std::size_t t = 0; t < batch.steps; ++t) {
        history.states[t + 1] = history.states[t];
        network.step(history.states[t + 1], batch.input_at(t), work, nullptr);
    }
}

void replay_backward(const ReversibleNetwork& network, const EpisodeBatch& batch, Loss loss,
                     const Feedback& feedback, ReversibleState& state, BitStacks* bits,
                     ReversibleWorkspace& work, BackwardPass& pass) {
    const double scale = teaching_scale(batch);
    pass.begin();
    for (std::size_t t = batch.steps; t-- > 0;) {
        if (batch.is_taught(t)) pass.teach(network, state, batch, t, loss, scale, feedback, work);
        network.undo_b(state, batch.input_at(t), work, bits);
        pass.through_b(network, feedback, work);
        network.undo_a(state, batch.input_at(t), work, bits);
        pass.through_a(network, feedback, work);
    }
}

void history_backward(const ReversibleNetwork& network, const EpisodeBatch& batch, Loss loss,
                      const Feedback& feedback, const History& history, ReversibleWorkspace& work,
                      BackwardPass& pass) {
    const double scale = teaching_scale(batch);
    pass.begin();
    for (std::size_t t = batch.steps; t-- > 0;) {
        const auto& after = history.states[t + 1];
        const double* x = batch.input_at(t);
        if (batch.is_taught(t)) pass.teach(network, after, batch, t, loss, scale, feedback, work);
        network.gather(after.a, x, network.columns_b(), work.source_b, batch.lanes);
        pass.through_b(network, feedback, work);
        network.gather(history.states[t].b, x, network.columns_a(), work.source_a, batch.lanes);
        pass.through_a(network, feedback, work);
    }
}

}  // namespace models
