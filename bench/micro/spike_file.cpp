// SPDX-License-Identifier: BSD-3-Clause
// Spikes into a file, with the commits that a crash cannot undo. Items are spikes.

#include <benchmark/benchmark.h>

#include <filesystem>

#include "data/formats/spike_file.hpp"

namespace {

class Folder {
public:
    Folder() : path_(std::filesystem::temp_directory_path() / "sharpwave_bench_micro") {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::filesystem::path file() const { return path_ / "spikes.h5"; }

private:
    std::filesystem::path path_;
};

void spike_file(benchmark::State& state) {
    const auto spikes = static_cast<std::size_t>(state.range(0));
    const Folder folder;
    data::SpikeFile file(folder.file(), {.overwrite = true});
    sim::RecordingPlan plan;
    plan.populations = {{"all", 1000, 0}};
    file.begin(plan);
    sim::Batch batch;
    batch.spikes.resize(1);
    batch.spikes[0].ids.resize(spikes);
    batch.spikes[0].times.resize(spikes);
    for (auto _ : state) {
        batch.until += 1;
        batch.spikes[0].times.assign(spikes, batch.until - 0.5);
        file.write(batch);
    }
    file.end(sim::ExitState::complete);
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetBytesProcessed(state.iterations() * state.range(0) * 16);
}
BENCHMARK(spike_file)->ArgName("spikes_per_batch")->Arg(1000)->Arg(100000);

}  // namespace
