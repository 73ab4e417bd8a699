// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "protocols/file/node.hpp"

namespace protocols {
namespace {

// Walks over TOML as far as needed to know what is a string or a comment.
class Walker {
public:
    explicit Walker(std::string_view text) : text_(text) {}

    void run() {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') at_ = std::min(text_.find('\n', at_), text_.size());
            else if (c == '"' || c == '\'') string(c);
            else check_and_step();
        }
    }

private:
    void check_and_step() {
        if ((text_[at_] & '\x80') != 0) fail();
        ++at_;
    }

    void string(char quote) {
        const std::string three(3, quote);
        const bool is_long = text_.substr(at_).starts_with(three);
        const auto end = std::string_view(three).substr(0, is_long ? 3 : 1);
        at_ += end.size();
        while (at_ < text_.size() && !text_.substr(at_).starts_with(end)) {
            if (!is_long && text_[at_] == '\n') return;
            if (text_[at_++] == '\\' && quote == '"') escape();
        }
        at_ = std::min(at_ + end.size(), text_.size());
    }

    // A backslash at the end of a line joins it with the next text.
    void escape() {
        const auto next = text_.find_first_not_of(" \t\r\n", at_);
        if (next != at_) at_ = std::min(next, text_.size());
        if (at_ < text_.size()) check_and_step();
    }

    [[noreturn]] void fail() const {
        Location location{Location::file, 1, 1};
        for (const char c : text_.substr(0, at_)) {
            if (c == '\n') {
                ++location.line;
                location.column = 1;
            } else if ((c & '\xC0') != '\x80') {
                ++location.column;
            }
        }
        throw SyntaxError{location, "this character can only stand in a string or a comment; put "
                                    "the name in quotes"};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

void check_plain(std::string_view text) { Walker(text).run(); }

}  // namespace protocols
