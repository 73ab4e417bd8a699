// SPDX-License-Identifier: BSD-3-Clause
#include "sim/core/workers.hpp"

#include <tbb/info.h>

#include <algorithm>
#include <utility>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace sim {
namespace {

constexpr unsigned count_shift = 24;
constexpr unsigned loop_shift = 49;
constexpr std::uint64_t number_mask = (1U << 24U) - 1;
constexpr std::uint64_t stop = std::uint64_t{1} << 48U;

// Some 20 us on one core: longer than a short window and its exchange, shorter than anyone notices.
constexpr int most_spins = 1000;

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// oneTBB hands a task over in order, but is not instrumented to show it to ThreadSanitizer.
void show_release([[maybe_unused]] void* what) {
#ifdef __SANITIZE_THREAD__
    __tsan_release(what);
#endif
}
void show_acquire([[maybe_unused]] void* what) {
#ifdef __SANITIZE_THREAD__
    __tsan_acquire(what);
#endif
}

}  // namespace

int available_cores() { return std::max(1, tbb::info::default_concurrency()); }

Workers::Workers(int threads)
    : threads_(std::max(threads, 1)),
      limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads_)),
      arena_(threads_) {
    // Where threads wait for cores, one that spins keeps the others from their work.
    loop_->spins = threads_ <= available_cores() ? most_spins : 0;
}

Workers::~Workers() {
    loop_->state |= stop;
    loop_->state.notify_all();
}

/// Takes a number and calls its task; false if there is none.
bool Workers::Loop::take_one() {
    std::uint64_t now = state.load(std::memory_order_acquire);
    do {
        if ((now & number_mask) >= (now >> count_shift & number_mask)) return false;
    } while (!state.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel));
    // The loop cannot end before this is done, so that call and task are those of this loop.
    const std::size_t i = now & number_mask;
    try {
        call(task, i);
    } catch (...) {
        const std::lock_guard lock(failing);
        if (!failure || i < failed) {
            failure = std::current_exception();
            failed = i;
        }
    }
    if (done.fetch_add(1, std::memory_order_release) + 1 == (now >> count_shift & number_mask))
        done.notify_one();
    return true;
}

void Workers::Loop::help() {
    while (true) {
        while (take_one()) {
        }
        const std::uint64_t seen = state.load(std::memory_order_acquire);
        if (seen & stop) return;
        const auto is_same = [&] { return state.load(std::memory_order_acquire) == seen; };
        for (int i = 0; i < spins && is_same(); ++i) pause();
        if (is_same() && (seen & number_mask) >= (seen >> count_shift & number_mask))
            state.wait(seen);
    }
}

void Workers::share(std::size_t count, Call call, const void* task) {
    auto& loop = *loop_;
    loop.call = call;
    loop.task = task;
    loop.done.store(0, std::memory_order_relaxed);
    const std::uint64_t before = loop.state.load(std::memory_order_relaxed);
    const std::uint64_t number = ((before >> loop_shift) + 1) << loop_shift;
    loop.state.store(number | static_cast<std::uint64_t>(count) << count_shift,
                     std::memory_order_release);
    loop.state.notify_all();
    if (!has_helpers_) {
        has_helpers_ = true;
        show_release(loop_.get());
        for (int i = 1; i < threads_; ++i)
            arena_.enqueue([shared = loop_] {
                show_acquire(shared.get());
                shared->help();
            });
    }
    while (loop.take_one()) {
    }
    const auto are_done = [&] { return loop.done.load(std::memory_order_acquire) == count; };
    for (int i = 0; i < loop.spins && !are_done(); ++i) pause();
    while (!are_done()) {
        const std::size_t seen = loop.done.load(std::memory_order_acquire);
        if (seen < count) loop.done.wait(seen, std::memory_order_acquire);
    }
    if (loop.failure) std::rethrow_exception(std::exchange(loop.failure, nullptr));
}

}  // namespace sim
