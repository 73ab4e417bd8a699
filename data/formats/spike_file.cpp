// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/spike_file.hpp"

#include <limits>
#include <tuple>

#include "data/formats/sonata.hpp"
#include "sim/core/error.hpp"

namespace data {

void SpikeFile::begin(const sim::RecordingPlan& plan) {
    hdf5::Scope scope;
    write_sonata_root(file_.id(), "spikes", file_.place());
    for (const auto& population : plan.populations) {
        const auto table = file_.add_table("/spikes", population.name,
                                           {{.name = "timestamps",
                                             .type = H5T_IEEE_F64LE,
                                             .unit = "ms"},
                                            {.name = "node_ids", .type = H5T_STD_U64LE}});
        const auto group = file_.open_table(table);
        write_sorting(group, Sorting::by_time, file_.place());
        hdf5::write_attribute(group, "size", H5T_STD_U64LE, H5T_NATIVE_UINT64, {},
                              &population.size, file_.place());
        hdf5::write_attribute(group, "first_id", H5T_STD_U64LE, H5T_NATIVE_UINT64, {},
                              &population.first_id, file_.place());
        names_.push_back(population.name);
        last_.push_back({-std::numeric_limits<double>::infinity(), 0});
    }
    file_.start();
}

void SpikeFile::write(const sim::Batch& batch) {
    if (batch.spikes.size() != last_.size())
        throw sim::Error("spikes of " + std::to_string(batch.spikes.size()) + " populations, " +
                         std::to_string(last_.size()) + " planned");
    for (std::size_t p = 0; p < last_.size(); ++p) {
        const auto& [times, ids] = batch.spikes[p];
        if (times.size() != ids.size())
            throw sim::Error("spikes." + names_[p] + ": as many times as ids are wanted");
        // Readers search by bisection once a file says it is sorted, so it has to be true.
        for (std::size_t i = 0; i < times.size(); ++i) {
            const Last next{times[i], ids[i]};
            if (!(std::tie(last_[p].time, last_[p].id) <= std::tie(next.time, next.id)))
                throw sim::Error("spikes." + names_[p] + ": not sorted by time and id");
            last_[p] = next;
        }
    }
    for (std::size_t p = 0; p < last_.size(); ++p) {
        const auto& [times, ids] = batch.spikes[p];
        file_.append(p, 0, times.data(), times.size());
        file_.append(p, 1, ids.data(), ids.size());
    }
    file_.batch_done(batch.until);
}

}  // namespace data
