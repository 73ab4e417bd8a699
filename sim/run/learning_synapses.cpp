// SPDX-License-Identifier: BSD-3-Clause
// Looking at plastic synapses, and up to which spike each has come.
#include <algorithm>
#include <cmath>

#include "sim/run/learning.hpp"

namespace sim {

// A synapse has seen the spikes that have arrived at the neuron by `now`. Among those of the last step
// that may have done so, the part of the delay below a step decides, which sorts the runs.
void Learning::for_each_stretch(std::size_t tile, std::size_t incoming, Step now,
                                const std::vector<SpikeRing>& rings,
                                const UseStretch& use) const {
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
    const auto is_before = [](const Synapse& a, const Synapse& b) {
        if (a.source != b.source) return a.source < b.source;
        if (a.delay != b.delay) return a.delay < b.delay;
        return a.target < b.target;
    };
    if (!std::is_sorted(found.begin(), found.end(), is_before))  // of one tile they often are
        std::stable_sort(found.begin(), found.end(), is_before);
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

}  // namespace sim
