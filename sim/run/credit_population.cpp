// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/credit_population.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

CreditPopulation::CreditPopulation(const CreditSpec& spec, std::size_t number, std::uint64_t size,
                                   double resolution)
    : spec_(spec),
      unit_inh_(spec.unit_inh.value_or(spec.unit)),
      number_(number),
      h_(resolution),
      unsent_(size),
      filtered_(size),
      arrived_(size),
      imbalance_(size),
      has_spiked_(size) {}

void CreditPopulation::forget() {
    for (auto* one : {&unsent_, &filtered_, &imbalance_}) std::fill(one->begin(), one->end(), 0.0);
    std::fill(arrived_.begin(), arrived_.end(), Time{});
    std::fill(has_spiked_.begin(), has_spiked_.end(), 0);
}

double CreditPopulation::filtered(std::uint32_t neuron, const Time& time) const {
    if (spec_.tau_c == 0 || filtered_[neuron] == 0) return 0;
    const double passed = static_cast<double>(time.step - arrived_[neuron].step) * h_ +
                          (time.offset - arrived_[neuron].offset);
    return filtered_[neuron] * std::exp(-passed / spec_.tau_c);
}

double CreditPopulation::held(std::uint32_t neuron, const Time& time) const {
    return unsent_[neuron] - filtered(neuron, time);
}

void CreditPopulation::take_inputs(std::span<const CreditHappening> inputs,
                                   std::vector<RetrogradeEvent>& sent) {
    const auto neuron = inputs.front().neuron;
    for (const auto& one : inputs) imbalance_[neuron] += one.amount;
    if (std::abs(imbalance_[neuron]) >= spec_.threshold)
        send_imbalance(inputs.front().time, neuron, sent);
}

void CreditPopulation::take(const CreditHappening& one, bool is_taught,
                            std::vector<RetrogradeEvent>& sent) {
    using Kind = CreditHappening::Kind;
    const auto neuron = one.neuron;
    const auto size = static_cast<std::uint32_t>(unsent_.size());
    switch (one.kind) {
        case Kind::begin: std::fill(has_spiked_.begin(), has_spiked_.end(), 0); break;
        case Kind::end:
            for (std::uint32_t k = 0; k < size && spec_.release_rest; ++k)
                if (imbalance_[k] != 0) send_imbalance(one.time, k, sent);
            break;
        case Kind::arrival:
            if (spec_.tau_c > 0) filtered_[neuron] = filtered(neuron, one.time) + one.amount;
            arrived_[neuron] = one.time;
            unsent_[neuron] += one.amount;
            break;
        case Kind::spike:
            if (is_taught) has_spiked_[neuron] = 1;
            if (has_spiked_[neuron] != 0 && std::abs(held(neuron, one.time)) >= spec_.threshold)
                release(one.time, neuron, sent);
            break;
        case Kind::release:
            for (std::uint32_t k = 0; k < size; ++k)
                if (has_spiked_[k] != 0) release(one.time, k, sent);
            break;
        default: break;
    }
}

void CreditPopulation::release(const Time& time, std::uint32_t neuron,
                               std::vector<RetrogradeEvent>& sent) {
    const double amount = held(neuron, time);
    if (amount == 0) return;
    unsent_[neuron] -= amount;
    sent.push_back({number_, neuron, time, amount});
}

void CreditPopulation::send_imbalance(const Time& time, std::uint32_t neuron,
                                      std::vector<RetrogradeEvent>& sent) {
    sent.push_back({number_, neuron, time, imbalance_[neuron]});
    imbalance_[neuron] = 0;
}

}  // namespace sim
