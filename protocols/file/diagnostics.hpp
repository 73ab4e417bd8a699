// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Collects mistakes and shows each where it was made.

#include <set>
#include <string>
#include <vector>

#include "protocols/file/node.hpp"
#include "protocols/file/protocol_file.hpp"

namespace protocols {

class Diagnostics {
public:
    Diagnostics(const Source& source, const std::vector<Override>& overrides);

    /// `text` follows the path: "= 15 mV: wants ms" or "is missing". A path is reported once.
    void error(Location location, const std::string& path, const std::string& text);

    /// A mistake without a path: syntax, an unknown key.
    void error(Location location, const std::string& text);

    /// True if a mistake was reported at the path or above it.
    bool is_bad(const std::string& path) const;
    void mark_bad(const std::string& path) { bad_.insert(path); }

    bool empty() const { return mistakes_.empty(); }

    /// In the order of the file, then of the overrides.
    std::vector<std::string> messages() const;

    /// Throws: BadProtocol if there is any mistake
    void check() const;

    const std::vector<Override>& overrides() const { return overrides_; }

private:
    struct Mistake {
        Location location;
        std::string path;
        std::string text;
    };
    std::string message(const Mistake& mistake) const;
    std::string excerpt(Location location) const;

    std::string file_name_;
    std::vector<std::string> lines_;
    std::vector<Override> overrides_;
    std::vector<Mistake> mistakes_;
    std::set<std::string> bad_;
};

}  // namespace protocols
