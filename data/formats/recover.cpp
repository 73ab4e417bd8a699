// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/recover.hpp"

#include "data/formats/hdf5.hpp"
#include "data/formats/marks.hpp"
#include "sim/core/error.hpp"

namespace data {

using hdf5::Handle;

namespace {

// Opening for repair marks the file as changed, so a sound one is told apart without it.
bool is_closed(const hdf5::Place& place) {
    const Handle file(H5Fopen(place.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
    if (file < 0) return false;
    const auto marks = read_marks(file, place);
    return marks && marks->state != sim::ExitState::running;
}

void need_hdf5(const hdf5::Place& place) {
    if (!hdf5::is_hdf5(place.path))
        throw sim::BadFile(place.path + ": not an HDF5 file; only files of a run can be recovered");
}

}  // namespace

Recovery recover(const std::filesystem::path& path) {
    hdf5::Scope scope;
    const hdf5::Place place{path.string()};
    need_hdf5(place);
    Recovery report;
    report.was_open = !is_closed(place);
    Handle file = report.was_open ? hdf5::repair_file(place) : hdf5::open_file(place);
    const auto marks = read_marks(file, place);
    if (!marks)
        throw sim::BadFile(place.path +
                           ": has no /sharpwave/committed; only files of a run can be recovered");
    for (std::size_t i = 0; i < marks->groups.size(); ++i) {
        const auto& group = marks->groups[i];
        const std::uint64_t rows = marks->committed[i];
        const std::uint64_t most = report.was_open ? cut_table(file, group, rows, place) : rows;
        report.tables.push_back({group.substr(group.rfind('/') + 1), rows, most - rows});
    }
    report.until = marks->until;
    report.state = marks->state;
    if (!report.was_open) return report;
    if (marks->state == sim::ExitState::running) {
        report.state = sim::ExitState::interrupted;
        write_state(file, report.state, place);
    }
    hdf5::flush(file, place);
    if (!file.close()) hdf5::raise(place, "close");
    hdf5::release_reserve(place.path);
    return report;
}

}  // namespace data
