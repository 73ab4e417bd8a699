// SPDX-License-Identifier: BSD-3-Clause
// Circuits with spikes computed elsewhere. They are not part of this repository: the environment
// variable SHARPWAVE_CIRCUITS names a folder with one folder per circuit, each of which holds
//   simulation_config.json, reference_spikes_exact.h5 and reference_spikes_*_grid_<dt>.h5

#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "data/formats/spike_reader.hpp"
#include "sim/core/text.hpp"
#include "sim/net/network.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"
#include "tests/unit/sonata/circuit.hpp"

namespace {

using Spikes = std::vector<std::pair<std::uint64_t, double>>;  // id, time

Spikes sorted(const sim::SpikeColumn& column) {
    Spikes spikes;
    for (std::size_t i = 0; i < column.times.size(); ++i)
        spikes.emplace_back(column.ids[i], column.times[i]);
    std::sort(spikes.begin(), spikes.end());
    return spikes;
}

Spikes run(const sim::Description& description) {
    const sim::Network network(description, circuits::catalogue(), 2);
    sim::Simulation simulation(network, circuits::catalogue(), {2});
    sim::MemorySink sink;
    simulation.record(sink);
    simulation.advance(description.run.duration);
    return sorted(sink.spikes().at(0));
}

/// The largest difference of a spike time; infinite unless neurons spike equally often.
double distance(const Spikes& a, const Spikes& b) {
    if (a.size() != b.size()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = a[i].first == b[i].first ? std::max(largest, std::abs(a[i].second - b[i].second))
                                           : INFINITY;
    return largest;
}

/// The step in "reference_spikes_nest_iaf_psc_exp_grid_0.1.h5", 0 in other names.
double grid_of(const std::string& stem) {
    const auto at = stem.find("_grid_");
    double dt = 0;
    if (at != stem.npos) std::from_chars(stem.data() + at + 6, stem.data() + stem.size(), dt);
    return dt;
}

std::vector<std::filesystem::path> circuits_given() {
    std::vector<std::filesystem::path> found;
    if (const char* folder = std::getenv("SHARPWAVE_CIRCUITS"))
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (std::filesystem::exists(entry.path() / "simulation_config.json"))
                found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

TEST_CASE("circuits spike as their reference says", "[.circuits][oracle]") {
    const auto folders = circuits_given();
    if (folders.empty()) {
        WARN("skipped: SHARPWAVE_CIRCUITS names no folder of circuits");
        return;
    }
    for (const auto& folder : folders) {
        INFO(folder);
        auto description =
            data::read_sonata_circuit(folder / "simulation_config.json", circuits::catalogue())
                .description;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            const std::string stem = entry.path().stem().string();
            const double dt = grid_of(stem);
            if (dt == 0 && stem != "reference_spikes_exact") continue;
            description.run.timing = dt > 0 ? sim::Timing::grid : sim::Timing::exact;
            description.run.resolution = dt > 0 ? dt : 0.1;
            const auto wanted = sorted(data::read_spikes({entry.path(), ""}));
            const double apart = distance(run(description), wanted);
            std::cout << folder.filename().string() << " " << stem << ": " << wanted.size()
                      << " spikes, at most " << sim::number(apart) << " ms apart\n";
            INFO(stem);
            // Exact: rounding over some hundred spikes in sequence. Grid: the same steps, whose
            // times in ms differ by the rounding of a product.
            CHECK(apart <= 1e-9);
        }
    }
}
