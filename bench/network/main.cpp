// SPDX-License-Identifier: BSD-3-Clause
// Measures networks several times over and prints a table. The repeats of one network are spread
// over the whole session, so that a slow minute of the machine does not fall on one of them alone.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <thread>

#include "bench/network/cases.hpp"
#include "bench/network/table.hpp"
#include "protocols/cli/parts.hpp"
#include "protocols/file/protocol_file.hpp"

namespace {

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown processor";
}

sim::Description describe(const bench::Case& one, double stretch, const sim::Catalogue& catalogue) {
    std::vector<protocols::Override> overrides;
    for (const auto& text : one.settings) overrides.push_back(protocols::parse_override(text));
    const std::string folder = SHARPWAVE_SOURCE_DIR "/protocols/builtin/";
    const auto source = protocols::load_source(folder + one.protocol + ".toml");
    auto description = protocols::read_protocol(source, overrides, catalogue);
    description.phases.clear();
    description.run.duration = one.warm_up + stretch * one.duration;
    return description;
}

void run(std::vector<std::string> names, int repeats, int threads, double stretch) {
    if (names.empty())
        for (const auto& one : bench::all_cases()) names.push_back(one.name);
    const auto catalogue = protocols::cli::all_parts();
    std::vector<sim::Description> descriptions;
    for (const auto& name : names)
        descriptions.push_back(describe(bench::find_case(name), stretch, catalogue));

    std::vector<std::vector<bench::Measurement>> results(names.size());
    for (int repeat = 1; repeat <= repeats; ++repeat)
        for (std::size_t i = 0; i < names.size(); ++i) {
            std::cerr << "run " << repeat << " of " << repeats << ": " << names[i] << "\n";
            results[i].push_back(bench::measure(descriptions[i], catalogue,
                                                bench::find_case(names[i]).warm_up, threads));
        }
    std::cout << processor() << ", " << std::thread::hardware_concurrency()
              << " cores; g++ " __VERSION__ "; median (least-most) of " << repeats << " runs\n\n"
              << bench::table_head();
    for (std::size_t i = 0; i < names.size(); ++i)
        std::cout << bench::table_row(names[i], threads, results[i]);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Measures the standard networks."};
    std::vector<std::string> names;
    int repeats = 5;
    int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    double stretch = 1;
    bool is_list = false;
    app.add_option("network", names, "which ones; all if none is named");
    app.add_option("--repeats", repeats, "runs of each")->check(CLI::PositiveNumber);
    app.add_option("--threads", threads, "of each run")->check(CLI::PositiveNumber);
    app.add_option("--stretch", stretch, "factor of the simulated time")
        ->check(CLI::PositiveNumber);
    app.add_flag("--list", is_list, "print the names and what they run");
    CLI11_PARSE(app, argc, argv);
    try {
        if (!is_list) return run(std::move(names), repeats, threads, stretch), 0;
        for (const auto& one : bench::all_cases()) {
            std::cout << one.name << ": " << one.protocol;
            for (const auto& setting : one.settings) std::cout << " --set " << setting;
            std::cout << "\n";
        }
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
    return 0;
}
