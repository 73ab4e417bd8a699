// SPDX-License-Identifier: BSD-3-Clause
#include "sim/core/catalogue.hpp"

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace sim {

std::string_view plural(PartKind kind) {
    switch (kind) {
        case PartKind::neuron: return "models";
        case PartKind::source: return "sources";
        case PartKind::synapse: return "synapses";
        case PartKind::connector: return "connectors";
        case PartKind::protocol: return "protocols";
    }
    return {};
}

void Catalogue::add(PartInfo info, std::any factory) {
    auto key = std::pair{info.kind, info.name};
    if (parts_.contains(key))
        throw BadNetwork(std::string(plural(info.kind)) + ": '" + info.name + "' is registered twice");
    parts_.emplace(std::move(key), Part{std::move(info), std::move(factory)});
}

const PartInfo* Catalogue::find(PartKind kind, std::string_view name) const {
    const auto entry = parts_.find({kind, std::string(name)});
    return entry == parts_.end() ? nullptr : &entry->second.info;
}

const PartInfo& Catalogue::info(PartKind kind, std::string_view name) const {
    if (const auto* found = find(kind, name)) return *found;
    throw UnknownName("unknown name '" + std::string(name) + "' among the " +
                      std::string(plural(kind)) + suggestion(name, names(kind)));
}

std::vector<const PartInfo*> Catalogue::all(PartKind kind) const {
    std::vector<const PartInfo*> result;
    for (const auto& [key, part] : parts_)
        if (key.first == kind) result.push_back(&part.info);
    return result;
}

std::vector<std::string> Catalogue::names(PartKind kind) const {
    std::vector<std::string> result;
    for (const auto* part : all(kind)) result.push_back(part->name);
    return result;
}

}  // namespace sim
