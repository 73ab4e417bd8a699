// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit of spiking neurons in a file, presentation by presentation.
//
//   /credit/time                      f64 [sample] ms since the begin of a presentation
//   /credit/<layer>/held              f64 [presentation][sample][neuron], credit to be released
//   /credit/<layer>/filtered          f64 the same, credit still in the filter
//   /credit/<layer>/retrograde_count  u32 [presentation][neuron], events sent
//   /retrograde/<layer>/presentation, time, neuron, amount   [event], by presentation and time
//   /spikes/<layer>/presentation, time, neuron               [spike], the same
//   every dataset has the attributes `units` and `shape`; amounts are in spikes: what one spike
//   over a synapse of weight 1 brings. Outputs have no `held` and `filtered`, and no spikes.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace data {

struct CreditRecording {
    struct Events {
        std::vector<std::uint64_t> presentation;
        std::vector<double> time;  ///< ms
        std::vector<std::uint32_t> neuron;
        std::vector<double> amount;  ///< spikes; empty if these are spikes
    };
    struct Layer {
        std::string name;
        std::size_t size = 0;
        std::vector<double> held, filtered;           ///< [presentation][sample][neuron], or empty
        std::vector<std::uint32_t> retrograde_count;  ///< [presentation][neuron], or empty
        Events retrograde, spikes;
    };
    std::size_t presentations = 0;
    std::vector<double> time;  ///< ms, of samples
    std::vector<Layer> layers;
};

/// Throws: DiskFull, BadFile
void write_credit(const std::filesystem::path& path, const CreditRecording& recording,
                  const std::map<std::string, std::string>& provenance);

}  // namespace data
