// SPDX-License-Identifier: BSD-3-Clause
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <new>

#include "data/formats/file_info.hpp"
#include "data/formats/recover.hpp"
#include "data/formats/spike_file.hpp"
#include "data/formats/spike_reader.hpp"
#include "data/formats/trace_file.hpp"
#include "recordings.hpp"
#include "sim/core/error.hpp"

using Catch::Matchers::Contains;
using recordings::Folder;

namespace {

constexpr std::size_t spikes_per_batch = 400;
constexpr std::size_t most_batches = 2000;

// In a child: the write that is the last, after a random part of its pages.
long writes_left = -1;
unsigned torn_pages = 0;

// What the writer was promised, seen by the parent of the process that dies.
struct Promise {
    std::atomic<std::uint64_t> exc{0}, inh{0}, rows{0};
};

[[noreturn]] void write_until_killed(const Folder& folder, Promise& promise) {
    const data::FileOptions options{.overwrite = true, .commit_bytes = 20'000, .chunk_bytes = 4096};
    data::SpikeFile spikes(folder / "spikes.h5", options);
    data::TraceFile traces(folder / "traces.h5", options);
    spikes.begin(recordings::plan());
    traces.begin(recordings::plan());
    for (std::size_t i = 0; i < most_batches; ++i) {
        const auto batch = recordings::batch(i, spikes_per_batch);
        spikes.write(batch);
        promise.exc = spikes.committed(0);
        promise.inh = spikes.committed(1);
        traces.write(batch);
        promise.rows = traces.committed(0);
    }
    spikes.end(sim::ExitState::complete);
    traces.end(sim::ExitState::complete);
    _exit(0);
}

// Runs a writer in another process and kills it after `microseconds`.
void kill_after(unsigned long microseconds, const Folder& folder, Promise& promise) {
    const pid_t child = fork();
    if (child == 0) write_until_killed(folder, promise);
    usleep(static_cast<useconds_t>(microseconds));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
}

// Runs a writer in another process that dies within its write number `count`, as a kill between two
// pages of a write does.
void tear_write(long count, unsigned pages, const Folder& folder, Promise& promise) {
    const pid_t child = fork();
    if (child == 0) {
        torn_pages = pages;
        writes_left = count;
        write_until_killed(folder, promise);
    }
    int status = 0;
    waitpid(child, &status, 0);
}

int plain_open(const std::filesystem::path& path) {
    data::hdf5::Scope scope;
    const data::hdf5::Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
    return file >= 0;
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void check_spikes(const std::filesystem::path& path, const Promise& promise,
                  const sim::SpikeColumn& exc, const sim::SpikeColumn& inh) {
    data::recover(path);
    CHECK(plain_open(path));
    const auto found_exc = data::read_spikes({path, "exc"});
    const auto found_inh = data::read_spikes({path, "inh"});
    CHECK(found_exc.ids.size() >= promise.exc);
    CHECK(found_inh.ids.size() >= promise.inh);
    CHECK(recordings::is_prefix(found_exc, exc));
    CHECK(recordings::is_prefix(found_inh, inh));
    CHECK(data::file_info(path).state != sim::ExitState::running);
    const auto before = bytes_of(path);
    const auto again = data::recover(path);
    CHECK_FALSE(again.was_open);
    CHECK(again.tables[0].rows_kept == found_exc.ids.size());
    CHECK(bytes_of(path) == before);
}

void check_traces(const std::filesystem::path& path, const Promise& promise) {
    data::recover(path);
    CHECK(plain_open(path));
    const auto info = data::file_info(path);
    REQUIRE(info.traces[1].report == "exc.v");
    CHECK(info.traces[1].rows >= promise.rows);
    CHECK(info.traces[1].rows == 2 * info.traces[0].rows);  // every 0.5 ms and every 1 ms
    CHECK(info.traces[1].rows == info.committed.at("/report/exc.v"));
}

// Memory that parent and child share.
Promise& shared_promise() {
    void* shared = mmap(nullptr, sizeof(Promise), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    return *new (shared) Promise;
}

int count_from(const char* variable, int otherwise) {
    const char* wanted = std::getenv(variable);
    return wanted ? std::atoi(wanted) : otherwise;
}

}  // namespace

// Stands in front of the C library's function, which HDF5 calls.
extern "C" ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    if (writes_left >= 0 && writes_left-- == 0) {
        constexpr size_t page = 4096;
        const size_t first = page - static_cast<size_t>(at) % page;
        const size_t pages = size <= first ? 1 : 1 + (size - first + page - 1) / page;
        const size_t whole = torn_pages % pages;
        if (whole > 0) syscall(SYS_pwrite64, file, bytes, first + (whole - 1) * page, at);
        kill(getpid(), SIGKILL);
    }
    return syscall(SYS_pwrite64, file, bytes, size, at);
}

TEST_CASE("a write cut off between two pages loses no committed row", "[unit][formats]") {
    const Folder folder;
    const auto exc = recordings::all_spikes(0, most_batches, spikes_per_batch);
    const auto inh = recordings::all_spikes(1, most_batches, spikes_per_batch);
    auto& promise = shared_promise();
    std::mt19937 random(3);
    for (int i = 0; i < count_from("KILLS", 40); ++i) {
        promise.exc = promise.inh = promise.rows = 0;
        std::filesystem::remove(folder / "spikes.h5");
        std::filesystem::remove(folder / "traces.h5");
        const long count = static_cast<long>(random() % 8000);
        INFO("write " << count);
        tear_write(count, static_cast<unsigned>(random()), folder, promise);
        if (std::filesystem::exists(folder / "spikes.h5"))
            check_spikes(folder / "spikes.h5", promise, exc, inh);
        if (std::filesystem::exists(folder / "traces.h5"))
            check_traces(folder / "traces.h5", promise);
    }
    munmap(&promise, sizeof promise);
}

TEST_CASE("a killed run loses no committed row", "[unit][formats]") {
    const Folder folder;
    const auto exc = recordings::all_spikes(0, most_batches, spikes_per_batch);
    const auto inh = recordings::all_spikes(1, most_batches, spikes_per_batch);
    auto& promise = shared_promise();
    std::mt19937 random(static_cast<unsigned>(getpid()));
    for (int i = 0; i < count_from("KILLS", 40); ++i) {
        promise.exc = promise.inh = promise.rows = 0;
        std::filesystem::remove(folder / "spikes.h5");
        std::filesystem::remove(folder / "traces.h5");
        kill_after(random() % (i % 4 == 0 ? 5'000U : 150'000U), folder, promise);
        if (std::filesystem::exists(folder / "spikes.h5"))
            check_spikes(folder / "spikes.h5", promise, exc, inh);
        if (std::filesystem::exists(folder / "traces.h5"))
            check_traces(folder / "traces.h5", promise);
    }
    munmap(&promise, sizeof promise);
}

TEST_CASE("recovering drops rows beyond the committed ones", "[unit][formats]") {
    const Folder folder;
    const pid_t child = fork();
    if (child == 0) {
        data::SpikeFile file(folder / "spikes.h5", {.commit_bytes = 1});
        file.begin(recordings::plan());
        file.write(recordings::batch(0, 500));
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    const auto path = folder / "spikes.h5";
    CHECK_FALSE(plain_open(path));
    const auto report = data::recover(path);
    CHECK(report.was_open);
    CHECK(report.state == sim::ExitState::interrupted);
    CHECK(report.until == 1.0);
    REQUIRE(report.tables.size() == 3);
    CHECK(report.tables[0].name == "exc");
    CHECK(report.tables[0].rows_kept == recordings::all_spikes(0, 1, 500).ids.size());
    CHECK(plain_open(path));
}

TEST_CASE("a finished file needs no recovery and is left as it is", "[unit][formats]") {
    const Folder folder;
    data::SpikeFile file(folder / "spikes.h5", {});
    file.begin(recordings::plan());
    file.write(recordings::batch(0, 500));
    file.end(sim::ExitState::complete);
    const auto before = bytes_of(folder / "spikes.h5");
    const auto report = data::recover(folder / "spikes.h5");
    CHECK_FALSE(report.was_open);
    CHECK(report.state == sim::ExitState::complete);
    CHECK(bytes_of(folder / "spikes.h5") == before);
}

TEST_CASE("only files of a run are recovered", "[unit][formats]") {
    const Folder folder;
    CHECK_THROWS_WITH(data::recover(folder / "none.h5"), Contains("No such file"));
    std::ofstream(folder / "text.csv") << "1,2\n";
    CHECK_THROWS_WITH(data::recover(folder / "text.csv"), Contains("not an HDF5 file"));
    {
        data::hdf5::Scope scope;
        const data::hdf5::Place place{(folder / "other.h5").string()};
        const auto other = data::hdf5::create_file(place, {});
    }
    const auto before = bytes_of(folder / "other.h5");
    CHECK_THROWS_WITH(data::recover(folder / "other.h5"), Contains("only files of a run"));
    CHECK(bytes_of(folder / "other.h5") == before);
}
