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

namespace sim {

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
        arena_.execute([&] {
            tbb::parallel_for(std::size_t{0}, count, task, tbb::simple_partitioner{});
        });
    }

private:
    int threads_;
    tbb::global_control limit_;
    tbb::task_arena arena_;
};

}  // namespace sim
