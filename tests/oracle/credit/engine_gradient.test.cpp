// SPDX-License-Identifier: BSD-3-Clause
// What synapses of the engine gather, against backpropagation of the rectifying rate network.
#include <catch2/catch.hpp>

#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"
#include "tests/oracle/credit/networks.hpp"
#include "tests/oracle/credit/slow_backprop.hpp"

using namespace credit_tests;
using sim::Value;

namespace {

constexpr double tau_x = 50;    // ms
constexpr double settle = 150;  // ms: three times tau_x
constexpr double c_m = 250;     // pF

/// Perfect integrators, where a weight of 1 mV is worth a spike, or leaky neurons with conductances,
/// where it is what brings the charge of a spike at the mean potential.
struct Form {
    bool has_conductances = false;
    std::string teacher = "regular";
    double rate_hz = 200;  ///< of a rate of 1
    double threshold = 0.3;

    static constexpr double swing = 15, middle = -57.5, e_inh = -80, tau_syn = 2, g_l = 12.5;
    double unit(double weight) const {
        if (!has_conductances) return 1;
        return c_m * swing / (tau_syn * std::abs(weight < 0 ? middle - e_inh : middle));
    }
};

/// Trains of these rates; regular ones have phases of their own.
sim::SourceSpec trains(const std::string& name, const std::string& model,
                       const Eigen::VectorXd& rates, double rate_hz, sim::RandomStream& draw) {
    std::vector<double> hz, phases;
    for (const double rate : rates) {
        hz.push_back(rate * rate_hz);
        phases.push_back(draw.uniform() * 1000 / hz.back());
    }
    sim::SourceSpec source;
    source.name = name;
    source.model = model;
    source.size = hz.size();
    source.params = {{"rate", Value::of(hz)}};
    if (model == "regular") source.params["phase"] = Value::of(phases);
    return source;
}

std::string layer_name(std::size_t layer) { return "layer_" + std::to_string(layer); }

/// Biases are currents; the mean leak is made up for.
sim::NeuronsSpec neurons(const models::RateLayer& layer, std::size_t number, const Form& form) {
    const double swing = form.has_conductances ? Form::swing : 1;
    std::vector<double> currents;
    for (const double bias : layer.bias)
        currents.push_back(bias * form.rate_hz / 1000 * c_m * swing +
                           (form.has_conductances ? Form::g_l * (Form::middle + 65) : 0));
    const auto size = static_cast<std::uint64_t>(layer.size);
    if (form.has_conductances) {
        auto one = parts::neurons(layer_name(number), "lif_cond_exp", size,
                                  {{"t_ref", Value::of(0.1)}, {"i_e", Value::of(currents)}});
        one.initial = {{"v", Value::uniform(-65, -50)}};
        return one;
    }
    auto one = parts::neurons(layer_name(number), "lif_soft_reset", size,
                              {{"e_l", Value::of(0)},
                               {"v_th", Value::of(1)},
                               {"v_drop", Value::of(1)},
                               {"tau_m", Value::of(1e9)},
                               {"t_ref", Value::of(0.01)},
                               {"i_e", Value::of(currents)}});
    one.initial = {{"v", Value::uniform(0, 1)}};
    return one;
}

sim::ProjectionSpec projection(const MatrixXd& w, std::size_t from, const Form& form) {
    auto one =
        parts::projection(layer_name(from), layer_name(from + 1), Value::of(1), Value::of(1));
    auto edges = std::make_shared<sim::EdgeList>();
    std::vector<double> weights;
    for (Index j = 0; j < w.cols(); ++j)
        for (Index i = 0; i < w.rows(); ++i) {
            edges->source.push_back(static_cast<std::uint64_t>(j));
            edges->target.push_back(static_cast<std::uint64_t>(i));
            weights.push_back(w(i, j) * form.unit(w(i, j)));
        }
    one.connector = "edge_list";
    one.edges = edges;
    one.weight = Value::of(weights);
    one.synapse = "signed_credit";
    // All is gathered and nothing committed.
    one.synapse_params = {{"tau_x", Value::of(tau_x)},
                          {"tau_w", Value::of(1e12)},
                          {"eta", Value::of(1e-9)},
                          {"w_max", Value::of(1000)}};
    return one;
}

sim::Description in_spikes(const RateNetwork& network, const Eigen::VectorXd& inputs,
                           const Eigen::VectorXd& targets, double taught, std::uint64_t seed,
                           const Form& form) {
    sim::Description d;
    d.run.seed = seed;
    d.run.resolution = 0.5;
    auto draw = parts::numbers(seed);
    d.sources = {trains(layer_name(0), "regular", inputs, form.rate_hz, draw),
                 trains("target", form.teacher, targets, form.rate_hz, draw)};
    for (std::size_t i = 1; i < network.layers.size(); ++i) {
        d.neurons.push_back(neurons(network.layers[i], i, form));
        d.projections.push_back(projection(
            std::get<models::DenseWeights>(network.projections[i - 1].weights), i - 1, form));
        sim::CreditSpec credit{layer_name(i)};
        if (i + 1 == network.layers.size()) credit.teacher = {"target"};
        credit.threshold = form.threshold;
        credit.unit = form.unit(1);
        credit.unit_inh = form.unit(-1);
        d.credit.push_back(credit);
    }
    d.phases = {{"settle", settle, true, {"target"}},
                {"taught", taught, true, {}},
                {"tail", 10, true, {"target"}}};
    d.run.duration = settle + taught + 10;
    return d;
}

struct Agreement {
    std::vector<double> cosine, norm;  // by weight layer
    double events_per_spike = 0;
};

/// Means over some networks.
Agreement agreement(const std::vector<Index>& sizes, std::uint64_t networks, double taught,
                    const Form& form = {}) {
    const std::size_t depth = sizes.size() - 1;
    Agreement mean{std::vector<double>(depth, 0), std::vector<double>(depth, 0)};
    const auto count = static_cast<double>(networks);
    for (std::uint64_t seed = 1; seed <= networks; ++seed) {
        models::LayeredSpec spec;
        spec.sizes = sizes;
        spec.hidden = Activation::relu;
        spec.gain = 1.1;
        spec.bias = 0.1;
        spec.seed = seed;
        auto rates = models::layered_network(spec);
        rates.layers.back().bias.setZero();
        auto draw = parts::numbers(seed + 100);
        Eigen::VectorXd inputs(sizes.front()), targets(sizes.back());
        for (auto* all : {&inputs, &targets})
            for (double& x : *all) x = 0.02 + 0.98 * draw.uniform();
        const auto right =
            oracle::slow_backprop(as_slow(rates, Loss::squared), plain(inputs), plain(targets));
        const auto d = in_spikes(rates, inputs, targets, taught, seed, form);
        const sim::Network network(d, parts::catalogue(), 1);
        sim::Simulation simulation(network, parts::catalogue(), {});
        simulation.advance(d.run.duration);
        const double scale = form.rate_hz / 1000 * taught * form.rate_hz / 1000 * tau_x;
        for (std::size_t l = 0; l < depth; ++l) {
            double both = 0, found = 0, wanted = 0;
            simulation.for_each_synapse(l, [&](std::uint64_t source, std::uint64_t target,
                                               std::span<const double> values, sim::Time) {
                const double e = values[1] / scale;
                const double g = right.weights[l][target][source];
                both += e * g;
                found += e * e;
                wanted += g * g;
            });
            mean.cosine[l] += both / std::sqrt(found * wanted) / count;
            mean.norm[l] += std::sqrt(found / wanted) / count;
        }
        std::uint64_t events = 0;
        for (const auto one : simulation.counters().retrograde) events += one;
        mean.events_per_spike += static_cast<double>(events) /
                                 static_cast<double>(simulation.counters().neuron_spikes) / count;
    }
    return mean;
}

}  // namespace

TEST_CASE("synapses of the engine gather the gradient of the rate network") {
    const auto found = agreement({20, 40, 40, 10}, 6, 300);
    for (std::size_t l = 0; l < 3; ++l) {
        INFO("layer " << l << ": cosine " << found.cosine[l] << ", norm " << found.norm[l]
                      << ", events " << found.events_per_spike);
        // The rounding of counts of spikes: with 300 ms at 200 Hz, 60 for a rate of 1.
        CHECK(found.cosine[l] > 0.97);
        CHECK(found.norm[l] == Approx(1).margin(0.08));
    }
}

TEST_CASE("longer teaching makes the gradient better, and the threshold does not change it") {
    const auto brief = agreement({20, 40, 10}, 3, 60);
    const auto longer = agreement({20, 40, 10}, 3, 600);
    CHECK(1 - longer.cosine[0] < 0.4 * (1 - brief.cosine[0]));
    const auto rare = agreement({20, 40, 10}, 3, 300, {.threshold = 1e300});
    const auto often = agreement({20, 40, 10}, 3, 300, {.threshold = 0.1});
    CHECK(rare.events_per_spike < 0.2 * often.events_per_spike);
    // Amounts are the same in the end; a trace of the presynaptic neuron sees them at other times.
    for (std::size_t l = 0; l < 2; ++l)
        CHECK(rare.cosine[l] == Approx(often.cosine[l]).margin(0.03));
}

TEST_CASE("Poisson trains teach as well, with more noise") {
    const auto found = agreement({20, 40, 40, 10}, 6, 300, {.teacher = "poisson"});
    // 60 spikes for a target of 1, give or take 8; means of 6 networks were .99.
    for (std::size_t l = 0; l < 3; ++l) CHECK(found.cosine[l] > 0.97);
}

TEST_CASE("with conductances and hard resets the direction is that of the gradient in part") {
    const auto found = agreement({20, 40, 40, 10}, 6, 300, {.has_conductances = true});
    // No rectifying rate network any more: .82 .89 .97 in the mean of 8 networks.
    CHECK(found.cosine[0] > 0.7);
    CHECK(found.cosine[1] > 0.8);
    CHECK(found.cosine[2] > 0.93);
}
