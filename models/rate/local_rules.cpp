// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/local_rules.hpp"

#include <algorithm>

#include "models/rate/output_error.hpp"

namespace models {
namespace {

constexpr std::size_t width = Lanes::size();

}  // namespace

LocalPass::LocalPass(const ReversibleNetwork& network, std::size_t lanes)
    : lanes_(lanes),
      blocks_(network.config().taus.size()),
      gradient_(network.weights().size()),
      losses_(lanes),
      a_{std::vector<double>(blocks_ * lanes * network.stride_a()), network.stride_a()},
      b_{std::vector<double>(blocks_ * lanes * network.stride_b()), network.stride_b()},
      out_(network.config().outputs * lanes),
      error_(network.config().outputs * lanes),
      back_((2 * network.units() + 1) * lanes),
      z_(network.units() * lanes),
      transposed_(lanes *
                  std::max({network.stride_a(), network.stride_b(), network.stride_out()})) {}

void LocalPass::follow(const ReversibleNetwork& network, const std::vector<double>& source,
                       std::size_t columns, Traces& traces) {
    transpose_lanes(source.data(), columns, lanes_, transposed_.data(), traces.stride);
    const std::size_t size = lanes_ * traces.stride;
    for (std::size_t block = 0; block < blocks_; ++block) {
        const std::size_t unit = block * network.units() / blocks_;
        const double c = network.leaks()[unit], d = network.drives()[unit];
        double* p = traces.values.data() + block * size;
        for (std::size_t i = 0; i < size; i += width)
            store_lanes(load_lanes(p + i) * c + load_lanes(transposed_.data() + i) * d, p + i);
    }
}

void LocalPass::teach(const ReversibleNetwork& network, const ReversibleState& state,
                      const EpisodeBatch& batch, std::size_t t, Loss loss, double scale,
                      ReversibleWorkspace& work) {
    network.compute_features(state, work);
    network.read_out(work, out_.data());
    output_error(loss, batch.outputs, lanes_, out_.data(), batch.target_at(t), batch.taught_at(t),
                 scale, error_.data(), losses_.data());
    transpose_lanes(work.features.data() + network.first_feature() * lanes_, network.columns_out(),
                    lanes_, transposed_.data(), network.stride_out());
    add_outer(gradient_.data() + network.begin_out(), batch.outputs, network.stride_out(),
              error_.data(), transposed_.data(), lanes_);
}

void LocalPass::learn_group(const double* back, const double* phi, const Traces& traces,
                            std::size_t begin, std::size_t units) {
    for (std::size_t i = 0; i < units * lanes_; i += width) {
        const Lanes rate = load_lanes(phi + i);
        store_lanes(load_lanes(back + i) * (1.0 - rate * rate), z_.data() + i);
    }
    const std::size_t rows = units / blocks_;
    for (std::size_t block = 0; block < blocks_; ++block)
        add_outer(gradient_.data() + begin + block * rows * traces.stride, rows, traces.stride,
                  z_.data() + block * rows * lanes_,
                  traces.values.data() + block * lanes_ * traces.stride, lanes_);
}

void LocalPass::learn_recurrent(const ReversibleNetwork& network, const MatrixView& feedback,
                                const ReversibleWorkspace& work) {
    const std::size_t n = network.units(), first = network.first_feature();
    multiply(feedback.some_columns(0, 2 * n - first).transposed(), error_.data(), back_.data(),
             lanes_);
    if (network.config().readout_from_both)
        learn_group(back_.data(), work.features.data(), a_, 0, n);
    learn_group(back_.data() + (n - first) * lanes_, work.features.data() + n * lanes_, b_,
                network.begin_b(), n);
}

void LocalPass::run(const ReversibleNetwork& network, const EpisodeBatch& batch, Loss loss,
                    const MatrixView& feedback, bool learns_recurrent, ReversibleWorkspace& work) {
    for (auto* values : {&gradient_, &losses_, &a_.values, &b_.values})
        std::fill(values->begin(), values->end(), 0.0);
    const double scale = 1 / std::max(batch.teachings(), 1.0);
    auto state = network.initial_state(lanes_);
    for (std::size_t t = 0; t < batch.steps; ++t) {
        network.step(state, batch.input_at(t), work, nullptr);
        if (learns_recurrent) {
            follow(network, work.source_a, network.columns_a(), a_);
            follow(network, work.source_b, network.columns_b(), b_);
        }
        if (!batch.is_taught(t)) continue;
        teach(network, state, batch, t, loss, scale, work);
        if (learns_recurrent) learn_recurrent(network, feedback, work);
    }
}

}  // namespace models
