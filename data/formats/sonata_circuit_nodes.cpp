// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_nodes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "sim/core/error.hpp"
#include "sim/core/params.hpp"
#include "sim/core/text.hpp"

namespace data::circuit {

NodePopulation::NodePopulation(Items::Origin origin, Mistakes& mistakes)
    : items_(std::move(origin), mistakes) {
    read_ids();
    sort_into_parts(mistakes);
}

void NodePopulation::read_ids() {
    const std::string path = items_.path("node_id");
    ids_.resize(items_.size());
    std::iota(ids_.begin(), ids_.end(), std::uint64_t{0});
    if (items_.file().has(path)) ids_ = read_naturals(items_.file(), path);
    if (ids_.size() != items_.size())
        throw sim::BadFile(items_.place("node_id") + ": has " + std::to_string(ids_.size()) +
                           " entries, but there are " + std::to_string(items_.size()) + " nodes");
    order_.resize(ids_.size());
    std::iota(order_.begin(), order_.end(), std::uint64_t{0});
    std::sort(order_.begin(), order_.end(), [&](auto a, auto b) { return ids_[a] < ids_[b]; });
    const auto twice = std::adjacent_find(order_.begin(), order_.end(),
                                          [&](auto a, auto b) { return ids_[a] == ids_[b]; });
    if (twice != order_.end())
        throw sim::BadFile(items_.place("node_id") + ": id " + std::to_string(ids_[*twice]) +
                           " is there twice");
}

namespace {

// What makes a node of the circuit one of ours: null for virtual ones, nothing if it is refused.
std::optional<const ModelMap*> model_of(const std::string& type, const std::string& model,
                                        const std::string& place, Mistakes& mistakes) {
    if (type == "virtual") return nullptr;
    if (type != "point_neuron" && type != "point_process") {
        mistakes.add(place, type.empty() ? "model_type is missing"
                                         : "model_type " + type +
                                               " cannot be mapped; known: point_neuron, "
                                               "point_process, virtual");
        return std::nullopt;
    }
    if (const auto* found = find_model(model)) return found;
    mistakes.add(place, model.empty() ? "model_template is missing"
                                      : "model_template " + model + " cannot be mapped" +
                                            sim::suggestion(model, model_names()));
    return std::nullopt;
}

}  // namespace

void NodePopulation::sort_into_parts(Mistakes& mistakes) {
    const Words types = items_.words("model_type");
    const Words models = items_.words("model_template");
    std::map<std::pair<std::string, std::string>, std::optional<const ModelMap*>> known;
    homes_.resize(ids_.size());
    for (const auto row : order_) {
        const std::pair key{types[row], models[row]};
        if (!known.contains(key))
            known[key] = model_of(key.first, key.second, items_.place(), mistakes);
        const auto& model = known[key];
        is_incomplete_ = is_incomplete_ || !model;
        if (!model) continue;
        auto part = std::find_if(parts_.begin(), parts_.end(),
                                 [&](const auto& one) { return one.model == *model; });
        if (part == parts_.end()) part = parts_.insert(parts_.end(), NodePart{"", *model, {}, {}});
        homes_[row] = {static_cast<std::size_t>(part - parts_.begin()), part->rows.size()};
        part->rows.push_back(row);
        part->ids.push_back(ids_[row]);
    }
}

std::optional<std::uint64_t> NodePopulation::row(std::uint64_t id) const {
    if (id < ids_.size() && ids_[id] == id) return id;
    const auto found = std::lower_bound(order_.begin(), order_.end(), id,
                                        [&](auto row, auto wanted) { return ids_[row] < wanted; });
    if (found == order_.end() || ids_[*found] != id) return std::nullopt;
    return *found;
}

std::optional<NodeHome> NodePopulation::home(std::uint64_t id) const {
    const auto at = row(id);
    return at ? homes_[*at] : std::nullopt;
}

const NodePopulation* find_population(const Nodes& nodes, const std::string& name) {
    for (const auto& one : nodes)
        if (one.name() == name) return &one;
    return nullptr;
}

sim::Value to_value(std::vector<double> values) {
    const bool same =
        std::all_of(values.begin(), values.end(), [&](double x) { return x == values.front(); });
    if (!values.empty() && same) return sim::Value::of(values.front());
    return sim::Value::of(std::move(values));
}

// Names.

std::string valid_name(const std::string& name) {
    std::string valid = name.empty() ? "_" : name;
    for (char& c : valid) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte == 127 || c == '.' || c == '/') c = '_';
    }
    return valid;
}

void name_parts(Nodes& nodes) {
    std::set<std::string> taken;
    for (auto& population : nodes)
        for (auto& part : population.parts()) {
            std::string stem = valid_name(population.name());
            if (population.parts().size() > 1)
                stem += "_" + std::string(part.is_virtual() ? "virtual" : part.model->model);
            part.name = stem;
            for (int i = 2; !taken.insert(part.name).second; ++i)
                part.name = stem + "_" + std::to_string(i);
        }
}

// Parameters.

namespace {

class ParamReader {
public:
    ParamReader(const NodePopulation& population, const NodePart& part, Mistakes& mistakes)
        : items_(population.items()), part_(part), mistakes_(mistakes) {}

    /// What the circuit says of one parameter; its default where it says nothing.
    std::vector<double> values(const ParamMap& map, double standard) const {
        std::vector<double> values(part_.rows.size(), standard);
        const auto given = items_.dynamics(std::string(map.theirs));
        for (std::size_t i = 0; given && i < values.size(); ++i)
            if (const double x = given->values[part_.rows[i]]; !std::isnan(x)) values[i] = x;
        return values;
    }

    /// Refuses what no row of the map knows.
    void check_rest() const {
        for (const auto& name : items_.dynamics()) {
            if (part_.model->param(name)) continue;
            const auto* harmless = part_.model->is_harmless(name);
            if (!harmless) refuse_unknown(name);
            else if (!std::isinf(harmless->low) || !std::isinf(harmless->high))
                check_harmless(name, *harmless);
        }
    }

private:
    void refuse_unknown(const std::string& name) const {
        if (!items_.has_dynamics(name, part_.rows)) return;
        mistakes_.add(items_.dynamics_place(name),
                      "no parameter '" + name + "' of " + std::string(part_.model->names.front()) +
                          " can be mapped" + sim::suggestion(name, part_.model->known()));
    }

    void check_harmless(const std::string& name, const Harmless& rule) const {
        const auto given = items_.dynamics(name);
        for (const auto row : part_.rows) {
            const double x = given ? given->values[row] : NAN;
            if (std::isnan(x) || (x >= rule.low && x <= rule.high)) continue;
            return mistakes_.add(items_.dynamics_place(name),
                                 "= " + sim::number(x) + ": has no counterpart in " +
                                     std::string(part_.model->model) + "; it must be " +
                                     sim::Range{rule.low, rule.high}.text());
        }
    }

    const Items& items_;
    const NodePart& part_;
    Mistakes& mistakes_;
};

void set(sim::NeuronsSpec& spec, std::string_view ours, sim::Value value) {
    constexpr std::string_view start = "initial.";
    if (ours.starts_with(start)) spec.initial[std::string(ours.substr(start.size()))] = value;
    else spec.params[std::string(ours)] = value;
}

// See ModelMap::maybe_seconds.
void to_ms(sim::NeuronsSpec& spec, const ModelMap& model, const std::string& place,
           Mistakes& mistakes, std::vector<std::string>& notes) {
    if (model.maybe_seconds.empty()) return;
    const sim::Value& decides = spec.params[std::string(model.maybe_seconds.front())];
    const bool in_seconds = decides.upper() < 1;
    if (!in_seconds && decides.lower() < 1)
        mistakes.add(place, "has time constants of " + sim::number(decides.lower()) + " and " +
                                sim::number(decides.upper()) +
                                "; give all in ms (1 and more) or all in s (below 1)");
    for (const auto name : model.maybe_seconds) {
        sim::Value& value = spec.params[std::string(name)];
        if (!in_seconds) continue;
        auto values = value.list ? *value.list : std::vector<double>{value.a};
        for (double& x : values) x *= 1000;
        value = to_value(std::move(values));
    }
    notes.push_back(place + ": times of " + std::string(model.names.front()) + " read as " +
                    (in_seconds ? "s" : "ms"));
}

}  // namespace

sim::NeuronsSpec neurons_of(const NodePopulation& population, const NodePart& part,
                            std::optional<double> v_init, Places& places, Mistakes& mistakes,
                            std::vector<std::string>& notes) {
    sim::NeuronsSpec spec;
    spec.name = part.name;
    spec.model = part.model->model;
    spec.size = part.rows.size();
    const ParamReader reader(population, part, mistakes);
    for (const auto& map : part.model->params) {
        const bool is_potential = map.theirs == "V_m" && v_init;
        set(spec, map.ours, to_value(reader.values(map, is_potential ? *v_init : map.standard)));
        if (is_potential)
            notes.push_back(population.items().place() +
                            ": neurons without V_m begin at v_init = " + sim::number(*v_init) +
                            " mV");
        places["neurons." + part.name + "." + std::string(map.ours)] =
            population.items().dynamics_place(std::string(map.theirs));
    }
    for (const auto& [ours, value] : part.model->constants) set(spec, ours, sim::Value::of(value));
    reader.check_rest();
    to_ms(spec, *part.model, population.items().place(), mistakes, notes);
    places["neurons." + part.name] = population.items().place();
    if (!part.model->note.empty())
        notes.push_back(population.items().place() + ": " + spec.model + " is " +
                        std::string(part.model->note));
    return spec;
}

}  // namespace data::circuit
