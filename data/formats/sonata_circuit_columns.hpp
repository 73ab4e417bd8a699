// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Columns of the HDF5 files of a SONATA circuit, with every value checked.
// Threads: inside an hdf5::Scope.

#include <cstdint>
#include <string>
#include <vector>

#include "data/formats/hdf5.hpp"

namespace data::circuit {

/// An open file, and the name it goes by in messages.
struct OpenFile {
    hdf5::Place place;
    hdf5::Handle handle;

    /// "file: path"
    std::string at(const std::string& path) const { return place.path + ": " + path; }
    bool has(const std::string& path) const { return hdf5::exists(handle, path); }
    std::vector<std::string> children(const std::string& path) const;
};

/// Throws: BadFile if there is no such column, it holds something else, or a value is negative
std::vector<std::uint64_t> read_naturals(const OpenFile& file, const std::string& path);

/// Throws: BadFile if there is no such column, it holds something else, or a value is not finite
std::vector<double> read_reals(const OpenFile& file, const std::string& path);

/// Texts, also where they are stored as numbers with a list of terms (@library); numbers in their
/// shortest form.
/// Throws: BadFile
std::vector<std::string> read_words(const OpenFile& file, const std::string& path);

std::uint64_t column_length(const OpenFile& file, const std::string& path);

}  // namespace data::circuit
