// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/async_sink.hpp"

namespace data {

std::uint64_t byte_count(const sim::Batch& batch) {
    std::uint64_t bytes = batch.spike_count() * (sizeof(double) + sizeof(std::uint64_t));
    for (const auto& trace : batch.traces) bytes += trace.size() * sizeof(float);
    return bytes;
}

void TeeSink::begin(const sim::RecordingPlan& plan) {
    for (auto* sink : sinks_) sink->begin(plan);
}

void TeeSink::write(const sim::Batch& batch) {
    for (auto* sink : sinks_) sink->write(batch);
}

void TeeSink::end(sim::ExitState state) {
    std::exception_ptr first;
    for (auto* sink : sinks_) {
        try {
            sink->end(first ? sim::ExitState::failed : state);
        } catch (...) {
            if (!first) first = std::current_exception();
        }
    }
    if (first) std::rethrow_exception(first);
}

AsyncSink::~AsyncSink() { stop(sim::ExitState::interrupted); }

void AsyncSink::begin(const sim::RecordingPlan& plan) {
    behind_.begin(plan);
    writer_ = std::thread([this] { run(); });
}

void AsyncSink::write(const sim::Batch& batch) {
    const std::uint64_t bytes = byte_count(batch);
    sim::Batch copy = batch;
    std::unique_lock lock(mutex_);
    to_producer_.wait(lock, [&] {
        return error_ || queue_.empty() || waiting_ + bytes <= options_.queue_bytes;
    });
    throw_error();
    queue_.push_back(std::move(copy));
    waiting_ += bytes;
    to_writer_.notify_one();
}

void AsyncSink::end(sim::ExitState state) {
    stop(state);
    if (!is_told_) throw_error();
}

void AsyncSink::stop(sim::ExitState state) {
    if (!writer_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        last_ = state;
    }
    to_writer_.notify_one();
    writer_.join();
}

void AsyncSink::throw_error() {
    if (!error_) return;
    is_told_ = true;
    std::rethrow_exception(error_);
}

void AsyncSink::run() {
    std::unique_lock lock(mutex_);
    try {
        while (true) {
            to_writer_.wait(lock, [&] { return !queue_.empty() || last_; });
            if (queue_.empty()) break;
            const sim::Batch& batch = queue_.front();
            lock.unlock();
            const std::uint64_t bytes = byte_count(batch);
            behind_.write(batch);
            lock.lock();
            queue_.pop_front();
            waiting_ -= bytes;
            written_ += bytes;
            to_producer_.notify_one();
        }
        lock.unlock();
        behind_.end(*last_);
    } catch (...) {
        const auto error = std::current_exception();
        try {
            behind_.end(sim::ExitState::failed);
        } catch (...) {
            // The first error is the one that explains.
        }
        if (!lock.owns_lock()) lock.lock();
        error_ = error;
        queue_.clear();
        waiting_ = 0;
        to_producer_.notify_one();
    }
}

std::uint64_t AsyncSink::bytes_written() const {
    const std::lock_guard lock(mutex_);
    return written_;
}

std::uint64_t AsyncSink::bytes_waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
}

std::size_t AsyncSink::batches_waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

}  // namespace data
