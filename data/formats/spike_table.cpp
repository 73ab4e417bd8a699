// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>

#include "data/formats/spike_reader.hpp"
#include "data/formats/text_table.hpp"

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

class SpikeTable {
public:
    explicit SpikeTable(const SpikeSource& source) : source_(source), table_(source.path) {}

    sim::SpikeColumn read() {
        while (table_.next()) {
            if (table_.is_header()) header();
            else if (table_.is_first()) no_header();
            if (!table_.is_header()) row();
        }
        return std::move(spikes_);
    }

private:
    void no_header() const {
        if (table_.fields().size() != 2)
            table_.fail(std::to_string(table_.fields().size()) +
                        " columns; time and id are wanted, or a header that names them");
        no_population();
    }

    void header() {
        const auto& fields = table_.fields();
        columns_ = {absent, absent, absent, fields.size(), 1};
        for (std::size_t i = 0; i < fields.size(); ++i) name(TextTable::name(fields[i]), i);
        if (columns_.time == absent || columns_.id == absent)
            table_.fail("the header must name the columns 'time' and 'id', not " +
                        TextTable::quoted(fields[0]) +
                        (fields.size() > 1 ? ", " + TextTable::quoted(fields[1]) : ""));
        if (columns_.population == absent) no_population();
    }

    void no_population() const {
        if (!source_.population.empty())
            table_.fail("no column 'population', so '" + source_.population +
                        "' cannot be told apart");
    }

    void name(const std::string& text, std::size_t i) {
        constexpr std::array times{"time", "times", "timestamps", "t", "time_ms", "time_s"};
        constexpr std::array ids{"id",  "ids",    "node_id", "node_ids", "neuron",
                                 "gid", "sender", "senders", "i"};
        const auto is_one_of = [&](const auto& known) {
            return std::find(known.begin(), known.end(), text) != known.end();
        };
        if (is_one_of(times)) columns_.time = i;
        if (is_one_of(ids)) columns_.id = i;
        if (text == "population") columns_.population = i;
        if (text == "time_s") columns_.factor = 1000;
    }

    void row() {
        table_.need_fields(columns_.count);
        if (columns_.population != absent && !is_wanted(table_.fields()[columns_.population]))
            return;
        spikes_.times.push_back(table_.number(columns_.time, "time") * columns_.factor);
        spikes_.ids.push_back(table_.natural(columns_.id, "id"));
    }

    bool is_wanted(std::string_view population) {
        if (!source_.population.empty()) return population == source_.population;
        if (only_.empty()) only_ = population;
        if (population != only_)
            table_.fail("a second population " + TextTable::quoted(population) +
                        "; name one to read");
        return true;
    }

    const SpikeSource& source_;
    TextTable table_;
    Columns columns_;
    std::string only_;
    sim::SpikeColumn spikes_;
};

}  // namespace

sim::SpikeColumn read_spike_table(const SpikeSource& source) {
    SpikeTable table(source);
    return table.read();
}

}  // namespace data
