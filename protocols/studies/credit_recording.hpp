// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Presentations in spikes that are recorded: credit.h5 in the folder of the run.
//
// Threads: one.

#include "models/spiking/spiking_credit.hpp"
#include "protocols/studies/study.hpp"

namespace protocols {

struct RecordedPatterns {
    Eigen::MatrixXd inputs;   ///< [input][pattern]
    Eigen::MatrixXd targets;  ///< [output][pattern]
    double interval = 1;      ///< ms, of samples of credit
};

/// Shows patterns one by one, with their teacher and without any change of weights, and writes
/// their spikes, credit and retrograde events; layers are "inputs", "hidden_1", ..., "outputs".
/// Throws: DiskFull, BadFile
void record_credit(const models::RateNetwork& network, models::SpikingCreditSettings settings,
                   const RecordedPatterns& patterns, StudyContext& context);

}  // namespace protocols
