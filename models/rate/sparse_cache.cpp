// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/sparse_cache.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "sim/core/error.hpp"

namespace models {

SparseCache::SparseCache(std::size_t cells, std::size_t active)
    : cells_(cells), active_(active), words_((cells + 63) / 64), rows_(cells * words_) {
    if (active == 0 || active > cells)
        throw sim::BadParameter("active = " + std::to_string(active) + ": not in [1, cells = " +
                                std::to_string(cells) + "]; choose about 2 % of the cells");
}

void SparseCache::store(const Pattern& from, const Pattern& to) {
    for (const auto pre : from)
        for (const auto post : to)
            rows_[pre * words_ + post / 64] |= std::uint64_t{1} << (post % 64);
}

void SparseCache::clear() { std::fill(rows_.begin(), rows_.end(), 0); }

// Inputs are whole numbers up to the size of a pattern, so counting them finds the threshold.
Pattern SparseCache::winners(const std::vector<std::uint32_t>& input) const {
    std::vector<std::size_t> cells_with(cells_ + 1);
    for (const auto one : input) ++cells_with[one];
    std::size_t threshold = cells_, above = 0;
    while (above + cells_with[threshold] < active_) above += cells_with[threshold--];
    std::size_t ties = active_ - above;
    Pattern won;
    won.reserve(active_);
    for (std::uint32_t cell = 0; cell < cells_; ++cell)
        if (input[cell] > threshold || (input[cell] == threshold && ties > 0 && ties-- > 0))
            won.push_back(cell);
    return won;
}

Pattern SparseCache::after(const Pattern& pattern) const {
    std::vector<std::uint32_t> input(cells_);
    for (const auto pre : pattern)
        for (std::size_t word = 0; word < words_; ++word)
            for (std::uint64_t rest = rows_[pre * words_ + word]; rest != 0; rest &= rest - 1)
                ++input[word * 64 + static_cast<std::size_t>(std::countr_zero(rest))];
    return winners(input);
}

Pattern SparseCache::before(const Pattern& pattern) const {
    std::vector<std::uint64_t> active(words_);
    for (const auto cell : pattern) active[cell / 64] |= std::uint64_t{1} << (cell % 64);
    std::vector<std::uint32_t> input(cells_);
    for (std::size_t pre = 0; pre < cells_; ++pre)
        for (std::size_t word = 0; word < words_; ++word)
            input[pre] += static_cast<std::uint32_t>(
                std::popcount(rows_[pre * words_ + word] & active[word]));
    return winners(input);
}

double SparseCache::load() const {
    std::uint64_t bits = 0;
    for (const auto word : rows_) bits += static_cast<std::uint64_t>(std::popcount(word));
    return static_cast<double>(bits) / static_cast<double>(cells_ * cells_);
}

}  // namespace models
