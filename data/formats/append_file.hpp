// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// An HDF5 file of growing tables that survives kill -9 and a full disk: the machinery shared by
// spike files and trace files.
//
// A table is a group; its columns are the datasets in it that can grow. marks.hpp describes how
// the file says which rows are safe.
//
// Invariants
//   (1) rows reach the file only in commits: rows, flush, counts, flush. What a count covers is
//       in the file before the count is.
//   (2) all columns of a table have the same length, and no commit splits a batch.
//   (3) a commit first reserves its room. One that fails is undone: every column shrinks to the
//       last count, the file closes and opens in any reader. Only then the error leaves.
//   (4) nothing is created after start(); from there on readers may follow the file live.
//   (5) the file has its name from start() on and ends in .partial before: whatever is there under
//       its name can be recovered.
// Threads: one at a time.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/formats/hdf5.hpp"
#include "sim/record/sink.hpp"

namespace data {

/// Options of every file that grows during a run.
struct FileOptions {
    bool overwrite = false;         ///< replace a file that is there
    bool sync = false;              ///< wait for the disk at each commit: survives power loss too
    double commit_after_s = 1.0;    ///< wall time after which waiting rows are committed
    std::uint64_t commit_bytes = 2U << 20;  ///< waiting bytes that are committed at once
    std::uint64_t chunk_bytes = 128U << 10;
    bool reserve = true;  ///< ask for room before writing, where the file system can promise it
    std::map<std::string, std::string> provenance = {};
};

class AppendFile {
public:
    struct Column {
        std::string name;
        hid_t type;                ///< in the file and in memory
        bool is_matrix = false;    ///< rows x width, else a list
        std::uint64_t width = 1;   ///< values per row
        std::string unit = {};     ///< attribute `units`; empty: none
    };

    /// Throws: BadFile if it exists and may not be overwritten, DiskFull
    AppendFile(std::filesystem::path path, FileOptions options);
    ~AppendFile();
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;

    /// The open file, to add what is fixed; before start().
    hid_t id() const { return file_; }
    const hdf5::Place& place() const { return place_; }

    /// Makes the group `parent/name` a table and returns its number; before start().
    std::size_t add_table(const std::string& parent, const std::string& name,
                          const std::vector<Column>& columns);
    hdf5::Handle open_table(std::size_t table) const;

    void start();

    /// Queues rows of one column; all columns of a table must get as many before batch_done.
    void append(std::size_t table, std::size_t column, const void* values, std::uint64_t rows);

    /// A batch is whole up to `until` ms; commits when it is time to.
    /// Throws: DiskFull, BadFile; the file is then closed, see (3)
    void batch_done(double until);
    void commit();
    void finish(sim::ExitState state);

    bool is_open() const { return file_ >= 0; }
    std::uint64_t committed_rows(std::size_t table) const { return tables_[table].committed; }

private:
    struct Growing {
        hdf5::Handle set;
        Column column;
        std::size_t row_bytes = 0;
        std::uint64_t chunk_rows = 1;
        std::vector<std::byte> waiting;
    };
    struct Table {
        std::string group;
        std::vector<Growing> columns;
        std::uint64_t committed = 0;
        std::uint64_t waiting = 0;  // rows
    };

    std::string partial() const { return place_.path + ".partial"; }
    void add_column(hid_t group, Table& table, const Column& column);
    void reserve(std::uint64_t bytes);
    std::uint64_t waiting_room() const;
    void write_waiting();
    void write_table(const Table& table);
    void write_column(const Growing& growing, std::uint64_t first, std::uint64_t rows);
    void undo() noexcept;
    bool close();
    std::vector<std::uint64_t> counts(bool with_waiting) const;

    std::filesystem::path path_;
    FileOptions options_;
    hdf5::Place place_;
    hdf5::Handle file_;
    std::vector<Table> tables_;
    double done_until_ = 0;       // ms, whole batches
    double committed_until_ = 0;  // ms
    std::uint64_t waiting_bytes_ = 0;
    std::chrono::steady_clock::time_point last_commit_;
    bool is_started_ = false;
};

}  // namespace data
