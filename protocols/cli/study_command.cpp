// SPDX-License-Identifier: BSD-3-Clause
#include <chrono>
#include <iostream>

#include "protocols/cli/commands.hpp"
#include "protocols/cli/interrupt.hpp"
#include "protocols/cli/run_folder.hpp"
#include "protocols/cli/study_job.hpp"
#include "protocols/cli/summary.hpp"
#include "sim/core/error.hpp"

namespace protocols::cli {
namespace {

using Clock = std::chrono::steady_clock;

class Context : public StudyContext {
public:
    Context(const Setting& setting, RunFolder& folder, ProgressMode mode)
        : StudyContext(setting), folder_(folder), progress_(mode) {}

    void progress(double fraction, const std::string& line) override {
        has_begun_ = true;
        progress_.update(fraction, line);
    }
    std::filesystem::path file(const std::string& name) override { return folder_.add(name); }

    bool has_begun() const { return has_begun_; }
    void end() { progress_.end(); }

protected:
    bool is_stop_wanted() const override { return is_interrupted(); }

private:
    RunFolder& folder_;
    StudyProgress progress_;
    std::atomic<bool> has_begun_ = false;
};

// One study, from its settings to the files. Steps, in this order:
//   1  folder, protocol.toml and a first summary   an occupied folder is refused before any work
//   2  the study                                   what fails before it says how far it has come
//                                                  (a file that is not there), or for its settings,
//                                                  leaves nothing behind
//   3  results, the last summary                   also after an interruption or a failure
class StudyRun {
public:
    StudyRun(const RunOptions& options, const StudyJob& job, const sim::Catalogue& catalogue)
        : options_(options),
          job_(job),
          folder_(options.out.empty() ? fresh_folder(job.name) : std::filesystem::path(options.out),
                  {.overwrite = options.overwrite}),
          summary_(job.name, job.settings.seed, options.threads),
          context_({catalogue, job.settings.seed, options.threads}, folder_, options.progress) {}

    ExitCode execute() {
        try {
            write_first_files();
            return run();
        } catch (const sim::BadParameter&) {
            give_up(false);
            throw;
        } catch (...) {
            give_up(context_.has_begun());
            throw;
        }
    }

private:
    void give_up(bool leaves_files) {
        context_.end();
        if (leaves_files) write_last_chance();
        last_summary_.reset();
        if (!leaves_files) folder_.discard();
    }

    void write_first_files() {
        Replacement(folder_.protocol()).write(job_.protocol_text());
        Replacement(folder_.summary()).write(summary_.text());
        last_summary_ = std::make_unique<Replacement>(folder_.summary());
    }

    ExitCode run() {
        auto results = job_.study->run(job_.settings.values, context_);
        const bool is_whole = !context_.was_cancelled();
        context_.end();
        summary_.set_results(std::move(results));
        end(is_whole ? sim::ExitState::complete : sim::ExitState::interrupted);
        last_summary_->write(summary_.text());
        report_end(options_.progress, summary_.json(), folder_.path());
        return is_whole ? ok : interrupted;
    }

    void end(sim::ExitState state) {
        summary_.set_study(std::chrono::duration<double>(Clock::now() - start_).count(),
                           folder_.added());
        summary_.set_end(state);
    }

    // The failure that is under way explains more than one of this.
    void write_last_chance() noexcept {
        try {
            end(sim::ExitState::failed);
            last_summary_->write(summary_.text());
        } catch (...) {
        }
    }

    const RunOptions& options_;
    const StudyJob& job_;
    RunFolder folder_;
    Summary summary_;
    std::unique_ptr<Replacement> last_summary_;
    Context context_;
    Clock::time_point start_ = Clock::now();
};

}  // namespace

ExitCode run_study(const RunOptions& options, const StudyJob& job,
                   const sim::Catalogue& catalogue) {
    catch_interrupts();
    return StudyRun(options, job, catalogue).execute();
}

}  // namespace protocols::cli
