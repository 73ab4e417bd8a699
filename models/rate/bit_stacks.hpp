// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A stack of bits for each lane: all the memory that exact reversal of a leaky state needs.
//
// A request is a code for each lane: 0 leaves its stack alone, otherwise bit 0 is set and, when
// pushing, bit 1 is the bit to keep. Codes come as doubles `code_base + code`, as vector code makes
// them.
// Invariant: bits leave a lane in the reverse of the order in which they came.
// Threads: one owner.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/error.hpp"

namespace models {

class BitStacks {
public:
    /// Added to a code; the code then stands in the low bits of the double.
    static constexpr double code_base = 0x1p52;

    explicit BitStacks(std::size_t lanes) : words_(lanes), fill_(lanes), older_(lanes) {}

    std::size_t lanes() const { return words_.size(); }

    /// Bits kept now, in all lanes.
    std::uint64_t size() const {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < lanes(); ++i) bits += fill_[i] + 64 * older_[i].size();
        return bits;
    }

    /// Shape: codes[lanes]
    void push(const double* codes) {
        bool is_full = false;
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const auto code = std::bit_cast<std::uint64_t>(codes[i]);
            words_[i] |= ((code >> 1U) & 1U) << fill_[i];
            fill_[i] += code & 1U;
            is_full |= fill_[i] == 64;
        }
        if (is_full) [[unlikely]]
            put_away();
    }

    /// Adds the bit of each lane that asks for one to `values`.  Shape: codes, values[lanes]
    /// Throws: sim::NumericFailure when a lane asks for more than was pushed
    void pop_onto(const double* codes, double* values) {
        bool is_empty = false;
        for (std::size_t i = 0; i < words_.size(); ++i)
            is_empty |= fill_[i] < (std::bit_cast<std::uint64_t>(codes[i]) & 1U);
        if (is_empty) [[unlikely]]
            fetch(codes);
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const std::uint64_t asked = std::bit_cast<std::uint64_t>(codes[i]) & 1U;
            fill_[i] -= asked;
            const std::uint64_t bit = (words_[i] >> fill_[i]) & asked;
            words_[i] ^= bit << fill_[i];
            values[i] += bit != 0 ? 1.0 : 0.0;
        }
    }

    void clear() {
        for (std::size_t i = 0; i < lanes(); ++i) {
            words_[i] = fill_[i] = 0;
            older_[i].clear();
        }
    }

private:
    void put_away() {
        for (std::size_t i = 0; i < lanes(); ++i)
            if (fill_[i] == 64) {
                older_[i].push_back(words_[i]);
                words_[i] = fill_[i] = 0;
            }
    }

    void fetch(const double* codes) {
        for (std::size_t i = 0; i < lanes(); ++i) {
            if (fill_[i] > 0 || (std::bit_cast<std::uint64_t>(codes[i]) & 1U) == 0) continue;
            if (older_[i].empty())
                throw sim::NumericFailure(
                    "reversal: more bits asked than kept; reverse the steps that were taken, with "
                    "the inputs and weights of then");
            words_[i] = older_[i].back();
            fill_[i] = 64;
            older_[i].pop_back();
        }
    }

    // Bits from 0 to fill - 1 of a word are kept, the others are 0; fill < 64 between calls.
    std::vector<std::uint64_t> words_, fill_;
    std::vector<std::vector<std::uint64_t>> older_;
};

}  // namespace models
