// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How credit in spikes decays, layer by layer, after the teacher has stopped.
//
// Threads: networks are shared by the threads of the context.

#include "models/spiking/spiking_credit.hpp"
#include "protocols/studies/study.hpp"

namespace protocols {

struct DecaySpec {
    models::SpikingCreditSettings settings;
    std::size_t networks = 5;
    Eigen::Index width = 200;
    double gain = 1;
    double tau_c = 100;    ///< ms
    double taught = 2000;  ///< ms
    double rate_hz = 200;
    double drive = 0;
};

/// Adds decay_time, decay_theory, decay_spike, decay_offset, decay_error, decay_half_life and
/// decay_half_life_theory; whole networks only.
void add_decay(const DecaySpec& spec, StudyContext& context, Json& results);

}  // namespace protocols
