// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit by excitatory-inhibitory balance in spikes: presentations of a pattern to a network of
// integrate-and-fire neurons, event by event, without a grid of time.
//
// A presentation has three stretches: firing settles; the teacher is there and credit flows; the
// last credit runs down. Inputs spike all the time. Layer by layer from the inputs, spikes come
// from spikes; layer by layer from the outputs, retrograde events come from retrograde events and
// own spikes. In networks with cycles both go in windows of the shortest delay, in which nothing
// sent can arrive.
//
// What a synapse from j to i has to commit is delta_i x_j with
//   delta_i = amount released by i / (rho T),  x_j = spikes of j in T / (rho T),
// T the teacher's time, which is backpropagation of the rectifying rate network up to what spikes
// can resolve.
//
// Invariants
//   (1) weights and biases do not change within a presentation.
//   (2) results depend on network, settings, key and presentations so far alone.
// Threads: one object, one thread; objects share the network.
//
// Source: our spiking form of Fan & Mysore 2024, arXiv:2405.14139

#include <optional>
#include <span>
#include <vector>

#include "models/spiking/credit_layer.hpp"
#include "models/spiking/input_trains.hpp"
#include "models/spiking/integrate_fire_layer.hpp"
#include "models/spiking/output_balance.hpp"
#include "models/spiking/spiking_network.hpp"

namespace models {

/// What a presentation takes over from the one before.
enum class Carry {
    nothing,  ///< membranes start at random in (0, 1), credit at 0, nothing is under way
    credit,   ///< membranes and spikes under way start anew, credit does not
    all       ///< time just goes on
};

struct SpikingCreditSettings {
    double rate_hz = 100;         ///< rho, of a rate of 1
    double settle = 50;           ///< ms, stimulus alone
    double taught = 250;          ///< ms, stimulus and teacher
    double tail = 6;              ///< ms, stimulus alone, credit runs down
    double delay = 1;             ///< ms, of spikes
    double retrograde_delay = 1;  ///< ms
    double threshold = 0.3;       ///< spikes, of retrograde events; infinite: only at the end
    double tau_c = 0;             ///< ms, filter of credit; 0: none
    double tau_x = 0;             ///< ms, traces by which synapses gather; 0: spike counts
    bool offset_release = true;   ///< neurons that spiked release the rest when the teacher leaves
    Membrane membrane = {};
    TrainKind inputs = TrainKind::regular;
    Carry carry = Carry::nothing;
    std::vector<bool> is_blocked = {};  ///< [layer] retrograde events reach nobody; empty: none
    std::vector<double> samples = {};  ///< ms, sorted; when the credit of hidden neurons is sampled

    Stretch window() const { return {settle, settle + taught}; }
    double duration() const { return settle + taught + tail; }
    double most_spikes() const { return rate_hz * taught / 1000; }  ///< rho T, of a rate of 1
};

/// Throws: BadParameter if the tail is too short for the last credit to arrive, or the threshold is
///         not positive
void check(const SpikingCreditSettings& settings, const SpikingNetwork& network);

/// What happened in presentations.
struct SpikingCounts {
    std::uint64_t spikes = 0;             ///< of inputs and hidden neurons
    std::uint64_t arrivals = 0;           ///< of spikes at synapses
    std::uint64_t retrograde = 0;         ///< events
    std::uint64_t retrograde_visits = 0;  ///< of synapses that carry credit

    SpikingCounts& operator+=(const SpikingCounts& more);
};

class SpikingCredit {
public:
    /// Needs:  a network of the sizes of those that are presented
    /// Throws: what `check` throws
    SpikingCredit(const SpikingNetwork& network, const SpikingCreditSettings& settings);

    /// Shows a pattern. Without targets nobody teaches, and the tail is left out.
    /// Shape:  inputs[input], >= 0; targets[output] or empty; layers one after the other
    void present(const SpikingNetwork& network, std::span<const double> inputs,
                 std::span<const double> targets, const sim::RandomKey& key,
                 std::uint64_t presentation);

    /// The same with the spikes of the inputs as they come, in the place of trains of given rates.
    /// Shape:  spikes by (time, neuron), times from 0 on, neurons below `inputs`
    void present_spikes(const SpikingNetwork& network, std::size_t inputs,
                        std::span<const Spike> spikes, std::span<const double> targets,
                        const sim::RandomKey& key, std::uint64_t presentation);

    // Of the last presentation. Rates are x, in units of rho; of inputs those of their spikes.
    std::span<const double> rates(std::size_t layer) const { return rates_[layer]; }
    std::span<const double> deltas(std::size_t layer) const { return deltas_[layer]; }
    /// What synapses gathered by traces. Shape: [post][stride of pre]
    std::span<const double> gathered(std::size_t projection) const { return gathered_[projection]; }
    /// Excitatory less inhibitory input of all outputs, in units of rho.
    std::span<const double> outputs() const { return outputs_; }
    std::span<const Spike> spikes(std::size_t layer) const { return spikes_[layer]; }
    std::span<const Retrograde> retrograde(std::size_t layer) const { return retrograde_[layer]; }
    const CreditLayer& credit(std::size_t layer) const { return *credit_[layer]; }
    const OutputBalance& balance(std::size_t layer) const { return *balance_[layer]; }
    const SpikingCounts& counts() const { return counts_; }
    const SpikingCreditSettings& settings() const { return settings_; }

private:
    void restart(const SpikingNetwork& network, const sim::RandomKey& key,
                 std::uint64_t presentation);
    void carry_over();
    void start(const SpikingNetwork& network, std::size_t inputs, std::span<const double> targets,
               const sim::RandomKey& key, std::uint64_t presentation);
    void run(const SpikingNetwork& network);
    void begin(const SpikingNetwork& network, std::size_t inputs, std::span<const double> targets);
    void fire(const SpikingNetwork& network, std::size_t layer, const Stretch& now);
    void pass_credit(const SpikingNetwork& network, std::size_t layer, const Stretch& now);
    void collect(const SpikingNetwork& network);
    std::vector<double> release_times(const SpikingNetwork& network, std::size_t layer) const;

    SpikingCreditSettings settings_;
    bool is_fresh_ = true;
    bool is_taught_ = false;
    double duration_ = 0;
    std::vector<std::optional<IntegrateFireLayer>> membranes_;  // [layer], of hidden layers
    std::vector<std::optional<CreditLayer>> credit_;            // [layer], but outputs
    std::vector<std::optional<OutputBalance>> balance_;         // [layer], of outputs
    InputTrains trains_;
    std::vector<std::vector<Spike>> spikes_;           // [layer], from those under way on
    std::vector<std::vector<Retrograde>> retrograde_;  // [layer]
    std::vector<std::vector<double>> gathered_;        // [projection]
    std::vector<std::vector<double>> rates_, deltas_;  // [layer]
    std::vector<double> outputs_;
    std::vector<double> scratch_;
    std::vector<Arrival> arrivals_;
    std::vector<RetrogradeArrival> credit_arrivals_;
    SpikingCounts counts_;
};

}  // namespace models
