// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/diehl_cook.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "sim/core/random.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"

namespace protocols {
namespace {

constexpr std::size_t classes = data::Digits::classes;

/// What learning changes.
struct Learned {
    std::vector<double> weights;  ///< [pixel][neuron], in parts of the largest
    std::vector<double> theta;    ///< [neuron] mV
};

/// Spikes of each neuron at each image. Shape: [image][neuron]
using Counts = std::vector<std::vector<double>>;

/// A presentation: which image, and its number among all.
struct Shown {
    const data::Digits& digits;
    std::vector<std::size_t> images;
    std::uint64_t first = 0;
    std::uint32_t set = 0;  ///< training, labelling and test draw different spikes
};

class Competition {
public:
    Competition(const DiehlCook::Params& p, StudyContext& context, std::size_t pixels)
        : p_(p), context_(context), pixels_(pixels), size_(static_cast<std::size_t>(p.neurons)) {
        learned_.theta.assign(size_, first_theta);
        sim::RandomStream random({context.seed(), 1, sim::Purpose::weight}, 0);
        for (std::size_t i = 0; i < pixels_ * size_; ++i)
            learned_.weights.push_back(0.003 + 0.3 * random.uniform());
        for (std::size_t k = 0; k < size_; ++k) {
            double sum = 0;
            for (std::size_t i = 0; i < pixels_; ++i) sum += learned_.weights[i * size_ + k];
            for (std::size_t i = 0; i < pixels_; ++i) {
                double& w = learned_.weights[i * size_ + k];
                w = std::min(w * p_.total / sum, 1.0);
            }
        }
    }

    /// Shows images one after the other; learns from them with learning rate `eta`, or not at all.
    Counts show(const Shown& shown, std::optional<double> eta) {
        const auto description = describe(shown, eta);
        const sim::Network network(description, context_.catalogue(), 1);
        sim::Simulation simulation(network, context_.catalogue(), {1});
        sim::MemorySink spikes;
        simulation.record(spikes);
        simulation.advance(description.run.duration);
        if (eta) take(network, simulation);
        Counts counts(shown.images.size(), std::vector<double>(size_));
        const auto& [times, ids] = spikes.spikes()[0];
        for (std::size_t s = 0; s < times.size(); ++s)
            ++counts[std::min(static_cast<std::size_t>(times[s] / p_.presentation),
                              counts.size() - 1)][ids[s]];
        return counts;
    }

private:
    static constexpr double first_theta = 20;  // mV

    sim::Description describe(const Shown& shown, std::optional<double> eta) const {
        sim::Description d;
        d.name = "diehl_cook";
        d.run.timing = sim::Timing::grid;
        d.run.resolution = p_.resolution;
        d.sources.push_back(images(shown));
        d.neurons.push_back(neurons(eta.has_value()));
        d.projections.push_back(input(eta));
        if (p_.inhibition > 0 || !eta) d.projections.push_back(competition(eta.has_value()));
        sim::PhaseSpec image;
        image.name = "image";
        image.duration = p_.presentation;
        image.repeat = shown.images.size();
        image.reset = {"exc.v", "traces", "spikes"};
        if (eta && p_.learn == 0) image.frozen = {"input"};
        d.phases = {image};
        d.run.duration = sim::total_duration(d.phases);
        if (eta) {
            sim::HomeostasisSpec sum;
            sum.projection = "input";
            sum.kind = "incoming";
            sum.total = p_.total * p_.drive;
            d.homeostasis = {sum};
        }
        return d;
    }

    /// Poisson trains of the pixels, each image within its presentation.
    sim::SourceSpec images(const Shown& shown) const {
        auto trains = std::make_shared<sim::SpikeTrains>();
        trains->times.resize(pixels_);
        const sim::RandomKey key{context_.seed(), 2 + shown.set, sim::Purpose::source};
        for (std::size_t i = 0; i < shown.images.size(); ++i) {
            const auto image = shown.digits.image(shown.images[i]);
            sim::RandomStream random(key, shown.first + i);
            const double begin = static_cast<double>(i) * p_.presentation;
            for (std::size_t pixel = 0; pixel < pixels_; ++pixel) {
                const double per_ms = p_.rate * static_cast<double>(image[pixel]) / 1000;
                if (per_ms <= 0) continue;
                for (double t = random.exponential() / per_ms; t < p_.presentation;
                     t += random.exponential() / per_ms)
                    trains->times[pixel].push_back(begin + t);
            }
        }
        sim::SourceSpec spec;
        spec.name = "images";
        spec.model = "spike_trains";
        spec.size = pixels_;
        spec.trains = std::move(trains);
        return spec;
    }

    sim::NeuronsSpec neurons(bool learns) const {
        sim::NeuronsSpec spec;
        spec.name = "exc";
        spec.model = "lif_cond_delta";
        spec.size = size_;
        spec.params["theta_jump"] = sim::Value::of(learns ? p_.theta_jump : 0.0);
        spec.params["tau_theta"] = sim::Value::of(learns ? p_.tau_theta : sim::range::huge);
        spec.initial["theta"] = sim::Value::of(learned_.theta);
        return spec;
    }

    sim::ProjectionSpec input(std::optional<double> eta) const {
        sim::ProjectionSpec spec;
        spec.name = "input";
        spec.from = {"images"};
        spec.to = {"exc"};
        spec.connector = "edge_list";
        auto edges = std::make_shared<sim::EdgeList>();
        std::vector<double> weights;
        for (std::size_t i = 0; i < pixels_; ++i)
            for (std::size_t k = 0; k < size_; ++k) {
                edges->source.push_back(i);
                edges->target.push_back(k);
                weights.push_back(p_.drive * learned_.weights[i * size_ + k]);
            }
        spec.edges = std::move(edges);
        spec.weight = sim::Value::of(std::move(weights));
        spec.delay = sim::Value::of(p_.resolution);
        if (!eta) return spec;
        spec.axonal_delay = p_.resolution;
        spec.synapse = "diehl_cook";
        spec.synapse_params = {{"eta", sim::Value::of(*eta)},
                               {"tau_pre", sim::Value::of(p_.tau_pre)},
                               {"w_max", sim::Value::of(p_.drive)}};
        return spec;
    }

    sim::ProjectionSpec competition(bool learns) const {
        sim::ProjectionSpec spec;
        spec.name = "competition";
        spec.from = {"exc"};
        spec.to = {"exc"};
        spec.connector = "all_to_all";
        spec.connector_params["autapses"] = 0;
        spec.weight = sim::Value::of(-(learns ? p_.inhibition : p_.test_inhibition));
        spec.delay = sim::Value::of(p_.resolution);
        return spec;
    }

    void take(const sim::Network& network, const sim::Simulation& simulation) {
        const auto exc = network.population("exc");
        for (std::size_t k = 0; k < size_; ++k)
            learned_.theta[k] = simulation.state(exc, k, "theta");
        simulation.for_each_synapse(0, [&](std::uint64_t pixel, std::uint64_t neuron,
                                           std::span<const double> values, sim::Time) {
            learned_.weights[pixel * size_ + neuron] = std::min(values[0] / p_.drive, 1.0);
        });
    }

    const DiehlCook::Params& p_;
    StudyContext& context_;
    std::size_t pixels_, size_;
    Learned learned_;
};

/// Which class the neurons answer.
class Readout {
public:
    /// Of labelled images.
    Readout(const Counts& counts, const std::vector<std::uint8_t>& labels)
        : mean_(counts.front().size(), std::vector<double>(classes)), class_of_(mean_.size()) {
        std::vector<double> images(classes);
        for (std::size_t i = 0; i < counts.size(); ++i) {
            ++images[labels[i]];
            for (std::size_t k = 0; k < mean_.size(); ++k) mean_[k][labels[i]] += counts[i][k];
        }
        for (std::size_t k = 0; k < mean_.size(); ++k) {
            for (std::size_t c = 0; c < classes; ++c)
                if (images[c] > 0) mean_[k][c] /= images[c];
            class_of_[k] = best(mean_[k]);
            ++size_[class_of_[k]];
        }
    }

    std::size_t by_assignment(const std::vector<double>& counts) const {
        std::vector<double> score(classes);
        for (std::size_t k = 0; k < counts.size(); ++k) score[class_of_[k]] += counts[k];
        for (std::size_t c = 0; c < classes; ++c) score[c] /= std::max(size_[c], 1.0);
        return best(score);
    }
    std::size_t in_proportion(const std::vector<double>& counts) const {
        std::vector<double> score(classes);
        for (std::size_t k = 0; k < counts.size(); ++k) {
            const double sum = std::accumulate(mean_[k].begin(), mean_[k].end(), 0.0);
            for (std::size_t c = 0; c < classes && sum > 0; ++c)
                score[c] += counts[k] * mean_[k][c] / sum;
        }
        return best(score);
    }
    /// Rates of a class, as parts of its spikes, below a thousandth of their mean count as that.
    std::size_t by_logarithms(const std::vector<double>& counts) const {
        std::vector<double> score(classes);
        for (std::size_t c = 0; c < classes; ++c) {
            double sum = 0;
            for (const auto& mean : mean_) sum += mean[c];
            const double least = 1e-3 / static_cast<double>(mean_.size());
            for (std::size_t k = 0; k < counts.size() && sum > 0; ++k)
                score[c] += counts[k] * std::log(std::max(mean_[k][c] / sum, least));
        }
        return best(score);
    }
    const std::array<double, classes>& sizes() const { return size_; }

private:
    static std::size_t best(const std::vector<double>& score) {
        return static_cast<std::size_t>(std::max_element(score.begin(), score.end()) -
                                        score.begin());
    }
    std::vector<std::vector<double>> mean_;  // [neuron][class] spikes at an image
    std::vector<std::size_t> class_of_;
    std::array<double, classes> size_{};  // neurons
};

/// Shows `images` of a set in batches, until it is cancelled.
Counts show_all(Competition& competition, const data::Digits& digits, std::size_t images,
                std::size_t batch, std::uint32_t set, StudyContext& context) {
    Counts all;
    for (std::size_t first = 0; first < images && !context.cancelled(); first += batch) {
        Shown shown{digits, {}, first, set};
        for (std::size_t i = first; i < std::min(first + batch, images); ++i)
            shown.images.push_back(i);
        for (auto& counts : competition.show(shown, {})) all.push_back(std::move(counts));
        context.progress(set == 1 ? 0.7 + 0.15 * static_cast<double>(all.size()) /
                                              static_cast<double>(images)
                                  : 0.85 + 0.15 * static_cast<double>(all.size()) /
                                               static_cast<double>(images),
                         std::string(set == 1 ? "labels" : "test") + ", image " +
                             std::to_string(all.size()));
    }
    return all;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Returns the spikes of an image, in the mean.
double train(Competition& competition, const data::Digits& digits, const DiehlCook::Params& p,
             StudyContext& context) {
    const auto images = digits.count();
    const auto passes = static_cast<std::size_t>(p.passes);
    const auto batch = static_cast<std::size_t>(p.batch);
    const std::size_t total = images * passes;
    double spikes = 0;
    std::size_t done = 0;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        const auto order = shuffled_order(images, context.seed(), pass);
        for (std::size_t first = 0; first < images && !context.cancelled(); first += batch) {
            Shown shown{digits, {}, done, 0};
            for (std::size_t i = first; i < std::min(first + batch, images); ++i)
                shown.images.push_back(order[i]);
            const double part = static_cast<double>(done) / static_cast<double>(total);
            const double eta = p.eta_first * std::pow(p.eta_last / p.eta_first, part);
            for (const auto& counts : competition.show(shown, eta))
                spikes += std::accumulate(counts.begin(), counts.end(), 0.0);
            done += shown.images.size();
            context.progress(0.7 * static_cast<double>(done) / static_cast<double>(total),
                             "training, image " + std::to_string(done) + " of " +
                                 std::to_string(total));
        }
    }
    return done == 0 ? 0 : spikes / static_cast<double>(done);
}

Json score(const Readout& readout, const Counts& counts, const std::vector<std::uint8_t>& labels) {
    std::array<std::array<int, classes>, classes> confusion{};
    std::array<double, 3> right{};
    int silent = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::array answers{readout.by_assignment(counts[i]), readout.in_proportion(counts[i]),
                                 readout.by_logarithms(counts[i])};
        ++confusion[labels[i]][answers[0]];
        for (std::size_t a = 0; a < answers.size(); ++a) right[a] += answers[a] == labels[i] ? 1 : 0;
        silent += std::accumulate(counts[i].begin(), counts[i].end(), 0.0) == 0 ? 1 : 0;
    }
    for (double& x : right) x /= static_cast<double>(counts.size());
    return {{"accuracy", right[0]},     {"proportional_accuracy", right[1]},
            {"bayes_accuracy", right[2]}, {"confusion", confusion},
            {"neurons_of_class", readout.sizes()}, {"silent", silent}};
}

}  // namespace

Json DiehlCook::run(const Params& p, StudyContext& context) {
    const auto sets =
        digit_sets({p, static_cast<std::size_t>(p.train), static_cast<std::size_t>(p.test),
                    static_cast<std::size_t>(p.side), context.seed()});
    Competition competition(p, context, sets.train.size());
    Json results;
    for (const auto& [name, meaning] : DiehlCook::results()) results[std::string(name)] = nullptr;
    auto start = std::chrono::steady_clock::now();
    results["spikes_per_image"] = train(competition, sets.train, p, context);
    results["training_s"] = seconds_since(start);
    if (context.cancelled()) return results;
    start = std::chrono::steady_clock::now();
    const auto batch = static_cast<std::size_t>(p.batch);
    const auto labelled = std::min(static_cast<std::size_t>(p.label), sets.train.count());
    const auto known = show_all(competition, sets.train, labelled, batch, 1, context);
    const auto asked = show_all(competition, sets.test, sets.test.count(), batch, 2, context);
    results["testing_s"] = seconds_since(start);
    if (known.empty() || asked.empty()) return results;
    results.update(score(Readout(known, sets.train.labels), asked, sets.test.labels));
    return results;
}

}  // namespace protocols
