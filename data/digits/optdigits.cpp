// SPDX-License-Identifier: BSD-3-Clause
#include <array>
#include <charconv>
#include <fstream>
#include <string>

#include "data/digits/files.hpp"
#include "sim/core/error.hpp"

namespace data {
namespace {

constexpr std::size_t side = 8;
constexpr std::size_t fields = side * side + 1;
constexpr int full_ink = 16;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

class Lines {
public:
    explicit Lines(const std::filesystem::path& file) : file_(file), in_(file) {
        if (!std::filesystem::is_regular_file(file) || !in_)
            throw sim::BadFile(file.string() +
                               ": cannot be read; give the path of an optdigits file (.tra, .tes)");
    }

    /// The next line that is not empty, as numbers; false at the end.
    bool next(std::array<int, fields>& numbers) {
        std::string line;
        do {
            if (!std::getline(in_, line)) return false;
            ++number_;
        } while (trimmed(line).empty());
        std::size_t count = 0;
        for (std::size_t begin = 0; begin <= line.size(); ++count) {
            const auto end = std::min(line.find(',', begin), line.size());
            if (count < fields)
                numbers[count] =
                    number(trimmed(std::string_view(line).substr(begin, end - begin)), count);
            begin = end + 1;
        }
        if (count != fields)
            fail(std::to_string(count) + " fields; must be 64 pixels and the label");
        return true;
    }

private:
    int number(std::string_view text, std::size_t field) const {
        const int most = field + 1 == fields ? 9 : full_ink;
        int value = -1;
        const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (problem != std::errc{} || stop != text.data() + text.size() || value < 0 ||
            value > most)
            fail("field " + std::to_string(field + 1) + " = '" + std::string(text) +
                 "': must be a whole number in [0, " + std::to_string(most) + "]");
        return value;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw sim::BadFile(file_.string() + ":" + std::to_string(number_) + ": " + what +
                           "; mend or remove this line");
    }

    std::filesystem::path file_;
    std::ifstream in_;
    std::size_t number_ = 0;
};

}  // namespace

Digits read_optdigits(const std::filesystem::path& file) {
    Lines lines(file);
    Digits digits;
    digits.rows = digits.columns = side;
    std::array<int, fields> numbers{};
    while (lines.next(numbers)) {
        for (std::size_t i = 0; i + 1 < fields; ++i)
            digits.pixels.push_back(static_cast<float>(numbers[i]) / full_ink);
        digits.labels.push_back(static_cast<std::uint8_t>(numbers.back()));
    }
    if (digits.count() == 0)
        throw sim::BadFile(file.string() + ": holds no images; is it an optdigits file?");
    return digits;
}

}  // namespace data
