// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/network.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace sim {
namespace {

/// The value that all items have, if there is one.
std::optional<double> only_value(const Value& value) {
    if (value.is_constant()) return value.a;
    if (value.kind != Value::Kind::list || value.list->empty()) return std::nullopt;
    const auto& list = *value.list;
    const bool same = std::all_of(list.begin(), list.end(), [&](double x) { return x == list[0]; });
    return same ? std::optional(list[0]) : std::nullopt;
}

/// What random values are rounded to, and lists that lose nothing by it.
Stored stored(const Value& value, bool as_floats) {
    if (value.kind != Value::Kind::list) return Stored::narrow;
    const auto is_float = [](double x) { return static_cast<double>(static_cast<float>(x)) == x; };
    const bool fits = as_floats && std::all_of(value.list->begin(), value.list->end(), is_float);
    return fits ? Stored::narrow : Stored::doubles;
}

}  // namespace

std::vector<std::vector<double>> tabulate(const PartInfo& info, const Values& given,
                                          std::uint64_t first, std::uint64_t size,
                                          const RandomKey& key) {
    const bool constant = std::all_of(given.begin(), given.end(),
                                      [](const auto& entry) { return entry.second.is_constant(); });
    std::vector<std::vector<double>> rows(constant ? 1 : size);
    for (std::uint64_t k = 0; k < rows.size(); ++k) {
        rows[k].reserve(info.params.size());
        std::uint64_t column = 0;
        for (const auto& param : info.params) {
            const auto value = given.find(param.name);
            rows[k].push_back(value == given.end() ? param.default_value
                                                   : value->second.at(key, first + k, column));
            ++column;
        }
    }
    return rows;
}

Network::Network(Description description, const Catalogue& catalogue, int threads)
    : description_(std::move(description)), clock_(1.0) {
    if (const auto problems = validate(description_, catalogue); !problems.empty()) {
        std::vector<std::string> messages;
        for (const auto& problem : problems) messages.push_back(problem.path + " " + problem.text);
        throw BadProtocol(std::move(messages));
    }
    clock_ = Clock(description_.run.resolution);
    number_populations(catalogue);
    expand_projections();
    group_projections(catalogue);
    wire(catalogue, threads);
    measure_groups();
    heed_modulators();
}

void Network::number_populations(const Catalogue& catalogue) {
    std::uint64_t next = 0;
    std::uint32_t part = 0;
    const auto add = [&](const std::string& name, bool is_source, std::size_t spec, std::uint64_t size) {
        populations_.push_back({name, is_source, spec, size, next, part++});
        next += size;
    };
    for (std::size_t i = 0; i < description_.neurons.size(); ++i) {
        const auto& spec = description_.neurons[i];
        add(spec.name, false, i, spec.size);
        models_.push_back(&catalogue.info(PartKind::neuron, spec.model));
    }
    for (std::size_t i = 0; i < description_.sources.size(); ++i)
        if (description_.sources[i].to.empty())
            add(description_.sources[i].name, true, i, description_.sources[i].size);
}

std::size_t Network::population(std::string_view name) const {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        if (populations_[i].name == name) return i;
        known.push_back(populations_[i].name);
    }
    throw UnknownName("unknown population '" + std::string(name) + "'" + suggestion(name, known));
}

void Network::expand_projections() {
    std::uint32_t part = 1U << 20U;  // apart from the numbers of populations and drives
    for (std::size_t i = 0; i < description_.projections.size(); ++i) {
        const auto& spec = description_.projections[i];
        for (const auto& from : spec.from)
            for (const auto& to : spec.to) {
                std::string name = spec.name;
                if (spec.from.size() > 1) name += "." + from;
                if (spec.to.size() > 1) name += "." + to;
                projections_.push_back(
                    {std::move(name), i, population(from), population(to), part++});
            }
    }
}

// One group: same source, different targets, and synapses that are stored in the same way.
void Network::group_projections(const Catalogue& catalogue) {
    const bool on_grid = description_.run.timing == Timing::grid;
    const auto spec = [this](std::size_t p) -> const ProjectionSpec& {
        return description_.projections[projections_[p].spec];
    };
    for (std::size_t p = 0; p < projections_.size(); ++p) {
        const auto weight = only_value(spec(p).weight);
        const auto delay = only_value(spec(p).delay);
        SynapseRows::Builder::Storage storage{
            weight ? Stored::common : stored(spec(p).weight, true),
            delay ? Stored::common : stored(spec(p).delay, false),
            clock_.resolution() / SynapseRows::parts_of_step};
        if (on_grid) storage.offsets = Stored::common;
        const bool is_plastic = catalogue.info(PartKind::synapse, spec(p).synapse).is_plastic;
        const auto lattice = is_plastic ? std::nullopt : lattice_of(spec(p).weight);
        // Sources may spike more than once a step, and credit looks at single synapses.
        const bool may_pack = on_grid && lattice && !populations_[projections_[p].pre].is_source &&
                              description_.credit.empty();
        const bool may_be_timed = !is_plastic && description_.credit.empty() &&
                                  storage.offsets == Stored::narrow &&
                                  storage.weights != Stored::doubles;
        if (may_be_timed) storage.offsets = Stored::packed;
        storage.common_weight = weight.value_or(0);
        if (may_pack) {
            storage.weights = Stored::packed;
            storage.lattice = *lattice;
        }
        const auto fits = [&](const ProjectionGroup& group) {
            const auto first = group.projections.front();
            return !is_plastic && !group.is_plastic && group.pre == projections_[p].pre &&
                   group.storage.weights == storage.weights &&
                   (!may_pack || WeightLattice::common(group.storage.lattice, *lattice)) &&
                   group.storage.offsets == storage.offsets &&
                   only_value(spec(first).weight) == weight &&
                   only_value(spec(first).delay) == delay &&
                   std::none_of(
                       group.projections.begin(), group.projections.end(),
                       [&](std::size_t q) { return projections_[q].post == projections_[p].post; });
        };
        const auto group = std::find_if(groups_.begin(), groups_.end(), fits);
        if (group != groups_.end()) {
            group->projections.push_back(p);
            if (may_pack)
                group->storage.lattice = *WeightLattice::common(group->storage.lattice, *lattice);
        } else {
            groups_.push_back({projections_[p].pre, {p}, storage, is_plastic});
        }
    }
    share_lattices();
}

// Packed weights of one quantum are summed together: as many as can have one.
void Network::share_lattices() {
    const auto is_packed = [](const ProjectionGroup& group) {
        return group.storage.weights == Stored::packed;
    };
    for (auto& group : groups_)
        for (const auto& other : groups_) {
            if (!is_packed(group) || !is_packed(other)) continue;
            auto& lattice = group.storage.lattice;
            const auto common = WeightLattice::common(lattice, other.storage.lattice);
            if (common) lattice = lattice.in(common->quantum);
        }
}

/// Neurons that one block can run: the same model with the same constant parameters.
bool Network::are_alike(const Population& a, const Population& b) const {
    if (models_[a.spec] != models_[b.spec]) return false;
    for (const auto& param : models_[a.spec]->params) {
        double value[2];
        for (int i = 0; i < 2; ++i) {
            const auto& given = description_.neurons[(i == 0 ? a : b).spec].params;
            const auto found = given.find(param.name);
            if (found != given.end() && !found->second.is_constant()) return false;
            value[i] = found == given.end() ? param.default_value : found->second.a;
        }
        if (value[0] != value[1]) return false;
    }
    return true;
}

void Network::measure_groups() {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        auto& group = groups_[g];
        group.shortest = std::numeric_limits<Step>::max();
        for (const auto& tile : tiles_)
            for (const auto& [index, rows] : tile.incoming) {
                if (index != g || rows.size() == 0) continue;
                group.synapses += rows.size();
                group.largest_indegree = std::max(group.largest_indegree, rows.largest_indegree());
                group.all_non_negative = group.all_non_negative && rows.all_non_negative();
                group.shortest = std::min(group.shortest, rows.shortest());
                group.longest = std::max(group.longest, rows.longest());
            }
        if (group.synapses == 0) continue;
        const double runs = static_cast<double>(populations_[group.pre].size) *
                            static_cast<double>(group.longest - group.shortest + 1);
        group.synapses_per_run = static_cast<double>(group.synapses) / runs;
        // A delay with a part below a step can reach into the step after its last whole one.
        shortest_ = std::min(shortest_, group.shortest);
        longest_ = std::max(longest_, group.longest + 1);
    }
}

/// What events of modulators and of credit may not outrun.
void Network::heed_modulators() {
    for (const auto& one : description_.credit)
        shortest_ = std::min(shortest_, std::max<Step>(clock_.split(one.delay).step, 1));
    for (const auto& one : description_.modulators)
        if (!one.from.empty())
            shortest_ = std::min(shortest_, std::max<Step>(clock_.split(one.delay).step, 1));
}

std::uint64_t Network::neurons() const {
    std::uint64_t n = 0;
    for (const auto& population : populations_) n += population.is_source ? 0 : population.size;
    return n;
}

std::uint64_t Network::synapses() const {
    std::uint64_t n = 0;
    for (const auto& group : groups_) n += group.synapses;
    return n;
}

std::uint64_t Network::synapse_bytes() const {
    std::uint64_t n = 0;
    for (const auto& tile : tiles_)
        for (const auto& incoming : tile.incoming) n += incoming.rows.bytes();
    return n;
}

void Network::for_each_synapse(
    std::size_t projection,
    const std::function<void(std::uint64_t, std::uint64_t, double, Time)>& visit) const {
    const auto is_member = [&](std::size_t group) {
        const auto& members = groups_[group].projections;
        return std::find(members.begin(), members.end(), projection) != members.end();
    };
    struct Synapse {
        std::uint64_t target;
        double weight;
        Time delay;
    };
    std::vector<Synapse> found;  // of one source and delay, by tile
    const auto& [name, spec, pre, post, part] = projections_.at(projection);
    for (std::uint32_t source = 0; source < populations_[pre].size; ++source)
        for (Step delay = 1; delay <= longest_; ++delay) {
            found.clear();
            for (const auto& tile : tiles_)
                for (const auto& [group, rows] : tile.incoming) {
                    if (!is_member(group) || delay < rows.shortest() || delay > rows.longest())
                        continue;
                    const auto [first, last] = rows.places(source, delay);
                    for (std::uint32_t k = first; k < last; ++k) {
                        const std::uint32_t local = rows.target(k);
                        const auto& in = tile.part_of(local);
                        if (in.population == post)
                            found.push_back({in.first + local - in.local,
                                             rows.weight(k),
                                             {delay, rows.offset(k)}});
                    }
                }
            std::stable_sort(found.begin(), found.end(), [](const Synapse& a, const Synapse& b) {
                return a.delay != b.delay ? a.delay < b.delay : a.target < b.target;
            });
            for (const auto& one : found) visit(source, one.target, one.weight, one.delay);
        }
}

}  // namespace sim
