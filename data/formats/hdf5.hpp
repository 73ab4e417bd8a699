// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The one place that deals with HDF5's return codes, error stack and object lifetimes.
//
// Invariants
//   (1) HDF5 prints nothing: a failed call becomes an exception that names the file.
//   (2) a write refused for lack of room (disk, quota, size limit) is sim::DiskFull, every other
//       failure sim::BadFile.
//   (3) calls into HDF5 happen while a Scope lives.
// Threads: Scopes of several threads take turns; HDF5 itself need not be built thread-safe.

#include <hdf5.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace data::hdf5 {

/// Holds the library for one thread and keeps its error stack silent.
class Scope {
public:
    Scope();
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

private:
    std::unique_lock<std::recursive_mutex> lock_;
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
};

/// Owns one HDF5 identifier of any kind.
class Handle {
public:
    Handle() = default;
    explicit Handle(hid_t id) : id_(id) {}
    Handle(Handle&& other) noexcept : id_(other.release()) {}
    Handle& operator=(Handle&& other) noexcept;
    ~Handle() { close(); }

    operator hid_t() const { return id_; }
    hid_t release();
    bool close() noexcept;  ///< false when HDF5 could not close it

private:
    hid_t id_ = -1;
};

/// What a file was doing when a call failed; goes into the message.
struct Place {
    std::string path;
    std::uint64_t bytes_needed = 0;  ///< of the write under way
};

/// Turns HDF5's error stack into an exception: "path: cannot <what>: reason; what to do".
[[noreturn]] void raise(const Place& place, std::string_view what);

/// Passes a good return code through.
/// Throws: DiskFull, BadFile
template <typename Code>
Code check(Code code, const Place& place, std::string_view what) {
    if (code < 0) raise(place, what);
    return code;
}

struct CreateOptions {
    bool overwrite = false;
    std::string name = {};  ///< in the file system, if it shall not have that of the place yet
};

/// A new file in the format that can be appended to while others read it.
/// Throws: BadFile if it exists and may not be overwritten, DiskFull
Handle create_file(const Place& place, const CreateOptions& options);

/// Opens for reading; a file still being written, or left by a killed run, opens as well.
/// Throws: BadFile
Handle open_file(const Place& place);

/// Opens for writing, whatever state a killed run left it in.
/// Throws: BadFile
Handle repair_file(const Place& place);

/// Begins a file's HDF5 content? False for anything else that can be read.
/// Throws: BadFile if there is no such file or it may not be read
bool is_hdf5(const std::string& path);

void flush(hid_t file, const Place& place);
void sync_to_disk(hid_t file, const Place& place);  ///< fsync

/// Claims the `bytes_needed` of the place behind the end of the file, so that writing them cannot
/// fail halfway. No effect where the file system cannot promise room.
/// Throws: DiskFull, with the file untouched
void reserve(hid_t file, const Place& place);

/// Gives back what was reserved and not used; after closing.
void release_reserve(const std::string& path);

Handle create_group(hid_t parent, const std::string& name, const Place& place);
bool exists(hid_t parent, const std::string& path);  ///< every part of the path
std::vector<std::string> names(hid_t group, const Place& place);  ///< children by name
Handle open_object(hid_t parent, const std::string& path, const Place& place);
bool is_dataset(hid_t object);

void write_attribute(hid_t object, const std::string& name, const std::string& text,
                     const Place& place);
void write_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts,
                     const Place& place);
void write_attribute(hid_t object, const std::string& name, hid_t file_type, hid_t memory_type,
                     const std::vector<hsize_t>& shape, const void* value, const Place& place);

/// The strings of an attribute, fixed or variable length; nothing when it is not there or no text.
std::optional<std::vector<std::string>> read_texts(hid_t object, const std::string& name);
std::optional<std::string> read_text(hid_t object, const std::string& name);
std::optional<std::uint64_t> read_count(hid_t object, const std::string& name);
std::vector<std::string> attribute_names(hid_t object);

std::vector<hsize_t> shape(hid_t dataset, const Place& place);

/// A dataset of fixed shape, filled.
void write_dataset(hid_t parent, const std::string& name, hid_t file_type, hid_t memory_type,
                   const std::vector<hsize_t>& shape, const void* values, const Place& place);

/// Reads `count` rows of a one-dimensional dataset from `first` on.
void read_rows(hid_t dataset, hid_t memory_type, hsize_t first, hsize_t count, void* values,
               const Place& place);

/// One-dimensional dataset `rows` long? Refuses extents that the stored bytes cannot fill.
/// Throws: BadFile
std::uint64_t row_count(hid_t dataset, const Place& place);

}  // namespace data::hdf5
