// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>

#include "protocols/cli/format.hpp"
#include "protocols/cli/provenance.hpp"
#include "sim/core/text.hpp"

namespace protocols::cli {
namespace {

std::size_t terminal_width() {
    winsize size{};
    const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

}  // namespace

ProgressMode progress_mode(const std::string& name) {
    if (name == "plain") return ProgressMode::plain;
    if (name == "json") return ProgressMode::json;
    if (name == "none") return ProgressMode::none;
    return is_terminal(STDERR_FILENO) ? ProgressMode::terminal : ProgressMode::plain;
}

ProgressWriter::ProgressWriter(ProgressMode mode, Texts texts)
    : mode_(mode), texts_(std::move(texts)) {
    if (mode_ != ProgressMode::none) writer_ = std::thread([this] { loop(); });
}

void ProgressWriter::loop() {
    const std::chrono::milliseconds pause(mode_ == ProgressMode::terminal ? 100 : 1000);
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, pause, [this] { return has_ended_; })) show();
}

void ProgressWriter::say() {
    const std::lock_guard lock(mutex_);
    if (mode_ == ProgressMode::plain || mode_ == ProgressMode::json) show();
}

void ProgressWriter::end(bool with_last_line) {
    if (!writer_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        has_ended_ = true;
        clear_line();
        if (with_last_line && mode_ != ProgressMode::terminal) show();
    }
    changed_.notify_one();
    writer_.join();
}

void ProgressWriter::show() {
    if (mode_ == ProgressMode::json) {
        std::cout << texts_.json() << std::endl;
    } else if (mode_ == ProgressMode::plain) {
        std::cerr << texts_.line() << std::endl;
    } else {
        std::cerr << "\r\033[K" << texts_.line().substr(0, terminal_width() - 1) << std::flush;
        has_line_ = true;
    }
}

void ProgressWriter::clear_line() {
    if (has_line_) std::cerr << "\r\033[K" << std::flush;
    has_line_ = false;
}

Progress::Progress(ProgressMode mode, double duration_ms)
    : duration_ms_(duration_ms),
      writer_(mode, {[this] { return line(); }, [this] { return json(); }}) {}

void Progress::start_running() {
    writer_.say();
    writer_.update([this] {
        is_running_ = true;
        start_ = Clock::now();
    });
}

void Progress::update(const RunState& state) {
    writer_.update([&] { state_ = state; });
}

double Progress::elapsed_s() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
}

double Progress::rate(double total) const {
    const double seconds = elapsed_s();
    return seconds > 0 ? total / seconds : 0;
}

double Progress::left_s() const {
    if (!(state_.time_ms > 0)) return std::numeric_limits<double>::infinity();
    return elapsed_s() * (duration_ms_ - state_.time_ms) / state_.time_ms;
}

std::string Progress::line() const {
    const std::string memory = bytes(resident_bytes());
    if (!is_running_) return "building the network, " + fixed(elapsed_s(), 1) + " s, " + memory;
    const double percent = 100 * state_.time_ms / duration_ms_;
    const double factor = state_.time_ms > 0 ? elapsed_s() * 1000 / state_.time_ms : 0;
    return fixed(percent, 1) + " %, " + fixed(state_.time_ms, 1) + " of " +
           sim::number(duration_ms_) + " ms, real-time factor " + fixed(factor, 2) + ", " +
           scaled(rate(static_cast<double>(state_.spikes))) + " spikes/s, " +
           scaled(rate(static_cast<double>(state_.events))) + " events/s, " + clock_time(left_s()) +
           " left, " + memory + ", " + bytes(state_.bytes_written) + " written";
}

std::string Progress::json() const {
    Json json;
    json["stage"] = is_running_ ? "run" : "build";
    json["elapsed_s"] = elapsed_s();
    json["rss_bytes"] = resident_bytes();
    if (is_running_) {
        json["time_ms"] = state_.time_ms;
        json["duration_ms"] = duration_ms_;
        json["percent"] = 100 * state_.time_ms / duration_ms_;
        json["real_time_factor"] =
            state_.time_ms > 0 ? Json(elapsed_s() * 1000 / state_.time_ms) : Json();
        json["spikes_per_s"] = rate(static_cast<double>(state_.spikes));
        json["events_per_s"] = rate(static_cast<double>(state_.events));
        json["left_s"] = left_s();  // infinity is written as null
        json["bytes_written"] = state_.bytes_written;
    }
    return json.dump();
}

StudyProgress::StudyProgress(ProgressMode mode)
    : writer_(mode, {[this] { return line(); }, [this] { return json(); }}) {}

void StudyProgress::update(double fraction, const std::string& line) {
    writer_.update([&] {
        has_begun_ = true;
        fraction_ = fraction;
        line_ = line;
    });
}

double StudyProgress::elapsed_s() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
}

double StudyProgress::left_s() const {
    if (!(fraction_ > 0)) return std::numeric_limits<double>::infinity();
    return elapsed_s() * (1 - fraction_) / fraction_;
}

std::string StudyProgress::line() const {
    return fixed(100 * fraction_, 1) + " %, " + line_ + ", " + clock_time(elapsed_s()) + " gone, " +
           clock_time(left_s()) + " left, " + bytes(resident_bytes());
}

std::string StudyProgress::json() const {
    return Json{{"stage", "study"},
                {"elapsed_s", elapsed_s()},
                {"rss_bytes", resident_bytes()},
                {"percent", 100 * fraction_},
                {"line", line_},
                {"left_s", left_s()}}  // infinity is written as null
        .dump();
}

}  // namespace protocols::cli
