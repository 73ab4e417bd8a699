// SPDX-License-Identifier: BSD-3-Clause
// Stands in front of programs built for different instruction sets: runs the best one that is there and
// that the machine can run, or the one that the variable SHARPWAVE_LEVEL names.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

int main(int, char** argv) {
    __builtin_cpu_init();
    const std::array<std::pair<const char*, bool>, 4> levels{
        {{"x86-64-v4", __builtin_cpu_supports("x86-64-v4") != 0},
         {"x86-64-v3", __builtin_cpu_supports("x86-64-v3") != 0},
         {"x86-64-v2", __builtin_cpu_supports("x86-64-v2") != 0},
         {"x86-64", true}}};
    std::error_code no_link;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", no_link);
    const auto program = [&](const std::string& level) {
        return (no_link ? std::filesystem::path(argv[0]) : self).parent_path() /
               ("sharpwave-" + level);
    };
    if (const char* wanted = std::getenv("SHARPWAVE_LEVEL")) {
        execv(program(wanted).c_str(), argv);
        std::fprintf(stderr, "sharpwave: cannot run %s, which SHARPWAVE_LEVEL asks for\n",
                     program(wanted).c_str());
        return 1;
    }
    for (const auto& [level, is_supported] : levels)
        if (is_supported) execv(program(level).c_str(), argv);
    std::fprintf(stderr, "sharpwave: no program for the instructions of this machine in %s\n",
                 program("").parent_path().c_str());
    return 1;
}
