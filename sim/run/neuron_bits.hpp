// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A bit for each neuron of a tile, a byte for each pack.
//
// A loop over packs that only notes bits has no calls in it, and so all registers for its parameters;
// what is to be done for the few neurons noted is done in a loop of its own.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "sim/run/lanes.hpp"

namespace sim {

class NeuronBits {
public:
    explicit NeuronBits(std::size_t size)
        : size_(size), bytes_((size + word * lanes - 1) / (word * lanes) * word) {}

    bool test(std::size_t k) const { return (bytes_[k / lanes] >> k % lanes & 1U) != 0; }
    void set(std::size_t k) {
        bytes_[k / lanes] = static_cast<std::uint8_t>(bytes_[k / lanes] | 1U << k % lanes);
    }
    void clear() { std::fill(bytes_.begin(), bytes_.end(), std::uint8_t{0}); }
    void clear(std::size_t k) {
        bytes_[k / lanes] = static_cast<std::uint8_t>(bytes_[k / lanes] & ~(1U << k % lanes));
    }

    /// By pack, as mask_of and bits_of have them. Bits beyond the last neuron do not count.
    std::uint8_t* data() { return bytes_.data(); }
    const std::uint8_t* data() const { return bytes_.data(); }

    /// Calls visit(neuron) for those set, in ascending order. Needs: visit sets and clears none
    template <class Visit>
    void for_each(const Visit& visit) const {
        for (std::size_t i = 0; i < bytes_.size(); i += word) {
            std::uint64_t any = 0;
            std::memcpy(&any, bytes_.data() + i, word);
            if (any == 0) [[likely]]
                continue;
            for (std::size_t pack = i; pack < i + word; ++pack)
                for (unsigned bits = bytes_[pack]; bits != 0; bits &= bits - 1) {
                    const auto k = pack * lanes + static_cast<std::size_t>(std::countr_zero(bits));
                    if (k < size_) visit(static_cast<std::uint32_t>(k));
                }
        }
    }

private:
    static_assert(lanes <= 8, "a byte holds the bits of a pack");
    static constexpr std::size_t word = sizeof(std::uint64_t);
    std::size_t size_;
    std::vector<std::uint8_t> bytes_;
};

}  // namespace sim
