// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/structure.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "sim/core/error.hpp"
#include "sim/core/random.hpp"
#include "sim/run/learning.hpp"

namespace sim {

void SynapseTable::add(std::uint64_t from, std::uint64_t to, const Time& after, double weight) {
    source.push_back(from);
    target.push_back(to);
    delay.push_back(after);
    values.insert(values.end(), fresh.begin(), fresh.end());
    values[values.size() - members] = weight;
}

void SynapseTable::keep(const std::vector<bool>& is_kept) {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < size(); ++k) {
        if (!is_kept[k]) continue;
        source[kept] = source[k];
        target[kept] = target[k];
        delay[kept] = delay[k];
        for (std::size_t m = 0; m < members; ++m)
            values[kept * members + m] = values[k * members + m];
        ++kept;
    }
    source.resize(kept);
    target.resize(kept);
    delay.resize(kept);
    values.resize(kept * members);
}

void prune_and_regrow(SynapseTable& table, const StructureSpec& spec, std::uint64_t seed,
                      std::uint64_t occasion) {
    std::vector<bool> is_kept(table.size());
    std::vector<Time> delays;  // of those that are pruned
    std::unordered_set<std::uint64_t> taken;
    for (std::size_t k = 0; k < table.size(); ++k) {
        is_kept[k] = std::abs(table.weight(k)) >= spec.prune_below;
        if (is_kept[k]) taken.insert(table.source[k] * table.targets + table.target[k]);
        else delays.push_back(table.delay[k]);
    }
    table.keep(is_kept);
    if (!spec.regrow) return;
    RandomStream draw({seed, table.part, Purpose::structure}, occasion);
    constexpr int most_tries = 1000;  // a pair is then free at less than 1 in some hundred
    for (const Time& delay : delays)
        for (int i = 0; i < most_tries; ++i) {
            const auto below = [&](std::uint64_t n) {
                return std::min(static_cast<std::uint64_t>(draw.uniform() * static_cast<double>(n)),
                                n - 1);
            };
            const auto from = below(table.sources);
            const auto to = below(table.targets);
            if ((table.is_recurrent && from == to) ||
                !taken.insert(from * table.targets + to).second)
                continue;
            table.add(from, to, delay, table.sign * spec.weight);
            break;
        }
}

SynapseTable Learning::table(std::size_t group, Step now,
                             const std::vector<SpikeRing>& rings) const {
    const auto number = network_.groups()[group].projections.front();
    const auto& projection = network_.projections()[number];
    const auto& form = network_.groups()[group];
    SynapseTable table{network_.populations()[projection.pre].size,
                       network_.populations()[projection.post].size,
                       projection.pre == projection.post,
                       projection.part,
                       1,
                       form.shortest,
                       form.longest,
                       members(number),
                       {},
                       {},
                       {},
                       {},
                       {}};
    for_each_synapse(number, now, rings,
                     [&](std::uint64_t source, std::uint64_t target, std::span<const double> values,
                         Time delay) {
                         table.source.push_back(source);
                         table.target.push_back(target);
                         table.delay.push_back(delay);
                         table.values.insert(table.values.end(), values.begin(), values.end());
                     });
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto& synapses = *tiles_[t].synapses[i];
        if (synapses.sign() < 0) table.sign = -1;
        table.fresh = synapses.fresh();
    });
    return table;
}

void Learning::take(std::size_t group, const SynapseTable& table) {
    const auto& form = network_.groups()[group];
    for (std::size_t k = 0; k < table.size(); ++k)
        if (table.source[k] >= table.sources || table.target[k] >= table.targets ||
            table.delay[k].step < form.shortest || table.delay[k].step > form.longest)
            throw BadNetwork("a rewiring of " + spec(group).name +
                             " made a synapse of unknown neurons, or with a delay that the "
                             "projection did not have");
    const auto post = network_.projections()[form.projections.front()].post;
    auto storage = form.storage;
    storage.weights = Stored::doubles;  // which hold the number of the synapse while rows are built
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        std::vector<std::pair<std::uint32_t, std::size_t>> mine;  // (target in the tile, synapse)
        for (const auto& part : network_.tiles()[t].parts) {
            if (part.population != post) continue;
            for (std::size_t k = 0; k < table.size(); ++k)
                if (table.target[k] - part.first < part.size)
                    mine.emplace_back(
                        part.local + static_cast<std::uint32_t>(table.target[k] - part.first), k);
        }
        std::stable_sort(mine.begin(), mine.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        SynapseRows::Builder builder(static_cast<std::uint32_t>(table.sources),
                                     network_.tiles()[t].size, storage);
        for (const auto& [target, k] : mine)
            builder.count(static_cast<std::uint32_t>(table.source[k]), target, table.delay[k].step);
        builder.begin_second_pass();
        for (const auto& [target, k] : mine)
            builder.put(static_cast<std::uint32_t>(table.source[k]), target, static_cast<double>(k),
                        table.delay[k]);
        auto rows = std::make_unique<SynapseRows>(builder.finish());
        std::vector<double> values;
        for (std::size_t place = 0; place < rows->size(); ++place) {
            const auto* from =
                table.values.data() + static_cast<std::size_t>(rows->weight(place)) * table.members;
            values.insert(values.end(), from, from + table.members);
        }
        tiles_[t].synapses[i]->rewire(*rows, values);
        tiles_[t].list[i].rows = rows.get();
        tiles_[t].rewired[i] = std::move(rows);
    });
}

void Learning::rewire(std::string_view projection, const Rewiring& rewiring, Step now,
                      const std::vector<SpikeRing>& rings) {
    check_plastic(projection);
    for (const auto group : groups_of(projection)) {
        auto synapses = table(group, now, rings);
        rewiring(synapses);
        take(group, synapses);
    }
}

}  // namespace sim
