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

std::uint64_t Learning::bytes() const {
    std::uint64_t n = 0;
    for (const auto& tile : tiles_)
        for (const auto& synapses : tile.synapses)
            if (synapses) n += synapses->bytes();
    return n;
}

}  // namespace sim
