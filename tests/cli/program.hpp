// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Runs the built program as a user would: in a folder, with arguments, and looks at what it says.

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/formats/recordings.hpp"

namespace cli_tests {

using Json = nlohmann::json;

inline std::string contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Result {
    int code = -1;    ///< exit code, or 1000 + the signal that ended it
    std::string out;  ///< standard output
    std::string err;  ///< standard error
};

/// A folder with the program in it, so to speak.
class Bench {
public:
    explicit Bench(std::string program = SHARPWAVE_PROGRAM) : program_(std::move(program)) {}

    std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }

    Json summary(const std::string& run) const {
        return Json::parse(contents(folder_ / (run + "/summary.json")));
    }

    /// Starts the program; `prepare` runs in the new process before it.
    pid_t start(const std::vector<std::string>& arguments,
                const std::function<void()>& prepare = {}) const {
        const pid_t child = fork();
        if (child != 0) return child;
        std::vector<std::string> all{program_};
        all.insert(all.end(), arguments.begin(), arguments.end());
        std::vector<char*> pointers;
        for (auto& one : all) pointers.push_back(one.data());
        pointers.push_back(nullptr);
        redirect("out", STDOUT_FILENO);
        redirect("err", STDERR_FILENO);
        if (chdir((folder_ / "").c_str()) != 0) _exit(126);
        if (prepare) prepare();
        execv(pointers.front(), pointers.data());
        _exit(127);
    }

    Result wait(pid_t child) const {
        int status = 0;
        waitpid(child, &status, 0);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status),
                contents(folder_ / "out"), contents(folder_ / "err")};
    }

    Result run(const std::vector<std::string>& arguments,
               const std::function<void()>& prepare = {}) const {
        return wait(start(arguments, prepare));
    }

private:
    void redirect(const char* name, int descriptor) const {
        const int file = open((folder_ / name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
        dup2(file, descriptor);
        close(file);
    }

    std::string program_;
    recordings::Folder folder_;
};

/// Until `condition` holds, at most ten seconds.
inline bool wait_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

/// Ten neurons of each of two kinds, driven; a second takes some milliseconds.
inline const std::string small_protocol = R"(name = "small"

[parameters]
rate = {default = "8 kHz", unit = "Hz", min = 0, meaning = "of the background"}

[run]
duration = "100 ms"

[neurons.exc]
model = "lif_exp"
size = 10

[neurons.inh]
model = "lif_delta"
size = 10

[sources.noise]
model = "poisson_background"
to = ["exc"]
rate = "=rate"
weight = "80 pA"

[projections.exc_to_inh]
from = "exc"
to = "inh"
connector = "fixed_indegree"
indegree = 5
weight = "20 mV"
delay = "1.5 ms"

[record]
spikes = true
traces = [{population = "exc", variables = ["v"], neurons = [0, 3], interval = "0.5 ms"}]
)";

/// `small_protocol` with one piece replaced.
inline std::string with(const std::string& old_piece, const std::string& piece) {
    std::string text = small_protocol;
    return text.replace(text.find(old_piece), old_piece.size(), piece);
}

}  // namespace cli_tests
