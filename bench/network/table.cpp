// SPDX-License-Identifier: BSD-3-Clause
#include "bench/network/table.hpp"

#include <algorithm>
#include <functional>
#include <iomanip>
#include <sstream>

namespace bench {
namespace {

struct Spread {
    double least;
    double median;
    double most;
};

Spread spread(const std::vector<Measurement>& repeats,
              const std::function<double(const Measurement&)>& quantity) {
    std::vector<double> values;
    for (const auto& one : repeats) values.push_back(quantity(one));
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const double median =
        values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    return {values.front(), median, values.back()};
}

/// Three significant digits, all of a whole number.
std::string digits(double x) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(x >= 100 ? 0 : x >= 10 ? 1 : x >= 1 ? 2 : 3) << x;
    return out.str();
}

std::string median(const Spread& s) { return digits(s.median); }

std::string with_range(const Spread& s) {
    return digits(s.median) + " (" + digits(s.least) + "-" + digits(s.most) + ")";
}

}  // namespace

std::string table_head() {
    return "| network | threads | synapses | rate Hz | build s | real-time factor | M events/s | "
           "bytes/synapse | peak MiB |\n"
           "|---|---|---|---|---|---|---|---|---|\n";
}

std::string table_row(const std::string& name, int threads,
                      const std::vector<Measurement>& repeats) {
    const auto of = [&](auto quantity) { return spread(repeats, quantity); };
    const auto& first = repeats.front();
    const double rate = static_cast<double>(first.spikes) / static_cast<double>(first.neurons) /
                        (first.simulated_ms * 1e-3);
    std::ostringstream row;
    row << "| " << name << " | " << threads << " | " << first.synapses << " | " << digits(rate)
        << " | " << median(of([](const auto& m) { return m.build_s; })) << " | "
        << with_range(of([](const auto& m) { return m.real_time_factor(); })) << " | "
        << with_range(of([](const auto& m) { return m.events_per_s() / 1e6; })) << " | "
        << digits(first.bytes_per_synapse()) << " | "
        << median(of([](const auto& m) { return static_cast<double>(m.peak_bytes) / 0x1p20; }))
        << " |\n";
    return row.str();
}

}  // namespace bench
