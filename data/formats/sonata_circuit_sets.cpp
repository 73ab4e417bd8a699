// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_sets.hpp"

#include <algorithm>

#include "sim/core/text.hpp"

namespace data::circuit {

NodeSets::NodeSets(const Nodes& nodes, Mistakes& mistakes) : nodes_(nodes), mistakes_(mistakes) {}

void NodeSets::add(const Entry& file) {
    for (const auto& [name, rules] : file.fields()) sets_.insert_or_assign(name, rules);
}

Selection NodeSets::none() const {
    Selection chosen;
    for (const auto& population : nodes_) chosen.emplace_back(population.items().size(), false);
    return chosen;
}

std::optional<Selection> NodeSets::find(const Entry& wanted) {
    Selection chosen = none();
    if (!add_wanted(wanted, chosen)) return std::nullopt;
    for (const auto& rows : chosen)
        if (std::find(rows.begin(), rows.end(), true) != rows.end()) return chosen;
    const bool incomplete = std::any_of(nodes_.begin(), nodes_.end(),
                                        [](const auto& one) { return one.is_incomplete(); });
    if (!incomplete) wanted.mistake("= " + wanted.json().dump() + ": chooses no node");
    return std::nullopt;
}

bool NodeSets::add_wanted(const Entry& wanted, Selection& chosen) {
    if (wanted.json().is_object()) return add_by_rules(wanted, chosen);
    bool good = true;
    for (const auto& item : wanted.items()) {
        const auto name = item.text();
        good = name && add_named(*name, item, chosen) && good;
    }
    return good;
}

bool NodeSets::add_named(const std::string& name, const Entry& user, Selection& chosen) {
    if (const auto set = sets_.find(name); set != sets_.end()) {
        if (!open_.insert(name).second) {
            set->second.mistake("contains itself");
            return false;
        }
        const bool good = add_wanted(set->second, chosen);
        open_.erase(name);
        return good;
    }
    bool found = false;
    std::vector<std::string> known{"all"};
    for (const auto& [other, rules] : sets_) known.push_back(other);
    for (std::size_t p = 0; p < nodes_.size(); ++p) {
        known.push_back(nodes_[p].name());
        if (name != "all" && name != nodes_[p].name()) continue;
        found = true;
        chosen[p].assign(chosen[p].size(), true);
    }
    if (!found)
        user.mistake("= " + name + ": no node set or population of that name" +
                     sim::suggestion(name, known));
    return found;
}

bool NodeSets::add_by_rules(const Entry& rules, Selection& chosen) {
    Selection kept = none();
    for (auto& rows : kept) rows.assign(rows.size(), true);
    bool good = true;
    for (const auto& [attribute, rule] : rules.fields())
        good = keep_matching(attribute, rule, kept) && good;
    for (std::size_t p = 0; p < kept.size(); ++p)
        for (std::size_t row = 0; row < kept[p].size(); ++row)
            if (kept[p][row]) chosen[p][row] = true;
    return good;
}

std::optional<std::set<std::string>> NodeSets::values_of(const Entry& rule) const {
    std::set<std::string> values;
    for (const auto& item : rule.items()) {
        const Json& json = item.json();
        if (json.is_string()) values.insert(plain(json.get<std::string>()));
        else if (json.is_boolean()) values.insert(json.get<bool>() ? "1" : "0");
        else if (json.is_number()) values.insert(sim::number(json.get<double>()));
        else {
            item.mistake("must be a text, a number, true or false, or a list of these");
            return std::nullopt;
        }
    }
    return values;
}

std::optional<Words> NodeSets::attribute(const NodePopulation& population,
                                         const std::string& name) const {
    Words words(population.ids().size());
    for (std::size_t row = 0; row < population.ids().size(); ++row) {
        if (name == "population") words.set(row, words.number(plain(population.name())));
        if (name == "node_id")
            words.set(row, words.number(sim::number(static_cast<double>(population.ids()[row]))));
    }
    if (name == "population" || name == "node_id") return words;
    if (!mistakes_.attempt([&] { words = population.items().words(name); })) return std::nullopt;
    return words;
}

bool NodeSets::keep_matching(const std::string& name, const Entry& rule, Selection& kept) const {
    const auto values = values_of(rule);
    if (!values) return false;
    bool is_known = false;
    for (std::size_t p = 0; p < nodes_.size(); ++p) {
        const auto words = attribute(nodes_[p], name);
        if (!words) return false;
        for (std::size_t row = 0; row < kept[p].size(); ++row) {
            is_known = is_known || !(*words)[row].empty();
            if (!values->contains((*words)[row])) kept[p][row] = false;
        }
    }
    if (!is_known) rule.mistake("no node has an attribute '" + name + "'");
    return is_known;
}

}  // namespace data::circuit
