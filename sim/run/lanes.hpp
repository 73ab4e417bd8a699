// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Several neurons side by side in one register, and states stored so that they can be loaded so.
//
// Lanes are independent and their operations those of a double, so results do not depend on the
// width of a register. Models are written over a number type T: double, or Pack here.

#include <array>
#include <bit>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <experimental/simd>
#include <vector>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "sim/core/fields.hpp"

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

/// Reads or writes elements of an array. What occurs twice must have one value.
inline Pack gather(const double* from, const std::array<std::uint32_t, lanes>& places) {
    return Pack([&](auto lane) { return from[places[lane]]; });
}
inline void scatter(const Pack& pack, double* to, const std::array<std::uint32_t, lanes>& places) {
    for (std::size_t lane = 0; lane < lanes; ++lane) to[places[lane]] = pack[lane];
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

/// Whole numbers below 2^31, side by side, as a Pack. By way of 32 bits with a sign: compilers know
/// no other way that is short.
template <class Whole>
inline Pack widen(const Whole* from) {
    typedef Whole Wholes __attribute__((vector_size(lanes * sizeof(Whole))));
    typedef std::int32_t Signed __attribute__((vector_size(lanes * sizeof(std::int32_t))));
    typedef double Doubles __attribute__((vector_size(lanes * sizeof(double))));
    Wholes wholes;
    std::memcpy(&wholes, from, sizeof wholes);
#ifdef __AVX512F__  // instructions that g++ 12 does not find
    if constexpr (sizeof wholes == 16 && lanes == 8)
        return Pack(std::bit_cast<Doubles>(
            _mm512_maskz_cvtepi32_pd(0xFF, _mm256_cvtepu16_epi32(std::bit_cast<__m128i>(wholes)))));
    if constexpr (sizeof wholes == 32 && lanes == 8)
        return Pack(
            std::bit_cast<Doubles>(_mm512_maskz_cvtepi32_pd(0xFF, std::bit_cast<__m256i>(wholes))));
#endif
    return Pack(__builtin_convertvector(__builtin_convertvector(wholes, Signed), Doubles));
}

inline Pack widen(const float* from) {
    typedef float Floats __attribute__((vector_size(lanes * sizeof(float))));
    typedef double Doubles __attribute__((vector_size(lanes * sizeof(double))));
    Floats floats;
    std::memcpy(&floats, from, sizeof floats);
    return Pack(__builtin_convertvector(floats, Doubles));
}

/// A mask as the bits of a number, lane 0 the lowest, and back.
inline unsigned bits_of(const Pack::mask_type& mask) {
    return static_cast<unsigned>(mask.__to_bitset().to_ulong());
}
inline Pack::mask_type mask_of(unsigned bits) {
    return Pack::mask_type::__from_bitset(std::bitset<lanes>(bits));
}

/// The columns of `lanes` rows that follow one another, each of `width` numbers.
template <std::size_t width>
inline std::array<Pack, width> columns_of(const double* rows) {
    std::array<Pack, width> columns;
    if constexpr (lanes == 8 && width == 4) {
        typedef double Doubles __attribute__((vector_size(64)));
        typedef std::int64_t Places __attribute__((vector_size(64)));
        std::array<Doubles, 4> pairs;  // of rows
        std::memcpy(pairs.data(), rows, sizeof pairs);
        const Places low{0, 4, 8, 12, 1, 5, 9, 13};
        const Places high{2, 6, 10, 14, 3, 7, 11, 15};
        const Places fronts{0, 1, 2, 3, 8, 9, 10, 11};
        const Places backs{4, 5, 6, 7, 12, 13, 14, 15};
        const Doubles a = __builtin_shuffle(pairs[0], pairs[1], low);
        const Doubles b = __builtin_shuffle(pairs[2], pairs[3], low);
        const Doubles c = __builtin_shuffle(pairs[0], pairs[1], high);
        const Doubles d = __builtin_shuffle(pairs[2], pairs[3], high);
        columns[0] = Pack(__builtin_shuffle(a, b, fronts));
        columns[1] = Pack(__builtin_shuffle(a, b, backs));
        columns[2] = Pack(__builtin_shuffle(c, d, fronts));
        columns[3] = Pack(__builtin_shuffle(c, d, backs));
    } else if constexpr (lanes == 8 && width == 2) {
        typedef double Doubles __attribute__((vector_size(64)));
        typedef std::int64_t Places __attribute__((vector_size(64)));
        std::array<Doubles, 2> four;  // rows
        std::memcpy(four.data(), rows, sizeof four);
        const Places even{0, 2, 4, 6, 8, 10, 12, 14};
        const Places odd{1, 3, 5, 7, 9, 11, 13, 15};
        columns[0] = Pack(__builtin_shuffle(four[0], four[1], even));
        columns[1] = Pack(__builtin_shuffle(four[0], four[1], odd));
    } else {
        for (std::size_t i = 0; i < width; ++i)
            columns[i] = Pack([&](auto lane) { return rows[lane * width + i]; });
    }
    return columns;
}

/// Writes columns as `lanes` rows, one after the other.
template <std::size_t width>
inline void put_rows(const std::array<Pack, width>& columns, double* rows) {
    if constexpr (width == 1) {
        store(columns[0], rows);
    } else if constexpr (lanes == 8 && width == 2) {
        typedef double Doubles __attribute__((vector_size(64)));
        typedef std::int64_t Places __attribute__((vector_size(64)));
        const auto a = static_cast<Doubles>(columns[0]);
        const auto b = static_cast<Doubles>(columns[1]);
        const std::array<Doubles, 2> four{
            __builtin_shuffle(a, b, Places{0, 8, 1, 9, 2, 10, 3, 11}),
            __builtin_shuffle(a, b, Places{4, 12, 5, 13, 6, 14, 7, 15})};
        std::memcpy(rows, four.data(), sizeof four);
    } else {
        for (std::size_t i = 0; i < width; ++i)
            for (std::size_t lane = 0; lane < lanes; ++lane)
                rows[lane * width + i] = columns[i][lane];
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

/// Takes from `other` the lanes where `mask` is set; over any number type T.
template <class T, class Mask, class S>
void assign_fields(const Mask& mask, const S& other, S& s) {
    for_each_field<T>(
        [&](auto, T& mine, const T& theirs) { std::experimental::where(mask, mine) = theirs; }, s,
        other);
}
template <class Wide>
void select(const typename Pack::mask_type& mask, const Wide& other, Wide& s) {
    assign_fields<Pack>(mask, other, s);
}

/// Calls use(first, pack of parameters) for every pack of neurons from `begin` to `end`, multiples of
/// `lanes`; one element of `packs` stands for all.
template <class PackOfParams, class Use>
void for_each_pack(const std::vector<PackOfParams>& packs, std::size_t begin, std::size_t end,
                   const Use& use) {
    if (packs.size() == 1) {
        const PackOfParams all = packs[0];  // a copy that no store can change
        for (std::size_t first = begin; first < end; first += lanes) use(first, all);
    } else {
        for (std::size_t first = begin; first < end; first += lanes)
            use(first, packs[first / lanes]);
    }
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
        State s;
        for_each_field<double>([&](auto i, double& x) { x = fields_[i][k]; }, s);
        return s;
    }
    void set(std::size_t k, const State& s) {
        for_each_field<double>([&](auto i, const double& x) { fields_[i][k] = x; }, s);
    }

    /// `lanes` neurons side by side, wherever they are.
    WideState gather(const std::array<std::uint32_t, lanes>& neurons) const {
        WideState s;
        for_each_field<Pack>([&](auto i, Pack& x) { x = sim::gather(fields_[i].data(), neurons); },
                             s);
        return s;
    }
    void scatter(const std::array<std::uint32_t, lanes>& neurons, const WideState& s) {
        for_each_field<Pack>(
            [&](auto i, const Pack& x) { sim::scatter(x, fields_[i].data(), neurons); }, s);
    }

    /// The arrays for a loop over packs. A copy of the pointers, as a store into an array might
    /// change those in memory, for all the compiler knows.
    class Packs {
    public:
        static constexpr std::size_t none = sizeof(State) / sizeof(double);
        /// Variable `zero` is not in the arrays but 0, if there is such a one.
        template <std::size_t zero = none>
        WideState get(std::size_t first) const {
            WideState s;
            for_each_field<Pack>(
                [&](auto i, Pack& x) { x = i == zero ? Pack(0) : load(arrays_[i] + first); }, s);
            return s;
        }
        template <std::size_t zero = none>
        void set(std::size_t first, const WideState& s) const {
            for_each_field<Pack>(
                [&](auto i, const Pack& x) {
                    if constexpr (i != zero) store(x, arrays_[i] + first);
                },
                s);
        }

    private:
        friend class StateArrays;
        std::array<double*, sizeof(State) / sizeof(double)> arrays_;
    };
    Packs packs() {
        Packs result;
        for (std::size_t i = 0; i < fields_.size(); ++i) result.arrays_[i] = fields_[i].data();
        return result;
    }

private:
    std::array<std::vector<double>, sizeof(State) / sizeof(double)> fields_;
};

}  // namespace sim
