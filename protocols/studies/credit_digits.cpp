// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_digits.hpp"

#include "models/rate/backprop.hpp"
#include "protocols/circuits/credit_learning.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

using Params = CreditDigits::Params;
using Eigen::Index;
using Eigen::MatrixXd;

enum class Learner { credit, backprop, readout };

constexpr std::size_t compared_commits = 100;

struct Outcome {
    std::vector<double> accuracy;  // [epoch]
    std::vector<double> loss;      // [epoch]
    models::RateNetwork early;     // after compared_commits, or all
    std::uint64_t clipped = 0;
    std::uint64_t committed = 0;  // weights, times commits
    std::uint64_t violations = 0;
};

class Training {
public:
    Training(const Params& p, const DigitSets& sets, std::uint64_t seed, Learner learner)
        : params_(p), sets_(sets), seed_(seed), learner_(learner) {
        models::LayeredSpec spec;
        spec.sizes.assign(static_cast<std::size_t>(p.hidden_layers) + 2,
                          static_cast<Index>(p.hidden));
        spec.sizes.front() = static_cast<Index>(sets.train.size());
        spec.sizes.back() = data::Digits::classes;
        spec.hidden = models::activation_named(p.activation);
        spec.gain = p.gain;
        spec.seed = seed;
        network_ = models::layered_network(spec);
        if (p.dale == 1) {
            auto dale = under_dale(network_);
            network_ = std::move(dale.network);
            learning_.signs = std::move(dale.signs);
        }
        learning_.loss = models::loss_named(p.loss);
        if (learner == Learner::readout) {
            learning_.is_plastic.assign(network_.projections.size(), false);
            learning_.is_plastic.back() = true;
        }
    }

    /// False if the study is cancelled before the end.
    bool epoch(std::size_t number, StudyContext& context) {
        const auto order = shuffled_order(sets_.train.count(), seed_, number);
        learning_.rule.eta = params_.eta * std::pow(params_.decay, static_cast<double>(number));
        const auto batch = static_cast<std::size_t>(params_.batch);
        double loss = 0;
        for (std::size_t i = 0; i < order.size(); i += batch) {
            if (context.cancelled()) return false;
            const auto images = std::span(order).subspan(i, std::min(batch, order.size() - i));
            loss += commit_batch(images);
            if (++commits_ == compared_commits) outcome_.early = network_;
        }
        outcome_.loss.push_back(loss / static_cast<double>(order.size()));
        outcome_.accuracy.push_back(accuracy());
        return true;
    }

    Outcome outcome() {
        if (commits_ < compared_commits) outcome_.early = network_;
        if (!learning_.signs.empty()) outcome_.violations = violations(network_, learning_.signs);
        outcome_.committed = commits_ * models::parameters(network_);
        return outcome_;
    }

    double last_accuracy() const { return outcome_.accuracy.back(); }

private:
    // Under Dale's law every input is there twice.
    MatrixXd inputs_of(const data::Digits& digits, std::span<const std::size_t> images) const {
        MatrixXd pixels = pixels_of(digits, images);
        return params_.dale == 1 ? MatrixXd(pixels.replicate(2, 1)) : pixels;
    }

    double commit_batch(std::span<const std::size_t> images) {
        const MatrixXd inputs = inputs_of(sets_.train, images);
        const MatrixXd targets = classes_of(sets_.train, images);
        if (learner_ == Learner::backprop) {
            const auto result = models::backprop(network_, inputs, targets, learning_.loss);
            outcome_.clipped +=
                commit(network_, result.change, 1 / static_cast<double>(images.size()), learning_);
            return result.loss;
        }
        const auto step = learn(network_, inputs, targets, learning_);
        outcome_.clipped += step.clipped;
        return step.loss;
    }

    double accuracy() const {
        constexpr std::size_t at_once = 500;
        const auto& test = sets_.test;
        std::vector<std::size_t> all(test.count());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
        std::size_t right = 0;
        for (std::size_t i = 0; i < all.size(); i += at_once) {
            const auto images = std::span(all).subspan(i, std::min(at_once, all.size() - i));
            const MatrixXd out = answer(network_, inputs_of(test, images), {});
            for (std::size_t k = 0; k < images.size(); ++k) {
                Index best = 0;
                out.col(static_cast<Index>(k)).maxCoeff(&best);
                right += best == test.labels[images[k]] ? 1 : 0;
            }
        }
        return static_cast<double>(right) / static_cast<double>(all.size());
    }

    const Params& params_;
    const DigitSets& sets_;
    std::uint64_t seed_;
    Learner learner_;
    models::RateNetwork network_;
    CreditLearning learning_;
    std::size_t commits_ = 0;
    Outcome outcome_;
};

double largest_difference(const models::RateNetwork& a, const models::RateNetwork& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.projections.size(); ++i)
        worst = std::max(worst, (flat(a.projections[i].weights) - flat(b.projections[i].weights))
                                    .cwiseAbs()
                                    .maxCoeff());
    return worst;
}

// Results of one learner by seed; those that were cancelled before their first epoch are left out.
struct Learnt {
    std::vector<Outcome> seeds;

    // Means over the seeds that came so far.
    std::vector<double> mean(std::vector<double> Outcome::*curve) const {
        std::vector<double> result;
        for (std::size_t epoch = 0;; ++epoch) {
            double sum = 0;
            double count = 0;
            for (const auto& one : seeds)
                if (epoch < (one.*curve).size()) {
                    sum += (one.*curve)[epoch];
                    ++count;
                }
            if (count == 0) return result;
            result.push_back(sum / count);
        }
    }

    std::vector<double> at_last() const {
        std::vector<double> result;
        for (const auto& one : seeds)
            if (!one.accuracy.empty()) result.push_back(one.accuracy.back());
        return result;
    }

    Json accuracy() const {
        const auto all = at_last();
        if (all.empty()) return nullptr;
        double sum = 0;
        for (const double one : all) sum += one;
        return sum / static_cast<double>(all.size());
    }
};

Json summarised(const Params& p, const std::array<Learnt, 3>& learnt) {
    const auto& credit = learnt[0].seeds;
    const auto& backprop = learnt[1].seeds;
    Json results;
    results["test_accuracy"] = learnt[0].accuracy();
    results["backprop_accuracy"] = learnt[1].accuracy();
    results["readout_accuracy"] = learnt[2].accuracy();
    results["backprop_difference"] = nullptr;
    double difference = 0;
    std::uint64_t clipped = 0, committed = 0, broken = 0;
    for (std::size_t i = 0; i < credit.size(); ++i) {
        clipped += credit[i].clipped;
        committed += credit[i].committed;
        broken += credit[i].violations;
        if (i >= backprop.size() || credit[i].early.layers.empty() ||
            backprop[i].early.layers.empty())
            continue;
        difference = std::max(difference, largest_difference(credit[i].early, backprop[i].early));
        results["backprop_difference"] = difference;
    }
    const bool is_dale = p.dale == 1 && committed > 0;
    results["violations"] = is_dale ? Json(broken) : Json();
    results["clipped"] =
        is_dale ? Json(static_cast<double>(clipped) / static_cast<double>(committed)) : Json();
    results["seed_accuracy"] = learnt[0].at_last();
    results["epoch_accuracy"] = learnt[0].mean(&Outcome::accuracy);
    results["epoch_loss"] = learnt[0].mean(&Outcome::loss);
    return results;
}

}  // namespace

Json CreditDigits::run(const Params& p, StudyContext& context) {
    const auto sets =
        digit_sets({p, static_cast<std::size_t>(p.train), static_cast<std::size_t>(p.test),
                    static_cast<std::size_t>(p.side), context.seed()});
    std::vector<Learner> learners{Learner::credit};
    if (p.backprop == 1) learners.push_back(Learner::backprop);
    if (p.readout == 1) learners.push_back(Learner::readout);
    const auto seeds = static_cast<std::size_t>(p.seeds);
    const auto epochs = static_cast<std::size_t>(p.epochs);
    std::vector<Outcome> all(learners.size() * seeds);
    std::atomic<std::size_t> epochs_done = 0;
    context.progress(0, "epoch 1 of " + std::to_string(epochs));
    sim::Workers(context.threads()).for_each(all.size(), [&](std::size_t i) {
        Training training(p, sets, context.seed() + i / learners.size(),
                          learners[i % learners.size()]);
        for (std::size_t epoch = 0; epoch < epochs && training.epoch(epoch, context); ++epoch)
            context.progress(
                static_cast<double>(++epochs_done) / static_cast<double>(all.size() * epochs),
                "epoch " + std::to_string(epoch + 1) + " of " + std::to_string(epochs) +
                    ", accuracy " + sim::number(training.last_accuracy()));
        all[i] = training.outcome();
    });
    std::array<Learnt, 3> learnt;
    for (std::size_t i = 0; i < all.size(); ++i)
        learnt[static_cast<std::size_t>(learners[i % learners.size()])].seeds.push_back(
            std::move(all[i]));
    return summarised(p, learnt);
}

}  // namespace protocols
