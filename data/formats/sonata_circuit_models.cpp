// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_models.hpp"

#include <cmath>
#include <limits>

namespace data::circuit {
namespace {

constexpr double none = std::numeric_limits<double>::infinity();

// Defaults and meanings are those of NEST 3 (nest-simulator.readthedocs.io, models); its units are
// ours: ms, mV, pA, pF, nS. V_m keeps its default where E_L is changed, as it does there.

const std::vector<ParamMap> current_based{{"C_m", "c_m", 250},         {"tau_m", "tau_m", 10},
                                          {"E_L", "e_l", -70},         {"V_th", "v_th", -55},
                                          {"V_reset", "v_reset", -70}, {"t_ref", "t_ref", 2},
                                          {"I_e", "i_e", 0},           {"V_m", "initial.v", -70}};

const std::vector<ParamMap> conductance_based{{"C_m", "c_m", 250},
                                              {"g_L", "g_l", 16.6667},
                                              {"E_L", "e_l", -70},
                                              {"V_th", "v_th", -55},
                                              {"V_reset", "v_reset", -60},
                                              {"t_ref", "t_ref", 2},
                                              {"E_ex", "e_exc", 0},
                                              {"E_in", "e_inh", -85},
                                              {"tau_syn_ex", "tau_syn_exc", 0.2},
                                              {"tau_syn_in", "tau_syn_inh", 2},
                                              {"I_e", "i_e", 0},
                                              {"V_m", "initial.v", -70}};

// What plastic synapses would read.
const std::vector<Harmless> archived{{"tau_minus", -none, none},
                                     {"tau_minus_triplet", -none, none},
                                     {"tau_Ca", -none, none},
                                     {"beta_Ca", -none, none},
                                     {"Ca", -none, none}};

// A lower bound of the potential acts unless no potential ever gets there.
constexpr Harmless no_lower_bound{"V_min", -none, -1e9};

template <class T>
std::vector<T> joined(std::vector<T> first, const std::vector<T>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

const std::vector<ParamMap> two_decays{{"tau_syn_ex", "tau_syn_exc", 2},
                                       {"tau_syn_in", "tau_syn_inh", 2}};
const std::vector<ParamMap> two_conductances{{"g_ex", "initial.g_exc", 0},
                                             {"g_in", "initial.g_inh", 0}};

ModelMap psc_exp() {
    return {.names = {"nest:iaf_psc_exp", "nest:iaf_psc_exp_ps", "nest:iaf_psc_exp_ps_lossless"},
            .model = "lif_exp",
            .params = joined(current_based, two_decays),
            // rho scales the escape noise that delta switches on.
            .harmless = joined(archived, {{"delta", 0, 0}, {"rho", -none, none}, no_lower_bound}),
            .variables = {{"V_m", "v"}, {"I_syn_ex", "i_exc"}, {"I_syn_in", "i_inh"}}};
}

ModelMap psc_alpha() {
    return {.names = {"nest:iaf_psc_alpha", "nest:iaf_psc_alpha_ps"},
            .model = "lif_alpha",
            .params = joined(current_based, two_decays),
            .harmless = joined(archived, {no_lower_bound}),
            .variables = {{"V_m", "v"}, {"I_syn_ex", "i_exc"}, {"I_syn_in", "i_inh"}}};
}

ModelMap psc_delta() {
    return {.names = {"nest:iaf_psc_delta", "nest:iaf_psc_delta_ps"},
            .model = "lif_delta",
            .params = current_based,
            .harmless = joined(archived, {no_lower_bound, {"refractory_input", 0, 0}}),
            .variables = {{"V_m", "v"}}};
}

ModelMap cond_exp() {
    return {.names = {"nest:iaf_cond_exp"},
            .model = "lif_cond_exp",
            .params = joined(conductance_based, two_conductances),
            .harmless = archived,
            .variables = {{"V_m", "v"}, {"g_ex", "g_exc"}, {"g_in", "g_inh"}}};
}

ModelMap cond_alpha() {
    return {.names = {"nest:iaf_cond_alpha"},
            .model = "lif_cond_alpha",
            .params = joined(conductance_based, two_conductances),
            // Their slope of the conductance would have to be scaled by a time constant.
            .harmless = joined(archived, {{"dg_ex", 0, 0}, {"dg_in", 0, 0}}),
            .variables = {{"V_m", "v"}, {"g_ex", "g_exc"}, {"g_in", "g_inh"}}};
}

ModelMap aeif_cond_exp() {
    return {.names = {"nest:aeif_cond_exp"},
            .model = "adex",
            .params = joined({{"C_m", "c_m", 281},
                              {"g_L", "g_l", 30},
                              {"E_L", "e_l", -70.6},
                              {"V_th", "v_th", -50.4},
                              {"Delta_T", "delta_t", 2},
                              {"V_peak", "v_peak", 0},
                              {"V_reset", "v_reset", -60},
                              {"t_ref", "t_ref", 0},
                              {"a", "a", 4},
                              {"b", "b", 80.5},
                              {"tau_w", "tau_w", 144},
                              {"E_ex", "e_exc", 0},
                              {"E_in", "e_inh", -85},
                              {"tau_syn_ex", "tau_syn_exc", 0.2},
                              {"tau_syn_in", "tau_syn_inh", 2},
                              {"I_e", "i_e", 0},
                              {"V_m", "initial.v", -70.6},
                              {"w", "initial.w", 0}},
                             two_conductances),
            .harmless = joined(archived, {{"gsl_error_tol", 0, none}}),
            .variables = {{"V_m", "v"}, {"w", "w"}, {"g_ex", "g_exc"}, {"g_in", "g_inh"}}};
}

ModelMap izhikevich() {
    return {.names = {"nest:izhikevich"},
            .model = "izhikevich",
            .params = {{"a", "a", 0.02},
                       {"b", "b", 0.2},
                       {"c", "c", -65},
                       {"d", "d", 8},
                       {"V_th", "v_th", 30},
                       {"I_e", "i_e", 0},
                       {"V_m", "initial.v", -65},
                       {"U_m", "initial.u", -13}},
            .harmless = joined(archived, {no_lower_bound, {"consistent_integration", 1, 1}}),
            .constants = {{"t_ref", 0}},
            .variables = {{"V_m", "v"}, {"U_m", "u"}},
            .note = "solved to the tolerance of the run, where NEST takes Euler steps of dt"};
}

// Carnevale & Hines 2006, The NEURON Book, ch. 10: m decays with tau; an event adds its weight to
// m unless it comes within `refrac` of a spike; m above 1 spikes and returns to 0. That is a leaky
// integrator with delta synapses, rest and reset at 0, whose threshold is the number next to 1.
// NEURON counts in ms, the published circuits (and BMTK) in s; no time constant is below 1 ms.
// The difference that is left: inputs of one instant are summed before the threshold is tested.
ModelMap int_fire_1() {
    return {.names = {"nrn:IntFire1"},
            .model = "lif_delta",
            .params = {{"tau", "tau_m", 10}, {"refrac", "t_ref", 5}, {"m", "initial.v", 0}},
            .harmless = {{"type", -none, none}},
            .constants = {{"e_l", 0},
                          {"v_reset", 0},
                          {"v_th", std::nextafter(1.0, 2.0)},
                          {"c_m", 1},
                          {"i_e", 0}},
            .variables = {{"m", "v"}},
            .takes_current = false,
            .maybe_seconds = {"tau_m", "t_ref"}};
}

const std::vector<ModelMap>& models() {
    static const std::vector<ModelMap> all{psc_exp(),    psc_alpha(),  psc_delta(),
                                           cond_exp(),   cond_alpha(), aeif_cond_exp(),
                                           izhikevich(), int_fire_1()};
    return all;
}

}  // namespace

const ParamMap* ModelMap::param(std::string_view theirs) const {
    for (const auto& one : params)
        if (one.theirs == theirs) return &one;
    return nullptr;
}

const Harmless* ModelMap::is_harmless(std::string_view theirs) const {
    for (const auto& one : harmless)
        if (one.theirs == theirs) return &one;
    return nullptr;
}

std::vector<std::string> ModelMap::known() const {
    std::vector<std::string> all;
    for (const auto& one : params) all.emplace_back(one.theirs);
    return all;
}

const ModelMap* find_model(std::string_view name) {
    for (const auto& model : models())
        for (const auto& one : model.names)
            if (one == name) return &model;
    return nullptr;
}

std::vector<std::string> model_names() {
    std::vector<std::string> all;
    for (const auto& model : models())
        for (const auto& name : model.names) all.emplace_back(name);
    return all;
}

}  // namespace data::circuit
