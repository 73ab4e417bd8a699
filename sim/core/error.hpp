// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the library throws: one small tree, exceptions at the border only.
//
// Text of a message: `what.where = value unit: rule broken; what to do`, one line.
// The library never prints and never exits; the command line turns the kind into an exit code.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace sim {

struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A value outside its range, of the wrong unit, or not a number.
struct BadParameter : Error {
    using Error::Error;
};

/// A name nobody registered; the message carries the nearest known one.
struct UnknownName : Error {
    using Error::Error;
};

/// A description that cannot become a network (sizes, delays, duplicate names).
struct BadNetwork : Error {
    using Error::Error;
};

/// A file that cannot be read or written, or does not hold what it should.
struct BadFile : Error {
    using Error::Error;
};

/// The file system refused more bytes; what was acknowledged before is intact.
struct DiskFull : Error {
    DiskFull(const std::string& text, std::string file, std::uint64_t needed)
        : Error(text), path(std::move(file)), bytes_needed(needed) {}
    std::string path;
    std::uint64_t bytes_needed;
};

/// A solver that cannot go on (step size underflow, state not finite).
struct NumericFailure : Error {
    using Error::Error;
};

/// A protocol with mistakes, all of them: one located message each.
struct BadProtocol : Error {
    explicit BadProtocol(std::vector<std::string> all)
        : Error(join(all)), messages(std::move(all)) {}
    std::vector<std::string> messages;

private:
    static std::string join(const std::vector<std::string>& all) {
        std::string text;
        for (const auto& one : all) text += (text.empty() ? "" : "\n") + one;
        return text;
    }
};

}  // namespace sim
