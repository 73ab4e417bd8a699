// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Which models of other simulators are which of ours, parameter by parameter.
//
// A circuit names a model as "simulator:model" and its parameters as that simulator does. The rows
// below say what each becomes here; a parameter that is in no row is refused, so nothing is lost.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace data::circuit {

/// One parameter by its two names; the values are the same.
struct ParamMap {
    std::string_view theirs;
    std::string_view ours;  ///< a parameter, or a state variable at t = 0 as "initial.v"
    double standard;        ///< theirs, where the circuit says nothing
};

/// A parameter without counterpart: harmless within [low, high], an error elsewhere.
struct Harmless {
    std::string_view theirs;
    double low;
    double high;
};

struct Constant {
    std::string_view ours;
    double value;
};

struct ModelMap {
    std::vector<std::string_view> names;  ///< of the same model, e.g. with exact spike times
    std::string_view model;               ///< ours
    std::vector<ParamMap> params;
    std::vector<Harmless> harmless = {};
    std::vector<Constant> constants = {};  ///< ours
    /// State variables by their names and ours; the potential first.
    std::vector<std::pair<std::string_view, std::string_view>> variables = {};
    bool takes_current = true;
    std::string_view note = {};  ///< for the user, where the models differ
    /// Our times that some circuits give in s: all of them do where the first one is below 1.
    std::vector<std::string_view> maybe_seconds = {};

    const ParamMap* param(std::string_view theirs) const;
    const Harmless* is_harmless(std::string_view theirs) const;
    std::vector<std::string> known() const;  ///< names of parameters
};

/// "nest:iaf_psc_exp", ...; null: cannot be mapped
const ModelMap* find_model(std::string_view name);
std::vector<std::string> model_names();

}  // namespace data::circuit
