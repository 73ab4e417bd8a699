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
    double (*call)(double);
};

constexpr std::array functions{
    Function{"sqrt", [](double x) { return std::sqrt(x); }},
    Function{"exp", [](double x) { return std::exp(x); }},
    Function{"log", [](double x) { return std::log(x); }},
    Function{"abs", [](double x) { return std::abs(x); }},
    Function{"round", [](double x) { return std::round(x); }},
    Function{"floor", [](double x) { return std::floor(x); }},
    Function{"ceil", [](double x) { return std::ceil(x); }},
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
        if (take('(')) return closed(sum());
        if (is_digit(c) || c == '.') return quantity();
        if (starts_name(c)) return named();
        fail("unexpected '" + std::string(1, c) + "'");
    }

    double closed(double value) {
        if (!take(')')) fail("')' is missing");
        return value;
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
        if (name == "min" || name == "max") return extreme(name == "min");
        for (const auto& function : functions)
            if (function.name == name) return function.call(closed(sum()));
        throw ExpressionError{begin, "unknown function '" + std::string(name) + "'" +
                                         sim::suggestion(name, expression_names())};
    }

    double extreme(bool least) {
        double result = sum();
        while (take(',')) {
            const double next = sum();
            result = least ? std::min(result, next) : std::max(result, next);
        }
        return closed(result);
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
    std::vector<std::string> names{"min", "max", "pi", "e"};
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
