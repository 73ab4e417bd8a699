// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/learning.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace sim {

namespace {

constexpr Step never = std::numeric_limits<Step>::max();

}  // namespace

Learning::Learning(const Network& network, const Catalogue& catalogue, Step steps_kept)
    : network_(network), catalogue_(catalogue), tiles_(network.tiles().size()),
      rebase_due_(never), due_(never) {
    make_modulators();
    for (std::size_t g = 0; g < network.groups().size(); ++g) {
        const auto& group = network.groups()[g];
        if (!group.is_plastic) continue;
        logs_.resize(network.groups().size());
        const auto& rule = catalogue.factory<RuleFactory>(PartKind::synapse, spec(g).synapse);
        logs_[g] = std::make_unique<PreLog>(network.populations()[group.pre].size,
                                            rule.pre_traces(params(g)),
                                            network.clock().resolution(), steps_kept);
        rebase_due_ = due_ = 0;
        modulator_of_.resize(logs_.size());
        for (const auto& one : modulators_)
            if (one.spec->name == modulator_of(g)) modulator_of_[g] = &one;
    }
}

namespace {

std::string credit_name(const std::string& population) { return "credit." + population; }

}  // namespace

std::string Learning::modulator_of(std::size_t group) const {
    const auto& one = spec(group);
    const bool listens = catalogue_.info(PartKind::synapse, one.synapse).needs_modulator;
    if (!listens || !one.modulator.empty()) return one.modulator;
    const auto& projection = network_.projections()[network_.groups()[group].projections.front()];
    return credit_name(network_.populations()[projection.post].name);
}

void Learning::make_modulators() {
    for (const auto& spec : network_.description().modulators) {
        auto& modulator = modulators_.emplace_back(Modulator{&spec, {}});
        for (std::size_t i = 0; i < spec.times.size(); ++i)
            add_event(modulator, network_.clock().split(spec.times[i]),
                      spec.amounts.empty() ? spec.amount : spec.amounts[i], {});
    }
    for (const auto& one : network_.description().credit) {
        credit_specs_.emplace_back().name = credit_name(one.population);
        credit_specs_.back().each = true;
    }
    for (const auto& spec : credit_specs_) modulators_.push_back({&spec, {}});
}

void Learning::teach(std::size_t credit, const Time& time, double amount, std::uint64_t neuron) {
    const std::size_t others = modulators_.size() - credit_specs_.size();
    add_event(modulators_[others + credit], time, amount, neuron);
}

void Learning::drop_credit() {
    const std::size_t others = modulators_.size() - credit_specs_.size();
    for (std::size_t i = others; i < modulators_.size(); ++i) modulators_[i].events.clear();
}

// Those of an instant stay in the order of their addition.
void Learning::add_event(Modulator& modulator, const Time& time, double amount,
                         std::optional<std::uint64_t> neuron) {
    const bool on_grid = network_.description().run.timing == Timing::grid;
    const double h = network_.clock().resolution();
    const Time at = !on_grid ? time : Time{time.step + (time.offset >= h / 2 ? 1 : 0), 0};
    auto& events = modulator.events[at.step];
    const auto later =
        std::upper_bound(events.begin(), events.end(), at.offset,
                         [](double offset, const Event& event) { return offset < event.offset; });
    events.insert(later, {at.offset, amount, neuron});
}

void Learning::modulate(std::string_view name, Step step, double amount,
                        std::optional<std::uint64_t> neuron) {
    std::vector<std::string> known;
    for (auto& one : modulators_) {
        if (one.spec->name == name) return add_event(one, {step, 0}, amount, neuron);
        known.push_back(one.spec->name);
    }
    throw UnknownName("unknown modulator '" + std::string(name) + "'" + suggestion(name, known));
}

bool Learning::Modulator::is_from(std::size_t population, const Network& network) const {
    const auto& name = network.populations()[population].name;
    return std::find(spec->from.begin(), spec->from.end(), name) != spec->from.end();
}

const ProjectionSpec& Learning::spec(std::size_t group) const {
    const auto projection = network_.groups()[group].projections.front();
    return network_.description().projections[network_.projections()[projection].spec];
}

std::vector<double> Learning::params(std::size_t group) const {
    const auto& given = spec(group).synapse_params;
    std::vector<double> result;
    for (const auto& row : catalogue_.info(PartKind::synapse, spec(group).synapse).params) {
        const auto found = given.find(row.name);
        result.push_back(found == given.end() ? row.default_value : found->second.a);
    }
    return result;
}

PlasticContext Learning::context(std::size_t tile, const TileRows& incoming) const {
    const auto& one = spec(incoming.group);
    const DelaySplit split = one.dendritic_delay ? DelaySplit{false, *one.dendritic_delay}
                                                 : DelaySplit{true, one.axonal_delay.value_or(0)};
    return {incoming.rows,
            network_.tiles()[tile].size,
            params(incoming.group),
            network_.clock(),
            split,
            one.receptor == "inh" || is_negative(incoming.group)};
}

bool Learning::is_negative(std::size_t group) const {
    std::size_t synapses = 0;
    for (const auto& tile : network_.tiles())
        for (const auto& incoming : tile.incoming) {
            if (incoming.group != group || incoming.rows.size() == 0) continue;
            if (!incoming.rows.all_negative()) return false;
            synapses += incoming.rows.size();
        }
    return synapses > 0;
}

void Learning::make(std::size_t tile) {
    const auto& incoming = network_.tiles()[tile].incoming;
    if (logs_.empty()) return;
    tiles_[tile].spikes.assign(network_.tiles()[tile].size, 0);
    tiles_[tile].seen.assign(network_.description().homeostasis.size(), tiles_[tile].spikes);
    for (const auto& rows : incoming) {
        auto& synapses = tiles_[tile].synapses;
        auto& list = tiles_[tile].list;
        const auto* log = logs_[rows.group].get();
        if (log == nullptr) {
            synapses.push_back(nullptr);
        } else {
            const auto& rule =
                catalogue_.factory<RuleFactory>(PartKind::synapse, spec(rows.group).synapse);
            try {
                synapses.push_back(rule.make(context(tile, rows)));
                if (const auto name = synapses.back()->watched(); !name.empty())
                    tiles_[tile].watching.push_back(
                        {synapses.back().get(), watched_variable(tile, rows.group, name)});
                check_ticks(*synapses.back(), rows.group);
            } catch (const BadNetwork& error) {
                throw BadNetwork("projections." + spec(rows.group).name + "." + error.what());
            }
        }
        tiles_[tile].rewired.push_back(nullptr);
        list.push_back({synapses.back().get(), log, &rows.rows});
    }
}

void Learning::check_ticks(const Plastic& synapses, std::size_t group) const {
    const double every = synapses.tick_interval();
    const double h = network_.clock().resolution();
    if (every > 0 && network_.clock().nearest_step(every) == 0)
        throw BadNetwork("synapse = " + spec(group).synapse + " ticks every " + number(every) +
                         " ms: must be at least the resolution of " + number(h) + " ms");
}

std::size_t Learning::watched_variable(std::size_t tile, std::size_t group,
                                       std::string_view name) const {
    const auto& population =
        network_.populations()[network_.tiles()[tile].parts.front().population];
    const auto& model = network_.model(population);
    for (std::size_t i = 0; i < model.states.size(); ++i)
        if (model.states[i].name == name) return i;
    throw BadNetwork("synapse = " + spec(group).synapse + " reads the state variable " +
                     std::string(name) + " of its targets, which " + model.name +
                     " has not; take another model for " + population.name + ", or another rule");
}

void Learning::watch(std::size_t tile, Step step, const Look& look) {
    for (const auto& [synapses, variable] : tiles_[tile].watching)
        for (std::uint32_t k = 0; k < network_.tiles()[tile].size; ++k)
            synapses->watch(k, static_cast<double>(step), look(k, variable));
}

void Learning::post_spikes(std::size_t tile, Step step, std::span<const Spike> spikes) {
    auto& synapses = tiles_[tile].synapses;
    auto& counts = tiles_[tile].spikes;
    const double h = network_.clock().resolution();
    for (const auto& spike : spikes) ++counts[spike.id];
    for (std::size_t i = 0; i < synapses.size(); ++i) {
        if (!synapses[i]) continue;
        const auto* modulator = modulator_of_[network_.tiles()[tile].incoming[i].group];
        if (modulator != nullptr && modulator->events.contains(step)) {
            modulate_tile(tile, step, i, spikes);
            continue;
        }
        for (const auto& spike : spikes)
            synapses[i]->post_spike(spike.id,
                                    static_cast<double>(spike.time.step) + spike.time.offset / h);
    }
}

// Spikes and events of a bin, each neuron's in the order of time, at one instant the event first.
void Learning::modulate_tile(std::size_t tile, Step step, std::size_t incoming,
                             std::span<const Spike> spikes) {
    const auto& rows = network_.tiles()[tile].incoming[incoming];
    auto& synapses = *tiles_[tile].synapses[incoming];
    const double h = network_.clock().resolution();
    const auto post = network_.projections()[network_.groups()[rows.group].projections.front()].post;
    std::size_t next = 0;
    std::vector<Spike> sorted(spikes.begin(), spikes.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Spike& a, const Spike& b) { return a.time < b.time; });
    const auto spikes_before = [&](double offset) {
        for (; next < sorted.size() && sorted[next].time.offset < offset; ++next)
            synapses.post_spike(sorted[next].id,
                                static_cast<double>(step) + sorted[next].time.offset / h);
    };
    for (const auto& event : modulator_of_[rows.group]->events.at(step)) {
        spikes_before(event.offset);
        const double time = static_cast<double>(step) + event.offset / h;
        for (const auto& part : network_.tiles()[tile].parts) {
            if (part.population != post) continue;
            if (!event.neuron)
                for (std::uint32_t k = 0; k < part.size; ++k)
                    synapses.modulate(part.local + k, time, event.amount);
            else if (*event.neuron - part.first < part.size)
                synapses.modulate(
                    part.local + static_cast<std::uint32_t>(*event.neuron - part.first), time,
                    event.amount);
        }
    }
    spikes_before(h);
}

void Learning::end_step(Step step, const std::vector<SpikeRing>& rings) {
    for (std::size_t g = 0; g < logs_.size(); ++g)
        if (logs_[g]) logs_[g]->add(step, rings[network_.groups()[g].pre].at(step));
    for (auto& modulator : modulators_) {
        const auto& spec = *modulator.spec;
        modulator.events.erase(modulator.events.begin(), modulator.events.upper_bound(step));
        const Time delay = network_.clock().split(spec.delay);
        for (std::size_t p = 0; p < rings.size() && !spec.from.empty(); ++p)
            if (modulator.is_from(p, network_))
                for (const auto& spike : rings[p].at(step))
                    add_event(modulator, network_.clock().sum(spike.time, delay), spec.amount,
                              spec.each ? std::optional<std::uint64_t>(spike.id) : std::nullopt);
    }
}

double Learning::patience() const {
    double result = static_cast<double>(never / 2);
    for (const auto& tile : tiles_)
        for (const auto& synapses : tile.synapses)
            if (synapses) result = std::min(result, synapses->patience());
    return std::max(result, 1.0);
}

// A synapse has seen the spikes that have arrived at the neuron by `now`. Among those of the last step
// that may have done so, the part of the delay below a step decides, which sorts the runs.
template <class Use>
void Learning::for_each_stretch(std::size_t tile, std::size_t incoming, Step now,
                                const std::vector<SpikeRing>& rings, const Use& use) const {
    const auto group = network_.tiles()[tile].incoming[incoming].group;
    const auto& rows = this->rows(tile, incoming);
    const auto& log = *logs_[group];
    const auto& ring = rings[network_.groups()[group].pre];
    const double h = network_.clock().resolution();
    std::vector<PreRecord> seen(rows.sources());
    for (std::uint32_t source = 0; source < rows.sources(); ++source) seen[source] = log.latest(source);
    // Spikes of (step, i) that only some synapses of a run have seen.
    struct Open {
        std::size_t spike;
        double offset;
    };
    std::vector<std::vector<Open>> open(rows.may_carry() ? rows.sources() : 0);
    Step next = now;  // spikes from here on are not seen
    for (Step delay = rows.shortest(); delay <= rows.longest(); ++delay) {
        while (next > std::max<Step>(now - delay, 0)) {
            --next;
            const auto& spikes = ring.at(next);
            for (std::size_t i = spikes.size(); i-- > 0;) seen[spikes[i].id] = log.before(next, i);
        }
        const Step last_step = now - delay - 1;
        const bool has_open = rows.may_carry() && last_step >= 0;
        if (has_open)
            for (std::size_t i = 0; i < ring.at(last_step).size(); ++i) {
                const auto& spike = ring.at(last_step)[i];
                open[spike.id].push_back({i, spike.time.offset});
            }
        for (std::uint32_t source = 0; source < rows.sources(); ++source) {
            const auto* run = rows.run(source, delay);
            std::uint32_t last = run[1];
            const auto stretch = [&](std::uint32_t first, PreRecord before) {
                if (first < last) use(source, PreArrival{before[0], before, delay, first, last});
                last = std::min(last, first);
            };
            // Those beyond the carried ones have not seen the spike.
            if (has_open)
                for (const auto& [spike, offset] : open[source])
                    stretch(std::max(run[0], rows.carried(run[0], last, offset, h)),
                            log.before(last_step, spike));
            stretch(run[0], seen[source]);
        }
        if (has_open)
            for (const auto& spike : ring.at(last_step)) open[spike.id].clear();
    }
}

// Sums over the targets of a source do not depend on how they are cut into tiles: they are put in order.
std::vector<std::vector<double>> Learning::row_sums(std::size_t group, Step now,
                                                    const std::vector<SpikeRing>& rings) const {
    struct Part {
        std::uint64_t target;
        Time delay;
        std::size_t tile_rows;
        std::uint32_t place;
        double value;
    };
    std::vector<std::vector<double>> sums;
    std::vector<std::vector<Part>> of_source(
        network_.populations()[network_.groups()[group].pre].size);
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto& rows = this->rows(t, i);
        const auto first = network_.tiles()[t].first;
        for_each_stretch(t, i, now, rings, [&](std::uint32_t source, const PreArrival& arrival) {
            for (std::uint32_t k = arrival.first; k < arrival.last; ++k)
                of_source[source].push_back(
                    {first + rows.targets()[k],
                     {arrival.delay, rows.offset(k)},
                     sums.size(),
                     k,
                     tiles_[t].synapses[i]->to_row(k, arrival, static_cast<double>(now))});
        });
        sums.emplace_back(rows.size());
    });
    for (auto& parts : of_source) {
        std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
            return a.target != b.target ? a.target < b.target : a.delay < b.delay;
        });
        double sum = 0;
        for (std::size_t i = 0, j = 0; i < parts.size(); i = j) {
            for (; j < parts.size() && parts[j].target == parts[i].target; ++j)
                sum += parts[j].value;
            for (std::size_t k = i; k < j; ++k) sums[parts[k].tile_rows][parts[k].place] = sum;
        }
    }
    return sums;
}

void Learning::tick(std::size_t group, Step now, const std::vector<SpikeRing>& rings) {
    bool reads_row = false;
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        reads_row = tiles_[t].synapses[i]->reads_row();
    });
    const auto sums = reads_row ? row_sums(group, now, rings) : std::vector<std::vector<double>>{};
    std::size_t number = 0;
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto rows =
            reads_row ? std::span<const double>(sums[number++]) : std::span<const double>{};
        for_each_stretch(t, i, now, rings, [&](std::uint32_t, const PreArrival& arrival) {
            tiles_[t].synapses[i]->tick(arrival, static_cast<double>(now), rows);
        });
    });
}

void Learning::catch_up(std::size_t tile, Step now, const std::vector<SpikeRing>& rings) {
    const auto& synapses = tiles_[tile].synapses;
    for (std::size_t i = 0; i < synapses.size(); ++i)
        if (synapses[i])
            for_each_stretch(tile, i, now, rings, [&](std::uint32_t, const PreArrival& arrival) {
                synapses[i]->catch_up(arrival, static_cast<double>(now));
            });
}

void Learning::caught_up(Step now, const std::vector<SpikeRing>& rings) {
    if (patience_ == 0) prepare_intervals();
    for (const auto& tile : tiles_)
        for (const auto& synapses : tile.synapses)
            if (synapses) synapses->caught_up(static_cast<double>(now));
    rebase_due_ = now + static_cast<Step>(patience_);
    const auto& all = network_.description().homeostasis;
    // Whoever else has everything caught up at this step does not make them act twice.
    if (now > looked_) {
        for (std::size_t g = 0; g < ticks_.size(); ++g)
            if (ticks_[g] > 0 && now % ticks_[g] == 0) tick(g, now, rings);
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].every > 0 && now % network_.clock().nearest_step(all[i].every) == 0)
                keep_in_bounds(i);
    }
    looked_ = now;
    due_ = std::min(rebase_due_, next_interval(now));
}

void Learning::prepare_intervals() {
    patience_ = patience();
    ticks_.assign(logs_.size(), 0);
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        for (std::size_t i = 0; i < tiles_[t].synapses.size(); ++i)
            if (const auto* synapses = tiles_[t].synapses[i].get())
                ticks_[network_.tiles()[t].incoming[i].group] =
                    network_.clock().nearest_step(synapses->tick_interval());
}

Step Learning::next_interval(Step now) const {
    Step next = never;
    const auto heed = [&](Step every) {
        if (every > 0) next = std::min(next, (now / every + 1) * every);
    };
    for (const auto& one : network_.description().homeostasis)
        heed(network_.clock().nearest_step(one.every));
    for (const Step every : ticks_) heed(every);
    return next;
}

void Learning::end_phase(Step now, const std::vector<SpikeRing>& rings) {
    const auto& all = network_.description().homeostasis;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].every == 0) keep_in_bounds(i);
    ++phases_;
    for (const auto& one : network_.description().structure)
        rewire(
            one.projection,
            [&](SynapseTable& table) {
                prune_and_regrow(table, one, network_.description().run.seed, phases_);
            },
            now, rings);
}

void Learning::freeze(const std::vector<std::string>& projections) {
    for (std::size_t g = 0; g < logs_.size(); ++g)
        if (logs_[g])
            switch_on(spec(g).name, std::find(projections.begin(), projections.end(),
                                              spec(g).name) == projections.end());
}

void Learning::check_plastic(std::string_view projection) const {
    std::vector<std::string> known;
    for (std::size_t g = 0; g < logs_.size(); ++g)
        if (logs_[g]) known.push_back(spec(g).name);
    if (std::find(known.begin(), known.end(), projection) == known.end())
        throw UnknownName("unknown plastic projection '" + std::string(projection) + "'" +
                          suggestion(projection, known));
}

void Learning::switch_on(std::string_view projection, bool is_on) {
    check_plastic(projection);
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        for (std::size_t i = 0; i < tiles_[t].synapses.size(); ++i)
            if (tiles_[t].synapses[i] &&
                spec(network_.tiles()[t].incoming[i].group).name == projection)
                tiles_[t].synapses[i]->switch_on(is_on);
}

void Learning::reset_traces() {
    for (auto& log : logs_)
        if (log) log->reset();
    for (auto& tile : tiles_)
        for (auto& synapses : tile.synapses)
            if (synapses) synapses->reset_traces();
}

void Learning::drop_spikes() {
    for (auto& log : logs_)
        if (log) log->drop();
    for (auto& modulator : modulators_)
        if (!modulator.spec->from.empty()) modulator.events.clear();
}

std::size_t Learning::members(std::size_t projection) const {
    for (std::size_t g = 0; g < logs_.size(); ++g)
        if (logs_[g] && network_.groups()[g].projections.front() == projection)
            return catalogue_.info(PartKind::synapse, spec(g).synapse).states.size() + 1;
    return 0;
}

void Learning::for_each_synapse(std::size_t projection, Step now,
                                const std::vector<SpikeRing>& rings, const Visit& visit) const {
    struct Synapse {
        std::uint64_t source, target;
        Time delay;
        std::size_t values;
    };
    const std::size_t n = members(projection);
    std::vector<Synapse> found;
    std::vector<double> values;
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        for (std::size_t i = 0; i < tiles_[t].synapses.size(); ++i) {
            const auto& tile = network_.tiles()[t];
            const auto& rows = this->rows(t, i);
            if (network_.groups()[tile.incoming[i].group].projections.front() != projection)
                continue;
            for_each_stretch(t, i, now, rings, [&](std::uint32_t source, const PreArrival& arrival) {
                for (std::uint32_t k = arrival.first; k < arrival.last; ++k) {
                    const std::uint32_t local = rows.targets()[k];
                    const auto& part = tile.part_of(local);
                    found.push_back({source, part.first + local - part.local,
                                     {arrival.delay, rows.offset(k)}, values.size()});
                    for (std::size_t field = 0; field < n; ++field)
                        values.push_back(tiles_[t].synapses[i]->value(
                            k, arrival, static_cast<double>(now), field));
                }
            });
        }
    std::stable_sort(found.begin(), found.end(), [](const Synapse& a, const Synapse& b) {
        if (a.source != b.source) return a.source < b.source;
        if (a.delay != b.delay) return a.delay < b.delay;
        return a.target < b.target;
    });
    for (const auto& one : found)
        visit(one.source, one.target, {values.data() + one.values, n}, one.delay);
}

// Its first synapse onto the lowest target in [from, to).
std::optional<Learning::Address> Learning::find(std::size_t group, std::uint32_t source,
                                                std::uint64_t from, std::uint64_t to) const {
    std::optional<Address> best;
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        for (std::size_t i = 0; i < tiles_[t].synapses.size(); ++i) {
            const auto& tile = network_.tiles()[t];
            const auto& rows = this->rows(t, i);
            if (tile.incoming[i].group != group) continue;
            for (Step delay = rows.shortest(); delay <= rows.longest(); ++delay)
                for (auto k = rows.run(source, delay)[0]; k < rows.run(source, delay)[1]; ++k) {
                    const auto& part = tile.part_of(rows.targets()[k]);
                    const auto target = part.first + rows.targets()[k] - part.local;
                    if (target < from || target >= to) continue;
                    if (!best || target < best->target)
                        best = {t, i, k, source, delay, target, group};
                }
        }
    return best;
}

std::vector<Learning::Address> Learning::find(const WeightSpec& spec) const {
    std::vector<Address> result;
    for (const auto group : groups_of(spec.projection)) {
        const auto& projection =
            network_.projections()[network_.groups()[group].projections.front()];
        const auto sources = network_.populations()[projection.pre].size;
        const auto targets = network_.populations()[projection.post].size;
        const auto note = [&](const std::optional<Address>& found) {
            if (found) result.push_back(*found);
        };
        for (const auto& [source, target] : spec.synapses)
            if (source < sources && target < targets)
                note(find(group, static_cast<std::uint32_t>(source), target, target + 1));
        for (std::uint64_t i = 0; i < spec.count && spec.synapses.empty(); ++i) {
            // Fractions of the golden ratio spread targets whatever the sources.
            const auto source = static_cast<std::uint32_t>(i * sources / spec.count);
            const double place = 0.6180339887498949 * static_cast<double>(i);
            const auto from = static_cast<std::uint64_t>((place - std::floor(place)) *
                                                         static_cast<double>(targets));
            auto found = find(group, source, from, targets);
            if (!found) found = find(group, source, 0, from);
            note(found);
        }
    }
    return result;
}

void Learning::find_again(std::vector<Address>& addresses) const {
    for (auto& one : addresses) {
        const auto found = find(one.group, one.source, one.target, one.target + 1);
        if (found) one = *found;
        one.is_gone = !found;
    }
}

double Learning::weight(const Address& address, Step now, const std::vector<SpikeRing>& rings) const {
    if (address.is_gone) return 0;
    const auto group = address.group;
    const auto& rows = this->rows(address.tile, address.incoming);
    const auto& ring = rings[network_.groups()[group].pre];
    const double h = network_.clock().resolution();
    PreRecord before = logs_[group]->latest(address.source);
    for (Step step = now - 1; step >= std::max<Step>(now - address.delay - 1, 0); --step)
        for (std::size_t i = ring.at(step).size(); i-- > 0;) {
            const auto& spike = ring.at(step)[i];
            if (spike.id != address.source) continue;
            const bool has_arrived = step < now - address.delay &&
                                     spike.time.offset + rows.offset(address.place) < h;
            if (!has_arrived) before = logs_[group]->before(step, i);
        }
    return tiles_[address.tile].synapses[address.incoming]->value(
        address.place, {before[0], before, address.delay, address.place, address.place + 1},
        static_cast<double>(now), 0);
}

std::uint64_t Learning::bytes() const {
    std::uint64_t n = 0;
    for (const auto& tile : tiles_)
        for (const auto& synapses : tile.synapses)
            if (synapses) n += synapses->bytes();
    return n;
}

}  // namespace sim
