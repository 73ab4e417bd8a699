// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/tasks/rate_task.hpp"

#include <cmath>

namespace protocols {

void visit_outputs(const models::ReversibleNetwork& network, const std::vector<Episode>& episodes,
                   const OutputVisitor& visit) {
    constexpr std::size_t at_once = 16;
    for (std::size_t first = 0; first < episodes.size(); first += at_once) {
        std::vector<const Episode*> some;
        for (std::size_t i = first; i < std::min(first + at_once, episodes.size()); ++i)
            some.push_back(&episodes[i]);
        const auto batch = side_by_side(some);
        models::ReversibleWorkspace work(network.config(), batch.lanes);
        std::vector<double> out(batch.outputs * batch.lanes);
        auto state = network.initial_state(batch.lanes);
        for (std::size_t t = 0; t < batch.steps; ++t) {
            network.step(state, batch.input_at(t), work, nullptr);
            if (!batch.is_taught(t)) continue;
            network.compute_features(state, work);
            network.read_out(work, out.data());
            for (std::size_t lane = 0; lane < some.size(); ++lane)
                if (batch.taught_at(t)[lane] != 0)
                    visit(first + lane, t, out.data() + lane, batch.lanes);
        }
    }
}

std::size_t argmax(const double* out, std::size_t count, std::size_t stride) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < count; ++i)
        if (out[i * stride] > out[best * stride]) best = i;
    return best;
}

namespace {

double loss_of(models::Loss kind, const double* out, std::size_t stride, const double* target,
               std::size_t count) {
    double loss = 0, sum = 0;
    if (kind == models::Loss::squared) {
        for (std::size_t i = 0; i < count; ++i)
            loss += 0.5 * (out[i * stride] - target[i]) * (out[i * stride] - target[i]);
        return loss;
    }
    const double largest = out[argmax(out, count, stride) * stride];
    for (std::size_t i = 0; i < count; ++i) sum += std::exp(out[i * stride] - largest);
    for (std::size_t i = 0; i < count; ++i)
        loss -= target[i] * (out[i * stride] - largest - std::log(sum));
    return loss;
}

}  // namespace

std::vector<Judgement> judge_episodes(const models::ReversibleNetwork& network,
                                      const std::vector<Episode>& episodes, models::Loss loss) {
    std::vector<Judgement> found(episodes.size());
    visit_outputs(network, episodes,
                  [&](std::size_t which, std::size_t t, const double* out, std::size_t stride) {
                      const Episode& one = episodes[which];
                      const double* target = one.target.data() + t * one.outputs;
                      const double part = 1 / one.teachings();
                      found[which].loss += part * loss_of(loss, out, stride, target, one.outputs);
                      const auto chosen = argmax(out, one.outputs, stride);
                      if (chosen == argmax(target, one.outputs, 1)) found[which].right += part;
                  });
    return found;
}

double symbol_accuracy(const RateTask& task, const models::ReversibleNetwork& network,
                       std::size_t count, sim::RandomStream& draws) {
    std::vector<Episode> episodes;
    for (std::size_t i = 0; i < count; ++i) episodes.push_back(task.episode(draws));
    double right = 0, all = 0;
    visit_outputs(network, episodes,
                  [&](std::size_t which, std::size_t t, const double* out, std::size_t stride) {
                      const Episode& one = episodes[which];
                      const std::size_t chosen = argmax(out, one.outputs, stride);
                      right += one.target[t * one.outputs + chosen];
                      all += 1;
                  });
    return right / all;
}

}  // namespace protocols
