// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_xor.hpp"

#include "protocols/circuits/credit_learning.hpp"

namespace protocols {
namespace {

using Params = CreditXor::Params;
using Eigen::Index;
using Eigen::MatrixXd;

struct Task {
    MatrixXd inputs{{-1, -1, 1, 1}, {-1, 1, -1, 1}};
    MatrixXd targets{{1, 0, 0, 1}, {0, 1, 1, 0}};  // one output for each answer
};

struct Outcome {
    Json epochs = nullptr;
    std::vector<double> curve;
};

models::RateNetwork network_of(const Params& p, std::uint64_t seed) {
    models::LayeredSpec spec;
    spec.sizes.assign(static_cast<std::size_t>(p.hidden_layers) + 2, static_cast<Index>(p.hidden));
    spec.sizes.front() = spec.sizes.back() = 2;
    spec.hidden = models::activation_named(p.activation);
    spec.gain = p.gain;
    spec.bias = 0.5;
    spec.seed = seed;
    return models::layered_network(spec);
}

bool is_learnt(const Params& p, const models::RateNetwork& network, const Task& task,
               double& loss) {
    const MatrixXd out = answer(network, task.inputs, {});
    loss = models::loss_value(models::Loss::squared, out, task.targets) / 4;
    if (loss >= p.goal) return false;
    for (Index k = 0; k < 4; ++k)
        if ((out(0, k) > out(1, k)) != (task.targets(0, k) > task.targets(1, k))) return false;
    return true;
}

Outcome train(const Params& p, std::uint64_t seed, StudyContext& context) {
    const Task task;
    auto network = network_of(p, seed);
    CreditLearning learning;
    learning.rule.eta = p.eta;
    Outcome outcome;
    for (int epoch = 0; epoch < static_cast<int>(p.epochs) && !context.cancelled(); ++epoch) {
        sim::RandomStream random({seed, 4, sim::Purpose::source},
                                 static_cast<std::uint64_t>(epoch));
        std::array<Index, 4> order{0, 1, 2, 3};
        for (std::size_t i = 4; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        for (const Index k : order)
            learn(network, task.inputs.col(k), task.targets.col(k), learning);
        if (is_learnt(p, network, task, outcome.curve.emplace_back())) {
            outcome.epochs = epoch + 1;
            break;
        }
    }
    return outcome;
}

}  // namespace

Json CreditXor::run(const Params& p, StudyContext& context) {
    const auto seeds = static_cast<std::size_t>(p.seeds);
    std::vector<Outcome> all(seeds);
    for_each_case(context, seeds, "network",
                  [&](std::size_t i) { all[i] = train(p, context.seed() + i, context); });
    Json results;
    int solved = 0;
    for (const char* name : {"epochs", "loss", "loss_curve"}) results[name] = Json::array();
    for (const auto& one : all) {
        if (one.curve.empty()) continue;  // the study was cancelled before
        solved += one.epochs.is_null() ? 0 : 1;
        results["epochs"].push_back(one.epochs);
        results["loss"].push_back(one.curve.back());
        results["loss_curve"].push_back(one.curve);
    }
    results["solved"] = solved;
    return results;
}

}  // namespace protocols
