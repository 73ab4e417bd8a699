// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/append_file.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

#include "data/formats/marks.hpp"
#include "sim/core/error.hpp"

namespace data {
namespace {

constexpr std::uint64_t header_room = 16U << 10;  // marks, root and what HDF5 rounds up
constexpr std::uint64_t column_room = 4U << 10;   // header and index of one dataset

}  // namespace

using hdf5::check;
using hdf5::Handle;
using hdf5::Scope;

AppendFile::AppendFile(std::filesystem::path path, FileOptions options)
    : path_(std::move(path)), options_(std::move(options)), place_{path_.string(), 64U << 10} {
    Scope scope;
    file_ = hdf5::create_file(place_, {.overwrite = options_.overwrite, .name = partial()});
    reserve(header_room);
}

AppendFile::~AppendFile() {
    if (!is_open()) return;
    if (is_started_) {
        try {
            finish(sim::ExitState::interrupted);
        } catch (const sim::Error&) {
        }
        return;
    }
    file_.close();  // nothing was promised yet: leave no stub behind
    std::error_code ignored;
    std::filesystem::remove(partial(), ignored);
}

std::size_t AppendFile::add_table(const std::string& parent, const std::string& name,
                                  const std::vector<Column>& columns) {
    Scope scope;
    reserve(header_room + columns.size() * column_room);
    if (!hdf5::exists(file_, parent)) hdf5::create_group(file_, parent, place_);
    const Handle above = hdf5::open_object(file_, parent, place_);
    const Handle group = hdf5::create_group(above, name, place_);
    Table table;
    table.group = parent + "/" + name;
    for (const auto& column : columns) add_column(group, table, column);
    tables_.push_back(std::move(table));
    return tables_.size() - 1;
}

void AppendFile::add_column(hid_t group, Table& table, const Column& column) {
    const std::string what = "add '" + table.group + "/" + column.name + "'";
    Growing growing;
    growing.column = column;
    growing.row_bytes = H5Tget_size(column.type) * column.width;
    const std::uint64_t values = options_.chunk_bytes / H5Tget_size(column.type);
    const hsize_t across = std::clamp<hsize_t>(column.width, 1, values);
    const hsize_t now[2] = {0, column.width};
    const hsize_t most[2] = {H5S_UNLIMITED, std::max<hsize_t>(column.width, 1)};
    growing.chunk_rows = std::max<hsize_t>(values / across, 1);
    const hsize_t chunk[2] = {growing.chunk_rows, across};
    const int rank = column.is_matrix ? 2 : 1;
    const Handle space(check(H5Screate_simple(rank, now, most), place_, what));
    const Handle plain(check(H5Pcreate(H5P_DATASET_CREATE), place_, what));
    check(H5Pset_chunk(plain, rank, chunk), place_, what);
    H5Pset_obj_track_times(plain, false);
    const Handle set(check(H5Dcreate2(group, column.name.c_str(), column.type, space, H5P_DEFAULT,
                                      plain, H5P_DEFAULT),
                           place_, what));
    if (!column.unit.empty()) hdf5::write_attribute(set, "units", column.unit, place_);
    table.columns.push_back(std::move(growing));
}

Handle AppendFile::open_table(std::size_t table) const {
    return hdf5::open_object(file_, tables_[table].group, place_);
}

void AppendFile::start() {
    Scope scope;
    Marks marks;
    for (const auto& table : tables_) marks.groups.push_back(table.group);
    marks.provenance = options_.provenance;
    std::uint64_t bytes = header_room;
    for (const auto& [name, text] : marks.provenance) bytes += 512 + name.size() + 2 * text.size();
    for (const auto& group : marks.groups) bytes += 512 + 2 * group.size();
    reserve(bytes);
    create_marks(file_, marks, place_);
    hdf5::flush(file_, place_);
    check(H5Fstart_swmr_write(file_), place_, "let others read while writing");
    for (auto& table : tables_)
        for (auto& growing : table.columns)
            growing.set = hdf5::open_object(file_, table.group + "/" + growing.column.name, place_);
    last_commit_ = std::chrono::steady_clock::now();
    std::error_code bad;
    std::filesystem::rename(partial(), path_, bad);
    if (bad) throw sim::BadFile(place_.path + ": cannot be named: " + bad.message());
    is_started_ = true;
}

void AppendFile::append(std::size_t table, std::size_t column, const void* values,
                        std::uint64_t rows) {
    if (!is_open()) throw sim::BadFile(place_.path + ": closed; nothing more can be added");
    auto& to = tables_[table];
    auto& growing = to.columns[column];
    const std::size_t bytes = growing.row_bytes * rows;
    const auto* from = static_cast<const std::byte*>(values);
    growing.waiting.insert(growing.waiting.end(), from, from + bytes);
    waiting_bytes_ += bytes;
    if (column == 0) to.waiting += rows;
}

void AppendFile::batch_done(double until) {
    if (!is_open()) throw sim::BadFile(place_.path + ": closed; nothing more can be added");
    done_until_ = until;
    const std::chrono::duration<double> age = std::chrono::steady_clock::now() - last_commit_;
    if (waiting_bytes_ >= options_.commit_bytes || age.count() >= options_.commit_after_s) commit();
}

void AppendFile::commit() {
    Scope scope;
    try {
        reserve(waiting_room());
        write_waiting();
        hdf5::flush(file_, place_);
        write_counts(file_, counts(true), done_until_, place_);
        hdf5::flush(file_, place_);
        if (options_.sync) hdf5::sync_to_disk(file_, place_);
    } catch (...) {
        undo();
        throw;
    }
    committed_until_ = done_until_;
    for (auto& table : tables_) {
        table.committed += std::exchange(table.waiting, 0);
        for (auto& growing : table.columns) growing.waiting.clear();
    }
    waiting_bytes_ = 0;
    last_commit_ = std::chrono::steady_clock::now();
}

void AppendFile::reserve(std::uint64_t bytes) {
    place_.bytes_needed = bytes;
    if (options_.reserve) hdf5::reserve(file_, place_);
}

// Whole chunks, their index, and as much again as closing the file may take.
std::uint64_t AppendFile::waiting_room() const {
    std::uint64_t bytes = header_room;
    for (const auto& table : tables_)
        for (const auto& growing : table.columns) {
            const std::uint64_t rows = growing.chunk_rows;
            const std::uint64_t before = (table.committed + rows - 1) / rows;
            const std::uint64_t after = (table.committed + table.waiting + rows - 1) / rows;
            const std::uint64_t row_chunks = (growing.row_bytes * rows + options_.chunk_bytes - 1) /
                                             options_.chunk_bytes;
            if (after == before) continue;
            const auto index = static_cast<std::uint64_t>(
                64 * std::sqrt(static_cast<double>(after * row_chunks)));
            bytes += (after - before) * row_chunks * (options_.chunk_bytes + 16) + column_room + index;
        }
    return bytes;
}

void AppendFile::write_waiting() {
    for (auto& table : tables_)
        if (table.waiting > 0) write_table(table);
}

void AppendFile::write_table(const Table& table) {
    for (const auto& growing : table.columns) {
        if (growing.waiting.size() != table.waiting * growing.row_bytes)
            throw sim::Error(place_.path + ": the columns of " + table.group +
                             " got different numbers of rows");
        resize(growing.set, table.committed + table.waiting, place_);
        if (!growing.waiting.empty()) write_column(growing, table.committed, table.waiting);
    }
    note_stop(file_, table.group, table.committed + table.waiting, place_);
}

void AppendFile::write_column(const Growing& growing, std::uint64_t first, std::uint64_t rows) {
    const hsize_t from[2] = {first, 0};
    const hsize_t count[2] = {rows, growing.column.width};
    const Handle to(check(H5Dget_space(growing.set), place_, "write"));
    check(H5Sselect_hyperslab(to, H5S_SELECT_SET, from, nullptr, count, nullptr), place_, "write");
    const int rank = growing.column.is_matrix ? 2 : 1;
    const Handle memory(check(H5Screate_simple(rank, count, nullptr), place_, "write"));
    check(H5Dwrite(growing.set, growing.column.type, memory, to, H5P_DEFAULT,
                   growing.waiting.data()),
          place_, "write");
}

std::vector<std::uint64_t> AppendFile::counts(bool with_waiting) const {
    std::vector<std::uint64_t> rows;
    for (const auto& table : tables_)
        rows.push_back(table.committed + (with_waiting ? table.waiting : 0));
    return rows;
}

void AppendFile::undo() noexcept {
    try {
        for (auto& table : tables_) cut_table(file_, table.group, table.committed, place_);
        write_counts(file_, counts(false), committed_until_, place_);
        write_state(file_, sim::ExitState::failed, place_);
        hdf5::flush(file_, place_);
    } catch (...) {
        // The marks of the last commit stand, so the file can still be recovered.
    }
    close();
}

void AppendFile::finish(sim::ExitState state) {
    if (!is_open()) return;
    Scope scope;
    commit();
    try {
        write_state(file_, state, place_);
        hdf5::flush(file_, place_);
    } catch (...) {
        undo();
        throw;
    }
    if (!close()) hdf5::raise(place_, "close");
}

bool AppendFile::close() {
    for (auto& table : tables_) table.columns.clear();
    const bool is_closed = file_.close();
    if (options_.reserve) hdf5::release_reserve(place_.path);
    return is_closed;
}

}  // namespace data
