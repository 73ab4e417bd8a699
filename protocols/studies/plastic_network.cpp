// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/plastic_network.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace protocols::plastic {
namespace {

sim::Values values_of(const Numbers& numbers) {
    sim::Values values;
    for (const auto& [name, number] : numbers) values[name] = sim::Value::of(number);
    return values;
}

}  // namespace

sim::NeuronsSpec neurons(std::string name, std::string model, double size, const Numbers& params) {
    sim::NeuronsSpec spec;
    spec.name = std::move(name);
    spec.model = std::move(model);
    spec.size = static_cast<std::uint64_t>(size);
    spec.params = values_of(params);
    return spec;
}

sim::SourceSpec poisson(std::string name, double size, double rate_hz) {
    sim::SourceSpec spec;
    spec.name = std::move(name);
    spec.model = "poisson";
    spec.size = static_cast<std::uint64_t>(size);
    spec.params = values_of({{"rate", rate_hz}});
    return spec;
}

sim::SourceSpec trains(std::string name, std::vector<std::vector<double>> times) {
    sim::SourceSpec spec;
    spec.name = std::move(name);
    spec.model = "spike_trains";
    spec.size = times.size();
    spec.trains = std::make_shared<const sim::SpikeTrains>(sim::SpikeTrains{std::move(times)});
    return spec;
}

sim::ProjectionSpec projection(const std::string& from, const std::string& to,
                               std::string connector, sim::Value weight, double delay) {
    sim::ProjectionSpec spec;
    spec.name = from + "_to_" + to;
    spec.from = {from};
    spec.to = {to};
    spec.connector = std::move(connector);
    spec.weight = std::move(weight);
    spec.delay = sim::Value::of(delay);
    return spec;
}

void learn(sim::ProjectionSpec& projection, std::string rule, const Numbers& params) {
    projection.synapse = std::move(rule);
    projection.synapse_params = values_of(params);
}

Run::Run(sim::Description description, StudyContext& context)
    : context_(context),
      network_(std::move(description), context.catalogue(), context.threads()),
      simulation_(network_, context.catalogue(), {context.threads()}) {}

bool Run::advance(double until, const std::string& line) {
    constexpr double steps_told = 1000;
    const double whole = network_.description().run.duration;
    double told = -1;
    simulation_.advance(until, [&] {
        const double part = simulation_.time() / whole;
        if (part >= told + 1 / steps_told) context_.progress(told = part, line);
        return !context_.cancelled();
    });
    return !context_.cancelled();
}

void Run::for_each_synapse(const std::string& projection, const Visit& visit) const {
    const auto& all = network_.projections();
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].name == projection)
            simulation_.for_each_synapse(
                i, [&](std::uint64_t source, std::uint64_t target, std::span<const double> values,
                       sim::Time) { visit(source, target, values); });
}

std::vector<double> Run::weights(const std::string& projection) const {
    std::vector<double> result;
    for_each_synapse(projection, [&](std::uint64_t, std::uint64_t, std::span<const double> values) {
        result.push_back(std::abs(values[0]));
    });
    return result;
}

sim::PopulationStatistics of(const sim::Statistics& statistics, const std::string& population) {
    for (auto& one : statistics.populations())
        if (one.name == population) return one;
    throw std::out_of_range(population);
}

Spread spread(std::span<const double> values) {
    if (values.empty()) return {};
    const auto n = static_cast<double>(values.size());
    double sum = 0;
    for (const double x : values) sum += x;
    const double mean = sum / n;
    double squares = 0;
    for (const double x : values) squares += (x - mean) * (x - mean);
    return {mean, mean == 0 ? 0 : std::sqrt(squares / n) / std::abs(mean)};
}

std::vector<double> histogram(std::span<const double> values, double largest, std::size_t bins) {
    std::vector<double> result(bins);
    for (const double x : values) {
        const auto bin = static_cast<std::size_t>(x / largest * static_cast<double>(bins));
        result[std::min(bin, bins - 1)] += 1 / static_cast<double>(values.size());
    }
    return result;
}

double part_of(std::span<const double> values, const std::function<bool(double)>& holds) {
    if (values.empty()) return 0;
    return static_cast<double>(std::count_if(values.begin(), values.end(), holds)) /
           static_cast<double>(values.size());
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace protocols::plastic
