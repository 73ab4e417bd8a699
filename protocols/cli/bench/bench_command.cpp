// SPDX-License-Identifier: BSD-3-Clause
// The command `bench`. The repeats of a network are spread over the whole session, so that a slow
// minute of the machine does not fall on one of them alone; its limits are measured as often.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "protocols/cli/bench/plan.hpp"
#include "protocols/cli/bench/results.hpp"
#include "protocols/cli/commands.hpp"
#include "protocols/cli/format.hpp"
#include "protocols/cli/interrupt.hpp"
#include "protocols/cli/provenance.hpp"
#include "protocols/cli/run_folder.hpp"
#include "sim/core/error.hpp"

namespace protocols::cli {
namespace {

constexpr int quick_repeats = 3;
constexpr int usual_repeats = 5;

void print_networks() {
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : standard_networks()) {
        std::string sweeps;
        for (const auto& [name, knob] : one.knobs)
            sweeps += (sweeps.empty() ? "" : ", ") + name + " (" + knob.path + ")";
        rows.push_back({one.name, fixed(one.duration, 0) + " ms",
                        one.protocol + " " + sim::join(one.settings, " "), sweeps});
    }
    std::cout << Style::of(1).strong(
                     "networks: time on the clock, protocol and settings, sweeps beside threads")
              << "\n"
              << aligned(rows, "  ", "lrll");
}

void measure_once(const BenchOptions& options, const sim::Catalogue& catalogue,
                  const ProtocolLibrary& library) {
    const auto points = planned(options);
    if (points.size() != 1)
        throw UsageError(
            "bench: --once measures one network on one number of threads; this asks for " +
            std::to_string(points.size()));
    const auto& point = points.front();
    std::cout << to_json(measure(description_of(point, catalogue, library), catalogue,
                                 point.network.warm_up, point.threads))
                     .dump()
              << "\n";
}

/// What the session does now, on standard error.
class Announcer {
public:
    Announcer(ProgressMode mode, std::size_t total) : mode_(mode), total_(total) {}
    ~Announcer() {
        if (mode_ == ProgressMode::terminal) std::cerr << "\r\033[K" << std::flush;
    }
    Announcer(const Announcer&) = delete;
    Announcer& operator=(const Announcer&) = delete;

    void next(const BenchPoint& point) {
        if (mode_ == ProgressMode::none) return;
        const bool is_terminal = mode_ == ProgressMode::terminal;
        std::cerr << (is_terminal ? "\r\033[K" : "") << line(point) << (is_terminal ? "" : "\n")
                  << std::flush;
        ++done_;
    }

private:
    std::string line(const BenchPoint& point) const {
        const std::string factor = point.factor ? " x " + sim::number(*point.factor) : "";
        std::string text = "run " + std::to_string(done_ + 1) + " of " + std::to_string(total_) +
                           ": " + point.network.name + factor + ", " +
                           counted(static_cast<std::uint64_t>(point.threads), "thread");
        if (done_ == 0) return text;
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
        const auto left = static_cast<double>(total_ - done_) / static_cast<double>(done_);
        return text + "; about " + clock_time(elapsed.count() * left) + " left";
    }

    ProgressMode mode_;
    std::size_t total_;
    std::size_t done_ = 0;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::vector<std::string> arguments_of(const BenchPoint& point) {
    std::vector<std::string> all{"bench", point.network.name, "--once", "--threads",
                                 std::to_string(point.threads)};
    if (point.duration > 0) {
        all.emplace_back("--duration");
        all.push_back(sim::number(point.duration));
    }
    for (const auto& set : point.sets) {
        all.emplace_back("--set");
        all.push_back(set);
    }
    return all;
}

// Measures until all is done or the user has had enough.
void measure_all(int repeats, ProgressMode progress, BenchResults& results) {
    std::vector<int> threads;
    for (const auto& point : results.points) threads.push_back(point.threads);
    std::sort(threads.begin(), threads.end());
    threads.erase(std::unique(threads.begin(), threads.end()), threads.end());
    Announcer announcer(progress, results.points.size() * static_cast<std::size_t>(repeats));
    for (int repeat = 0; repeat < repeats; ++repeat) {
        for (const int one : threads) {
            if (is_interrupted()) return;
            results.limits[one].push_back(measure_limits(one));
        }
        for (auto& point : results.points) {
            announcer.next(point);
            const auto run = measure_apart(arguments_of(point));
            if (!run) return;
            point.runs.push_back(*run);
        }
    }
    results.is_complete = true;
}

}  // namespace

ExitCode bench(const BenchOptions& options, const sim::Catalogue& catalogue,
               const ProtocolLibrary& library) {
    if (options.list) return print_networks(), ok;
    if (options.once) return measure_once(options, catalogue, library), ok;
    BenchResults results;
    results.points = planned(options);
    results.sweep = sweep_name(options);
    results.started_utc = utc_time();
    for (const auto& point : results.points) description_of(point, catalogue, library);
    std::unique_ptr<Replacement>
        json;  // before the work: a place that cannot be written is told now
    if (!options.json.empty()) json = std::make_unique<Replacement>(options.json);
    catch_interrupts();
    const auto report = [&] {
        std::cout << shown_results(results) << std::flush;
        if (json) json->write(to_json(results).dump(2) + "\n");
    };
    const int repeats = options.repeats > 0 ? options.repeats
                        : options.quick     ? quick_repeats
                                            : usual_repeats;
    try {
        measure_all(repeats, options.progress, results);
    } catch (const sim::Error&) {
        report();  // what was measured before the failure
        throw;
    }
    report();
    return results.is_complete ? ok : interrupted;
}

}  // namespace protocols::cli
