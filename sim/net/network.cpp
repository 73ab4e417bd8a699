// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/network.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/workers.hpp"

namespace sim {
namespace {

// Tiles: large enough that runs stay long, and no larger, so that the inputs of a step stay in the
// caches.
constexpr double wanted_run = 48;  // synapses
constexpr std::uint64_t least_wanted = 4096;
constexpr std::uint64_t smallest_tile = 512;
constexpr std::uint64_t largest_tile = (1U << 16U) - TilePart::alignment;  // and one block more
// Delays that are drawn are whole parts of a step.
constexpr double parts_of_step = 1U << 16U;

Positions place(const NeuronsSpec& spec, const RandomKey& key) {
    Positions positions;
    const auto fill = [&](const char* axis, std::uint64_t index) {
        std::vector<double> values;
        const auto given = spec.position.find(axis);
        if (given == spec.position.end()) return values;
        for (std::uint64_t k = 0; k < spec.size; ++k) values.push_back(given->second.at(key, k, index));
        return values;
    };
    positions.x = fill("x", 0);
    positions.y = fill("y", 1);
    positions.z = fill("z", 2);
    if (positions.x.empty() && !(positions.y.empty() && positions.z.empty()))
        positions.x.assign(spec.size, 0.0);
    return positions;
}

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
            clock_.resolution() / parts_of_step};
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

/// The size at which the mean run has the wanted length. In-degrees are estimated from a few neurons.
std::uint64_t Network::wanted_tile_size(const std::vector<std::unique_ptr<Wiring>>& wirings) const {
    double runs = 0;  // that every source has into every neuron, if each had one of each delay
    double synapses = 0;
    for (std::size_t p = 0; p < projections_.size(); ++p) {
        const auto& spec = description_.projections[projections_[p].spec];
        const auto& post = populations_[projections_[p].post];
        constexpr std::uint64_t samples = 5;
        std::vector<Edge> edges;
        for (std::uint64_t i = 0; i < samples; ++i)
            wirings[p]->sources_of(post.size * i / samples, edges);
        if (edges.empty()) continue;
        double least = std::numeric_limits<double>::max();
        double most = 0;
        const RandomKey key{description_.run.seed, projections_[p].part, Purpose::delay};
        for (std::size_t i = 0; i < edges.size(); i += edges.size() / 64 + 1) {
            const double delay = spec.delay.at(key, edges[i].number);
            least = std::min(least, delay);
            most = std::max(most, delay);
        }
        const double classes = 1 + (most - least) / clock_.resolution();
        runs += classes * static_cast<double>(populations_[projections_[p].pre].size * post.size);
        synapses += static_cast<double>(edges.size() * post.size) / samples;
    }
    if (synapses == 0) return least_wanted;
    return static_cast<std::uint64_t>(
        std::clamp(wanted_run * runs / synapses, double(least_wanted), double(largest_tile)));
}

void Network::lay_tiles(std::uint64_t wanted, std::uint64_t threads) {
    constexpr std::uint64_t block = TilePart::alignment;
    struct Stretch {
        std::size_t population;
        std::uint64_t first;
        std::uint64_t size;
    };
    for (std::size_t begin = 0; begin < populations_.size() && !populations_[begin].is_source;) {
        std::vector<Stretch> blocks;
        std::uint64_t total = 0;
        std::size_t end = begin;
        while (end < populations_.size() && !populations_[end].is_source &&
               (end == begin || are_alike(populations_[begin], populations_[end]))) {
            for (std::uint64_t first = 0; first < populations_[end].size; first += block)
                blocks.push_back({end, first, std::min(block, populations_[end].size - first)});
            total += populations_[end++].size;
        }
        // As many tiles as threads, or a multiple; fewer where they would be very small.
        const std::uint64_t shares = (total + threads * wanted / 2) / (threads * wanted);
        std::uint64_t count = std::max<std::uint64_t>(threads * std::max<std::uint64_t>(shares, 1),
                                                      (total + largest_tile - 1) / largest_tile);
        count =
            std::clamp<std::uint64_t>(count, 1, std::max<std::uint64_t>(total / smallest_tile, 1));
        std::uint64_t laid = 0;
        std::size_t next = 0;
        for (std::uint64_t t = 0; t < count; ++t) {
            Tile tile;
            for (; next < blocks.size() && laid < total * (t + 1) / count; ++next) {
                const auto& [population, first, size] = blocks[next];
                laid += size;
                if (tile.parts.empty()) tile.first = populations_[population].first_id + first;
                if (tile.parts.empty() || tile.parts.back().population != population)
                    tile.parts.push_back({population, first, 0, tile.size});
                tile.parts.back().size += static_cast<std::uint32_t>(size);
                tile.size += static_cast<std::uint32_t>(size);
            }
            tiles_.push_back(std::move(tile));
        }
        begin = end;
    }
}

std::vector<std::unique_ptr<Wiring>> Network::make_wirings(
    const Catalogue& catalogue, const std::vector<Positions>& positions) const {
    std::vector<std::unique_ptr<Wiring>> wirings;
    for (const auto& projection : projections_) {
        const auto& spec = description_.projections[projection.spec];
        const auto& info = catalogue.info(PartKind::connector, spec.connector);
        std::vector<double> values;
        for (const auto& param : info.params) {
            const auto given = spec.connector_params.find(param.name);
            values.push_back(given == spec.connector_params.end() ? param.default_value : given->second);
        }
        const WiringContext context{populations_[projection.pre].size,
                                    populations_[projection.post].size,
                                    projection.pre == projection.post,
                                    {description_.run.seed, projection.part, Purpose::wiring},
                                    spec.edges.get(),
                                    &positions[projection.pre],
                                    &positions[projection.post]};
        try {
            wirings.push_back(catalogue.factory<ConnectorFactory>(PartKind::connector,
                                                                  spec.connector)(values, context));
        } catch (const BadNetwork& error) {
            throw BadNetwork("projections." + projection.name + ": " + spec.connector + ": " + error.what());
        }
    }
    return wirings;
}

void Network::wire(const Catalogue& catalogue, int threads) {
    std::vector<Positions> positions(populations_.size());
    for (std::size_t i = 0; i < populations_.size(); ++i)
        if (!populations_[i].is_source)
            positions[i] = place(description_.neurons[populations_[i].spec],
                                 {description_.run.seed, populations_[i].part, Purpose::position});
    const auto wirings = make_wirings(catalogue, positions);
    lay_tiles(wanted_tile_size(wirings), static_cast<std::uint64_t>(std::max(threads, 1)));

    std::vector<std::vector<SynapseRows>> rows(tiles_.size());
    for (auto& of_tile : rows) of_tile.resize(groups_.size());
    Workers(threads).for_each(tiles_.size() * groups_.size(), [&](std::size_t i) {
        const std::size_t t = i % tiles_.size();
        const std::size_t g = i / tiles_.size();
        rows[t][g] = rows_of(groups_[g], wirings, tiles_[t]);
    });
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            if (rows[t][g].size() > 0 || may_grow(groups_[g], tiles_[t]))
                tiles_[t].incoming.push_back({g, std::move(rows[t][g])});
        }
}

/// Synapses may come later.
bool Network::may_grow(const ProjectionGroup& group, const Tile& tile) const {
    const auto post = projections_[group.projections.front()].post;
    return group.is_plastic &&
           std::any_of(tile.parts.begin(), tile.parts.end(),
                       [&](const TilePart& part) { return part.population == post; });
}

namespace {

/// Edges onto one neuron with what they carry.
struct DrawnEdges {
    std::vector<Edge> edges;
    std::vector<double> values;
    std::vector<Time> delays;

    /// The value of every edge. Edges are mostly numbered one after the other.
    const std::vector<double>& draw(const Value& value, const RandomKey& key) {
        values.resize(edges.size());
        bool in_order = true;
        for (std::size_t i = 1; i < edges.size(); ++i)
            in_order = in_order && edges[i].number == edges[0].number + i;
        if (edges.empty()) return values;
        if (value.is_constant()) std::fill(values.begin(), values.end(), value.a);
        else if (in_order) value.fill(key, edges[0].number, values);
        else
            for (std::size_t i = 0; i < edges.size(); ++i)
                values[i] = value.at(key, edges[i].number);
        return values;
    }
};

}  // namespace

SynapseRows Network::rows_of(const ProjectionGroup& group,
                             const std::vector<std::unique_ptr<Wiring>>& wirings,
                             const Tile& tile) const {
    const bool on_grid = description_.run.timing == Timing::grid;
    const double h = clock_.resolution();
    const auto sources = static_cast<std::uint32_t>(populations_[group.pre].size);
    SynapseRows::Builder builder(sources, tile.size, group.storage);
    DrawnEdges drawn;

    const auto delay_of = [&](double delay) -> Time {
        if (on_grid) return {clock_.nearest_step(delay), 0};
        if (group.storage.offsets == Stored::common || group.storage.offsets == Stored::doubles)
            return clock_.split(delay);
        const auto whole = static_cast<std::int64_t>(delay / h * parts_of_step + 0.5);
        constexpr auto parts = static_cast<std::int64_t>(parts_of_step);
        return {whole / parts, static_cast<double>(whole % parts) * group.storage.fraction};
    };
    const auto for_each_neuron = [&](const auto& use) {
        for (const auto& part : tile.parts)
            for (const auto p : group.projections) {
                if (projections_[p].post != part.population) continue;
                const auto& projection = projections_[p];
                const auto& spec = description_.projections[projection.spec];
                for (std::uint32_t k = 0; k < part.size; ++k) {
                    drawn.edges.clear();
                    wirings[p]->sources_of(part.first + k, drawn.edges);
                    const RandomKey key{description_.run.seed, projection.part, Purpose::delay};
                    const auto& delays = drawn.draw(spec.delay, key);
                    drawn.delays.resize(delays.size());
                    for (std::size_t i = 0; i < delays.size(); ++i) {
                        drawn.delays[i] = delay_of(delays[i]);
                        if (drawn.delays[i].step >= 1) continue;
                        throw BadNetwork("projections." + projection.name + ".delay: edge " +
                                         std::to_string(drawn.edges[i].number) + " has " +
                                         number(delays[i]) +
                                         " ms, shorter than the resolution of " + number(h) +
                                         " ms; bound the distribution with `min`");
                    }
                    use(part.local + k, projection, spec);
                }
            }
    };
    for_each_neuron([&](std::uint32_t target, const Projection&, const ProjectionSpec&) {
        for (std::size_t i = 0; i < drawn.edges.size(); ++i)
            builder.count(drawn.edges[i].source, target, drawn.delays[i].step);
    });
    builder.begin_second_pass();
    for_each_neuron(
        [&](std::uint32_t target, const Projection& projection, const ProjectionSpec& spec) {
            const RandomKey key{description_.run.seed, projection.part, Purpose::weight};
            const auto& weights = drawn.draw(spec.weight, key);
            const auto lattice = group.is_plastic ? std::nullopt : lattice_of(spec.weight);
            for (std::size_t i = 0; i < drawn.edges.size(); ++i) {
                // The value a synapse stores is the value that was drawn.
                double weight = weights[i];
                if (lattice) weight = lattice->nearest(weight);
                else if (group.storage.weights == Stored::narrow)
                    weight = static_cast<double>(static_cast<float>(weight));
                builder.put(drawn.edges[i].source, target, weight, drawn.delays[i]);
            }
        });
    return builder.finish();
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
