// SPDX-License-Identifier: BSD-3-Clause
// sharpwave: errors become one clear message and an exit code here, and nowhere else.
#include <csignal>
#include <filesystem>
#include <iostream>
#include <new>

#include "protocols/cli/command_line.hpp"
#include "protocols/cli/format.hpp"
#include "protocols/cli/job.hpp"
#include "sim/core/error.hpp"

namespace {

using namespace protocols::cli;

ExitCode complain(const std::string& text, ExitCode code) {
    std::cerr << "sharpwave: " << Style::of(2).alarm("error:") << " " << text << std::endl;
    return code;
}

// Mistakes of a protocol say themselves where they are.
ExitCode complain(const std::vector<std::string>& messages, ExitCode code) {
    for (const auto& message : messages) std::cerr << message << "\n";
    return code;
}

template <class... Kinds>
bool is_any(const std::exception& error) {
    return ((dynamic_cast<const Kinds*>(&error) != nullptr) || ...);
}

ExitCode code_of(const std::exception& error) {
    if (is_any<UsageError>(error)) return usage;
    if (is_any<sim::BadProtocol, sim::BadNetwork, sim::BadParameter, sim::UnknownName>(error))
        return bad_protocol;
    if (is_any<sim::DiskFull>(error)) return disk_full;
    if (is_any<sim::BadFile, std::filesystem::filesystem_error>(error)) return input_output;
    return failure;
}

ExitCode guarded(const std::vector<std::string>& arguments) {
    try {
        const auto code = run_command_line(arguments);
        if (!std::cout.flush()) return complain("standard output: cannot be written", input_output);
        return code;
    } catch (const sim::BadProtocol& error) {
        return complain(error.messages, code_of(error));
    } catch (const LostFiles& error) {
        return complain(error.messages, code_of(error));
    } catch (const std::bad_alloc& error) {
        return complain("the memory of this machine does not suffice; make the network smaller",
                        code_of(error));
    } catch (const std::exception& error) {
        return complain(error.what(), code_of(error));
    }
}

}  // namespace

int main(int argc, char** argv) {
    // A file that may not grow is an error to report, not to die from.
    std::signal(SIGXFSZ, SIG_IGN);
    return guarded({argv + 1, argv + argc});
}
