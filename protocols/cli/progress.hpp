// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How far a run has come, for people (one line that is rewritten, or plain lines) and for programs
// (one JSON object a line).
//
// Invariants
//   (1) a thread of its own writes, a few times a second: lines also come while the run does not.
//   (2) people read standard error, programs standard output.
// Threads: one caller.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace protocols::cli {

enum class ProgressMode { terminal, plain, json, none };

/// "auto", "plain", "json", "none"; auto: a terminal, or plain lines.
ProgressMode progress_mode(const std::string& name);

/// Totals of a run so far.
struct RunState {
    double time_ms = 0;
    std::uint64_t spikes = 0;
    std::uint64_t events = 0;
    std::uint64_t bytes_written = 0;
};

class Progress {
public:
    /// The network is being built.
    Progress(ProgressMode mode, double duration_ms);
    ~Progress() { end(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// The network stands; simulated time begins.
    void start_running();
    void update(const RunState& state);

    /// Writes the last state and no more; once.
    void end();

private:
    using Clock = std::chrono::steady_clock;

    void loop();
    void show();
    std::string line() const;
    std::string json() const;
    double elapsed_s() const;
    double rate(double total) const;  ///< per second of this stage
    double left_s() const;
    void clear_line();

    const ProgressMode mode_;
    const double duration_ms_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Clock::time_point start_ = Clock::now();  // of this stage
    bool is_running_ = false;
    bool has_ended_ = false;
    bool has_line_ = false;  // on the terminal
    RunState state_;
    std::thread writer_;
};

}  // namespace protocols::cli
