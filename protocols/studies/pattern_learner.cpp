// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/pattern_learner.hpp"

#include <numeric>

#include "models/rate/backprop.hpp"
#include "protocols/studies/credit_spiking.hpp"

namespace protocols {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

class RateLearner final : public PatternLearner {
public:
    RateLearner(models::RateNetwork network, CreditLearning learning, LearnerKind kind)
        : PatternLearner(learning.signs),
          network_(std::move(network)),
          learning_(std::move(learning)),
          is_backprop_(kind == LearnerKind::backprop) {
        if (kind != LearnerKind::readout) return;
        learning_.is_plastic.assign(network_.projections.size(), false);
        learning_.is_plastic.back() = true;
    }

    void set_eta(double eta) override { learning_.rule.eta = eta; }
    models::RateNetwork network() const override { return network_; }

private:
    LearningStep do_learn(const MatrixXd& inputs, const MatrixXd& targets) override {
        if (!is_backprop_) return protocols::learn(network_, inputs, targets, learning_);
        const auto result = models::backprop(network_, inputs, targets, learning_.loss);
        const double part = 1 / static_cast<double>(inputs.cols());
        return {result.loss, commit(network_, result.change, part, learning_)};
    }
    MatrixXd do_answer(const MatrixXd& inputs) const override {
        return protocols::answer(network_, inputs, {});
    }

    models::RateNetwork network_;
    CreditLearning learning_;
    bool is_backprop_;
};

class SpikesLearner final : public PatternLearner {
public:
    SpikesLearner(const models::RateNetwork& network, const SpikingLearning& learning,
                  sim::Workers* workers)
        : PatternLearner(learning.signs), learner_(network, learning), workers_(workers) {}

    void set_eta(double eta) override { learner_.set_eta(eta); }
    models::RateNetwork network() const override { return learner_.as_rates(); }
    models::SpikingCounts counts() const override { return learner_.counts(); }
    std::uint64_t presentations() const override { return learner_.presentations(); }

private:
    LearningStep do_learn(const MatrixXd& inputs, const MatrixXd& targets) override {
        return learner_.learn(inputs, targets, workers_);
    }
    MatrixXd do_answer(const MatrixXd& inputs) const override {
        return learner_.answer(inputs, workers_);
    }

    SpikingLearner learner_;
    sim::Workers* workers_;
};

}  // namespace

LearningStep PatternLearner::learn(const MatrixXd& inputs, const MatrixXd& targets) {
    return signs_.empty() ? do_learn(inputs, targets) : do_learn(doubled(inputs), targets);
}

MatrixXd PatternLearner::answer(const MatrixXd& inputs) const {
    return signs_.empty() ? do_answer(inputs) : do_answer(doubled(inputs));
}

MatrixXd PatternLearner::answer_in_rates(const MatrixXd& inputs) const {
    return protocols::answer(network(), signs_.empty() ? inputs : doubled(inputs), {});
}

std::uint64_t PatternLearner::violations() const {
    return signs_.empty() ? 0 : protocols::violations(network(), signs_);
}

// Under Dale's law every input is there twice.
MatrixXd PatternLearner::doubled(const MatrixXd& inputs) const { return inputs.replicate(2, 1); }

std::unique_ptr<PatternLearner> pattern_learner(const LearnerSpec& spec, sim::Workers* workers) {
    models::LayeredSpec layered;
    layered.sizes = spec.sizes;
    layered.hidden = spec.activation;
    layered.gain = spec.gain;
    layered.bias = spec.bias;
    layered.seed = spec.seed;
    const bool is_spiking =
        spec.kind == LearnerKind::spiking || spec.kind == LearnerKind::spiking_readout;
    if (is_spiking) layered.hidden = models::Activation::relu;
    auto network = models::layered_network(layered);
    set_drive(network, spec.drive);
    DaleSigns signs;
    if (spec.is_dale) {
        auto dale = under_dale(network);
        network = std::move(dale.network);
        signs = std::move(dale.signs);
    }
    if (!is_spiking) {
        CreditLearning learning;
        learning.loss = spec.loss;
        learning.signs = std::move(signs);
        return std::make_unique<RateLearner>(std::move(network), std::move(learning), spec.kind);
    }
    SpikingLearning learning;
    learning.settings = spec.settings;
    learning.signs = std::move(signs);
    learning.seed = spec.seed;
    if (spec.kind == LearnerKind::spiking_readout) {
        learning.settings.is_blocked.assign(network.layers.size(), false);
        learning.settings.is_blocked.back() = true;
    }
    return std::make_unique<SpikesLearner>(network, learning, workers);
}

double accuracy(const data::Digits& digits,
                const std::function<MatrixXd(const MatrixXd& pixels)>& answer) {
    constexpr std::size_t at_once = 500;
    std::vector<std::size_t> all(digits.count());
    std::iota(all.begin(), all.end(), std::size_t{0});
    std::size_t right = 0;
    for (std::size_t i = 0; i < all.size(); i += at_once) {
        const auto images = std::span(all).subspan(i, std::min(at_once, all.size() - i));
        const MatrixXd out = answer(pixels_of(digits, images));
        for (std::size_t k = 0; k < images.size(); ++k) {
            Index best = 0;
            out.col(static_cast<Index>(k)).maxCoeff(&best);
            right += best == digits.labels[images[k]] ? 1 : 0;
        }
    }
    return static_cast<double>(right) / static_cast<double>(all.size());
}

}  // namespace protocols
