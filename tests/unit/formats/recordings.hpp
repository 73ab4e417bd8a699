// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Recordings for the tests of files: the same numbers for the same batch, so that what a file
// should hold can be made again.

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>

#include "sim/record/sink.hpp"

namespace recordings {

/// A folder that goes away with the test.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "formats-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

inline sim::RecordingPlan plan() {
    sim::RecordingPlan plan;
    plan.populations = {{"exc", 800, 0}, {"inh", 200, 800}, {"silent", 10, 1000}};
    plan.traces = {{"exc", "v", sim::Unit::mV, {0, 3, 7}, 0.0, 0.5},
                   {"exc", "g", sim::Unit::nS, {0, 3}, 0.0, 1.0},
                   {"inh", "v", sim::Unit::mV, {5}, 0.0, 1.0}};
    return plan;
}

/// Batch `number` covers [number, number + 1) ms with about `spikes` spikes.
inline sim::Batch batch(std::size_t number, std::size_t spikes) {
    std::mt19937_64 random(number);
    sim::Batch batch;
    batch.until = static_cast<double>(number + 1);
    batch.spikes.resize(3);
    for (const auto& [population, size] : {std::pair{0U, 800U}, std::pair{1U, 200U}}) {
        std::vector<std::pair<double, std::uint64_t>> drawn(random() % (spikes + 1));
        for (auto& [time, id] : drawn) {
            time = static_cast<double>(number) + static_cast<double>(random() % 1000) / 1000.0;
            id = random() % size;
        }
        std::sort(drawn.begin(), drawn.end());
        for (const auto& [time, id] : drawn) {
            batch.spikes[population].times.push_back(time);
            batch.spikes[population].ids.push_back(id);
        }
    }
    batch.traces.resize(3);
    for (const auto& [trace, values] : {std::pair{0U, 6U}, std::pair{1U, 2U}, std::pair{2U, 1U}})
        for (unsigned i = 0; i < values; ++i)
            batch.traces[trace].push_back(static_cast<float>(random() % 100000));
    return batch;
}

/// All spikes of a population in batches [0, count).
inline sim::SpikeColumn all_spikes(std::size_t population, std::size_t count, std::size_t spikes) {
    sim::SpikeColumn all;
    for (std::size_t number = 0; number < count; ++number) {
        const auto one = batch(number, spikes).spikes[population];
        all.times.insert(all.times.end(), one.times.begin(), one.times.end());
        all.ids.insert(all.ids.end(), one.ids.begin(), one.ids.end());
    }
    return all;
}

/// Do all rows equal the first rows of `whole`?
inline bool is_prefix(const sim::SpikeColumn& rows, const sim::SpikeColumn& whole) {
    return rows.times.size() == rows.ids.size() && rows.times.size() <= whole.times.size() &&
           std::equal(rows.times.begin(), rows.times.end(), whole.times.begin()) &&
           std::equal(rows.ids.begin(), rows.ids.end(), whole.ids.begin());
}

}  // namespace recordings
