// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A fixed number of threads for independent tasks; the one place that deals with oneTBB.
//
// The helpers are long-lived tasks in an arena. Between loops they spin for a while, so that a loop
// of some microseconds is worth sharing, and then sleep, as the caller does where others take long.
// Nothing waits for a helper that has not come yet.
//
// Invariant: exactly as many threads as asked for, more than the machine has cores too.

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>

namespace sim {

/// Cores that this process may use: those that `taskset` or a batch system leaves it.
int available_cores();

class Workers {
public:
    explicit Workers(int threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    int threads() const { return threads_; }

    /// Calls task(0) ... task(count - 1), in any order and on any thread; one caller at a time.
    /// Needs:  count < 2^24; tasks call no for_each of these workers
    /// Throws: what a task throws; of several, what that with the smallest number throws
    template <class Task>
    void for_each(std::size_t count, const Task& task) {
        if (threads_ == 1 || count <= 1) {
            for (std::size_t i = 0; i < count; ++i) task(i);
            return;
        }
        share(
            count, [](const void* t, std::size_t i) { (*static_cast<const Task*>(t))(i); }, &task);
    }

private:
    using Call = void (*)(const void* task, std::size_t i);

    // What helpers see. The state of a loop is one word, so that a number is taken, and found to
    // belong to the loop whose task is called, in one step: loop (15 bits), stop (1), count (24),
    // numbers taken (24).
    struct Loop {
        std::atomic<std::uint64_t> state{0};
        std::atomic<std::size_t> done{0};
        Call call = nullptr;
        const void* task = nullptr;
        int spins = 0;
        std::mutex failing;
        std::exception_ptr failure;
        std::size_t failed = 0;

        bool take_one();
        void help();
    };

    void share(std::size_t count, Call call, const void* task);

    int threads_;
    tbb::global_control limit_;
    tbb::task_arena arena_;
    std::shared_ptr<Loop> loop_ = std::make_shared<Loop>();
    bool has_helpers_ = false;
};

}  // namespace sim
