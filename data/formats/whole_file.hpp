// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// An HDF5 file that is written in one go: beside its place, and put there when it is whole.
//
// Threads: one at a time; takes the library for itself.

#include <filesystem>
#include <map>
#include <string>

#include "data/formats/hdf5.hpp"

namespace data {

/// Calls fill(file, place) on a new file that has the group `provenance` with these texts.
/// Throws: DiskFull, BadFile, and what `fill` throws; no part of the file is left then
template <class Fill>
void write_whole_file(const std::filesystem::path& path,
                      const std::map<std::string, std::string>& provenance, const Fill& fill) {
    hdf5::Scope scope;
    const std::string partial = path.string() + ".partial";
    const hdf5::Place place{path.string()};
    try {
        const hdf5::Handle file = hdf5::create_file(place, {.overwrite = true, .name = partial});
        const hdf5::Handle origin = hdf5::create_group(file, "provenance", place);
        for (const auto& [name, text] : provenance)
            hdf5::write_attribute(origin, name, text, place);
        fill(file, place);
        hdf5::flush(file, place);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(partial, ignored);
        throw;
    }
    std::filesystem::rename(partial, path);
}

}  // namespace data
