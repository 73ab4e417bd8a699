// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sinks in front of sinks: a thread that takes the writing off the simulation, and a fan-out.
//
// Both keep references: the sinks behind must outlive them.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "sim/record/sink.hpp"

namespace data {

/// Hands every call to several sinks in turn.
/// Limitation: when one throws in write, those after it miss that batch; end reaches all of them.
class TeeSink final : public sim::Sink {
public:
    explicit TeeSink(std::vector<sim::Sink*> sinks) : sinks_(std::move(sinks)) {}

    void begin(const sim::RecordingPlan& plan) override;
    void write(const sim::Batch& batch) override;
    void end(sim::ExitState state) override;

private:
    std::vector<sim::Sink*> sinks_;
};

/// Writes from its own thread through a bounded queue.
///
/// Invariants
///   (1) the sink behind sees the same calls in the same order, one at a time.
///   (2) batches that wait hold at most queue_bytes; a larger batch waits alone.
///   (3) an error of the sink behind is thrown by the next write, or by end; the sink behind then
///       gets end(failed) at once, and later batches are dropped.
///   (4) the destructor without end() writes what waits, then ends as interrupted.
/// Threads: begin, write, end from one thread; the queries from any.
class AsyncSink final : public sim::Sink {
public:
    struct Options {
        std::uint64_t queue_bytes = 64U << 20;
    };

    AsyncSink(sim::Sink& behind, Options options) : behind_(behind), options_(options) {}
    ~AsyncSink() override;

    void begin(const sim::RecordingPlan& plan) override;  ///< in the caller's thread
    void write(const sim::Batch& batch) override;         ///< waits while the queue is full
    void end(sim::ExitState state) override;              ///< waits for all writing

    std::uint64_t bytes_written() const;  ///< handed over and accepted by the sink behind
    std::uint64_t bytes_waiting() const;
    std::size_t batches_waiting() const;

private:
    void run();
    void stop(sim::ExitState state);
    void throw_error();

    sim::Sink& behind_;
    Options options_;
    mutable std::mutex mutex_;
    std::condition_variable to_writer_;
    std::condition_variable to_producer_;
    std::deque<sim::Batch> queue_;  // the front one stays while it is written
    std::uint64_t waiting_ = 0;     // bytes
    std::uint64_t written_ = 0;     // bytes
    std::optional<sim::ExitState> last_;  // set: end when the queue is empty
    std::exception_ptr error_;
    bool is_told_ = false;  // the producer knows of the error
    std::thread writer_;
};

/// Bytes of the recorded values in a batch.
std::uint64_t byte_count(const sim::Batch& batch);

}  // namespace data
