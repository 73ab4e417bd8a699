// SPDX-License-Identifier: BSD-3-Clause
// A measurement in a process of its own.
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

#include "protocols/cli/bench/measurement.hpp"
#include "protocols/cli/bench/scratch.hpp"
#include "protocols/cli/interrupt.hpp"
#include "sim/core/error.hpp"

namespace protocols::cli {
namespace {

constexpr const char* this_program = "/proc/self/exe";

[[noreturn]] void become(std::vector<char*>& arguments, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    execv(this_program, arguments.data());
    _exit(127);
}

/// All that comes from the pipe until it ends or the program is interrupted.
std::string read_all(int pipe) {
    constexpr int look_up_ms = 100;
    std::string text;
    std::array<char, 4096> buffer{};
    while (!is_interrupted()) {
        pollfd waiting{pipe, POLLIN, 0};
        if (poll(&waiting, 1, look_up_ms) <= 0) continue;
        const auto got = read(pipe, buffer.data(), buffer.size());
        if (got == 0 || (got < 0 && errno != EINTR)) break;
        if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

std::string how_it_ended(int status) {
    if (!WIFSIGNALED(status)) return "failed";
    return "was ended by signal " + std::to_string(WTERMSIG(status)) +
           (WTERMSIG(status) == SIGKILL
                ? "; if memory ran out, make it smaller, for example with --set scale=0.5"
                : "");
}

}  // namespace

std::optional<Measurement> measure_apart(const std::vector<std::string>& arguments) {
    std::vector<std::string> texts{"sharpwave"};
    texts.insert(texts.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw sim::Error("bench: cannot make a pipe");
    const pid_t child = fork();
    if (child == 0) become(pointers, ends[1]);
    close(ends[1]);
    const std::string text = child > 0 ? read_all(ends[0]) : "";
    close(ends[0]);
    if (child < 0) throw sim::Error("bench: cannot start a process");
    if (is_interrupted()) kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const ScratchFolder left_behind(child);
    if (is_interrupted()) return std::nullopt;
    if (status != 0)
        throw sim::Error("bench: the run of " + arguments.at(1) + " " + how_it_ended(status));
    return measurement_from(Json::parse(text));
}

}  // namespace protocols::cli
