// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "protocols/file/protocol_file.hpp"
#include "protocols/file/toml_text.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

using sim::Value;

std::string key(const std::string& name) {
    const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
    return bare ? name : quoted(name);
}

template <class Items, class Show>
std::string list(const Items& items, Show show) {
    std::string text;
    for (const auto& item : items) {
        if (!text.empty()) text += ", ";
        text += show(item);
    }
    return "[" + text + "]";
}

std::string limits(const Value& value) {
    std::string text;
    if (value.low != -Value::range_limit) text += ", min = " + real(value.low);
    if (value.high != Value::range_limit) text += ", max = " + real(value.high);
    return text;
}

std::string shown(const Value& value) {
    const std::string kind = "{" + Value::kind_name(value.kind) + " = ";
    switch (value.kind) {
        case Value::Kind::constant: return real(value.a);
        case Value::Kind::list: return list(*value.list, real);
        case Value::Kind::exponential: return kind + real(value.a) + limits(value) + "}";
        case Value::Kind::uniform: return kind + "[" + real(value.a) + ", " + real(value.b) + "]}";
        default: break;
    }
    return kind + "[" + real(value.a) + ", " + real(value.b) + "]" + limits(value) + "}";
}

class Writer {
public:
    void header(const std::string& text) { text_ += "\n" + text + "\n"; }
    void line(const std::string& name, const std::string& value) {
        text_ += name + " = " + value + "\n";
    }
    void text(const std::string& name, const std::string& value) {
        if (!value.empty()) line(name, quoted(value));
    }
    void names(const std::string& name, const std::vector<std::string>& values) {
        line(name, list(values, quoted));
    }
    void values(const std::string& prefix, const sim::Values& values) {
        for (const auto& [name, value] : values) line(prefix + key(name), shown(value));
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_ = "# Fully resolved; ms, mV, pA, pF, nS, Hz, um.\n";
};

void write(Writer& out, const sim::RunSpec& run) {
    out.header("[run]");
    out.line("duration", real(run.duration));
    out.line("timing", run.timing == sim::Timing::exact ? "\"exact\"" : "\"grid\"");
    out.line("resolution", real(run.resolution));
    out.line("tolerance", real(run.tolerance));
    out.line("seed", whole(run.seed));
}

void write(Writer& out, const sim::NeuronsSpec& one) {
    out.header("[neurons." + key(one.name) + "]");
    out.line("model", quoted(one.model));
    out.line("size", whole(one.size));
    out.values("", one.params);
    out.values("initial.", one.initial);
    out.values("position.", one.position);
    out.text("recorded_as", one.recorded_as);
    if (!one.recorded_ids.empty()) out.line("recorded_ids", list(one.recorded_ids, whole));
}

void write(Writer& out, const sim::SourceSpec& one) {
    out.header("[sources." + key(one.name) + "]");
    out.line("model", quoted(one.model));
    out.line("size", whole(one.size));
    if (!one.to.empty()) out.names("to", one.to);
    out.line("weight", shown(one.weight));
    out.text("receptor", one.receptor);
    out.text("path", one.path);
    out.values("", one.params);
    if (one.trains)
        out.line("times",
                 list(one.trains->times, [](const auto& times) { return list(times, real); }));
}

void write(Writer& out, const sim::ProjectionSpec& one) {
    out.header("[projections." + key(one.name) + "]");
    out.names("from", one.from);
    out.names("to", one.to);
    out.line("connector", quoted(one.connector));
    for (const auto& [name, value] : one.connector_params) out.line(key(name), real(value));
    out.line("synapse", quoted(one.synapse));
    out.values("", one.synapse_params);
    out.text("modulator", one.modulator);
    if (!one.credit) out.line("credit", "false");
    out.line("weight", shown(one.weight));
    out.line("delay", shown(one.delay));
    if (one.axonal_delay) out.line("axonal_delay", real(*one.axonal_delay));
    if (one.dendritic_delay) out.line("dendritic_delay", real(*one.dendritic_delay));
    out.text("receptor", one.receptor);
    out.text("path", one.path);
    if (!one.edges) return;
    std::vector<std::string> pairs;
    const auto& [source, target] = *one.edges;
    for (std::size_t e = 0; e < source.size(); ++e)
        pairs.push_back("[" + whole(source[e]) + ", " + whole(target[e]) + "]");
    out.line("edges", "[" + sim::join(pairs) + "]");
}

void write(Writer& out, const sim::WeightSpec& one) {
    out.header("[[record.weights]]");
    out.line("projection", quoted(one.projection));
    out.line("interval", real(one.interval));
    out.line("count", whole(one.count));
    if (one.changed_only) out.line("changed_only", "true");
    if (one.synapses.empty()) return;
    out.line("synapses", list(one.synapses, [](const auto& pair) {
                 return "[" + whole(pair.first) + ", " + whole(pair.second) + "]";
             }));
}

void write(Writer& out, const sim::RecordSpec& record) {
    out.header("[record]");
    if (record.all_spikes) out.line("spikes", "true");
    else out.names("spikes", record.spikes);
    out.text("snapshots", record.snapshots);
    for (const auto& one : record.weights) write(out, one);
    for (const auto& trace : record.traces) {
        out.header("[[record.traces]]");
        out.line("population", quoted(trace.population));
        out.names("variables", trace.variables);
        if (!trace.neurons.empty()) out.line("neurons", list(trace.neurons, whole));
        out.line("interval", real(trace.interval));
    }
}

void write(Writer& out, const sim::PhaseSpec& phase) {
    out.header("[[phases]]");
    out.line("name", quoted(phase.name));
    out.line("duration", real(phase.duration));
    out.line("record", phase.record ? "true" : "false");
    if (!phase.off.empty()) out.names("off", phase.off);
    if (!phase.frozen.empty()) out.names("frozen", phase.frozen);
    if (!phase.reset.empty()) out.names("reset", phase.reset);
    out.text("trial", phase.trial);
    if (phase.repeat != 1) out.line("repeat", whole(phase.repeat));
    if (!phase.stop) return;
    const auto& stop = *phase.stop;
    std::string text = "{ every = " + real(stop.every);
    if (!stop.projection.empty())
        text += ", projection = " + quoted(stop.projection) + ", change = " + real(stop.change);
    if (!stop.population.empty()) text += ", population = " + quoted(stop.population);
    if (stop.rate_above) text += ", rate_above = " + real(*stop.rate_above);
    if (stop.rate_below) text += ", rate_below = " + real(*stop.rate_below);
    out.line("stop", text + " }");
}

void write(Writer& out, const sim::ModulatorSpec& one) {
    out.header("[modulators." + key(one.name) + "]");
    if (!one.from.empty()) out.names("from", one.from);
    out.line("amount", real(one.amount));
    out.line("delay", real(one.delay));
    if (one.each) out.line("each", "true");
    if (!one.times.empty()) out.line("times", list(one.times, real));
    if (!one.amounts.empty()) out.line("amounts", list(one.amounts, real));
}

void write(Writer& out, const sim::CreditSpec& one) {
    out.header("[credit." + key(one.population) + "]");
    if (!one.teacher.empty()) {
        out.names("teacher", one.teacher);
        out.line("amount", real(one.amount));
    }
    out.line("threshold", real(one.threshold));
    out.line("delay", real(one.delay));
    out.line("tau_c", real(one.tau_c));
    out.line("unit", real(one.unit));
    if (one.unit_inh) out.line("unit_inh", real(*one.unit_inh));
    out.line("release_rest", one.release_rest ? "true" : "false");
    out.line("tail", real(one.tail));
    if (one.blocked) out.line("blocked", "true");
}

void write(Writer& out, const sim::HomeostasisSpec& one) {
    out.header("[[homeostasis]]");
    out.line("projection", quoted(one.projection));
    out.line("kind", quoted(one.kind));
    out.line("every", real(one.every));
    out.line("total", real(one.total));
    out.line("rate", real(one.rate));
    out.line("tau", real(one.tau));
}

void write(Writer& out, const sim::StructureSpec& one) {
    out.header("[[structure]]");
    out.line("projection", quoted(one.projection));
    out.line("prune_below", real(one.prune_below));
    out.line("regrow", one.regrow ? "true" : "false");
    if (one.regrow) out.line("weight", real(one.weight));
}

}  // namespace

std::string write_protocol(const sim::Description& description) {
    Writer out;
    out.text("name", description.name);
    out.text("summary", description.summary);
    out.text("source", description.source);
    write(out, description.run);
    for (const auto& one : description.neurons) write(out, one);
    for (const auto& one : description.sources) write(out, one);
    for (const auto& one : description.projections) write(out, one);
    write(out, description.record);
    for (const auto& one : description.phases) write(out, one);
    for (const auto& one : description.modulators) write(out, one);
    for (const auto& one : description.credit) write(out, one);
    for (const auto& one : description.homeostasis) write(out, one);
    for (const auto& one : description.structure) write(out, one);
    return out.take();
}

}  // namespace protocols
