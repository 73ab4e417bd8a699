// SPDX-License-Identifier: BSD-3-Clause
#include "tests/oracle/reference/simulator.hpp"

#include <algorithm>

#include "tests/oracle/reference/base.hpp"

namespace reference {
namespace {

// 0.1 ms as a double is no tenth; the tenth is meant.
Real exact_resolution(double resolution) {
    const Real per_ms = std::round(1 / Real(resolution));
    return per_ms >= 1 && std::abs(per_ms * resolution - 1) < 1e-9L ? 1 / per_ms : resolution;
}

}  // namespace

Simulator::Simulator(const sim::Network& network, const sim::Catalogue& catalogue)
    : network_(network), catalogue_(catalogue),
      resolution_(exact_resolution(network.clock().resolution())),
      first_neuron_(network.populations().size()), synapses_(network.populations().size()) {
    outcome_.spikes.resize(synapses_.size());
    outcome_.states.resize(synapses_.size());
    for (std::size_t i = 0; i < synapses_.size(); ++i) {
        synapses_[i].resize(network.populations()[i].size);
        if (!network.populations()[i].is_source) make_neurons(i);
    }
    wire();
}

Outcome Simulator::simulate() {
    run_trains();
    run_drives();
    run_neurons();
    for (auto& spikes : outcome_.spikes) {
        std::erase_if(spikes, [this](const Spike& spike) { return !is_recorded(spike); });
        std::sort(spikes.begin(), spikes.end(), [](const Spike& a, const Spike& b) {
            return a.time < b.time || (a.time == b.time && a.id < b.id);
        });
    }
    for (const auto& neuron : neurons_)
        outcome_.states[neuron.population].push_back(values(neuron));
    return std::move(outcome_);
}

void Simulator::spike(Neuron& neuron, const Instant& time) {
    neuron.model->reset(neuron.x);
    draw(neuron);
    send(neuron.population, neuron.id, time);
}

Instant Simulator::later(const Instant& time, Real by) const {
    Instant result{time.step, time.offset + by};
    while (result.offset >= resolution_) {
        result.offset -= resolution_;
        ++result.step;
    }
    return result;
}

Instant Simulator::sum(const Instant& a, const Instant& b) const {
    return later({a.step + b.step, a.offset}, b.offset);
}

Real Simulator::between(const Instant& a, const Instant& b) const {
    return static_cast<Real>(b.step - a.step) * resolution_ + (b.offset - a.offset);
}

// A value within 1e-9 of a step is meant to be that step; in grid timing every value is.
Instant Simulator::split(Real ms) const {
    const auto nearest = step_of(ms);
    const bool is_on_step =
        std::abs(ms - static_cast<Real>(nearest) * resolution_) <= 1e-9L * resolution_;
    if (is_on_step || run().timing == sim::Timing::grid) return {nearest, 0};
    const auto step = static_cast<sim::Step>(std::floor(ms / resolution_));
    return {step, ms - static_cast<Real>(step) * resolution_};
}

void Simulator::make_neurons(std::size_t index) {
    const auto& population = network_.populations()[index];
    const auto& spec = network_.description().neurons[population.spec];
    const auto& info = catalogue_.info(sim::PartKind::neuron, spec.model);
    const auto rows = sim::tabulate(info, spec.params, 0, population.size,
                                    {run().seed, population.part, sim::Purpose::parameter});
    first_neuron_[index] = static_cast<std::uint32_t>(neurons_.size());
    Instant t_ref;
    for (std::uint64_t id = 0; id < population.size; ++id) {
        if (id < rows.size()) {
            const Parameters p(info, rows[id]);
            models_.push_back(make_model(spec.model, p));
            t_ref = split(p("t_ref"));
        }
        Neuron neuron{index, id, models_.back().get(), t_ref};
        neuron.x = neuron.model->initial();
        draw(neuron);
        set_initial(neuron);
        neurons_.push_back(neuron);
    }
}

const sim::NeuronsSpec& Simulator::spec(const Neuron& neuron) const {
    return network_.description().neurons[network_.populations()[neuron.population].spec];
}

const std::vector<sim::StateInfo>& Simulator::variables(const Neuron& neuron) const {
    return catalogue_.info(sim::PartKind::neuron, spec(neuron).model).states;
}

void Simulator::set_initial(Neuron& neuron) const {
    const auto part = network_.populations()[neuron.population].part;
    const sim::RandomKey key{run().seed, part, sim::Purpose::initial_state};
    const auto& given = spec(neuron).initial;
    const auto& all = variables(neuron);
    for (std::size_t k = 0; k < all.size(); ++k)
        if (const auto found = given.find(all[k].name); found != given.end())
            neuron.model->set(neuron.x, all[k].name, found->second.at(key, neuron.id, k));
}

std::vector<Real> Simulator::values(const Neuron& neuron) const {
    std::vector<Real> result;
    for (const auto& one : variables(neuron))
        result.push_back(neuron.model->value(neuron.x, one.name));
    return result;
}

void Simulator::draw(Neuron& neuron) {
    constexpr std::uint64_t blocks_per_draw = 64;
    const auto number = network_.populations()[neuron.population].first_id + neuron.id;
    sim::RandomStream stream({run().seed, 0, sim::Purpose::model}, number,
                             neuron.draws++ * blocks_per_draw);
    neuron.model->draw(neuron.x, stream);
}

void Simulator::wire() {
    for (std::size_t p = 0; p < network_.projections().size(); ++p) {
        const auto& projection = network_.projections()[p];
        auto& outgoing = synapses_[projection.pre];
        const std::uint32_t first = first_neuron_[projection.post];
        network_.for_each_synapse(p, [&](std::uint64_t source, std::uint64_t target, double weight,
                                         sim::Time delay) {
            Input input;
            (weight < 0 ? input.inh : input.exc) = weight;
            outgoing[source].push_back({first + static_cast<std::uint32_t>(target), input,
                                        {delay.step, delay.offset}});
        });
    }
}

sim::SourceContext Simulator::context(const sim::SourceSpec& spec, std::uint32_t part) const {
    std::vector<sim::Window> off;
    Real begin = 0;
    for (const auto& phase : network_.description().phases) {
        const Real end = begin + phase.duration;
        if (std::count(phase.off.begin(), phase.off.end(), spec.name) > 0)
            off.push_back({step_of(begin), step_of(end)});
        begin = end;
    }
    return {spec,         catalogue_.info(sim::PartKind::source, spec.model),
            network_.clock(), run().timing,
            {run().seed, part, sim::Purpose::source}, off};
}

void Simulator::run_trains() {
    for (std::size_t i = 0; i < network_.populations().size(); ++i) {
        const auto& population = network_.populations()[i];
        if (!population.is_source) continue;
        const auto& spec = network_.description().sources[population.spec];
        const auto& factory =
            catalogue_.factory<sim::SourceFactory>(sim::PartKind::source, spec.model);
        std::vector<sim::Spike> spikes;
        factory.train(context(spec, population.part))->emit({0, end()}, spikes);
        for (const auto& one : spikes) send(i, one.id, {one.time.step, one.time.offset});
    }
}

void Simulator::run_drives() {
    std::uint32_t part = 1U << 16U;  // as the engine numbers them in random keys
    for (const auto& spec : network_.description().sources)
        for (const auto& name : spec.to) {
            const auto& factory =
                catalogue_.factory<sim::SourceFactory>(sim::PartKind::source, spec.model);
            const auto target = network_.population(name);
            const auto size = static_cast<std::uint32_t>(network_.populations()[target].size);
            // Models with one port take what arrives at either.
            const auto drive = factory.drive(context(spec, part++), {0, size, true});
            arrive_all(*drive, first_neuron_[target], size);
        }
}

void Simulator::send(std::size_t population, std::uint64_t id, const Instant& time) {
    const Real ms = static_cast<Real>(time.step) * resolution_ + time.offset;
    outcome_.spikes[population].push_back({id, ms});
    for (const auto& synapse : synapses_[population][id])
        arrive(synapse.target, sum(time, synapse.delay), synapse.input);
}

bool Simulator::is_recorded(const Spike& spike) const {
    Real begin = 0;
    for (const auto& phase : network_.description().phases) {
        const Real end = begin + phase.duration;
        if (spike.time >= begin && spike.time < end) return phase.record;
        begin = end;
    }
    return true;
}

Outcome simulate(const sim::Network& network, const sim::Catalogue& catalogue) {
    const bool on_grid = network.description().run.timing == sim::Timing::grid;
    return (on_grid ? make_grid_simulator : make_exact_simulator)(network, catalogue)->simulate();
}

}  // namespace reference
