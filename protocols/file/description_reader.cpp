// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/description_reader.hpp"

#include "protocols/file/expression.hpp"
#include "sim/core/text.hpp"

namespace protocols {

using sim::PartKind;
using sim::Unit;

Section DescriptionReader::section(const Node& node, const std::string& path) {
    return {node, path, evaluator_, diagnostics_};
}

void DescriptionReader::each(const std::string& key, const ReadOne& read_one) {
    const Node* tables = root_.find(key);
    if (tables == nullptr) return;
    if (!tables->is_table())
        return diagnostics_.error(tables->location, key, "must be a table of tables");
    for (const Node& one : tables->children) {
        const std::string path = key + "." + one.key;
        if (one.is_table()) read_one(section(one, path), one.key);
        else diagnostics_.error(one.location, path, "must be a table, [" + path + "]");
    }
}

void DescriptionReader::each_item(const Node* list, const std::string& path,
                                  const ReadOne& read_one) {
    if (list == nullptr) return;
    if (!list->is_list())
        return diagnostics_.error(list->location, path, "must be tables headed [[" + path + "]]");
    for (std::size_t i = 0; i < list->children.size(); ++i) {
        const std::string number = std::to_string(i);
        const Node& one = list->children[i];
        if (one.is_table()) read_one(section(one, path + "." + number), number);
        else diagnostics_.error(one.location, path + "." + number, "must be a table");
    }
}

sim::Description DescriptionReader::read() {
    Section top = section(root_, "");
    const auto plain = [&](const std::string& key, std::string& out) {
        const Node* found = top.field(key);
        if (found == nullptr) return;
        if (found->is_text()) out = found->text;
        else top.error(*found, key, "= " + found->shown() + ": must be a text");
    };
    plain("name", result_.name);
    plain("summary", result_.summary);
    plain("source", result_.source);
    top.field("parameters");
    for (const char* key : {"run", "record"})
        if (const Node* table = top.field(key)) {
            if (!table->is_table()) top.error(*table, key, "must be a table");
            else if (key == std::string("run")) read_run(section(*table, key));
            else read_record(section(*table, key));
        }
    for (const char* key : {"neurons", "sources", "projections", "modulators", "credit"})
        top.field(key);
    each("neurons", [this](Section one, const std::string& name) { read_neurons(one, name); });
    each("sources", [this](Section one, const std::string& name) { read_source(one, name); });
    each("projections",
         [this](Section one, const std::string& name) { read_projection(one, name); });
    each_item(top.field("phases"), "phases",
              [this](Section one, const std::string&) { read_phase(one); });
    each("modulators", [this](Section one, const std::string& name) { read_modulator(one, name); });
    each("credit", [this](Section one, const std::string& name) { read_credit(one, name); });
    each_item(top.field("homeostasis"), "homeostasis",
              [this](Section one, const std::string&) { read_homeostasis(one); });
    each_item(top.field("structure"), "structure",
              [this](Section one, const std::string&) { read_structure(one); });
    read_phase_sum();
    top.finish();
    return std::move(result_);
}

void DescriptionReader::read_run(Section run) {
    run.read("duration", Unit::ms, result_.run.duration);
    run.read("resolution", Unit::ms, result_.run.resolution);
    run.read("seed", result_.run.seed);
    std::string timing = "exact";
    run.read("timing", timing);
    if (timing == "grid") {
        result_.run.timing = sim::Timing::grid;
        result_.run.tolerance = sim::RunSpec::tolerance_on_grid;
    } else if (timing != "exact")
        run.error(*run.field("timing"), "timing",
                  "= " + timing + ": must be exact or grid" +
                      (sim::nearest(timing, {"exact", "grid"}).empty()
                           ? ""
                           : sim::suggestion(timing, {"exact", "grid"})));
    run.read("tolerance", Unit::none, result_.run.tolerance);
    run.finish();
}

void DescriptionReader::read_neurons(Section one, const std::string& name) {
    sim::NeuronsSpec spec;
    spec.name = name;
    if (one.required("model", "name one of the models")) one.read("model", spec.model);
    if (one.required("size", "give the number of neurons")) one.read("size", spec.size);
    const auto* part = catalogue_.find(PartKind::neuron, spec.model);
    const auto sub_table = [&](const std::string& key) -> const Node* {
        const Node* table = one.field(key);
        if (table == nullptr || table->is_table()) return table;
        one.error(*table, key, "must be a table; write " + key + ".NAME = value");
        return nullptr;
    };
    if (const Node* table = sub_table("position")) {
        Section position = section(*table, one.at("position"));
        for (const char* axis : {"x", "y", "z"}) position.read(axis, spec.position, Unit::um);
        position.finish();
    }
    one.read("recorded_as", spec.recorded_as);
    one.read("recorded_ids", spec.recorded_ids);
    const Node* initial_table = sub_table("initial");
    if (part != nullptr) {
        if (initial_table != nullptr) {
            Section initial = section(*initial_table, one.at("initial"));
            for (const auto& state : part->states)
                initial.read(state.name, spec.initial, state.unit);
            initial.finish();
        }
        for (const auto& row : part->params) one.read(row.name, spec.params, row.unit);
        one.finish();
    }
    result_.neurons.push_back(std::move(spec));
}

void DescriptionReader::read_source(Section one, const std::string& name) {
    sim::SourceSpec spec;
    spec.name = name;
    if (one.required("model", "name one of the sources")) one.read("model", spec.model);
    one.read("to", spec.to);
    one.read("receptor", spec.receptor);
    one.read("weight", weight_unit(spec.to, spec.receptor), spec.weight);
    one.read("path", spec.path);
    read_trains(one, spec);
    one.read("size", spec.size);
    if (const auto* part = catalogue_.find(PartKind::source, spec.model)) {
        for (const auto& row : part->params) one.read(row.name, spec.params, row.unit);
        one.finish();
    }
    result_.sources.push_back(std::move(spec));
}

void DescriptionReader::read_trains(Section& one, sim::SourceSpec& spec) {
    const Node* list = one.field("times");
    if (list == nullptr) return;
    if (!list->is_list()) return one.error(*list, "times", "must be a list of lists of times");
    auto trains = std::make_shared<sim::SpikeTrains>();
    for (const Node& train : list->children) {
        if (!train.is_list()) return one.error(train, "times", "must be a list of lists of times");
        auto& times = trains->times.emplace_back();
        for (const Node& time : train.children)
            times.push_back(evaluator_.number(time, one.at("times"), Unit::ms));
    }
    spec.size = trains->times.size();
    spec.trains = std::move(trains);
}

void DescriptionReader::read_projection(Section one, const std::string& name) {
    sim::ProjectionSpec spec;
    spec.name = name;
    if (one.required("from", "name what sends the spikes")) one.read("from", spec.from);
    if (one.required("to", "name the neurons that receive")) one.read("to", spec.to);
    one.read("receptor", spec.receptor);
    one.read("path", spec.path);
    one.read("synapse", spec.synapse);
    one.read("modulator", spec.modulator);
    one.read("credit", spec.credit);
    one.read("weight", weight_unit(spec.to, spec.receptor), spec.weight);
    one.read("delay", Unit::ms, spec.delay);
    for (const auto& [key, part] : {std::pair{"axonal_delay", &spec.axonal_delay},
                                    std::pair{"dendritic_delay", &spec.dendritic_delay}})
        if (one.node().find(key) != nullptr) one.read(key, Unit::ms, part->emplace(0));
    read_edges(one, spec);
    read_connector(one, spec);
    result_.projections.push_back(std::move(spec));
}

void DescriptionReader::read_connector(Section& one, sim::ProjectionSpec& spec) {
    if (spec.edges && one.node().find("connector") == nullptr) {
        spec.connector = "edge_list";
        one.field("connector");
    } else if (one.required("connector", "name one of the connectors")) {
        one.read("connector", spec.connector);
    }
    const auto* connector = catalogue_.find(PartKind::connector, spec.connector);
    const auto* synapse = catalogue_.find(PartKind::synapse, spec.synapse);
    if (connector != nullptr)
        for (const auto& row : connector->params) {
            const Node* found = one.field(row.name);
            if (found == nullptr) continue;
            const bool is_switch = found->kind == Node::Kind::flag && row.range.whole;
            spec.connector_params[row.name] =
                is_switch ? found->real : evaluator_.number(*found, one.at(row.name), row.unit);
        }
    if (synapse != nullptr)
        for (const auto& row : synapse->params)
            if (!spec.connector_params.contains(row.name))
                one.read(row.name, spec.synapse_params, row.unit);
    if (connector != nullptr && synapse != nullptr) one.finish();
}

void DescriptionReader::read_edges(Section& one, sim::ProjectionSpec& spec) {
    const Node* list = one.field("edges");
    if (list == nullptr) return;
    spec.edges = std::make_shared<sim::EdgeList>(read_pairs(one, *list, "edges"));
}

sim::EdgeList DescriptionReader::read_pairs(const Section& one, const Node& list,
                                            const std::string& key) {
    sim::EdgeList pairs;
    const auto is_pair = [](const Node& pair) { return pair.is_list() && pair.children.size() == 2; };
    if (!list.is_list() || !std::all_of(list.children.begin(), list.children.end(), is_pair)) {
        one.error(list, key, "must be a list of [source, target]");
        return pairs;
    }
    for (const Node& pair : list.children) {
        pairs.source.push_back(evaluator_.count(pair.children[0], one.at(key)).value_or(0));
        pairs.target.push_back(evaluator_.count(pair.children[1], one.at(key)).value_or(0));
    }
    return pairs;
}

void DescriptionReader::read_record(Section record) {
    if (const Node* spikes = record.field("spikes")) {
        result_.record.all_spikes = spikes->kind == Node::Kind::flag && spikes->whole != 0;
        if (spikes->kind != Node::Kind::flag) record.read("spikes", result_.record.spikes);
    }
    each_item(record.field("traces"), "record.traces",
              [this](Section one, const std::string&) { read_trace(one); });
    each_item(record.field("weights"), "record.weights",
              [this](Section one, const std::string&) { read_weights(one); });
    record.read("snapshots", result_.record.snapshots);
    record.finish();
}

void DescriptionReader::read_weights(Section one) {
    sim::WeightSpec spec;
    if (one.required("projection", "name a plastic projection")) one.read("projection", spec.projection);
    one.read("interval", Unit::ms, spec.interval);
    one.read("count", spec.count);
    one.read("changed_only", spec.changed_only);
    if (const Node* list = one.field("synapses")) {
        const auto pairs = read_pairs(one, *list, "synapses");
        for (std::size_t i = 0; i < pairs.source.size(); ++i)
            spec.synapses.emplace_back(pairs.source[i], pairs.target[i]);
    }
    one.finish();
    result_.record.weights.push_back(std::move(spec));
}

void DescriptionReader::read_trace(Section one) {
    sim::TraceSpec trace;
    if (one.required("population", "name the neurons")) one.read("population", trace.population);
    if (one.required("variables", "name state variables such as \"v\""))
        one.read("variables", trace.variables);
    one.read("neurons", trace.neurons);
    one.read("interval", Unit::ms, trace.interval);
    one.finish();
    result_.record.traces.push_back(std::move(trace));
}

void DescriptionReader::read_phase(Section one) {
    sim::PhaseSpec phase;
    phase.name = "phase_" + std::to_string(result_.phases.size() + 1);
    one.read("name", phase.name);
    if (one.required("duration", "give it in ms")) one.read("duration", Unit::ms, phase.duration);
    one.read("record", phase.record);
    one.read("off", phase.off);
    one.read("frozen", phase.frozen);
    one.read("reset", phase.reset);
    one.read("trial", phase.trial);
    one.read("repeat", phase.repeat);
    if (const Node* stop = one.field("stop")) {
        if (!stop->is_table())
            one.error(*stop, "stop",
                      "must be a table, such as { projection = "
                      "\"NAME\", change = 0.01, every = 1000 }");
        else phase.stop = read_stop(section(*stop, one.at("stop")));
    }
    one.finish();
    result_.phases.push_back(std::move(phase));
}

sim::StopSpec DescriptionReader::read_stop(Section one) {
    sim::StopSpec spec;
    one.read("every", Unit::ms, spec.every);
    one.read("projection", spec.projection);
    one.read("change", Unit::none, spec.change);
    one.read("population", spec.population);
    for (const auto& [key, rate] :
         {std::pair{"rate_above", &spec.rate_above}, std::pair{"rate_below", &spec.rate_below}})
        if (one.field(key) != nullptr) one.read(key, Unit::hz, rate->emplace());
    one.finish();
    return spec;
}

void DescriptionReader::read_structure(Section one) {
    sim::StructureSpec spec;
    if (one.required("projection", "name a plastic projection"))
        one.read("projection", spec.projection);
    one.read("prune_below", Unit::none, spec.prune_below);
    one.read("regrow", spec.regrow);
    one.read("weight", Unit::none, spec.weight);
    one.finish();
    result_.structure.push_back(std::move(spec));
}

void DescriptionReader::read_modulator(Section one, const std::string& name) {
    sim::ModulatorSpec spec;
    spec.name = name;
    one.read("from", spec.from);
    one.read("amount", Unit::none, spec.amount);
    one.read("delay", Unit::ms, spec.delay);
    one.read("each", spec.each);
    for (const auto& [key, unit, list] :
         {std::tuple{"times", Unit::ms, &spec.times}, std::tuple{"amounts", Unit::none, &spec.amounts}})
        if (const Node* found = one.field(key)) {
            if (!found->is_list()) one.error(*found, key, "must be a list of numbers");
            for (const Node& x : found->children)
                list->push_back(evaluator_.number(x, one.at(key), unit));
        }
    one.finish();
    result_.modulators.push_back(std::move(spec));
}

void DescriptionReader::read_homeostasis(Section one) {
    sim::HomeostasisSpec spec;
    if (one.required("projection", "name a plastic projection")) one.read("projection", spec.projection);
    if (one.required("kind", "one of incoming, outgoing, scaling")) one.read("kind", spec.kind);
    one.read("every", Unit::ms, spec.every);
    one.read("total", Unit::none, spec.total);
    one.read("rate", Unit::hz, spec.rate);
    one.read("tau", Unit::ms, spec.tau);
    one.finish();
    result_.homeostasis.push_back(std::move(spec));
}

void DescriptionReader::read_credit(Section one, const std::string& population) {
    sim::CreditSpec spec;
    spec.population = population;
    one.read("teacher", spec.teacher);
    one.read("amount", Unit::none, spec.amount);
    one.read("threshold", Unit::none, spec.threshold);
    one.read("delay", Unit::ms, spec.delay);
    one.read("tau_c", Unit::ms, spec.tau_c);
    one.read("tail", Unit::ms, spec.tail);
    one.read("release_rest", spec.release_rest);
    one.read("blocked", spec.blocked);
    read_weight_unit(one, "unit", "exc", spec.unit);
    if (one.node().find("unit_inh") != nullptr)
        read_weight_unit(one, "unit_inh", "inh", spec.unit_inh.emplace());
    one.field("unit_inh");
    one.finish();
    result_.credit.push_back(std::move(spec));
}

void DescriptionReader::read_weight_unit(Section& one, const std::string& key,
                                         const std::string& receptor, double& out) {
    const auto population = one.node().key;
    if (const auto unit = weight_unit({population}, receptor)) one.read(key, *unit, out);
    else one.read(key, Unit::none, out);
}

// The phases say how long the run is; it need not be said twice.
void DescriptionReader::read_phase_sum() {
    const Node* run = root_.find("run");
    if (result_.phases.empty() || (run != nullptr && run->find("duration") != nullptr)) return;
    result_.run.duration = sim::total_duration(result_.phases);
}

std::optional<Unit> DescriptionReader::weight_unit(const std::vector<std::string>& to,
                                                   const std::string& receptor) const {
    std::optional<Unit> result;
    for (const auto& name : to)
        for (const auto& spec : result_.neurons) {
            const auto* part = catalogue_.find(PartKind::neuron, spec.model);
            if (spec.name != name || part == nullptr) continue;
            const auto unit = port_unit(*part, receptor);
            if (result && unit && *result != *unit) return Unit::none;
            if (unit) result = unit;
        }
    return result;
}

std::optional<Unit> port_unit(const sim::PartInfo& part, const std::string& receptor) {
    std::optional<Unit> first;
    for (const auto& note : part.notes) {
        const std::string before = "(weights in ";
        const auto begin = note.find(before);
        const auto end = note.find(')', begin);
        if (!note.starts_with("port ") || begin == note.npos || end == note.npos) continue;
        const auto from = begin + before.size();
        const auto unit = unit_named(note.substr(from, end - from));
        if (note.starts_with("port " + receptor + " ")) return unit;
        if (!first) first = unit;
    }
    return first;
}

}  // namespace protocols
