// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/hdf5.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "sim/core/error.hpp"

namespace data::hdf5 {
namespace {

std::recursive_mutex library;

struct Failure {
    std::string innermost;
    int number = 0;  // errno of the system call below, 0 when none is named
    bool is_lock = false;
    bool is_left_open = false;
};

herr_t collect(unsigned, const H5E_error2_t* entry, void* data) {
    auto& failure = *static_cast<Failure*>(data);
    const std::string text = entry->desc ? entry->desc : "";
    if (failure.innermost.empty()) failure.innermost = text;
    if (const auto at = text.find("errno = "); at != std::string::npos && !failure.number)
        failure.number = std::atoi(text.c_str() + at + 8);
    if (text.find("to lock") != std::string::npos) failure.is_lock = true;
    if (text.find("already open for") != std::string::npos) failure.is_left_open = true;
    return 0;
}

std::uint64_t free_bytes(const std::string& path) {
    struct statvfs room {};
    const auto folder = std::filesystem::path(path).parent_path();
    if (statvfs(folder.empty() ? "." : folder.c_str(), &room) != 0) return UINT64_MAX;
    return std::uint64_t{room.f_bavail} * room.f_frsize;
}

bool is_no_room(int number) {
    return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

[[noreturn]] void raise_full(const Place& place, const std::string& start, int number) {
    throw sim::DiskFull(start + std::strerror(number) + ", " + std::to_string(place.bytes_needed) +
                            " bytes needed, " + std::to_string(free_bytes(place.path)) +
                            " free; make room or write elsewhere, what was acknowledged is intact",
                        place.path, place.bytes_needed);
}

int descriptor(hid_t file, const Place& place) {
    void* found = nullptr;
    check(H5Fget_vfd_handle(file, H5P_DEFAULT, &found), place, "write");
    return *static_cast<int*>(found);
}

Handle access(const Place& place) {
    Handle list(check(H5Pcreate(H5P_FILE_ACCESS), place, "prepare to open"));
    check(H5Pset_libver_bounds(list, H5F_LIBVER_V110, H5F_LIBVER_LATEST), place, "open");
    check(H5Pset_fclose_degree(list, H5F_CLOSE_STRONG), place, "open");
    // A reader of a growing file tries again where it meets a half-written part, and waits from 1 ns
    // on twice as long each time. HDF5's 100 attempts would never end on a damaged file.
    constexpr unsigned attempts = 25;  // some 30 ms
    check(H5Pset_metadata_read_attempts(list, attempts), place, "open");
    return list;
}

void need_file(const std::string& path) {
    std::error_code bad;
    if (std::filesystem::is_directory(path, bad))
        throw sim::BadFile(path + ": is a folder; name a file in it");
    if (!std::ifstream(path)) throw sim::BadFile(path + ": " + std::strerror(errno));
}

}  // namespace

Scope::Scope() : lock_(library) {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Scope::~Scope() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

Handle& Handle::operator=(Handle&& other) noexcept {
    if (this != &other) {
        close();
        id_ = other.release();
    }
    return *this;
}

hid_t Handle::release() { return std::exchange(id_, -1); }

bool Handle::close() noexcept {
    if (id_ < 0) return true;
    Scope scope;
    const hid_t id = release();
    switch (H5Iget_type(id)) {
        case H5I_FILE: return H5Fclose(id) >= 0;
        case H5I_GROUP: return H5Gclose(id) >= 0;
        case H5I_DATASET: return H5Dclose(id) >= 0;
        case H5I_DATASPACE: return H5Sclose(id) >= 0;
        case H5I_DATATYPE: return H5Tclose(id) >= 0;
        case H5I_ATTR: return H5Aclose(id) >= 0;
        case H5I_GENPROP_LST: return H5Pclose(id) >= 0;
        default: return false;
    }
}

void raise(const Place& place, std::string_view what) {
    Failure failure;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect, &failure);
    H5Eclear2(H5E_DEFAULT);
    const std::string start = place.path + ": cannot " + std::string(what) + ": ";
    const int number = failure.number;
    if (is_no_room(number)) raise_full(place, start, number);
    if (failure.is_lock)
        throw sim::BadFile(start + "it is locked" +
                           (number ? std::string(" (") + std::strerror(number) + ")" : "") +
                           "; close the program that uses it, or set HDF5_USE_FILE_LOCKING=FALSE "
                           "where the file system knows no locks");
    if (failure.is_left_open)
        throw sim::BadFile(start + "a run is writing it or was killed; recover it first");
    throw sim::BadFile(start + (number ? std::strerror(number) : failure.innermost));
}

Handle create_file(const Place& place, const CreateOptions& options) {
    std::error_code bad;
    if (!options.overwrite && std::filesystem::exists(place.path, bad))
        throw sim::BadFile(place.path + ": exists; remove it or ask to overwrite");
    const std::string& name = options.name.empty() ? place.path : options.name;
    for (const auto& old : {place.path, name})  // first, for the room
        if (std::filesystem::is_regular_file(old, bad)) std::filesystem::remove(old, bad);
    // HDF5 does not survive a file system that has no room for the first bytes.
    if (free_bytes(place.path) < place.bytes_needed)
        raise_full(place, place.path + ": cannot create: ", ENOSPC);
    return Handle(check(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access(place)), place,
                        "create"));
}

Handle open_file(const Place& place) {
    need_file(place.path);
    const Handle list = access(place);
    Handle file(H5Fopen(place.path.c_str(), H5F_ACC_RDONLY, list));
    if (file < 0) {
        const hid_t live = H5Fopen(place.path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, list);
        file = Handle(live);
    }
    if (file < 0) check(H5Fopen(place.path.c_str(), H5F_ACC_RDONLY, list), place, "open");
    return file;
}

Handle repair_file(const Place& place) {
    need_file(place.path);
    const Handle list = access(place);
    // The property behind h5clear: the marks of an open writer do not count.
    const hbool_t clear = true;
    check(H5Pset(list, "clear_status_flags", &clear), place, "open for repair");
    Handle file(check(H5Fopen(place.path.c_str(), H5F_ACC_RDWR, list), place, "open for repair"));
    // The superblock's end of the file may be older than what the file already points to.
    check(H5Fincrement_filesize(file, 0), place, "open for repair");
    return file;
}

bool is_hdf5(const std::string& path) {
    need_file(path);
    char start[8] = {};
    std::ifstream(path, std::ios::binary).read(start, sizeof start);
    return std::memcmp(start, "\211HDF\r\n\032\n", sizeof start) == 0;
}

void flush(hid_t file, const Place& place) {
    check(H5Fflush(file, H5F_SCOPE_LOCAL), place, "write");
}

void sync_to_disk(hid_t file, const Place& place) {
    if (fsync(descriptor(file, place)) == 0) return;
    const int number = errno;
    const std::string start = place.path + ": cannot sync: ";
    if (is_no_room(number)) raise_full(place, start, number);
    throw sim::BadFile(start + std::strerror(number));
}

void reserve(hid_t file, const Place& place) {
#ifdef FALLOC_FL_KEEP_SIZE
    haddr_t end = 0;
    check(H5Fget_eoa(file, &end), place, "write");
    const auto size = static_cast<off_t>(place.bytes_needed);
    const auto from = static_cast<off_t>(end);
    const std::string start = place.path + ": cannot write: ";
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    if (end + place.bytes_needed > limit.rlim_cur) raise_full(place, start, EFBIG);
    int failed = 0;
    do {
        failed = fallocate(descriptor(file, place), FALLOC_FL_KEEP_SIZE, from, size);
    } while (failed && errno == EINTR);
    if (failed && is_no_room(errno)) raise_full(place, start, errno);
#endif
}

void release_reserve(const std::string& path) {
    std::error_code bad;
    const auto size = std::filesystem::file_size(path, bad);
    if (!bad) std::filesystem::resize_file(path, size, bad);
}

Handle create_group(hid_t parent, const std::string& name, const Place& place) {
    const bool is_path = name.find('/') != std::string::npos || name == "." || name.empty();
    if (is_path) throw sim::BadFile(place.path + ": '" + name + "' cannot name a group; rename it");
    return Handle(check(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                        place, "add '" + name + "'"));
}

bool exists(hid_t parent, const std::string& path) {
    for (std::size_t end = 0; end != std::string::npos;) {
        end = path.find('/', end + 1);
        if (H5Lexists(parent, path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    }
    return true;
}

std::vector<std::string> names(hid_t group, const Place& place) {
    std::vector<std::string> found;
    const auto add = [](hid_t, const char* name, const H5L_info_t*, void* list) -> herr_t {
        static_cast<std::vector<std::string>*>(list)->emplace_back(name);
        return 0;
    };
    hsize_t from = 0;
    check(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &from, add, &found), place, "list");
    return found;
}

Handle open_object(hid_t parent, const std::string& path, const Place& place) {
    return Handle(check(H5Oopen(parent, path.c_str(), H5P_DEFAULT), place, "open '" + path + "'"));
}

bool is_dataset(hid_t object) { return H5Iget_type(object) == H5I_DATASET; }

std::vector<hsize_t> shape(hid_t dataset, const Place& place) {
    const Handle space(check(H5Dget_space(dataset), place, "read a shape"));
    const int rank = check(H5Sget_simple_extent_ndims(space), place, "read a shape");
    std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
    check(H5Sget_simple_extent_dims(space, extent.data(), nullptr), place, "read a shape");
    return extent;
}

void write_dataset(hid_t parent, const std::string& name, hid_t file_type, hid_t memory_type,
                   const std::vector<hsize_t>& shape, const void* values, const Place& place) {
    const std::string what = "add '" + name + "'";
    const Handle space(check(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                             place, what));
    const Handle plain(check(H5Pcreate(H5P_DATASET_CREATE), place, what));
    H5Pset_obj_track_times(plain, false);
    const Handle set(check(H5Dcreate2(parent, name.c_str(), file_type, space, H5P_DEFAULT, plain,
                                      H5P_DEFAULT),
                           place, what));
    if (H5Sget_simple_extent_npoints(space) == 0) return;
    check(H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), place, what);
}

void read_rows(hid_t dataset, hid_t memory_type, hsize_t first, hsize_t count, void* values,
               const Place& place) {
    if (count == 0) return;
    const Handle from(check(H5Dget_space(dataset), place, "read"));
    check(H5Sselect_hyperslab(from, H5S_SELECT_SET, &first, nullptr, &count, nullptr), place,
          "read");
    const Handle to(check(H5Screate_simple(1, &count, nullptr), place, "read"));
    check(H5Dread(dataset, memory_type, to, from, H5P_DEFAULT, values), place, "read");
}

std::uint64_t row_count(hid_t dataset, const Place& place) {
    const auto extent = shape(dataset, place);
    if (extent.size() != 1) throw sim::BadFile(place.path + ": a list of one dimension is wanted");
    // Filters shrink at most about a thousandfold; more rows than that are a damaged header.
    const hsize_t stored = H5Dget_storage_size(dataset);
    if (extent[0] / 128 > stored + 1024)
        throw sim::BadFile(place.path + ": claims " + std::to_string(extent[0]) + " rows but holds " +
                           std::to_string(stored) + " bytes; it is damaged");
    return extent[0];
}

}  // namespace data::hdf5
