// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/diehl_cook.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "protocols/studies/digit_learner.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols {
namespace {

class Competition final : public DigitLearner {
public:
    Competition(const DiehlCook::Params& p, StudyContext& context, std::size_t pixels)
        : p_(p),
          context_(context),
          size_(static_cast<std::size_t>(p.neurons)),
          weights_({pixels, size_}, p.total, context.seed()),
          theta_(size_, first_theta) {}

    SpikeCounts show(const Presentations& shown, double part) override {
        const bool learns = shown.purpose == Showing::training;
        const auto description = describe(shown, learns, part);
        const sim::Network network(description, context_.catalogue(), 1);
        sim::Simulation simulation(network, context_.catalogue(), {1});
        sim::MemorySink spikes;
        simulation.record(spikes);
        simulation.advance(description.run.duration);
        if (learns) {
            const auto exc = network.population("exc");
            for (std::size_t k = 0; k < size_; ++k) theta_[k] = simulation.state(exc, k, "theta");
            weights_.take(simulation, p_.drive);
        }
        SpikeCounts counts(shown.images.size(), std::vector<double>(size_));
        const auto& [times, ids] = spikes.spikes()[0];
        for (std::size_t s = 0; s < times.size(); ++s)
            ++counts[std::min(static_cast<std::size_t>(times[s] / p_.presentation),
                              counts.size() - 1)][ids[s]];
        return counts;
    }

private:
    static constexpr double first_theta = 20;  // mV

    sim::Description describe(const Presentations& shown, bool learns, double part) const {
        sim::Description d;
        d.name = "diehl_cook";
        d.run.timing = sim::Timing::grid;
        d.run.resolution = p_.resolution;
        d.sources.push_back(images(shown));
        d.neurons.push_back(neurons(learns));
        d.projections.push_back(weights_.projection(p_.drive, p_.resolution));
        if (learns) learn(d.projections.back(), part);
        if (p_.inhibition > 0 || !learns) d.projections.push_back(competition(learns));
        sim::PhaseSpec image;
        image.name = "image";
        image.duration = p_.presentation;
        image.repeat = shown.images.size();
        image.reset = {"exc.v", "traces", "spikes"};
        if (learns && p_.learn == 0) image.frozen = {"input"};
        d.phases = {image};
        d.run.duration = sim::total_duration(d.phases);
        if (learns) d.homeostasis = {incoming_sum(p_.total * p_.drive)};
        return d;
    }

    sim::SourceSpec images(const Presentations& shown) const {
        sim::SpikeTrains trains;
        const sim::RandomKey key{context_.seed(), 2 + static_cast<std::uint32_t>(shown.purpose),
                                 sim::Purpose::source};
        for (std::size_t i = 0; i < shown.images.size(); ++i)
            append_image(trains, shown.digits.image(shown.images[i]),
                         {static_cast<double>(i) * p_.presentation, p_.presentation, p_.rate},
                         {key, shown.first + i});
        return image_source(std::move(trains));
    }

    sim::NeuronsSpec neurons(bool learns) const {
        sim::NeuronsSpec spec;
        spec.name = "exc";
        spec.model = "lif_cond_delta";
        spec.size = size_;
        spec.params["theta_jump"] = sim::Value::of(learns ? p_.theta_jump : 0.0);
        spec.params["tau_theta"] = sim::Value::of(learns ? p_.tau_theta : sim::range::huge);
        spec.initial["theta"] = sim::Value::of(theta_);
        return spec;
    }

    void learn(sim::ProjectionSpec& input, double part) const {
        const double eta = p_.eta_first * std::pow(p_.eta_last / p_.eta_first, part);
        input.axonal_delay = p_.resolution;
        input.synapse = "diehl_cook";
        input.synapse_params = {{"eta", sim::Value::of(eta)},
                                {"tau_pre", sim::Value::of(p_.tau_pre)},
                                {"w_max", sim::Value::of(p_.drive)}};
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

    const DiehlCook::Params& p_;
    StudyContext& context_;
    std::size_t size_;
    PixelWeights weights_;
    std::vector<double> theta_;  // [neuron] mV
};

}  // namespace

Json DiehlCook::run(const Params& p, StudyContext& context) {
    const auto sets =
        digit_sets({p, static_cast<std::size_t>(p.train), static_cast<std::size_t>(p.test),
                    static_cast<std::size_t>(p.side), context.seed()});
    Competition competition(p, context, sets.train.size());
    return learn_digits(competition, sets, {p.passes, p.label, p.batch}, context);
}

}  // namespace protocols
