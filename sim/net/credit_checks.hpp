// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a description says about credit, and what is wrong with it.

#include <string_view>

#include "sim/net/value_checks.hpp"

namespace sim {

/// The credit of a population, or null if it has none.
const CreditSpec* credit_of(const Description& description, std::string_view population);

/// Whether a variable of a population is one that its credit brings: "credit", what a neuron holds,
/// or "imbalance", what a taught one has gathered since its last event; both in spikes.
bool is_of_credit(const Description& description, std::string_view population,
                  std::string_view variable);

/// Reports every mistake to `checks`.
void check_credit(const Description& description, ValueChecks& checks);

}  // namespace sim
