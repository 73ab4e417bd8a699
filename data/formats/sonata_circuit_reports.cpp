// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_inputs.hpp"
#include "sim/core/text.hpp"

namespace data::circuit {
namespace {

/// Our state variable of that name, in a report on these neurons; empty if there is none.
std::string variable_of(const ModelMap& model, const std::string& name) {
    if (name == "v" || name == "membrane_potential") return std::string(model.variables[0].second);
    for (const auto& [theirs, ours] : model.variables)
        if (name == theirs || name == ours) return std::string(ours);
    return {};
}

/// False if no neuron of the part is chosen.
bool add_trace(const NodePart& part, const std::vector<bool>& chosen,
               const std::vector<std::string>& names, double interval, const Entry& report,
               Assembly& a) {
    sim::TraceSpec trace{part.name, {}, {}, interval};
    for (std::size_t i = 0; i < part.rows.size(); ++i)
        if (chosen[part.rows[i]]) trace.neurons.push_back(i);
    if (trace.neurons.empty()) return false;
    if (trace.neurons.size() == part.rows.size()) trace.neurons.clear();
    for (const auto& name : names) {
        const auto ours = variable_of(*part.model, name);
        std::vector<std::string> known;
        for (const auto& [theirs, other] : part.model->variables) known.emplace_back(theirs);
        if (ours.empty())
            report.mistake("variable_name", "= " + name + ": cannot be recorded from " + part.name +
                                                sim::suggestion(name, known));
        else trace.variables.push_back(ours);
    }
    if (trace.variables.empty()) return true;
    a.places["record.traces." + std::to_string(a.description.record.traces.size())] =
        report.place();
    a.description.record.traces.push_back(std::move(trace));
    return true;
}

void add_report(const Entry& report, double dt, Assembly& a) {
    if (report.flag("enabled").value_or(true) == false) return;
    const auto wanted = report.find("variable_name");
    if (!wanted) return report.mistake("variable_name", "is missing");
    std::vector<std::string> names;
    for (const auto& item : wanted->items())
        if (const auto name = item.text()) names.push_back(*name);
    const double interval = report.number("dt").value_or(dt);
    for (const char* known : {"module", "sections", "unit", "format"}) report.find(known);
    for (const char* key : {"start_time", "end_time"})
        if (report.find(key))
            a.notes.push_back(report.place() + "." + key + ": the whole run is recorded");
    if (report.find("file_name"))
        a.notes.push_back(report.place() + ".file_name: reports go into one file, traces.h5");
    const Json everything = "all";
    const auto cells = report.find("cells");
    const auto chosen =
        a.sets.find(cells ? *cells : Entry(everything, report.place(), "cells", a.mistakes));
    bool any = false;
    for (std::size_t p = 0; chosen && p < a.nodes.size(); ++p)
        for (const auto& part : a.nodes[p].parts())
            if (!part.is_virtual())
                any = add_trace(part, (*chosen)[p], names, interval, report, a) || any;
    if (chosen && !any) report.mistake("cells", "chooses no neuron");
    note_rest(report, a.notes);
}

}  // namespace

void add_reports(const std::optional<Entry>& reports, double dt, Assembly& assembly) {
    if (!reports) return;
    for (const auto& [name, report] : reports->fields()) add_report(report, dt, assembly);
}

}  // namespace data::circuit
