// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A fixed number of threads for independent tasks; the one place that deals with oneTBB.
//
// Invariant: exactly as many threads as asked for, more than the machine has cores too.

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstddef>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace sim {

/// What oneTBB guarantees but, not being instrumented, does not show to ThreadSanitizer: what was
/// done before a loop happens before its tasks, and those happen before what follows the loop.
/// Nothing is said of tasks among themselves.
class LoopOrder {
public:
#ifdef __SANITIZE_THREAD__
    LoopOrder() { __tsan_release(&begin_); }
    void enter_task() { __tsan_acquire(&begin_); }
    void leave_task() { __tsan_release(&end_); }
    ~LoopOrder() { __tsan_acquire(&end_); }

private:
    char begin_ = 0;
    char end_ = 0;
#else
    void enter_task() {}
    void leave_task() {}
#endif
};

class Workers {
public:
    explicit Workers(int threads)
        : threads_(std::max(threads, 1)),
          limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads_)),
          arena_(threads_) {}

    int threads() const { return threads_; }

    /// Calls task(0) ... task(count - 1), in any order and on any thread.
    template <class Task>
    void for_each(std::size_t count, const Task& task) {
        if (threads_ == 1 || count == 1) {
            for (std::size_t i = 0; i < count; ++i) task(i);
            return;
        }
        LoopOrder order;
        const auto ordered = [&](std::size_t i) {
            order.enter_task();
            task(i);
            order.leave_task();
        };
        arena_.execute([&] {
            tbb::parallel_for(std::size_t{0}, count, ordered, tbb::simple_partitioner{});
        });
    }

private:
    int threads_;
    tbb::global_control limit_;
    tbb::task_arena arena_;
};

}  // namespace sim
