// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_communities.hpp"

#include <cmath>
#include <optional>

#include "protocols/circuits/communities.hpp"
#include "protocols/circuits/credit_learning.hpp"
#include "sim/core/error.hpp"

namespace protocols {
namespace {

using Params = CreditCommunities::Params;
using Eigen::Index;
using Eigen::MatrixXd;

struct Found {
    double accuracy = 0;
    double weight_change = 0;
    double q = 0;
    double q_null = 0;
    double communities = 0;
    double q_weights = 0;
    double q_weights_null = 0;
};

// Clouds around centres, one class after the other.
class Clouds {
public:
    Clouds(const Params& p, std::uint64_t seed)
        : params_(p),
          seed_(seed),
          centres_(p.spread * normal_matrix(static_cast<Index>(p.inputs),
                                            static_cast<Index>(p.classes), seed, 1)) {}

    /// Shape: [input][pattern], and the class of each.
    MatrixXd patterns(Index count, std::uint32_t part, std::vector<Index>& classes) const {
        MatrixXd result = params_.noise * normal_matrix(centres_.rows(), count, seed_, part);
        classes.clear();
        for (Index k = 0; k < count; ++k) {
            classes.push_back(k % centres_.cols());
            result.col(k) += centres_.col(classes.back());
        }
        return result;
    }

private:
    const Params& params_;
    std::uint64_t seed_;
    MatrixXd centres_;
};

models::RateNetwork network_of(const Params& p, std::uint64_t seed) {
    models::RecurrentSpec spec;
    spec.inputs = static_cast<Index>(p.inputs);
    spec.hidden = static_cast<Index>(p.hidden);
    spec.outputs = static_cast<Index>(p.classes);
    spec.gain = p.gain;
    spec.output_feedback = false;
    spec.seed = seed;
    return models::recurrent_network(spec);
}

// Neurons in the order of the layers. Shape: [post][pre]
MatrixXd all_weights(const models::RateNetwork& network) {
    std::vector<Index> first{0};
    for (const auto& layer : network.layers) first.push_back(first.back() + layer.size);
    MatrixXd w = MatrixXd::Zero(first.back(), first.back());
    for (const auto& one : network.projections)
        w.block(first[one.to], first[one.from], network.layers[one.to].size,
                network.layers[one.from].size) = std::get<models::DenseWeights>(one.weights);
    return w;
}

double null_modularity(const Params& p, const MatrixXd& network, std::uint64_t seed) {
    double sum = 0;
    for (int i = 0; i < static_cast<int>(p.shuffles); ++i) {
        const auto own = seed + static_cast<std::uint64_t>(i);
        sum += find_communities(shuffled(network, own), static_cast<int>(p.runs), own).modularity;
    }
    return sum / p.shuffles;
}

double accuracy(const models::RateNetwork& network, const Clouds& clouds,
                const models::SweepOptions& sweeps) {
    constexpr Index asked = 1000;
    std::vector<Index> classes;
    const MatrixXd out = answer(network, clouds.patterns(asked, 2, classes), sweeps);
    double right = 0;
    for (Index k = 0; k < asked; ++k) {
        Index best = 0;
        out.col(k).maxCoeff(&best);
        right += best == classes[static_cast<std::size_t>(k)] ? 1 : 0;
    }
    return right / asked;
}

// Nothing if an equilibrium was lost on the way, or the study is cancelled.
std::optional<Found> learn_classes(const Params& p, double rate, std::uint64_t seed,
                                   StudyContext& context) {
    constexpr std::uint32_t first_part = 10;
    auto network = network_of(p, seed);
    // The diagonal stays empty: a neuron has no synapse with itself.
    const MatrixXd start = all_weights(network);
    const Clouds clouds(p, seed);
    CreditLearning learning;
    learning.rule.eta = rate;
    learning.sweeps.tolerance = p.tolerance;
    learning.sweeps.most_sweeps = 500;
    const auto batch = static_cast<Index>(p.batch);
    try {
        for (std::uint32_t update = 0; update < static_cast<std::uint32_t>(p.updates); ++update) {
            if (context.cancelled()) return std::nullopt;
            std::vector<Index> classes;
            const MatrixXd inputs = clouds.patterns(batch, first_part + update, classes);
            MatrixXd targets = MatrixXd::Zero(static_cast<Index>(p.classes), batch);
            for (Index k = 0; k < batch; ++k) targets(classes[static_cast<std::size_t>(k)], k) = 1;
            learn(network, inputs, targets, learning);
            for (auto& one : network.projections)
                if (one.from == one.to)
                    std::get<models::DenseWeights>(one.weights).diagonal().setZero();
        }
        Found found;
        const MatrixXd end = all_weights(network);
        found.accuracy = accuracy(network, clouds, learning.sweeps);
        found.weight_change = (end - start).norm() / start.norm();
        const MatrixXd changed = undirected(end - start);
        const auto communities = find_communities(changed, static_cast<int>(p.runs), seed);
        found.q = communities.modularity;
        found.communities = static_cast<double>(communities.count);
        found.q_null = null_modularity(p, changed, seed);
        const MatrixXd final_weights = undirected(end);
        found.q_weights =
            find_communities(final_weights, static_cast<int>(p.runs), seed).modularity;
        found.q_weights_null = null_modularity(p, final_weights, seed);
        return found;
    } catch (const sim::NumericFailure&) {
        return std::nullopt;
    }
}

double mean(const std::vector<Found>& found, double Found::*member) {
    double sum = 0;
    for (const auto& one : found) sum += one.*member;
    return sum / static_cast<double>(found.size());
}

Json deviation(const std::vector<Found>& found, double Found::*member) {
    if (found.size() < 2) return nullptr;
    const double middle = mean(found, member);
    double sum = 0;
    for (const auto& one : found) sum += std::pow(one.*member - middle, 2);
    return std::sqrt(sum / static_cast<double>(found.size() - 1));
}

void add_row(Json& results, double rate, const std::vector<Found>& found) {
    const auto add = [&](const char* name, double Found::*member) {
        results[name].push_back(found.empty() ? Json() : Json(mean(found, member)));
    };
    results["learning_rate"].push_back(rate);
    results["stable"].push_back(found.size());
    add("accuracy", &Found::accuracy);
    add("weight_change", &Found::weight_change);
    add("q", &Found::q);
    results["q_sd"].push_back(deviation(found, &Found::q));
    add("q_null", &Found::q_null);
    add("communities", &Found::communities);
    add("q_weights", &Found::q_weights);
    add("q_weights_null", &Found::q_weights_null);
}

}  // namespace

Json CreditCommunities::run(const Params& p, StudyContext& context) {
    if (p.least_rate >= p.most_rate) throw sim::BadParameter("least_rate: must be below most_rate");
    const auto rates = static_cast<std::size_t>(p.rates);
    const auto seeds = static_cast<std::size_t>(p.seeds);
    const auto rate = [&](std::size_t i) {
        const double part = static_cast<double>(i) / static_cast<double>(rates - 1);
        return p.least_rate * std::pow(p.most_rate / p.least_rate, part);
    };
    std::vector<std::optional<Found>> all(rates * seeds);
    for_each_case(context, all.size(), "network", [&](std::size_t i) {
        all[i] = learn_classes(p, rate(i / seeds), context.seed() + i % seeds, context);
    });
    Json results;
    for (const auto& [name, meaning] : CreditCommunities::results()) results[name] = Json::array();
    results["q_rise"] = results["largest_stable_rate"] = nullptr;
    for (std::size_t i = 0; i < rates; ++i) {
        std::vector<Found> found;
        for (std::size_t k = 0; k < seeds; ++k)
            if (all[i * seeds + k]) found.push_back(*all[i * seeds + k]);
        add_row(results, rate(i), found);
        if (found.size() < seeds || i == 0 || results["q"][0].is_null()) continue;
        results["largest_stable_rate"] = rate(i);
        results["q_rise"] = results["q"].back().get<double>() - results["q"][0].get<double>();
    }
    return results;
}

}  // namespace protocols
