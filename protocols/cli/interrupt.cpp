// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace protocols::cli {
namespace {

std::atomic<bool> noted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch it");

extern "C" void note_signal(int /*number*/) { noted = true; }

}  // namespace

void catch_interrupts() {
    struct sigaction action {};
    action.sa_handler = note_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    for (const int number : {SIGINT, SIGTERM}) sigaction(number, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

bool is_interrupted() { return noted; }

}  // namespace protocols::cli
