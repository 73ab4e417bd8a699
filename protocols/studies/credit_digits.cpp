// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_digits.hpp"

#include "protocols/studies/credit_recording.hpp"
#include "protocols/studies/pattern_learner.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

using Params = CreditDigits::Params;
using Eigen::Index;
using Eigen::MatrixXd;

// Of one learner and seed.
struct Outcome {
    std::vector<double> accuracy;  // [epoch]
    std::vector<double> loss;      // [epoch]
    models::RateNetwork early;     // after compared_commits, or all
    models::RateNetwork last;
    std::uint64_t clipped = 0;
    std::uint64_t committed = 0;  // weights, times commits
    std::uint64_t violations = 0;
    double rate_accuracy = 0;      // of the weights in a rate network
    models::SpikingCounts counts;  // of all presentations
    std::uint64_t presentations = 0;
};

// Of the three learners, and what each is.
struct Slot {
    std::size_t place;
    LearnerKind kind;
};

constexpr std::size_t compared_commits = 100;

class Training {
public:
    Training(const Params& p, const DigitSets& sets, std::uint64_t seed, LearnerKind kind,
             sim::Workers* workers)
        : params_(p), sets_(sets), seed_(seed) {
        LearnerSpec spec;
        spec.kind = kind;
        spec.sizes.assign(static_cast<std::size_t>(p.hidden_layers) + 2,
                          static_cast<Index>(p.hidden));
        spec.sizes.front() = static_cast<Index>(sets.train.size());
        spec.sizes.back() = data::Digits::classes;
        spec.activation = models::activation_named(p.activation);
        spec.gain = p.gain;
        spec.drive = p.form == "spiking" ? p.drive : 0;
        spec.is_dale = p.dale == 1;
        spec.loss = models::loss_named(p.loss);
        spec.seed = seed;
        spec.settings = settings_of(p);
        learner_ = pattern_learner(spec, workers);
    }

    /// False if the study is cancelled before the end.
    bool epoch(std::size_t number, StudyContext& context) {
        const auto order = shuffled_order(sets_.train.count(), seed_, number);
        learner_->set_eta(params_.eta * std::pow(params_.decay, static_cast<double>(number)));
        const auto batch = static_cast<std::size_t>(params_.batch);
        double loss = 0;
        for (std::size_t i = 0; i < order.size(); i += batch) {
            if (context.cancelled()) return false;
            const auto images = std::span(order).subspan(i, std::min(batch, order.size() - i));
            const auto step =
                learner_->learn(pixels_of(sets_.train, images), classes_of(sets_.train, images));
            loss += step.loss;
            outcome_.clipped += step.clipped;
            if (++commits_ == compared_commits) outcome_.early = learner_->network();
        }
        outcome_.loss.push_back(loss / static_cast<double>(order.size()));
        outcome_.accuracy.push_back(
            accuracy(sets_.test, [&](const MatrixXd& pixels) { return learner_->answer(pixels); }));
        return true;
    }

    Outcome outcome() {
        const auto network = learner_->network();
        outcome_.last = network;
        if (commits_ < compared_commits) outcome_.early = network;
        outcome_.violations = learner_->violations();
        outcome_.committed = commits_ * models::parameters(network);
        outcome_.rate_accuracy = accuracy(
            sets_.test, [&](const MatrixXd& pixels) { return learner_->answer_in_rates(pixels); });
        outcome_.counts = learner_->counts();
        outcome_.presentations = learner_->presentations();
        return outcome_;
    }

    double last_accuracy() const { return outcome_.accuracy.back(); }

private:
    const Params& params_;
    const DigitSets& sets_;
    std::uint64_t seed_;
    std::unique_ptr<PatternLearner> learner_;
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

// Per presentation, and of the weights as rates.
void add_spikes(Json& results, const std::vector<Outcome>& seeds) {
    models::SpikingCounts all;
    double presentations = 0;
    double accuracy = 0;
    double whole = 0;  // seeds that came through an epoch
    for (const auto& one : seeds) {
        all += one.counts;
        presentations += static_cast<double>(one.presentations);
        whole += one.accuracy.empty() ? 0 : 1;
        accuracy += one.rate_accuracy;
    }
    if (presentations == 0) return;
    if (whole > 0) results["rate_accuracy"] = accuracy / whole;
    results["spikes"] = static_cast<double>(all.spikes) / presentations;
    results["retrograde"] = static_cast<double>(all.retrograde) / presentations;
    results["retrograde_visits"] =
        static_cast<double>(all.retrograde_visits) / static_cast<double>(all.arrivals);
}

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
    results["rate_accuracy"] = nullptr;
    for (const char* name : {"spikes", "retrograde", "retrograde_visits"}) results[name] = nullptr;
    if (p.form == "spiking") add_spikes(results, credit);
    results["seed_accuracy"] = learnt[0].at_last();
    results["epoch_accuracy"] = learnt[0].mean(&Outcome::accuracy);
    results["epoch_loss"] = learnt[0].mean(&Outcome::loss);
    return results;
}

void record(const Params& p, const DigitSets& sets, const models::RateNetwork& network,
            StudyContext& context) {
    std::vector<std::size_t> images;
    for (std::size_t i = 0; i < sets.test.count() && i < static_cast<std::size_t>(p.record); ++i)
        images.push_back(i);
    MatrixXd pixels = pixels_of(sets.test, images);
    if (p.dale == 1) pixels = pixels.replicate(2, 1).eval();
    record_credit(network, settings_of(p),
                  {pixels, classes_of(sets.test, images), p.record_interval}, context);
}

}  // namespace

Json CreditDigits::run(const Params& p, StudyContext& context) {
    if (p.form == "spiking" && p.loss != "squared")
        throw sim::BadParameter(
            "loss = " + p.loss +
            ": outputs in spikes have the squared loss alone; set loss=squared, "
            "or form=rate");
    const auto sets =
        digit_sets({p, static_cast<std::size_t>(p.train), static_cast<std::size_t>(p.test),
                    static_cast<std::size_t>(p.side), context.seed()});
    const bool is_spiking = p.form == "spiking";
    std::vector<Slot> slots{{0, is_spiking ? LearnerKind::spiking : LearnerKind::credit}};
    if (p.backprop == 1) slots.push_back({1, LearnerKind::backprop});
    if (p.readout == 1)
        slots.push_back({2, is_spiking ? LearnerKind::spiking_readout : LearnerKind::readout});
    const auto seeds = static_cast<std::size_t>(p.seeds);
    const auto epochs = static_cast<std::size_t>(p.epochs);
    std::vector<Outcome> all(slots.size() * seeds);
    std::atomic<std::size_t> epochs_done = 0;
    // What is wrong with the settings is said before anything is learnt.
    for (const auto& slot : slots) Training(p, sets, context.seed(), slot.kind, nullptr);
    context.progress(0, "epoch 1 of " + std::to_string(epochs));
    sim::Workers workers(context.threads());
    // What is alone shares its patterns among the threads.
    sim::Workers* const inner = all.size() == 1 ? &workers : nullptr;
    workers.for_each(all.size(), [&](std::size_t i) {
        Training training(p, sets, context.seed() + i / slots.size(), slots[i % slots.size()].kind,
                          inner);
        for (std::size_t epoch = 0; epoch < epochs && training.epoch(epoch, context); ++epoch)
            context.progress(
                static_cast<double>(++epochs_done) / static_cast<double>(all.size() * epochs),
                "epoch " + std::to_string(epoch + 1) + " of " + std::to_string(epochs) +
                    ", accuracy " + sim::number(training.last_accuracy()));
        all[i] = training.outcome();
    });
    if (is_spiking && p.record > 0) record(p, sets, all.front().last, context);
    std::array<Learnt, 3> learnt;
    for (std::size_t i = 0; i < all.size(); ++i)
        learnt[slots[i % slots.size()].place].seeds.push_back(std::move(all[i]));
    return summarised(p, learnt);
}

}  // namespace protocols
