// SPDX-License-Identifier: BSD-3-Clause
// What keeps the weights of plastic projections in bounds. How the network is cut into tiles changes no
// sum: the synapses of a target lie in one tile, those of a source are put in order first.
#include <algorithm>
#include <cmath>

#include "sim/run/learning.hpp"
#include "sim/run/neighbours.hpp"

namespace sim {

namespace {

double bounded(double weight, double factor, const Bounds& bounds) {
    const bool keeps_sign = bounds.low >= 0;
    const double amount =
        std::clamp((keeps_sign ? std::abs(weight) : weight) * factor, bounds.low, bounds.high);
    return keeps_sign ? std::copysign(amount, weight) : amount;
}

/// What scales `sum` to `total`; nothing can be done for 0.
double factor_to(double total, double sum) { return sum > 0 ? total / sum : 1; }

}  // namespace

std::vector<std::size_t> Learning::groups_of(std::string_view projection) const {
    std::vector<std::size_t> result;
    for (std::size_t g = 0; g < logs_.size(); ++g)
        if (logs_[g] && spec(g).name == projection) result.push_back(g);
    return result;
}

void Learning::keep_in_bounds(std::size_t homeostasis) {
    const auto& spec = network_.description().homeostasis[homeostasis];
    for (const auto group : groups_of(spec.projection)) {
        if (spec.kind == "incoming") scale_incoming(spec, group);
        else if (spec.kind == "outgoing") scale_outgoing(spec, group);
        else scale_to_rate(homeostasis, group);
    }
    if (spec.kind == "scaling")
        for (auto& tile : tiles_) tile.seen[homeostasis] = tile.spikes;
}

void Learning::scale_incoming(const HomeostasisSpec& spec, std::size_t group) {
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto& rows = this->rows(t, i);
        auto weights = tiles_[t].synapses[i]->weights();
        const auto bounds = tiles_[t].synapses[i]->bounds();
        std::vector<double> factors(network_.tiles()[t].size, 0.0);
        const auto for_each = [&](const auto& use) {
            for (std::uint32_t source = 0; source < rows.sources(); ++source)
                for (Step delay = rows.shortest(); delay <= rows.longest(); ++delay) {
                    const auto* run = rows.run(source, delay);
                    for_each_with_target(rows.targets(), run[0], run[1], factors.data(), use);
                }
        };
        for_each([w = weights.data()](double& sum, std::size_t k) { sum += std::abs(w[k]); });
        for (auto& factor : factors) factor = factor_to(spec.total, factor);
        for_each([w = weights.data(), bounds](double factor, std::size_t k) {
            w[k] = bounded(w[k], factor, bounds);
        });
    });
}

void Learning::scale_outgoing(const HomeostasisSpec& spec, std::size_t group) {
    struct Synapse {
        std::uint64_t target;
        Time delay;
        double* weight;
        Bounds bounds;
    };
    const auto sources = network_.populations()[network_.groups()[group].pre].size;
    std::vector<std::vector<Synapse>> of_source(sources);
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto& rows = this->rows(t, i);
        const auto first = network_.tiles()[t].first;
        auto weights = tiles_[t].synapses[i]->weights();
        const auto bounds = tiles_[t].synapses[i]->bounds();
        for (std::uint32_t source = 0; source < rows.sources(); ++source)
            for (Step delay = rows.shortest(); delay <= rows.longest(); ++delay)
                for (auto k = rows.run(source, delay)[0]; k < rows.run(source, delay)[1]; ++k)
                    of_source[source].push_back(
                        {first + rows.targets()[k], {delay, rows.offset(k)}, &weights[k], bounds});
    });
    for (auto& synapses : of_source) {
        std::stable_sort(synapses.begin(), synapses.end(), [](const Synapse& a, const Synapse& b) {
            return a.target != b.target ? a.target < b.target : a.delay < b.delay;
        });
        double sum = 0;
        for (const auto& one : synapses) sum += std::abs(*one.weight);
        const double factor = factor_to(spec.total, sum);
        for (const auto& one : synapses) *one.weight = bounded(*one.weight, factor, one.bounds);
    }
}

void Learning::scale_to_rate(std::size_t homeostasis, std::size_t group) {
    const auto& spec = network_.description().homeostasis[homeostasis];
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto& rows = this->rows(t, i);
        auto weights = tiles_[t].synapses[i]->weights();
        const auto bounds = tiles_[t].synapses[i]->bounds();
        for (std::size_t k = 0; k < rows.size(); ++k) {
            const auto neuron = rows.targets()[k];
            const auto spikes = tiles_[t].spikes[neuron] - tiles_[t].seen[homeostasis][neuron];
            const double rate = static_cast<double>(spikes) * 1000 / spec.every;
            const double factor = 1 + spec.every / spec.tau * (1 - rate / spec.rate);
            weights[k] = bounded(weights[k], std::max(factor, 0.0), bounds);
        }
    });
}

}  // namespace sim
