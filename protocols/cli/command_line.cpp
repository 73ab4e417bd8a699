// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/command_line.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <iostream>

#include "protocols/cli/commands.hpp"
#include "protocols/cli/completion.hpp"
#include "protocols/cli/parts.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/workers.hpp"

namespace protocols::cli {
namespace {

// Options of `run` that stand for a `--set`.
struct Shortcut {
    const char* option;
    const char* path;
    const char* help;
    std::string value = {};
};

class CommandLine {
public:
    CommandLine() {
        app_.require_subcommand(0, 1);
        app_.footer("Exit codes: 0 done, 1 failure, 2 usage, 3 bad protocol, 4 input/output,\n"
                    "5 disk full, 130 interrupted.\n");
        app_.add_flag("--version", is_version_wanted_, "the same as the command");
        add_run();
        add_analyze();
        add_list();
        add_show();
        add_validate();
        add_files();
        add_bench();
        add_version();
        add_completion();
        for (auto* command : app_.get_subcommands({})) command->allow_extras();
    }

    ExitCode execute(std::vector<std::string> arguments) {
        check_command(arguments);
        const bool has_command = !arguments.empty() && !arguments.front().starts_with('-');
        const std::string command = has_command ? arguments.front() : "";
        std::reverse(arguments.begin(), arguments.end());
        try {
            app_.parse(std::move(arguments));
        } catch (const CLI::Success& asked) {
            app_.exit(asked);
            return ok;
        } catch (const CLI::ParseError& error) {
            throw UsageError((has_command ? command + ": " : "") + error.what() +
                             "; see sharpwave " + (has_command ? command + " " : "") + "--help");
        }
        const auto chosen = app_.get_subcommands();
        if (is_version_wanted_) version(false);
        else if (chosen.empty()) std::cout << app_.help();
        else return call(*chosen.front());
        return ok;
    }

private:
    ExitCode call(const CLI::App& command) {
        check_extras(command);
        const auto name = command.get_name();
        if (name == "version") version(as_json_);
        else if (name == "info") info(name_, as_json_);
        else if (name == "recover") recover(name_);
        else if (name == "completion") std::cout << bash_completion(app_);
        else return call_with_parts(name);
        return ok;
    }

    ExitCode call_with_parts(const std::string& name) {
        const auto catalogue = all_parts();
        const ProtocolLibrary library(catalogue);
        if (name == "list") list(name_, only_names_, catalogue, library);
        else if (name == "show") show(name_, catalogue, library);
        else if (name == "validate") cli::validate(request(), catalogue, library);
        else if (name == "bench") {
            bench_.sets = sets_;
            bench_.progress = progress_mode(progress_);
            return cli::bench(bench_, catalogue, library);
        } else {
            run_.job = name == "analyze" ? analysis_request() : request();
            run_.progress = progress_mode(progress_);
            return cli::run(run_, catalogue, library);
        }
        return ok;
    }

    // An analysis is a study that is given the file.
    JobRequest analysis_request() const {
        if (name_ != "replay")
            throw UsageError("analyze: unknown analysis '" + name_ + "'; there is replay");
        auto job = request();
        job.what = "replay_analysis";
        job.overrides.push_back({"recording", file_, "FILE " + file_});
        return job;
    }

    JobRequest request() const {
        JobRequest job{name_, {}, records_};
        try {
            for (const auto& text : sets_) job.overrides.push_back(parse_override(text));
        } catch (const sim::BadParameter& error) {
            throw UsageError(error.what());
        }
        for (const auto& [option, path, help, value] : shortcuts_)
            if (!value.empty())
                job.overrides.push_back({path, value, std::string(option) + " " + value});
        return job;
    }

    // CLI11 knows what it did not understand, but not what was meant.
    void check_command(const std::vector<std::string>& arguments) const {
        if (arguments.empty() || arguments.front().starts_with('-')) return;
        const auto known = command_names(app_);
        if (std::find(known.begin(), known.end(), arguments.front()) == known.end())
            throw UsageError("unknown command '" + arguments.front() + "'" +
                             sim::suggestion(arguments.front(), known));
    }

    static void check_extras(const CLI::App& command) {
        const auto extras = command.remaining();
        if (extras.empty()) return;
        const auto& first = extras.front();
        if (first.starts_with("-"))
            throw UsageError(
                command.get_name() + ": unknown option '" + first + "'" +
                sim::suggestion(first.substr(0, first.find('=')), long_options(command)));
        throw UsageError(command.get_name() + ": one argument too many: '" + first + "'");
    }

    void add_job_options(CLI::App& command) {
        command
            .add_option("PROTOCOL", name_,
                        "name of a protocol (sharpwave list protocols), FILE.toml, or "
                        "simulation_config.json of a SONATA circuit")
            ->required()
            ->type_name("");
        command
            .add_option("--set", sets_,
                        "path=value: a parameter of the protocol (g=4.5) or any key of it "
                        "(neurons.exc.tau_m=15ms); repeatable")
            ->allow_extra_args(false)
            ->type_name("PATH=VALUE");
        for (auto& shortcut : shortcuts_)
            command.add_option(shortcut.option, shortcut.value, shortcut.help)->type_name("VALUE");
        command
            .add_option("--record", records_,
                        "also record a state variable: exc.v, exc.v[0-9,42], exc.v@0.5ms (all "
                        "neurons, every ms, if not said); repeatable")
            ->allow_extra_args(false)
            ->type_name("POPULATION.VARIABLE");
    }

    void add_run() {
        auto& command = *app_.add_subcommand("run", "simulate a protocol; leaves a run folder");
        add_job_options(command);
        add_run_options(command);
    }

    void add_analyze() {
        auto& command = *app_.add_subcommand(
            "analyze", "analyse a recording: replay finds events of replay; leaves a run folder");
        command.add_option("ANALYSIS", name_, "replay")->required()->type_name("");
        command.add_option("FILE", file_, "HDF5 of spikes and positions, or SONATA spikes")
            ->required()
            ->type_name("");
        command
            .add_option("--set", sets_,
                        "name=value: a parameter (sharpwave show replay_analysis); repeatable")
            ->allow_extra_args(false)
            ->type_name("NAME=VALUE");
        command.add_option("--seed", shortcuts_.front().value, shortcuts_.front().help)
            ->type_name("VALUE");
        add_run_options(command);
    }

    void add_run_options(CLI::App& command) {
        run_.threads = std::min(sim::available_cores(), most_threads);
        command
            .add_option(
                "-j,--threads", run_.threads,
                "threads; results do not depend on them (default: the cores that it may use)")
            ->check(CLI::Range(1, most_threads))
            ->type_name("N");
        command.add_option("-o,--out", run_.out, "the run folder (default: runs/PROTOCOL-TIME)")
            ->type_name("FOLDER");
        command.add_flag("-f,--force", run_.overwrite, "replace the run that is in the folder");
        command
            .add_option("--progress", progress_,
                        "auto (a line on a terminal, else plain), plain, json (an object a line on "
                        "standard output) or none")
            ->check(CLI::IsMember({"auto", "plain", "json", "none"}))
            ->type_name("MODE");
    }

    void add_list() {
        auto& command =
            *app_.add_subcommand("list", "models, sources, synapses, connectors, protocols");
        command.add_option("KIND", name_, "only one of these kinds")->type_name("");
        command.add_flag("--names", only_names_, "names only, one a line");
    }

    void add_show() {
        auto& command = *app_.add_subcommand(
            "show", "parameters of a model, source, synapse, connector or protocol");
        command.add_option("NAME", name_)->required()->type_name("");
    }

    void add_validate() {
        auto& command = *app_.add_subcommand("validate", "report every mistake of a protocol");
        add_job_options(command);
    }

    void add_files() {
        auto& of_info = *app_.add_subcommand("info", "what a run folder or a file of one holds");
        of_info.add_option("PATH", name_)->required()->type_name("");
        of_info.add_flag("--json", as_json_, "as JSON");
        auto& of_recover = *app_.add_subcommand(
            "recover", "mend a run folder or a file of one after the run was killed");
        of_recover.add_option("PATH", name_)->required()->type_name("");
    }

    void add_bench() {
        auto& command = *app_.add_subcommand(
            "bench", "measure standard networks on this machine, and its limits beside them");
        command
            .add_option("NETWORK", bench_.networks,
                        "standard networks, groups of them (brunel), or FILE.toml; all standard "
                        "ones if none is named")
            ->type_name("");
        command.add_flag("--list", bench_.list, "names, settings and sweeps of the networks");
        command.add_flag("--quick", bench_.quick,
                         "seconds instead of minutes: a tenth of the time, large networks at a "
                         "tenth of their size, 3 repeats");
        command
            .add_option("-j,--threads", bench_.threads,
                        "numbers of threads, such as 1,2 (default: the cores that it may use)")
            ->type_name("LIST");
        command.add_option("--repeats", bench_.repeats, "runs of each (default: 5)")
            ->check(CLI::Range(1, 1000))
            ->type_name("N");
        command
            .add_option("--duration", bench_.duration,
                        "simulated time on the clock, after a warm-up (500ms, 2s; a bare number is "
                        "in ms)")
            ->type_name("TIME");
        command
            .add_option("--set", sets_,
                        "path=value: as in run, for all networks named (scale=0.2; "
                        "record.spikes=false measures without output); repeatable")
            ->allow_extra_args(false)
            ->type_name("PATH=VALUE");
        command
            .add_option("--sweep", bench_.sweep,
                        "neurons=, synapses= (per neuron) or rate=V1,V2,...: factors of the "
                        "network's own value; threads=N1,N2,...: strong scaling; weak=N1,N2,...: "
                        "neurons grow with threads. Fits the growth of the time per synaptic event")
            ->type_name("NAME=LIST");
        command
            .add_option("--json", bench_.json,
                        "write everything that was measured, in SI units "
                        "but for times ending in _ms")
            ->type_name("FILE");
        command.add_flag("--once", bench_.once,
                         "one run of one network in this process, as JSON on standard output; for "
                         "profilers");
        command
            .add_option("--progress", progress_,
                        "auto (a line on a terminal, else plain), plain or none")
            ->check(CLI::IsMember({"auto", "plain", "none"}))
            ->type_name("MODE");
    }

    void add_version() {
        auto& command = *app_.add_subcommand("version", "version, revision, compiler, libraries");
        command.add_flag("--json", as_json_, "as JSON");
    }

    void add_completion() {
        app_.add_subcommand("completion", "completion for bash: source <(sharpwave completion)");
    }

    CLI::App app_{"Event-driven simulator of spiking neural networks", "sharpwave"};
    std::string name_;  // the argument of the command
    std::string file_;  // of an analysis
    std::vector<std::string> sets_;
    std::vector<std::string> records_;
    std::vector<Shortcut> shortcuts_{
        {"--seed", "run.seed", "of all random numbers"},
        {"--duration", "run.duration", "of simulated time (500ms, 2s; a bare number is in ms)"},
        {"--timing", "run.timing", "exact (continuous time) or grid (multiples of the resolution)"},
        {"--resolution", "run.resolution", "of the grid; exact timing uses it for bookkeeping"},
        {"--tolerance", "run.tolerance", "error per step of integrated models (1e-6; on the grid 1e-4)"}};
    RunOptions run_;
    BenchOptions bench_;
    std::string progress_ = "auto";
    bool only_names_ = false;
    bool as_json_ = false;
    bool is_version_wanted_ = false;
};

}  // namespace

ExitCode run_command_line(const std::vector<std::string>& arguments) {
    return CommandLine().execute(arguments);
}

}  // namespace protocols::cli
