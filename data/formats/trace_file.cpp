// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/trace_file.hpp"

#include <algorithm>
#include <numeric>

#include "data/formats/sonata.hpp"
#include "sim/core/error.hpp"

namespace data {

using hdf5::Handle;

namespace {

// Readers insist on a unit: "1" is the one of a plain number.
std::string unit_text(sim::Unit unit) {
    return unit == sim::Unit::none ? "1" : std::string(sim::symbol(unit));
}

void write_mapping(hid_t group, const sim::RecordingPlan::Trace& trace, const hdf5::Place& place) {
    const Handle mapping = hdf5::create_group(group, "mapping", place);
    const std::size_t n = trace.neurons.size();
    hdf5::write_dataset(mapping, "node_ids", H5T_STD_U64LE, H5T_NATIVE_UINT64, {n},
                        trace.neurons.data(), place);
    const Handle nodes = hdf5::open_object(mapping, "node_ids", place);
    const std::int8_t sorted = std::is_sorted(trace.neurons.begin(), trace.neurons.end());
    hdf5::write_attribute(nodes, "sorted", H5T_STD_I8LE, H5T_NATIVE_INT8, {}, &sorted, place);
    std::vector<std::uint64_t> pointers(n + 1);
    std::iota(pointers.begin(), pointers.end(), std::uint64_t{0});
    hdf5::write_dataset(mapping, "index_pointers", H5T_STD_U64LE, H5T_NATIVE_UINT64, {n + 1},
                        pointers.data(), place);
    const std::vector<std::uint32_t> elements(n, 0);
    hdf5::write_dataset(mapping, "element_ids", H5T_STD_U32LE, H5T_NATIVE_UINT32, {n},
                        elements.data(), place);
    const double time[3] = {trace.start, trace.start, trace.interval};
    hdf5::write_dataset(mapping, "time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {3}, time, place);
    hdf5::write_attribute(hdf5::open_object(mapping, "time", place), "units", "ms", place);
}

}  // namespace

std::vector<std::string> report_names(const sim::RecordingPlan& plan) {
    std::vector<std::string> names;
    for (const auto& trace : plan.traces) {
        const auto of_population = std::count_if(
            plan.traces.begin(), plan.traces.end(),
            [&](const auto& other) { return other.population == trace.population; });
        const std::string stem =
            of_population == 1 ? trace.population : trace.population + "." + trace.variable;
        std::string name = stem;
        for (int i = 2; std::find(names.begin(), names.end(), name) != names.end(); ++i)
            name = stem + "." + std::to_string(i);
        names.push_back(name);
    }
    return names;
}

void TraceFile::begin(const sim::RecordingPlan& plan) {
    hdf5::Scope scope;
    write_sonata_root(file_.id(), "report", file_.place());
    names_ = report_names(plan);
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const auto& trace = plan.traces[i];
        const auto table = file_.add_table("/report", names_[i],
                                           {{.name = "data",
                                             .type = H5T_IEEE_F32LE,
                                             .is_matrix = true,
                                             .width = trace.neurons.size(),
                                             .unit = unit_text(trace.unit)}});
        const Handle group = file_.open_table(table);
        write_mapping(group, trace, file_.place());
        hdf5::write_attribute(group, "population", trace.population, file_.place());
        hdf5::write_attribute(group, "variable", trace.variable, file_.place());
        widths_.push_back(trace.neurons.size());
    }
    file_.start();
}

void TraceFile::write(const sim::Batch& batch) {
    if (batch.traces.size() != widths_.size())
        throw sim::Error(std::to_string(batch.traces.size()) + " traces, " +
                         std::to_string(widths_.size()) + " planned");
    for (std::size_t i = 0; i < widths_.size(); ++i)
        if (widths_[i] == 0 ? !batch.traces[i].empty() : batch.traces[i].size() % widths_[i] != 0)
            throw sim::Error("traces." + names_[i] + ": rows of " + std::to_string(widths_[i]) +
                             " values are wanted");
    for (std::size_t i = 0; i < widths_.size(); ++i)
        if (widths_[i] > 0)
            file_.append(i, 0, batch.traces[i].data(), batch.traces[i].size() / widths_[i]);
    file_.batch_done(batch.until);
}

}  // namespace data
