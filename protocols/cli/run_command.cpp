// SPDX-License-Identifier: BSD-3-Clause
#include <chrono>
#include <iostream>

#include "protocols/cli/commands.hpp"
#include "protocols/cli/interrupt.hpp"
#include "protocols/cli/output.hpp"
#include "protocols/cli/provenance.hpp"
#include "protocols/cli/run_folder.hpp"
#include "protocols/cli/snapshot.hpp"
#include "protocols/cli/study_job.hpp"
#include "protocols/cli/summary.hpp"
#include "sim/core/error.hpp"
#include "sim/run/simulation.hpp"

namespace protocols::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::filesystem::path chosen_folder(const RunOptions& options, const Job& job) {
    if (!options.out.empty()) return options.out;
    if (!job.output_folder().empty()) return job.output_folder();
    return fresh_folder(job.description().name);
}

// One run, from the description to the files. Steps, in this order:
//   1  folder, protocol.toml and a first summary   an occupied folder is refused before any work
//   2  network, simulation, files                  if one cannot be made, nothing is left behind
//   3  simulated time                              from here on the folder stays
//   4  files closed, results, the last summary     also after an interruption or a failure
class Run {
public:
    Run(const RunOptions& options, const Job& job, const sim::Catalogue& catalogue)
        : options_(options),
          job_(job),
          catalogue_(catalogue),
          folder_(chosen_folder(options, job),
                  {job.spikes_file(), options.overwrite || job.may_overwrite()}),
          summary_(job.description(), options.threads),
          progress_(options.progress, duration()) {}

    ExitCode execute() {
        try {
            write_first_files();
            build();
            open_output();
        } catch (...) {
            output_.reset();
            last_summary_.reset();
            folder_.discard();
            throw;
        }
        try {
            return simulate();
        } catch (...) {
            end(sim::ExitState::failed);
            write_last_chance();
            throw;
        }
    }

private:
    double duration() const { return job_.description().run.duration; }

    void write_first_files() {
        protocol_text_ = job_.protocol_text(folder_.path());
        Replacement(folder_.protocol()).write(protocol_text_);
        Replacement(folder_.summary()).write(summary_.text());
        last_summary_ = std::make_unique<Replacement>(folder_.summary());
    }

    void build() {
        const auto start = Clock::now();
        try {
            network_ =
                std::make_unique<sim::Network>(job_.description(), catalogue_, options_.threads);
            simulation_ = std::make_unique<sim::Simulation>(
                *network_, catalogue_, sim::Simulation::Options{options_.threads});
        } catch (const sim::BadNetwork& error) {
            throw sim::BadProtocol(job_.located(error));
        }
        summary_.set_network(*network_, seconds_since(start));
    }

    void open_output() {
        auto texts = provenance_texts();
        texts["protocol_toml"] = protocol_text_;
        texts["threads"] = std::to_string(options_.threads);
        texts["started_utc"] = summary_.json()["provenance"]["started_utc"].get<std::string>();
        output_ =
            std::make_unique<Output>(folder_, job_.description(), simulation_->plan(),
                                     OutputOptions{std::move(texts), job_.experiment() != nullptr});
        simulation_->record(output_->sink());
    }

    ExitCode simulate() {
        progress_.start_running();
        start_ = Clock::now();
        auto next = start_;
        const auto keep_going = [&] {
            if (const auto now = Clock::now(); now >= next) {
                progress_.update(totals());
                next = now + std::chrono::milliseconds(20);
            }
            return !is_interrupted();
        };
        if (snapshots() == "phases") advance_by_phases(keep_going);
        simulation_->advance(duration(), keep_going);
        const bool is_whole = simulation_->step() >= network_->clock().nearest_step(duration());
        if (snapshots() != "none") snapshot("weights.h5");
        end(is_whole ? sim::ExitState::complete : sim::ExitState::interrupted);
        if (is_whole && job_.experiment() != nullptr)
            summary_.set_results(
                job_.experiment()->evaluate(job_.description(), output_->memory()));
        last_summary_->write(summary_.text());
        report_end(options_.progress, summary_.json(), folder_.path());
        return is_whole ? ok : interrupted;
    }

    std::string snapshots() const {
        constexpr std::uint64_t large = 100'000'000;  // bytes, to be written only where asked for
        const auto bytes = snapshot_bytes(*network_);
        const auto& wanted = job_.description().record.snapshots;
        if (bytes == 0) return "none";
        return wanted.empty() ? (bytes < large ? "end" : "none") : wanted;
    }

    void snapshot(const std::string& name) {
        write_snapshot(folder_.add(name), *network_, *simulation_, provenance_texts());
    }

    void advance_by_phases(const std::function<bool()>& keep_going) {
        const auto& clock = network_->clock();
        for (const auto& span : sim::phase_spans(job_.description(), clock)) {
            simulation_->advance(clock.ms(span.end), keep_going);
            if (simulation_->step() < span.end) return;
            const auto& phase = job_.description().phases[span.phase];
            snapshot("weights_" + phase.name +
                     (phase.repeat > 1 ? "_" + std::to_string(span.trial + 1) : "") + ".h5");
        }
    }

    RunState totals() const {
        const auto& counters = simulation_->counters();
        return {simulation_->time(), counters.neuron_spikes, counters.synaptic_events,
                output_->bytes_written()};
    }

    void end(sim::ExitState state) {
        output_->end(state);
        progress_.update(totals());
        progress_.end();
        summary_.set_run(*network_, *simulation_, seconds_since(start_));
        summary_.set_recorded(*output_);
        summary_.set_end(state);
    }

    // The failure that is under way explains more than one of this.
    void write_last_chance() noexcept {
        try {
            last_summary_->write(summary_.text());
        } catch (...) {
        }
    }

    const RunOptions& options_;
    const Job& job_;
    const sim::Catalogue& catalogue_;
    RunFolder folder_;
    Summary summary_;
    std::string protocol_text_;
    std::unique_ptr<Replacement> last_summary_;
    std::unique_ptr<sim::Network> network_;
    std::unique_ptr<Output> output_;
    std::unique_ptr<sim::Simulation> simulation_;  // goes before what it writes to
    Clock::time_point start_;
    Progress progress_;
};

}  // namespace

ExitCode run(const RunOptions& options, const sim::Catalogue& catalogue,
             const ProtocolLibrary& library) {
    if (const auto study = find_study(options.job, catalogue, library))
        return run_study(options, *study, catalogue);
    const Job job(options.job, catalogue, library);
    for (const auto& note : job.notes()) std::cerr << "note: " << note << "\n";
    catch_interrupts();
    return Run(options, job, catalogue).execute();
}

}  // namespace protocols::cli
