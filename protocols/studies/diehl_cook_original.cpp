// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/diehl_cook_original.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "protocols/studies/plastic_network.hpp"
#include "sim/record/sink.hpp"

namespace protocols {
namespace {

/// Spikes of each neuron of the only recorded population, since the last look.
class SpikeCounter final : public sim::Sink {
public:
    explicit SpikeCounter(std::size_t neurons) : counts_(neurons) {}
    void begin(const sim::RecordingPlan&) override {}
    void write(const sim::Batch& batch) override {
        for (const auto k : batch.spikes[0].ids) ++counts_[k];
    }
    void end(sim::ExitState) override {}

    std::vector<double> take() {
        return std::exchange(counts_, std::vector<double>(counts_.size()));
    }

private:
    std::vector<double> counts_;
};

/// A network under way.
struct Session {
    Session(const sim::Description& description, const sim::Catalogue& catalogue,
            std::size_t neurons)
        : network(description, catalogue, 1),
          simulation(network, catalogue, {1}),
          counter(neurons) {
        simulation.record(counter);
    }
    sim::Network network;
    sim::Simulation simulation;
    SpikeCounter counter;
};

class OriginalNetwork final : public DigitLearner {
public:
    OriginalNetwork(const DiehlCookOriginal::Params& p, StudyContext& context, std::size_t pixels)
        : p_(p),
          context_(context),
          size_(static_cast<std::size_t>(p.neurons)),
          pixels_(pixels),
          weights_({pixels, size_}, p.total, context.seed()),
          theta_(size_, 20.0) {
        begin(true);
    }

    SpikeCounts show(const Presentations& shown, double) override {
        const bool learns = shown.purpose == Showing::training;
        if (learns != learns_) {
            take();
            begin(learns);
        }
        SpikeCounts counts;
        for (std::size_t i = 0; i < shown.images.size() && !context_.cancelled(); ++i)
            counts.push_back(show(shown, i));
        return counts;
    }

    /// Presentations of an image in training, in the mean.
    double presentations_per_image() const { return images_ == 0 ? 0 : presentations_ / images_; }
    /// Units: mV
    double mean_theta() {
        if (learns_) take();
        return std::accumulate(theta_.begin(), theta_.end(), 0.0) / static_cast<double>(size_);
    }

private:
    double slot() const { return p_.presentation + p_.rest; }

    /// With more and more light, until it excites enough.
    std::vector<double> show(const Presentations& shown, std::size_t i) {
        auto& simulation = session_->simulation;
        images_ += learns_ ? 1 : 0;
        for (std::uint32_t tried = 0;; ++tried) {
            const sim::RandomKey key{context_.seed(),
                                     2 + static_cast<std::uint32_t>(shown.purpose) + 3 * tried,
                                     sim::Purpose::source};
            sim::SpikeTrains trains;
            append_image(trains, shown.digits.image(shown.images[i]),
                         {simulation.time(), p_.presentation, p_.rate + p_.more_rate * tried},
                         {key, shown.first + i});
            simulation.set_trains("images", std::move(trains));
            ++slots_;
            simulation.advance(slots_ * slot());
            presentations_ += learns_ ? 1 : 0;
            auto counts = session_->counter.take();
            const double spikes = std::accumulate(counts.begin(), counts.end(), 0.0);
            if (spikes >= p_.least_spikes || tried + 1 >= p_.tries) return counts;
        }
    }

    void begin(bool learns) {
        learns_ = learns;
        slots_ = 0;
        session_.emplace(describe(), context_.catalogue(), size_);
        if (learns && p_.learn == 0) session_->simulation.set_plastic("input", false);
    }

    sim::Description describe() const {
        sim::Description d;
        d.name = "diehl_cook_original";
        d.run.timing = sim::Timing::grid;
        d.run.resolution = p_.resolution;
        d.run.tolerance = sim::RunSpec::tolerance_on_grid;
        const double images = std::max(p_.train * p_.passes, p_.label + p_.test);
        d.run.duration = images * p_.tries * slot();
        sim::SpikeTrains dark;
        dark.times.resize(pixels_);
        d.sources = {image_source(std::move(dark))};
        d.neurons = {excitatory(), inhibitory()};
        d.projections = {weights_.projection(p_.drive, p_.resolution), to_inhibitory(),
                         inhibition()};
        if (learns_) learn(d.projections[0]);
        d.record.all_spikes = false;
        d.record.spikes = {"exc"};
        if (learns_) {
            d.homeostasis = {incoming_sum(p_.total * p_.drive)};
            d.homeostasis[0].every = slot();
        }
        return d;
    }

    // Conductances are in parts of the leak, which is 1 nS. The potential runs on after a spike,
    // as in the program; that another spike is forbidden there for 5 ms does not matter, as none
    // would come.
    sim::NeuronsSpec excitatory() const {
        auto spec = plastic::neurons("exc", "lif_cond_adaptive", p_.neurons,
                                     {{"c_m", 100},
                                      {"g_l", 1},
                                      {"e_l", -65},
                                      {"v_th_min", -72},
                                      {"v_reset", -65},
                                      {"t_ref", 0},
                                      {"e_exc", 0},
                                      {"e_inh", -100},
                                      {"tau_syn_exc", 1},
                                      {"tau_syn_inh", 2},
                                      {"theta_jump", learns_ ? p_.theta_jump : 0},
                                      {"tau_theta", learns_ ? p_.tau_theta : sim::range::huge}});
        spec.initial["theta"] = sim::Value::of(theta_);
        spec.initial["v"] = sim::Value::of(-105.0);
        return spec;
    }
    sim::NeuronsSpec inhibitory() const {
        auto spec = plastic::neurons("inh", "lif_cond_exp", p_.neurons,
                                     {{"c_m", 10},
                                      {"g_l", 1},
                                      {"e_l", -60},
                                      {"v_th", -40},
                                      {"v_reset", -45},
                                      {"t_ref", 2},
                                      {"e_exc", 0},
                                      {"e_inh", -85},
                                      {"tau_syn_exc", 1},
                                      {"tau_syn_inh", 2}});
        spec.initial["v"] = sim::Value::of(-100.0);
        return spec;
    }

    void learn(sim::ProjectionSpec& input) const {
        input.axonal_delay = p_.resolution;
        plastic::learn(input, "diehl_cook_triplet",
                       {{"eta_post", p_.eta_post}, {"eta_pre", p_.eta_pre}, {"w_max", p_.drive}});
    }
    sim::ProjectionSpec to_inhibitory() const {
        return plastic::projection("exc", "inh", "one_to_one", sim::Value::of(p_.to_inhibitory),
                                   p_.resolution);
    }
    sim::ProjectionSpec inhibition() const {
        auto spec = plastic::projection("inh", "exc", "edge_list", sim::Value::of(-p_.inhibition),
                                        p_.resolution);
        auto edges = std::make_shared<sim::EdgeList>();
        for (std::size_t from = 0; from < size_; ++from)
            for (std::size_t to = 0; to < size_; ++to) {
                if (from == to) continue;
                edges->source.push_back(from);
                edges->target.push_back(to);
            }
        spec.edges = std::move(edges);
        return spec;
    }

    /// What was learned.
    void take() {
        const auto exc = session_->network.population("exc");
        for (std::size_t k = 0; k < size_; ++k)
            theta_[k] = session_->simulation.state(exc, k, "theta");
        weights_.take(session_->simulation, p_.drive);
    }

    const DiehlCookOriginal::Params& p_;
    StudyContext& context_;
    std::size_t size_, pixels_;
    PixelWeights weights_;
    std::vector<double> theta_;  // [neuron] mV
    bool learns_ = true;
    std::optional<Session> session_;
    double slots_ = 0;                       // presentations of the session
    double images_ = 0, presentations_ = 0;  // in training
};

}  // namespace

Json DiehlCookOriginal::run(const Params& p, StudyContext& context) {
    const auto sets =
        digit_sets({p, static_cast<std::size_t>(p.train), static_cast<std::size_t>(p.test),
                    static_cast<std::size_t>(p.side), context.seed()});
    OriginalNetwork network(p, context, sets.train.size());
    auto results = learn_digits(network, sets, {p.passes, p.label, 50}, context);
    results["presentations_per_image"] = network.presentations_per_image();
    results["theta_mean"] = network.mean_theta();
    return results;
}

}  // namespace protocols
