// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/credit_tile.hpp"

#include "sim/run/bin_inputs.hpp"

namespace sim {

CreditTile::CreditTile(const Network& network, const Learning& learning, std::size_t tile,
                       const std::vector<int>& credit_of)
    : network_(network), learning_(learning), number_(tile), credit_of_(credit_of) {
    for (const auto& part : network.tiles()[tile].parts)
        if (const int credit = credit_of[part.population]; credit >= 0)
            parts_.push_back({static_cast<std::size_t>(credit), &part});
    found_.resize(network.description().credit.size());
}

const SynapseRows& CreditTile::rows(std::size_t incoming) const {
    const auto plastic = learning_.of(number_);
    return plastic.empty() ? network_.tiles()[number_].incoming[incoming].rows
                           : *plastic[incoming].rows;
}

// Projections of a group lead onto different populations.
bool CreditTile::takes_part(std::size_t incoming, std::size_t post) const {
    const auto& group = network_.groups()[network_.tiles()[number_].incoming[incoming].group];
    for (const auto p : group.projections)
        if (network_.projections()[p].post == post)
            return network_.description().projections[network_.projections()[p].spec].credit;
    return false;
}

int CreditTile::credit_of_source(std::size_t incoming) const {
    return credit_of_[network_.groups()[network_.tiles()[number_].incoming[incoming].group].pre];
}

const CreditTile::Part* CreditTile::part_of(std::size_t credit) const {
    for (const auto& one : parts_)
        if (one.credit == credit) return &one;
    return nullptr;
}

namespace {

/// Calls use(source, place) for the synapses onto a part of the tile, by source and delay.
template <class Use>
void for_each_onto(const TilePart& part, const SynapseRows& rows, const Use& use) {
    for (std::uint32_t source = 0; source < rows.sources(); ++source)
        for (auto k = rows.run(source, rows.shortest())[0]; k < rows.run(source, rows.longest())[1];
             ++k)
            if (rows.targets()[k] - part.local < part.size) use(source, k);
}

}  // namespace

// Sorted by target; of one target in the order of groups, sources and delays, whatever the tiles.
void CreditTile::index() {
    const auto& tile = network_.tiles()[number_];
    const auto for_each = [&](const auto& use) {
        for (std::size_t i = 0; i < tile.incoming.size(); ++i)
            for (const auto& [credit, part] : parts_) {
                if (credit_of_source(i) < 0 || !takes_part(i, part->population)) continue;
                for_each_onto(*part, rows(i), [&](std::uint32_t source, std::uint32_t k) {
                    use(rows(i).targets()[k], Synapse{static_cast<std::uint32_t>(i), k, source});
                });
            }
    };
    first_.assign(tile.size + 1, 0);
    for_each([&](std::uint32_t target, const Synapse&) { ++first_[target + 1]; });
    for (std::size_t k = 0; k < tile.size; ++k) first_[k + 1] += first_[k];
    synapses_.resize(first_.back());
    auto next = first_;
    for_each([&](std::uint32_t target, const Synapse& one) { synapses_[next[target]++] = one; });
}

double CreditTile::weight(const Synapse& one) const {
    const auto plastic = learning_.of(number_);
    if (plastic.empty() || plastic[one.incoming].synapses == nullptr)
        return rows(one.incoming).weight(one.place);
    return plastic[one.incoming].synapses->weights()[one.place];
}

void CreditTile::carry(std::size_t credit, std::span<const Underway> events, Step step,
                       const CreditPopulation& population) {
    const auto* mine = part_of(credit);
    if (mine == nullptr) return;
    const auto& part = *mine->part;
    for (const auto& event : events) {
        const std::uint64_t place = event.neuron - part.first;
        if (place >= part.size) continue;
        const std::size_t target = part.local + place;
        const std::uint64_t from = std::uint64_t{part.population} << 32U | event.neuron;
        for (std::size_t i = first_[target]; i < first_[target + 1]; ++i) {
            const auto& one = synapses_[i];
            const double w = population.in_spikes(weight(one));
            if (w == 0) continue;
            found_[static_cast<std::size_t>(credit_of_source(one.incoming))].push_back(
                {{step, event.offset},
                 CreditHappening::Kind::arrival,
                 one.source,
                 from,
                 w * event.amount});
        }
    }
}

void CreditTile::balance(std::size_t credit, Step step, const StepRuns& runs,
                         const CreditPopulation& population) {
    const auto* mine = part_of(credit);
    if (mine == nullptr) return;
    const auto& part = *mine->part;
    for (const auto& run : runs.all) {
        std::size_t incoming = 0;
        while (&rows(incoming) != run.rows) ++incoming;
        if (!takes_part(incoming, part.population)) continue;
        for_each_synapse(
            run, network_.clock().resolution(),
            [&](std::uint32_t target, double offset, double weight) {
                const std::uint32_t place = target - part.local;
                if (place >= part.size) return;
                found_[credit].push_back({{step, offset},
                                          CreditHappening::Kind::input,
                                          static_cast<std::uint32_t>(part.first) + place,
                                          0,
                                          -population.in_spikes(weight)});
            });
    }
}

}  // namespace sim
