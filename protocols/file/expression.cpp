// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/expression.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "sim/core/text.hpp"

namespace protocols {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & '\x80') != 0;
}

struct Function {
    std::string_view name;
    std::size_t arguments;  // 0: one or more
    double (*call)(const std::vector<double>&);
};

using Arguments = const std::vector<double>&;

constexpr std::array functions{
    Function{"sqrt", 1, [](Arguments x) { return std::sqrt(x[0]); }},
    Function{"exp", 1, [](Arguments x) { return std::exp(x[0]); }},
    Function{"log", 1, [](Arguments x) { return std::log(x[0]); }},
    Function{"abs", 1, [](Arguments x) { return std::abs(x[0]); }},
    Function{"round", 1, [](Arguments x) { return std::round(x[0]); }},
    Function{"floor", 1, [](Arguments x) { return std::floor(x[0]); }},
    Function{"ceil", 1, [](Arguments x) { return std::ceil(x[0]); }},
    Function{"min", 0, [](Arguments x) { return *std::min_element(x.begin(), x.end()); }},
    Function{"max", 0, [](Arguments x) { return *std::max_element(x.begin(), x.end()); }},
    // Edges drawn uniformly, with repetition, between n and m neurons: as many as join a given pair
    // with probability p. Source: Potjans & Diesmann 2014, Cereb Cortex 24:785, eq. 1
    Function{"total_number", 3,
             [](Arguments x) {
                 const double pairs = x[1] * x[2];
                 return std::log(1 - x[0]) / std::log((pairs - 1) / pairs);
             }},
};

class Parser {
public:
    Parser(std::string_view text, const Lookup& lookup) : text_(text), lookup_(lookup) {}

    double whole() {
        const double result = sum();
        if (peek() != '\0') fail("unexpected '" + std::string(1, text_[at_]) + "'");
        return result;
    }

private:
    [[noreturn]] void fail(const std::string& text) const { throw ExpressionError{at_, text}; }

    char peek() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    double sum() {
        double result = product();
        while (true) {
            if (take('+')) result += product();
            else if (take('-')) result -= product();
            else return result;
        }
    }

    double product() {
        double result = signed_power();
        while (true) {
            if (take('*')) result *= signed_power();
            else if (take('/')) result /= signed_power();
            else return result;
        }
    }

    double signed_power() {
        if (++depth_ > 200) fail("is nested too deeply");
        double result = 0;
        if (take('-')) result = -signed_power();
        else if (take('+')) result = signed_power();
        else result = power();
        --depth_;
        return result;
    }

    double power() {
        const double base = atom();
        return take('^') ? std::pow(base, signed_power()) : base;
    }

    double atom() {
        const char c = peek();
        if (c == '\0') fail("ends too early");
        if (take('(')) return enclosed();
        if (is_digit(c) || c == '.') return quantity();
        if (starts_name(c)) return named();
        fail("unexpected '" + std::string(1, c) + "'");
    }

    double enclosed() {
        const double value = sum();
        close();
        return value;
    }

    void close() {
        if (!take(')')) fail("')' is missing");
    }

    double quantity() {
        double value = 0;
        const char* end = text_.data() + text_.size();
        const auto [stop, problem] = std::from_chars(text_.data() + at_, end, value);
        if (problem != std::errc{}) fail("is not a number");
        at_ = static_cast<std::size_t>(stop - text_.data());
        if (!starts_name(peek())) return value;
        const auto begin = at_;
        const auto name = identifier();
        const auto unit = unit_named(name);
        if (!unit) throw ExpressionError{begin, "unknown unit '" + std::string(name) + "'"};
        return value * *sim::conversion(name, *unit);
    }

    std::string_view identifier() {
        const auto begin = at_;
        while (at_ < text_.size() && (starts_name(text_[at_]) || is_digit(text_[at_]))) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    double named() {
        const auto begin = at_;
        const auto name = identifier();
        if (take('(')) return call(name, begin);
        if (name == "pi") return std::numbers::pi;
        if (name == "e") return std::numbers::e;
        return lookup_(name, begin);
    }

    double call(std::string_view name, std::size_t begin) {
        const auto function = std::find_if(functions.begin(), functions.end(),
                                           [&](const auto& one) { return one.name == name; });
        if (function == functions.end())
            throw ExpressionError{begin, "unknown function '" + std::string(name) + "'" +
                                             sim::suggestion(name, expression_names())};
        std::vector<double> arguments{sum()};
        while (take(',')) arguments.push_back(sum());
        close();
        if (const auto wanted = function->arguments; wanted > 0 && arguments.size() != wanted)
            throw ExpressionError{begin, "'" + std::string(name) + "' takes " +
                                             std::to_string(wanted) +
                                             (wanted == 1 ? " argument" : " arguments") + ", has " +
                                             std::to_string(arguments.size())};
        return function->call(arguments);
    }

    std::string_view text_;
    const Lookup& lookup_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace

double evaluate(std::string_view text, const Lookup& lookup) {
    const double result = Parser(text, lookup).whole();
    if (!std::isfinite(result))
        throw ExpressionError{0, "gives " + sim::number(result) + ", which is no finite number"};
    return result;
}

std::vector<std::string> expression_names() {
    std::vector<std::string> names{"pi", "e"};
    for (const auto& function : functions) names.emplace_back(function.name);
    return names;
}

std::optional<sim::Unit> unit_named(std::string_view text) {
    using enum sim::Unit;
    if (text.empty()) return none;
    for (const auto unit : {ms, mV, pA, pF, nS, hz, um, per_ms, per_mV, pA_per_ms})
        if (sim::conversion(text, unit)) return unit;
    return std::nullopt;
}

bool looks_like_quantity(std::string_view text) {
    const auto first = text.find_first_of("0123456789");
    return first != text.npos && text.find_first_not_of(" \t+-.") == first;
}

}  // namespace protocols
