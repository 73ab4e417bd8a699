// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Numbers, tables and emphasis for people.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace protocols::cli {

std::string fixed(double x, int digits);                      ///< "41.2"
std::string grouped(std::uint64_t n);                         ///< "15,625,000"
std::string scaled(double x);                                 ///< "41.2 M"; the unit follows
std::string bytes(std::uint64_t n);                           ///< "512 MiB"
std::string clock_time(double seconds);                       ///< "0:07", "1:02:03"
std::string counted(std::uint64_t n, std::string_view noun);  ///< "1 spike", "2 spikes"

/// Rows in columns two blanks apart. `alignment` has a letter per column: l (also what is left
/// out) or r. Empty columns go.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::string_view indent,
                    std::string_view alignment);

/// Emphasis on a terminal that shows it, unless NO_COLOR is set; otherwise the text alone.
class Style {
public:
    explicit Style(bool is_on) : is_on_(is_on) {}

    /// For standard output (1) or standard error (2).
    static Style of(int descriptor);

    std::string strong(std::string_view text) const { return wrapped(text, "1"); }
    std::string alarm(std::string_view text) const { return wrapped(text, "1;31"); }

private:
    std::string wrapped(std::string_view text, std::string_view code) const;
    bool is_on_;
};

/// A terminal that can overwrite its lines?
bool is_terminal(int descriptor);

}  // namespace protocols::cli
