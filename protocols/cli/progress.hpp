// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How far a run has come, for people (one line that is rewritten, or plain lines) and for programs
// (one JSON object a line).
//
// Invariants
//   (1) a thread of its own writes, a few times a second: lines also come while the run does not.
//   (2) people read standard error, programs standard output.
// Threads: one caller; `update` of a study any.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
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

/// Asks for a line and writes it, a few times a second, until `end`.
class ProgressWriter {
public:
    struct Texts {
        std::function<std::string()> line;  ///< for people
        std::function<std::string()> json;  ///< for programs
    };

    ProgressWriter(ProgressMode mode, Texts texts);
    ~ProgressWriter() { end(false); }
    ProgressWriter(const ProgressWriter&) = delete;
    ProgressWriter& operator=(const ProgressWriter&) = delete;

    /// Changes what the texts are made of.
    template <class Change>
    void update(const Change& change) {
        const std::lock_guard lock(mutex_);
        change();
    }

    /// Writes a line now, where lines are not rewritten.
    void say();

    /// Writes no more after the last line, if that is wanted; the first call counts.
    void end(bool with_last_line);

private:
    void loop();
    void show();
    void clear_line();

    const ProgressMode mode_;
    const Texts texts_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_ended_ = false;
    bool has_line_ = false;  // on the terminal
    std::thread writer_;
};

/// Of a simulation.
class Progress {
public:
    /// The network is being built.
    Progress(ProgressMode mode, double duration_ms);

    /// The network stands; simulated time begins.
    void start_running();
    void update(const RunState& state);

    /// Writes the last state and no more; once.
    void end() { writer_.end(is_running_); }

private:
    using Clock = std::chrono::steady_clock;

    std::string line() const;
    std::string json() const;
    double elapsed_s() const;
    double rate(double total) const;  ///< per second of this stage
    double left_s() const;

    const double duration_ms_;
    Clock::time_point start_ = Clock::now();  // of this stage
    bool is_running_ = false;
    RunState state_;
    ProgressWriter writer_;  // last: it looks at the others
};

/// Of a study, which says itself how far it is.
class StudyProgress {
public:
    explicit StudyProgress(ProgressMode mode);

    /// fraction in [0, 1]
    void update(double fraction, const std::string& line);
    void end() { writer_.end(has_begun_); }

private:
    using Clock = std::chrono::steady_clock;

    std::string line() const;
    std::string json() const;
    double elapsed_s() const;
    double left_s() const;

    const Clock::time_point start_ = Clock::now();
    bool has_begun_ = false;
    double fraction_ = 0;
    std::string line_ = "reading the inputs";
    ProgressWriter writer_;  // last: it looks at the others
};

}  // namespace protocols::cli
