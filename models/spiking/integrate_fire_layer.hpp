// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A layer of integrate-and-fire neurons with reset by subtraction, from arrival to arrival, without
// a grid of time: between arrivals the membrane moves in closed form, and so do its crossings.
//
//   du/dt = drift - u / tau_m,  u >= floor;  an arrival adds its weight;  a spike at u >= 1, u -= 1
//
// What is above threshold is kept, so that without a leak the number of spikes is the integral of
// the input, rounded: rates are [input]_+ up to 1/T, not to 1/sqrt(T).
//
// Invariants
//   (1) spikes leave by (time, neuron). Where a walk is cut changes nothing but the last bits.
//   (2) states change at arrivals and spikes alone; neurons do not see each other.
// Threads: one object, one thread.
//
// Source: reset by subtraction: Rueckauer et al. 2017, Front Neurosci 11:682, eq. 4

#include <span>
#include <vector>

#include "models/spiking/spike.hpp"

namespace models {

struct Membrane {
    double tau_m = never;   ///< ms; infinite: no leak
    double floor = -never;  ///< what inhibition cannot go below; <= 0
    double t_ref = 0;       ///< ms, from a spike on in which there is no other; input still adds up
};

class IntegrateFireLayer {
public:
    IntegrateFireLayer(std::size_t size, const Membrane& membrane);

    std::size_t size() const { return size_; }

    /// A constant input. Units: 1/ms    Shape: [neuron]
    void set_drift(std::span<const double> drift);

    /// All states, at a time.  Shape: u[neuron]   Needs: u < 1
    void start(double time, std::span<const double> u);

    /// Makes time `by` smaller, as the next presentation counts from its own begin.
    void rewind(double by);

    /// Goes up to `until`, which must not lie behind; appends the spikes before it.
    /// Needs:  arrivals sorted, before `until`, not before the end of the last walk
    void walk(std::span<const Arrival> arrivals, double until, std::vector<Spike>& spikes);

    /// State of a neuron, if nothing arrives and it does not spike before. Units: time ms
    double membrane(std::size_t neuron, double time) const;

private:
    struct Block;

    template <bool leaks, bool floors>
    void walk_block(std::span<const Arrival> arrivals);
    template <bool leaks, bool floors, std::size_t packs>
    void walk_tile(std::size_t first, const Block& block);
    template <bool leaks, bool floors>
    void walk_one(std::size_t neuron, const Block& block);
    template <bool leaks>
    double cross(std::size_t neuron, double v, const Stretch& flow, double since);
    template <bool leaks>
    void finish(double until);
    void emit(double time, std::size_t neuron);
    void hand_over(std::vector<Spike>& spikes);

    std::size_t size_;
    Membrane membrane_;
    double time_ = 0;            // of the states: the last arrival
    std::vector<double> u_;      // whole blocks of lanes; those behind the last neuron stay at 0
    std::vector<double> drift_;  // 1/ms; with a leak where it leads to, drift tau_m
    std::vector<double> ready_;  // ms, when the next spike may be
    double most_drift_ = 0;
    std::vector<Spike> found_;
};

}  // namespace models
