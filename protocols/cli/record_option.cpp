// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/record_option.hpp"

#include <charconv>
#include <optional>

#include "protocols/cli/exit_code.hpp"
#include "sim/core/units.hpp"

namespace protocols::cli {
namespace {

std::optional<std::uint64_t> whole(std::string_view text) {
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc{} || stop != end) return std::nullopt;
    return value;
}

class RecordReader {
public:
    explicit RecordReader(const std::string& text) : text_(text) {}

    sim::TraceSpec read() const {
        sim::TraceSpec trace;
        std::string_view rest(text_);
        if (const auto at = rest.find('@'); at != rest.npos) {
            trace.interval = interval(rest.substr(at + 1));
            rest = rest.substr(0, at);
        }
        if (const auto open = rest.find('['); open != rest.npos) {
            if (!rest.ends_with(']')) fail("the list of neurons must end with ]");
            trace.neurons = neurons(rest.substr(open + 1, rest.size() - open - 2));
            rest = rest.substr(0, open);
        }
        const auto dot = rest.find('.');
        if (dot == rest.npos || dot == 0 || dot + 1 == rest.size())
            fail("must be POPULATION.VARIABLE, such as exc.v, exc.v[0-9] or exc.v@0.5ms");
        trace.population = rest.substr(0, dot);
        trace.variables = {std::string(rest.substr(dot + 1))};
        return trace;
    }

private:
    [[noreturn]] void fail(const std::string& rule) const {
        throw UsageError("--record " + text_ + ": " + rule);
    }

    double interval(std::string_view text) const {
        const auto quantity = sim::parse_quantity(text);
        const auto factor =
            quantity ? sim::conversion(quantity->unit_text, sim::Unit::ms) : std::nullopt;
        if (!factor) fail("the interval must be a time, such as 0.5ms");
        return quantity->value * *factor;
    }

    std::vector<std::uint64_t> neurons(std::string_view list) const {
        std::vector<std::uint64_t> result;
        while (true) {
            const auto comma = list.find(',');
            append(list.substr(0, comma), result);
            if (comma == list.npos) return result;
            list.remove_prefix(comma + 1);
        }
    }

    void append(std::string_view item, std::vector<std::uint64_t>& result) const {
        constexpr std::uint64_t most = 10'000'000;
        const auto dash = item.find('-');
        const auto first = whole(item.substr(0, dash));
        const auto last = dash == item.npos ? first : whole(item.substr(dash + 1));
        if (!first || !last || *first > *last) fail("neurons are ids and ranges, such as [0-9,42]");
        if (*last - *first >= most - result.size())
            fail("more than " + std::to_string(most) + " neurons; leave the list out for all");
        for (std::uint64_t id = *first; id <= *last; ++id) result.push_back(id);
    }

    const std::string& text_;
};

}  // namespace

sim::TraceSpec parse_record(const std::string& text) { return RecordReader(text).read(); }

}  // namespace protocols::cli
