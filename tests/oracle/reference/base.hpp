// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What both timings of the reference share: neurons, wires, sources, records.

#include <compare>
#include <memory>

#include "sim/run/source.hpp"
#include "tests/oracle/reference/simulator.hpp"

namespace reference {

/// Whole steps and ms after them, so that sums of lattice times stay equal.
struct Instant {
    sim::Step step = 0;
    Real offset = 0;
    auto operator<=>(const Instant&) const = default;
};

struct Neuron {
    std::size_t population;
    std::uint64_t id;
    const Model* model;
    Instant t_ref;
    std::uint64_t draws = 0;
    Vector x{};
};

class Simulator {
public:
    Simulator(const sim::Network& network, const sim::Catalogue& catalogue);
    virtual ~Simulator() = default;
    Outcome simulate();

protected:
    /// Runs the neurons up to the end.
    virtual void run_neurons() = 0;
    virtual void arrive(std::uint32_t neuron, const Instant& time, const Input& input) = 0;
    /// Lets everything arrive that a drive brings to `size` neurons from `first` on.
    virtual void arrive_all(sim::Drive& drive, std::uint32_t first, std::uint32_t size) = 0;

    /// Records a spike, resets its neuron and sends it on.
    void spike(Neuron& neuron, const Instant& time);

    Instant later(const Instant& time, Real by) const;  ///< by: ms, not negative
    Instant sum(const Instant& a, const Instant& b) const;
    Real between(const Instant& a, const Instant& b) const;
    Real resolution() const { return resolution_; }
    sim::Step end() const { return step_of(run().duration); }
    std::vector<Neuron>& neurons() { return neurons_; }

private:
    struct Synapse {
        std::uint32_t target;  // over all populations of neurons
        Input input;           // the weight, at its port
        Instant delay;
    };

    const sim::RunSpec& run() const { return network_.description().run; }
    sim::Step step_of(Real ms) const { return std::llround(ms / resolution_); }
    Instant split(Real ms) const;
    void make_neurons(std::size_t population);
    const sim::NeuronsSpec& spec(const Neuron& neuron) const;
    const std::vector<sim::StateInfo>& variables(const Neuron& neuron) const;
    void set_initial(Neuron& neuron) const;
    void draw(Neuron& neuron);
    void wire();
    sim::SourceContext context(const sim::SourceSpec& spec, std::uint32_t part) const;
    void run_trains();
    void run_drives();
    void send(std::size_t population, std::uint64_t id, const Instant& time);
    bool is_recorded(const Spike& spike) const;
    std::vector<Real> values(const Neuron& neuron) const;

    const sim::Network& network_;
    const sim::Catalogue& catalogue_;
    Real resolution_;
    std::vector<std::unique_ptr<Model>> models_;
    std::vector<Neuron> neurons_;
    std::vector<std::uint32_t> first_neuron_;                  // [population]
    std::vector<std::vector<std::vector<Synapse>>> synapses_;  // [population][id]
    Outcome outcome_;
};

std::unique_ptr<Simulator> make_exact_simulator(const sim::Network&, const sim::Catalogue&);
std::unique_ptr<Simulator> make_grid_simulator(const sim::Network&, const sim::Catalogue&);

inline void add(Input& sum, const Input& input) {
    sum.exc += input.exc;
    sum.inh += input.inh;
    sum.current += input.current;
}

}  // namespace reference
