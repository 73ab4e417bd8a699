// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/async_sink.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "recordings.hpp"
#include "sim/core/error.hpp"

using recordings::Folder;

namespace {

// Notes what it is given; may be slow, and may fail at a batch.
struct Probe final : sim::Sink {
    void begin(const sim::RecordingPlan&) override { begun = true; }
    void write(const sim::Batch& batch) override {
        std::this_thread::sleep_for(std::chrono::microseconds(slow_us));
        if (untils.size() == fails_at) throw sim::DiskFull("full", "probe", 1);
        untils.push_back(batch.until);
    }
    void end(sim::ExitState with) override {
        ++ends;
        state = with;
        if (fails_at_end) throw sim::BadFile("end");
    }
    bool begun = false;
    bool fails_at_end = false;
    unsigned slow_us = 0;
    std::size_t fails_at = SIZE_MAX;
    std::vector<double> untils;
    int ends = 0;
    sim::ExitState state = sim::ExitState::running;
};

}  // namespace

TEST_CASE("batches reach the sink behind in order", "[unit][formats]") {
    Probe probe;
    data::AsyncSink sink(probe, {});
    sink.begin(recordings::plan());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        const auto batch = recordings::batch(i, 50);
        bytes += data::byte_count(batch);
        sink.write(batch);
    }
    sink.end(sim::ExitState::complete);
    REQUIRE(probe.untils.size() == 200);
    CHECK(std::is_sorted(probe.untils.begin(), probe.untils.end()));
    CHECK(probe.ends == 1);
    CHECK(probe.state == sim::ExitState::complete);
    CHECK(sink.bytes_written() == bytes);
    CHECK(sink.bytes_waiting() == 0);
    CHECK(sink.batches_waiting() == 0);
}

TEST_CASE("the queue holds no more than its bytes", "[unit][formats]") {
    Probe probe;
    probe.slow_us = 500;
    data::AsyncSink sink(probe, {.queue_bytes = 20'000});
    sink.begin(recordings::plan());
    for (std::size_t i = 0; i < 60; ++i) {
        sink.write(recordings::batch(i, 200));
        CHECK(sink.bytes_waiting() <= 20'000);
    }
    sink.write(recordings::batch(60, 50'000));  // larger than the queue: passes alone
    sink.end(sim::ExitState::complete);
    CHECK(probe.untils.size() == 61);
}

TEST_CASE("an error of the writer reaches the next write once", "[unit][formats]") {
    Probe probe;
    probe.fails_at = 3;
    data::AsyncSink sink(probe, {.queue_bytes = 1});
    sink.begin(recordings::plan());
    const auto write = [&] {
        for (std::size_t i = 0; i < 100; ++i) sink.write(recordings::batch(i, 50));
    };
    CHECK_THROWS_AS(write(), sim::DiskFull);
    CHECK_THROWS_AS(write(), sim::DiskFull);
    CHECK_NOTHROW(sink.end(sim::ExitState::failed));
    CHECK(probe.untils.size() == 3);
    CHECK(probe.ends == 1);
    CHECK(probe.state == sim::ExitState::failed);
}

TEST_CASE("an error after the last write reaches end", "[unit][formats]") {
    Probe late;
    late.fails_at = 0;
    late.slow_us = 2000;
    data::AsyncSink sink(late, {});
    sink.begin(recordings::plan());
    sink.write(recordings::batch(0, 1));
    CHECK_THROWS_AS(sink.end(sim::ExitState::complete), sim::DiskFull);
    Probe at_end;
    at_end.fails_at_end = true;
    data::AsyncSink other(at_end, {});
    other.begin(recordings::plan());
    CHECK_THROWS_AS(other.end(sim::ExitState::complete), sim::BadFile);
}

TEST_CASE("a queue destroyed before its end writes what waits", "[unit][formats]") {
    Probe probe;
    probe.slow_us = 500;
    {
        data::AsyncSink sink(probe, {});
        sink.begin(recordings::plan());
        for (std::size_t i = 0; i < 20; ++i) sink.write(recordings::batch(i, 5));
    }
    CHECK(probe.untils.size() == 20);
    CHECK(probe.state == sim::ExitState::interrupted);
    { const data::AsyncSink never_begun(probe, {}); }
    CHECK(probe.ends == 1);
}

TEST_CASE("a tee ends every sink even if one fails", "[unit][formats]") {
    Probe first, second;
    first.fails_at_end = true;
    data::TeeSink tee({&first, &second});
    tee.begin(recordings::plan());
    tee.write(recordings::batch(0, 5));
    CHECK_THROWS_AS(tee.end(sim::ExitState::complete), sim::BadFile);
    CHECK(second.begun);
    CHECK(second.untils.size() == 1);
    CHECK(second.state == sim::ExitState::failed);
}
