// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Several neurons side by side in one register, and states stored so that they can be loaded so.
//
// Lanes are independent and their operations those of a double, so results do not depend on the
// width of a register. Models are written over a number type T: double, or Pack here.

#include <array>
#include <bit>
#include <cstddef>
#include <experimental/simd>
#include <vector>

namespace sim {

using Pack = std::experimental::native_simd<double>;
inline constexpr std::size_t lanes = Pack::size();

/// Structs of numbers as arrays of numbers, and back.
template <class S, class T>
using Fields = std::array<T, sizeof(S) / sizeof(T)>;

/// Reads or writes `lanes` neighbours of an array.
inline Pack load(const double* from) { return Pack(from, std::experimental::element_aligned); }
inline void store(const Pack& pack, double* to) {
    pack.copy_to(to, std::experimental::element_aligned);
}

/// The same struct in every lane, from a struct of doubles.
template <class Wide, class Narrow>
Wide broadcast(const Narrow& one) {
    if constexpr (std::is_empty_v<Narrow>) return {};
    else {
        const auto from = std::bit_cast<Fields<Narrow, double>>(one);
        std::array<Pack, from.size()> to;
        for (std::size_t i = 0; i < from.size(); ++i) to[i] = Pack(from[i]);
        return std::bit_cast<Wide>(to);
    }
}

/// `lanes` structs of doubles side by side; the last one again where there are fewer.
template <class Wide, class Narrow, class At>
Wide side_by_side(const At& at) {
    if constexpr (std::is_empty_v<Narrow>) return {};
    else {
        std::array<Pack, sizeof(Narrow) / sizeof(double)> to;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const auto from = std::bit_cast<Fields<Narrow, double>>(at(lane));
            for (std::size_t i = 0; i < from.size(); ++i) to[i][lane] = from[i];
        }
        return std::bit_cast<Wide>(to);
    }
}

/// The struct of one lane.
template <class Narrow, class Wide>
Narrow lane_of(const Wide& s, std::size_t lane) {
    const auto from = std::bit_cast<std::array<Pack, sizeof(Wide) / sizeof(Pack)>>(s);
    Fields<Narrow, double> to;
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i][lane];
    return std::bit_cast<Narrow>(to);
}

/// Takes from `other` the lanes where `mask` is set.
template <class Wide>
void select(const typename Pack::mask_type& mask, const Wide& other, Wide& s) {
    using Packs = std::array<Pack, sizeof(Wide) / sizeof(Pack)>;
    auto to = std::bit_cast<Packs>(s);
    const auto from = std::bit_cast<Packs>(other);
    for (std::size_t i = 0; i < to.size(); ++i) where(mask, to[i]) = from[i];
    s = std::bit_cast<Wide>(to);
}

/// The same over any number type T: sets `to` where `mask` is set.
template <class T, class Mask, class S>
void assign_fields(const Mask& mask, const S& from, S& to) {
    auto values = std::bit_cast<Fields<S, T>>(to);
    const auto others = std::bit_cast<Fields<S, T>>(from);
    for (std::size_t i = 0; i < values.size(); ++i)
        std::experimental::where(mask, values[i]) = others[i];
    to = std::bit_cast<S>(values);
}

/// The states of a tile, one array for each variable.
template <class State, class WideState>
class StateArrays {
public:
    explicit StateArrays(std::size_t size) {
        for (auto& field : fields_) field.resize(size);
    }

    std::size_t size() const { return fields_[0].size(); }

    State get(std::size_t k) const {
        Fields<State, double> values;
        for (std::size_t i = 0; i < n; ++i) values[i] = fields_[i][k];
        return std::bit_cast<State>(values);
    }
    void set(std::size_t k, const State& s) {
        const auto values = std::bit_cast<Fields<State, double>>(s);
        for (std::size_t i = 0; i < n; ++i) fields_[i][k] = values[i];
    }

    WideState get_pack(std::size_t first) const {
        std::array<Pack, n> values;
        for (std::size_t i = 0; i < n; ++i) values[i] = load(fields_[i].data() + first);
        return std::bit_cast<WideState>(values);
    }
    void set_pack(std::size_t first, const WideState& s) {
        const auto values = std::bit_cast<std::array<Pack, n>>(s);
        for (std::size_t i = 0; i < n; ++i) store(values[i], fields_[i].data() + first);
    }

private:
    static constexpr std::size_t n = sizeof(State) / sizeof(double);
    std::array<std::vector<double>, n> fields_;
};

}  // namespace sim
