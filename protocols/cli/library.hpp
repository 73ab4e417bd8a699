// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The protocols that have a name: the files shipped with the program, and those in C++.

#include <filesystem>
#include <string>
#include <vector>

#include "protocols/experiments/experiment.hpp"
#include "protocols/file/protocol_file.hpp"
#include "protocols/studies/study.hpp"
#include "sim/core/catalogue.hpp"

namespace protocols::cli {

class ProtocolLibrary {
public:
    /// Looks for the files beside the program: ../share/sharpwave/protocols.
    explicit ProtocolLibrary(const sim::Catalogue& catalogue);

    std::vector<std::string> names() const;  ///< sorted

    bool is_file(const std::string& name) const;
    const Experiment* experiment(const std::string& name) const;  ///< null if it is none

    const Study* study(const std::string& name) const;  ///< null if it is none

    /// Needs: is_file(name)
    std::filesystem::path file(const std::string& name) const;

    /// Throws: UsageError with the nearest name if there is none such
    void need(const std::string& name) const;
    ProtocolInfo info(const std::string& name) const;

    /// What the protocol finds, a line each.
    std::vector<std::string> notes(const std::string& name) const;

private:
    const sim::Catalogue& catalogue_;
    std::filesystem::path folder_;
    std::vector<std::string> files_;
};

}  // namespace protocols::cli
