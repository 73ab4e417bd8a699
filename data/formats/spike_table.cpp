// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <string_view>

#include "data/formats/spike_reader.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/units.hpp"

namespace data {
namespace {

constexpr std::size_t absent = SIZE_MAX;

struct Columns {
    std::size_t time = 0;
    std::size_t id = 1;
    std::size_t population = absent;
    std::size_t count = 2;
    double factor = 1;  // to ms
};

// Fields between separators; blanks around a comma, semicolon or tab belong to it.
std::vector<std::string_view> split(std::string_view line) {
    constexpr std::string_view blanks = " \r";
    const auto mark = line.find_first_of(",;\t");
    const std::string_view separators =
        mark == std::string_view::npos ? blanks : line.substr(mark, 1);
    std::vector<std::string_view> fields;
    while (true) {
        const auto end = line.find_first_of(separators);
        auto field = line.substr(0, end);
        field.remove_prefix(std::min(field.find_first_not_of(blanks), field.size()));
        field = field.substr(0, field.find_last_not_of(blanks) + 1);
        if (!field.empty() || mark != std::string_view::npos) fields.push_back(field);
        if (end == std::string_view::npos) return fields;
        line.remove_prefix(end + 1);
    }
}

template <typename Number>
std::optional<Number> parse(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number value{};
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string quoted(std::string_view text) {
    std::string shown;
    for (const char c : text.substr(0, 40)) shown += c >= ' ' && c < 127 ? c : '?';
    return "'" + shown + (text.size() > 40 ? "...'" : "'");
}

class Table {
public:
    explicit Table(const SpikeSource& source) : source_(source), in_(source.path) {}

    sim::SpikeColumn read() {
        std::string line;
        bool is_first = true;
        for (number_ = 1; std::getline(in_, line); ++number_) {
            std::string_view rest(line);
            if (number_ == 1 && rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
            rest = rest.substr(0, rest.find('#'));
            if (rest.find_first_not_of(" \t\r") == std::string_view::npos) continue;
            const auto fields = split(rest);
            const bool is_header = is_first && !parse<double>(fields[0]);
            if (is_first) is_header ? header(fields) : no_header(fields);
            if (!is_header) row(fields);
            is_first = false;
        }
        if (in_.bad()) throw sim::BadFile(source_.path.string() + ": cannot be read to its end");
        return std::move(spikes_);
    }

private:
    [[noreturn]] void fail(const std::string& text) const {
        throw sim::BadFile(source_.path.string() + ":" + std::to_string(number_) + ": " + text);
    }

    void no_header(const std::vector<std::string_view>& fields) const {
        if (fields.size() != 2)
            fail(std::to_string(fields.size()) +
                 " columns; time and id are wanted, or a header that names them");
        no_population();
    }

    void header(const std::vector<std::string_view>& fields) {
        columns_ = {absent, absent, absent, fields.size(), 1};
        for (std::size_t i = 0; i < fields.size(); ++i) name(fields[i], i);
        if (columns_.time == absent || columns_.id == absent)
            fail("the header must name the columns 'time' and 'id', not " + quoted(fields[0]) +
                 (fields.size() > 1 ? ", " + quoted(fields[1]) : ""));
        if (columns_.population == absent) no_population();
    }

    void no_population() const {
        if (!source_.population.empty())
            fail("no column 'population', so '" + source_.population + "' cannot be told apart");
    }

    void name(std::string_view field, std::size_t i) {
        constexpr std::array times{"time", "times", "timestamps", "t", "time_ms", "time_s"};
        constexpr std::array ids{"id",  "ids",    "node_id", "node_ids", "neuron",
                                 "gid", "sender", "senders", "i"};
        std::string text;
        for (const char c : field)
            if (c != '"') text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        const auto is_one_of = [&](const auto& known) {
            return std::find(known.begin(), known.end(), text) != known.end();
        };
        if (is_one_of(times)) columns_.time = i;
        if (is_one_of(ids)) columns_.id = i;
        if (text == "population") columns_.population = i;
        if (text == "time_s") columns_.factor = 1000;
    }

    void row(const std::vector<std::string_view>& fields) {
        if (fields.size() != columns_.count)
            fail(std::to_string(fields.size()) + " columns, " + std::to_string(columns_.count) +
                 " before");
        if (columns_.population != absent && !is_wanted(fields[columns_.population])) return;
        const auto time = parse<double>(fields[columns_.time]);
        if (!time || !std::isfinite(*time))
            fail("time " + quoted(fields[columns_.time]) + " is not a number");
        const auto id = parse<std::uint64_t>(fields[columns_.id]);
        if (!id) fail("id " + quoted(fields[columns_.id]) + " is not a natural number");
        spikes_.times.push_back(*time * columns_.factor);
        spikes_.ids.push_back(*id);
    }

    bool is_wanted(std::string_view population) {
        if (!source_.population.empty()) return population == source_.population;
        if (only_.empty()) only_ = population;
        if (population != only_)
            fail("a second population " + quoted(population) + "; name one to read");
        return true;
    }

    const SpikeSource& source_;
    std::ifstream in_;
    std::size_t number_ = 1;
    Columns columns_;
    std::string only_;
    sim::SpikeColumn spikes_;
};

}  // namespace

sim::SpikeColumn read_spike_table(const SpikeSource& source) {
    Table table(source);
    return table.read();
}

}  // namespace data
