// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Names to parts. Passed as an argument; there is no global instance.
//
// The lists in the folders' CMakeLists.txt generate one `register_<folder>(Catalogue&)` each, so a
// part is known as soon as its file is listed.

#include <any>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/params.hpp"

namespace sim {

enum class PartKind { neuron, source, synapse, connector, protocol };

/// "models", "sources", "synapses", "connectors", "protocols", as `sharpwave list` names them.
std::string_view plural(PartKind kind);

/// A state variable that can be recorded and given an initial value.
struct StateInfo {
    std::string name;
    Unit unit;
    std::string meaning;
};

/// What `show` prints and what checks need; the part's own tables, nothing written twice.
struct PartInfo {
    PartKind kind;
    std::string name;
    std::string summary;
    std::string source;  ///< paper and equation
    std::vector<ParamInfo> params;
    std::vector<StateInfo> states;   ///< neurons; synapses that change, after the weight
    std::vector<std::string> notes;  ///< ports, required fields, result names: one line each
    bool needs_to = false;  ///< sources: acts on the neurons named by `to`, projections cannot carry it
    bool is_current = false;  ///< sources: of those, the ones that are currents and no spikes
    bool is_plastic = false;  ///< synapses: they change
    bool needs_modulator = false;  ///< of those, such as listen to one
    bool reads_trains = false;  ///< sources: repeats the spike trains given with the source
};

class Catalogue {
public:
    /// Throws: BadNetwork if the name is taken within the kind
    void add(PartInfo info, std::any factory);

    const PartInfo* find(PartKind kind, std::string_view name) const;

    /// Throws: UnknownName with the nearest known name
    const PartInfo& info(PartKind kind, std::string_view name) const;

    /// The factory as the registrar stored it.
    /// Throws: UnknownName
    template <class Factory>
    const Factory& factory(PartKind kind, std::string_view name) const {
        info(kind, name);
        return std::any_cast<const Factory&>(parts_.find({kind, std::string(name)})->second.factory);
    }

    /// The same where parts of a kind come in several sorts; null if there is none of this sort.
    template <class Factory>
    const Factory* find_factory(PartKind kind, std::string_view name) const {
        const auto entry = parts_.find({kind, std::string(name)});
        return entry == parts_.end() ? nullptr : std::any_cast<Factory>(&entry->second.factory);
    }

    /// All parts of a kind in name order.
    std::vector<const PartInfo*> all(PartKind kind) const;

    std::vector<std::string> names(PartKind kind) const;

private:
    struct Part {
        PartInfo info;
        std::any factory;
    };
    std::map<std::pair<PartKind, std::string>, Part> parts_;
};

}  // namespace sim
