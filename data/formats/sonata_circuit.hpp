// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A SONATA network of point neurons, with what its simulation configuration asks for, as a
// description.
//
// A population whose nodes share a model becomes one population of the same name; one with several
// models becomes one for each, <population>_<model>, which are recorded under the population's own
// name and node ids (NeuronsSpec::recorded_as, recorded_ids). Virtual nodes become a source of
// spike trains. What the circuit leaves out takes the default of the simulator it was written for.
//
// Source: SONATA developer guide, version 0.1; Dai et al. 2020, PLoS Comput Biol 16:e1007696
// Limitations: the edges are held in memory; plastic synapses, weight functions, biophysical
// neurons and inputs other than spike files and current clamps are refused by name.

#include <filesystem>
#include <string>
#include <vector>

#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"

namespace data {

struct SonataRun {
    sim::Description description;
    std::filesystem::path output_dir;
    std::string spikes_file;
    bool overwrite = false;          ///< output.overwrite_output_dir
    std::vector<std::string> notes;  ///< what was interpreted or has no effect, one line each
};

/// Reads a simulation configuration, or a file that names one as `simulation`.
/// Throws: BadFile if files cannot be read, else BadProtocol with every mistake
SonataRun read_sonata_circuit(const std::filesystem::path& config, const sim::Catalogue& catalogue);

}  // namespace data
