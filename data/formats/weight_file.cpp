// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/weight_file.hpp"

#include <numeric>

#include "data/formats/sonata.hpp"
#include "data/formats/whole_file.hpp"

namespace data {

using hdf5::Handle;

namespace {

template <class T>
void write_column(hid_t group, const std::string& name, hid_t type, const std::vector<T>& values,
                  const hdf5::Place& place) {
    hdf5::write_dataset(group, name, type, type, {values.size()}, values.data(), place);
}

void write_population(hid_t top, const EdgePopulation& one, const hdf5::Place& place) {
    const Handle group = hdf5::create_group(top, one.name, place);
    const auto ids = [&](const std::string& name, const std::vector<std::uint64_t>& values,
                         const std::string& population) {
        write_column(group, name, H5T_NATIVE_UINT64, values, place);
        hdf5::write_attribute(hdf5::open_object(group, name, place), "node_population", population,
                              place);
    };
    ids("source_node_id", one.sources, one.source);
    ids("target_node_id", one.targets, one.target);
    const std::vector<std::uint32_t> zeros(one.sources.size(), 0);
    std::vector<std::uint64_t> index(one.sources.size());
    std::iota(index.begin(), index.end(), std::uint64_t{0});
    write_column(group, "edge_type_id", H5T_NATIVE_UINT32, zeros, place);
    write_column(group, "edge_group_id", H5T_NATIVE_UINT32, zeros, place);
    write_column(group, "edge_group_index", H5T_NATIVE_UINT64, index, place);
    const Handle values = hdf5::create_group(group, "0", place);
    for (const auto& [name, column] : one.values)
        write_column(values, name, H5T_NATIVE_DOUBLE, column, place);
    if (one.values.contains("delay"))
        hdf5::write_attribute(hdf5::open_object(values, "delay", place), "units", "ms", place);
}

}  // namespace

void WeightFile::begin(const sim::RecordingPlan& plan) {
    hdf5::Scope scope;
    hdf5::create_group(file_.id(), "weights", file_.place());
    std::map<std::string, int> taken;
    for (const auto& one : plan.weights) {
        const int number = ++taken[one.projection];
        const auto name = one.projection + (number > 1 ? "." + std::to_string(number) : "");
        const auto table = file_.add_table("/weights", name,
                                           {{.name = "time", .type = H5T_IEEE_F64LE, .unit = "ms"},
                                            {.name = "synapse", .type = H5T_STD_U32LE},
                                            {.name = "weight", .type = H5T_IEEE_F64LE}});
        const Handle group = file_.open_table(table);
        hdf5::write_attribute(group, "interval", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {},
                              &one.interval, file_.place());
        const std::uint8_t changed_only = one.changed_only ? 1 : 0;
        hdf5::write_attribute(group, "changed_only", H5T_STD_U8LE, H5T_NATIVE_UINT8, {},
                              &changed_only, file_.place());
        write_column(group, "source", H5T_NATIVE_UINT64, one.sources, file_.place());
        write_column(group, "target", H5T_NATIVE_UINT64, one.targets, file_.place());
    }
    file_.start();
}

void WeightFile::write(const sim::Batch& batch) {
    for (std::size_t i = 0; i < batch.weights.size(); ++i) {
        const auto& [times, synapses, weights] = batch.weights[i];
        if (times.empty()) continue;
        file_.append(i, 0, times.data(), times.size());
        file_.append(i, 1, synapses.data(), synapses.size());
        file_.append(i, 2, weights.data(), weights.size());
    }
    file_.batch_done(batch.until);
}

void write_edges(const std::filesystem::path& path, const std::vector<EdgePopulation>& edges,
                 const std::map<std::string, std::string>& provenance) {
    write_whole_file(path, provenance, [&](hid_t file, const hdf5::Place& place) {
        write_sonata_root(file, "edges", place);
        const Handle top = hdf5::open_object(file, "edges", place);
        for (const auto& one : edges) write_population(top, one, place);
    });
}

}  // namespace data
