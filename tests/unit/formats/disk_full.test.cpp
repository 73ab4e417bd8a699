// SPDX-License-Identifier: BSD-3-Clause
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "data/formats/file_info.hpp"
#include "data/formats/spike_file.hpp"
#include "data/formats/spike_reader.hpp"
#include "data/formats/trace_file.hpp"
#include "recordings.hpp"
#include "sim/core/error.hpp"

using Catch::Matchers::Contains;
using recordings::Folder;

namespace {

constexpr std::size_t spikes_per_batch = 2000;
constexpr std::size_t most_batches = 300;

int level_count() {
    const char* wanted = std::getenv("LEVELS");
    return wanted ? std::atoi(wanted) : 40;
}

// No file of this process may grow beyond `bytes`: a full disk that needs no rights.
class SizeLimit {
public:
    explicit SizeLimit(rlim_t bytes) {
        old_handler_ = signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{bytes, old_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SizeLimit() {
        setrlimit(RLIMIT_FSIZE, &old_);
        signal(SIGXFSZ, old_handler_);
    }
    SizeLimit(const SizeLimit&) = delete;
    SizeLimit& operator=(const SizeLimit&) = delete;

private:
    rlimit old_{};
    void (*old_handler_)(int) = nullptr;
};

// Writes until the disk is full; gives the rows acknowledged until then.
std::vector<std::uint64_t> fill(const std::filesystem::path& path, bool reserve,
                                std::string& message) {
    std::vector<std::uint64_t> acknowledged{0, 0};
    try {
        data::SpikeFile file(path, {.overwrite = true,
                                    .commit_bytes = 60'000,
                                    .chunk_bytes = 16384,
                                    .reserve = reserve});
        file.begin(recordings::plan());
        for (std::size_t i = 0; i < most_batches; ++i) {
            file.write(recordings::batch(i, spikes_per_batch));
            acknowledged = {file.committed(0), file.committed(1)};
        }
        file.end(sim::ExitState::complete);
    } catch (const sim::DiskFull& full) {
        message = full.what();
        CHECK(full.path == path.string());
        CHECK(full.bytes_needed > 0);
    }
    return acknowledged;
}

void check_rows(const std::filesystem::path& path, const std::vector<std::uint64_t>& acknowledged,
                const sim::SpikeColumn& exc, const sim::SpikeColumn& inh) {
    data::hdf5::Scope scope;
    {
        const data::hdf5::Handle plain(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
        REQUIRE(plain >= 0);
    }
    const auto found_exc = data::read_spikes({path, "exc"});
    const auto found_inh = data::read_spikes({path, "inh"});
    CHECK(found_exc.ids.size() == acknowledged[0]);
    CHECK(found_inh.ids.size() == acknowledged[1]);
    CHECK(recordings::is_prefix(found_exc, exc));
    CHECK(recordings::is_prefix(found_inh, inh));
    CHECK(data::file_info(path).state == sim::ExitState::failed);
}

}  // namespace

TEST_CASE("a file that may not grow keeps every acknowledged spike", "[unit][formats]") {
    const Folder folder;
    const auto exc = recordings::all_spikes(0, most_batches, spikes_per_batch);
    const auto inh = recordings::all_spikes(1, most_batches, spikes_per_batch);
    std::mt19937 random(1);
    for (int level = 0; level < level_count(); ++level) {
        const auto path = folder / ("spikes" + std::to_string(level) + ".h5");
        const rlim_t bytes = 20'000 + random() % 3'000'000;
        std::string message;
        std::vector<std::uint64_t> acknowledged;
        {
            const SizeLimit limit(bytes);
            acknowledged = fill(path, true, message);
        }
        INFO("limit " << bytes << ": " << message);
        CHECK_THAT(message, Contains(path.string()) && Contains("bytes needed"));
        if (std::filesystem::exists(path)) check_rows(path, acknowledged, exc, inh);
    }
}

TEST_CASE("a full disk keeps every acknowledged spike", "[unit][formats]") {
    const Folder folder;
    const auto disk = folder / "disk";
    std::filesystem::create_directory(disk);
    if (mount("none", disk.c_str(), "tmpfs", 0, "size=3m") != 0) {
        WARN("no tmpfs can be mounted here; only the size limit was tested");
        return;
    }
    const auto exc = recordings::all_spikes(0, most_batches, spikes_per_batch);
    const auto inh = recordings::all_spikes(1, most_batches, spikes_per_batch);
    std::mt19937 random(2);
    for (int level = 0; level < level_count(); ++level) {
        const std::size_t ballast = random() % 2'900'000;
        std::ofstream(disk / "ballast") << std::string(ballast, 'x');
        std::string message;
        const bool reserve = level % 2 == 0;  // some file systems cannot promise room
        const auto acknowledged = fill(disk / "spikes.h5", reserve, message);
        INFO("ballast " << ballast << ", reserve " << reserve << ": " << message);
        CHECK_THAT(message, Contains("spikes.h5") && Contains("bytes needed") && Contains("free"));
        if (std::filesystem::exists(disk / "spikes.h5"))
            check_rows(disk / "spikes.h5", acknowledged, exc, inh);
    }
    umount(disk.c_str());
}

TEST_CASE("a trace file that may not grow keeps every acknowledged row", "[unit][formats]") {
    const Folder folder;
    for (const rlim_t bytes : {60'000U, 100'000U, 200'000U, 400'000U}) {
        const auto path = folder / ("traces" + std::to_string(bytes) + ".h5");
        std::uint64_t acknowledged = 0;
        {
            const SizeLimit limit(bytes);
            const auto write = [&] {
                data::TraceFile file(path, {.commit_bytes = 5000, .chunk_bytes = 8192});
                file.begin(recordings::plan());
                for (std::size_t i = 0;; ++i) {
                    file.write(recordings::batch(i, 0));
                    acknowledged = file.committed(0);
                }
            };
            CHECK_THROWS_AS(write(), sim::DiskFull);
        }
        const auto info = data::file_info(path);
        CHECK(info.traces[1].rows == acknowledged);
        CHECK(info.traces[1].stop == 0.5 * static_cast<double>(acknowledged));
    }
}

TEST_CASE("a sink closed by a full disk takes no more and ends quietly", "[unit][formats]") {
    const Folder folder;
    const SizeLimit limit(300'000);
    data::SpikeFile file(folder / "spikes.h5", {.commit_bytes = 1000});
    file.begin(recordings::plan());
    std::size_t i = 0;
    const auto write = [&] { file.write(recordings::batch(i++, spikes_per_batch)); };
    CHECK_THROWS_AS([&] { while (true) write(); }(), sim::DiskFull);
    CHECK_THROWS_WITH(write(), Contains("closed"));
    CHECK_NOTHROW(file.end(sim::ExitState::failed));
    CHECK(data::file_info(folder / "spikes.h5").state == sim::ExitState::failed);
}
