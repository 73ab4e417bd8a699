// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Layers of integrate-and-fire neurons between clamped inputs and outputs that have a teacher. The
// description is that of a rate network of rectified hidden neurons and linear outputs, of which
// this is the spiking form: a neuron of input s spikes at the rate rho [s]_+.
//
// Invariant: both arrays of weights of a projection hold the same numbers.
// Threads: plain data.

#include <cstdint>
#include <span>
#include <vector>

#include "models/rate/rate_network.hpp"

namespace models {

struct SpikingLayer {
    std::size_t size = 0;
    std::size_t stride = 0;    ///< size, filled up to whole blocks of lanes
    std::vector<double> bias;  ///< [size], in the unit of rates
    bool is_input = false;
    bool is_output = false;
    std::size_t depth = 0;  ///< longest way to an output; of networks with cycles 1, outputs 0
};

struct SpikingProjection {
    std::size_t from = 0;
    std::size_t to = 0;
    std::vector<double> by_pre;   ///< [pre][stride of post], what a spike adds
    std::vector<double> by_post;  ///< [post][stride of pre], what credit goes by; none from inputs
};

struct SpikingNetwork {
    std::vector<SpikingLayer> layers;
    std::vector<SpikingProjection> projections;
    bool is_layered = true;  ///< projections lead to later layers only

    std::size_t depth() const;  ///< most hidden layers on a way
};

/// Throws: BadNetwork unless all projections are dense, hidden layers rectify, outputs are linear
///         and project to nobody
SpikingNetwork spiking_network(const RateNetwork& network);

/// The weights and biases back in the description.
void write_back(const SpikingNetwork& spiking, RateNetwork& network);

}  // namespace models
