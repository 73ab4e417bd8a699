// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/toml_text.hpp"

#include "sim/core/text.hpp"

namespace protocols {

// TOML takes numbers without point or exponent for integers, which lose -0 and end at 2^63.
std::string real(double x) {
    std::string text = sim::number(x);
    return text.find_first_of(".en") == text.npos ? text + ".0" : text;
}

std::string whole(std::uint64_t x) {
    const auto text = std::to_string(x);
    return x >> 63U != 0 ? '"' + text + '"' : text;
}

std::string quoted(const std::string& text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') result += '\\';
        if (byte >= 0x20 && byte != 0x7f) result += c;
        else {
            result += "\\u00";
            result += digits[byte >> 4U];
            result += digits[byte & 15U];
        }
    }
    return result + '"';
}

}  // namespace protocols
