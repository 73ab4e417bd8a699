// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_xor.hpp"

#include "protocols/studies/pattern_learner.hpp"

namespace protocols {
namespace {

using Params = CreditXor::Params;
using Eigen::Index;
using Eigen::MatrixXd;

struct Task {
    MatrixXd inputs{{-1, -1, 1, 1}, {-1, 1, -1, 1}};
    MatrixXd targets{{1, 0, 0, 1}, {0, 1, 1, 0}};  // one output for each answer

    explicit Task(bool is_spiking) {
        if (is_spiking) inputs = MatrixXd{{0, 0, 1, 1}, {0, 1, 0, 1}, {1, 1, 1, 1}};
    }
};

struct Outcome {
    Json epochs = nullptr;
    std::vector<double> curve;
    models::SpikingCounts counts;
    std::uint64_t presentations = 0;
};

std::unique_ptr<PatternLearner> learner_of(const Params& p, Index inputs, std::uint64_t seed) {
    LearnerSpec spec;
    spec.kind = p.form == "spiking" ? LearnerKind::spiking : LearnerKind::credit;
    spec.sizes.assign(static_cast<std::size_t>(p.hidden_layers) + 2, static_cast<Index>(p.hidden));
    spec.sizes.front() = inputs;
    spec.sizes.back() = 2;
    spec.activation = models::activation_named(p.activation);
    spec.gain = p.gain;
    spec.bias = 0.5;
    if (p.form == "spiking") spec.drive = p.drive;
    spec.seed = seed;
    spec.settings = settings_of(p);
    return pattern_learner(spec, nullptr);
}

bool is_learnt(const Params& p, const PatternLearner& learner, const Task& task, double& loss) {
    const MatrixXd out = learner.answer(task.inputs);
    loss = models::loss_value(models::Loss::squared, out, task.targets) / 4;
    if (loss >= p.goal) return false;
    for (Index k = 0; k < 4; ++k)
        if ((out(0, k) > out(1, k)) != (task.targets(0, k) > task.targets(1, k))) return false;
    return true;
}

Outcome train(const Params& p, std::uint64_t seed, StudyContext& context) {
    const Task task(p.form == "spiking");
    const auto learner = learner_of(p, task.inputs.rows(), seed);
    learner->set_eta(p.eta);
    Outcome outcome;
    for (int epoch = 0; epoch < static_cast<int>(p.epochs) && !context.cancelled(); ++epoch) {
        sim::RandomStream random({seed, 4, sim::Purpose::source},
                                 static_cast<std::uint64_t>(epoch));
        std::array<Index, 4> order{0, 1, 2, 3};
        for (std::size_t i = 4; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        for (const Index k : order) learner->learn(task.inputs.col(k), task.targets.col(k));
        if (is_learnt(p, *learner, task, outcome.curve.emplace_back())) {
            outcome.epochs = epoch + 1;
            break;
        }
    }
    outcome.counts = learner->counts();
    outcome.presentations = learner->presentations();
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
    models::SpikingCounts counts;
    double presentations = 0;
    for (const auto& one : all) {
        if (one.curve.empty()) continue;  // the study was cancelled before
        counts += one.counts;
        presentations += static_cast<double>(one.presentations);
        solved += one.epochs.is_null() ? 0 : 1;
        results["epochs"].push_back(one.epochs);
        results["loss"].push_back(one.curve.back());
        results["loss_curve"].push_back(one.curve);
    }
    results["solved"] = solved;
    results["spikes"] = results["retrograde"] = nullptr;
    if (presentations > 0) {
        results["spikes"] = static_cast<double>(counts.spikes) / presentations;
        results["retrograde"] = static_cast<double>(counts.retrograde) / presentations;
    }
    return results;
}

}  // namespace protocols
