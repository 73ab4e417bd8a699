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
#include <type_traits>
#include <vector>

#ifdef __AVX2__
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
    Signed numbers;
    // Instructions that g++ 12 does not find.
#ifdef __AVX512F__
    if constexpr (sizeof wholes == 16 && lanes == 8)
        numbers = std::bit_cast<Signed>(_mm256_cvtepu16_epi32(std::bit_cast<__m128i>(wholes)));
    else numbers = __builtin_convertvector(wholes, Signed);
    if constexpr (lanes == 8)
        return Pack(std::bit_cast<Doubles>(
            _mm512_maskz_cvtepi32_pd(0xFF, std::bit_cast<__m256i>(numbers))));
#elif defined(__AVX2__)
    if constexpr (sizeof wholes == 8 && lanes == 4)
        numbers = std::bit_cast<Signed>(
            _mm_cvtepu16_epi32(_mm_cvtsi64_si128(std::bit_cast<long long>(wholes))));
    else numbers = __builtin_convertvector(wholes, Signed);
    if constexpr (lanes == 4)
        return Pack(std::bit_cast<Doubles>(_mm256_cvtepi32_pd(std::bit_cast<__m128i>(numbers))));
#else
    numbers = __builtin_convertvector(wholes, Signed);
#endif
    return Pack(__builtin_convertvector(numbers, Doubles));
}

typedef float FloatLanes __attribute__((vector_size(lanes * sizeof(float))));
inline Pack widen(FloatLanes floats) {
    typedef double Doubles __attribute__((vector_size(lanes * sizeof(double))));
#if defined(__AVX2__) && !defined(__AVX512F__)  // one instruction, which g++ 12 does not find
    return Pack(std::bit_cast<Doubles>(_mm256_cvtps_pd(std::bit_cast<__m128>(floats))));
#else
    return Pack(__builtin_convertvector(floats, Doubles));
#endif
}
inline Pack widen(const float* from) {
    FloatLanes floats;
    std::memcpy(&floats, from, sizeof floats);
    return widen(floats);
}

typedef std::uint64_t WordLanes __attribute__((vector_size(lanes * sizeof(std::uint64_t))));
/// What the low halves of words are as floats.
inline FloatLanes low_floats(WordLanes words) {
#if defined(__AVX2__) && !defined(__AVX512F__)  // two instructions, which g++ 12 does not find
    const auto all = std::bit_cast<__m256>(words);
    return std::bit_cast<FloatLanes>(
        _mm_shuffle_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1), 0b10'00'10'00));
#else
    typedef std::uint32_t Halves __attribute__((vector_size(lanes * sizeof(std::uint32_t))));
    return std::bit_cast<FloatLanes>(__builtin_convertvector(words, Halves));
#endif
}

/// A mask as the bits of a number, lane 0 the lowest, and back; bits beyond the lanes do not count.
inline unsigned bits_of(const Pack::mask_type& mask) {
    return static_cast<unsigned>(mask.__to_bitset().to_ulong());
}
inline unsigned bits_of(bool one) { return one ? 1 : 0; }
inline Pack::mask_type mask_of(unsigned bits) {
    if constexpr (lanes == 4) {  // where registers have no masks, a table takes fewest instructions
        static constexpr auto table = [] {
            std::array<std::array<double, 4>, 16> result{};
            for (unsigned i = 0; i < 16; ++i)
                for (unsigned lane = 0; lane < 4; ++lane)
                    result[i][lane] = (i >> lane & 1U) != 0 ? -1 : 0;
            return result;
        }();
        return load(table[bits % 16].data()) < Pack(0);
    } else {
        return Pack::mask_type::__from_bitset(std::bitset<lanes>(bits));
    }
}

namespace detail {

/// Numbers of two registers by their places: 0 is the first of a, `lanes` the first of b.
/// Whole registers are loaded, shuffled and stored one by one: arrays of them are copied through
/// memory, in smaller pieces.
template <int... places>
Pack shuffle(const Pack& a, const Pack& b) {
    static_assert(sizeof...(places) == 4 || sizeof...(places) == 8);
    if constexpr (sizeof...(places) == lanes) {
        typedef double Doubles __attribute__((vector_size(lanes * sizeof(double))));
        typedef std::int64_t Places __attribute__((vector_size(lanes * sizeof(double))));
        return Pack(
            __builtin_shuffle(static_cast<Doubles>(a), static_cast<Doubles>(b), Places{places...}));
    } else return a;  // for code that is not used
}

/// Four rows of four as columns, and columns as rows.
inline std::array<Pack, 4> transposed(const std::array<Pack, 4>& from) {
    const Pack a = shuffle<0, 4, 2, 6>(from[0], from[1]);
    const Pack b = shuffle<1, 5, 3, 7>(from[0], from[1]);
    const Pack c = shuffle<0, 4, 2, 6>(from[2], from[3]);
    const Pack d = shuffle<1, 5, 3, 7>(from[2], from[3]);
    return {shuffle<0, 1, 4, 5>(a, c), shuffle<0, 1, 4, 5>(b, d), shuffle<2, 3, 6, 7>(a, c),
            shuffle<2, 3, 6, 7>(b, d)};
}

}  // namespace detail

/// The columns of `lanes` rows that follow one another, each of `width` numbers.
template <std::size_t width>
inline std::array<Pack, width> columns_of(const double* rows) {
    using detail::shuffle;
    if constexpr (lanes == 8 && width == 4) {
        const std::array pairs{load(rows), load(rows + 8), load(rows + 16), load(rows + 24)};
        const Pack a = shuffle<0, 4, 8, 12, 1, 5, 9, 13>(pairs[0], pairs[1]);
        const Pack b = shuffle<0, 4, 8, 12, 1, 5, 9, 13>(pairs[2], pairs[3]);
        const Pack c = shuffle<2, 6, 10, 14, 3, 7, 11, 15>(pairs[0], pairs[1]);
        const Pack d = shuffle<2, 6, 10, 14, 3, 7, 11, 15>(pairs[2], pairs[3]);
        return {shuffle<0, 1, 2, 3, 8, 9, 10, 11>(a, b), shuffle<4, 5, 6, 7, 12, 13, 14, 15>(a, b),
                shuffle<0, 1, 2, 3, 8, 9, 10, 11>(c, d), shuffle<4, 5, 6, 7, 12, 13, 14, 15>(c, d)};
    } else if constexpr (lanes == 8 && width == 2) {
        const Pack front = load(rows), back = load(rows + 8);
        return {shuffle<0, 2, 4, 6, 8, 10, 12, 14>(front, back),
                shuffle<1, 3, 5, 7, 9, 11, 13, 15>(front, back)};
    } else if constexpr (lanes == 4 && width == 4) {
        return detail::transposed({load(rows), load(rows + 4), load(rows + 8), load(rows + 12)});
    } else if constexpr (lanes == 4 && width == 2) {
        const Pack front = load(rows), back = load(rows + 4);
        const Pack a = shuffle<0, 1, 4, 5>(front, back);
        const Pack b = shuffle<2, 3, 6, 7>(front, back);
        return {shuffle<0, 4, 2, 6>(a, b), shuffle<1, 5, 3, 7>(a, b)};
    } else {
        std::array<Pack, width> columns;
        for (std::size_t i = 0; i < width; ++i)
            columns[i] = Pack([&](auto lane) { return rows[lane * width + i]; });
        return columns;
    }
}

/// Writes columns as `lanes` rows, one after the other.
template <std::size_t width>
inline void put_rows(const std::array<Pack, width>& columns, double* rows) {
    using detail::shuffle;
    if constexpr (width == 1) {
        store(columns[0], rows);
    } else if constexpr (lanes == 8 && width == 2) {
        store(shuffle<0, 8, 1, 9, 2, 10, 3, 11>(columns[0], columns[1]), rows);
        store(shuffle<4, 12, 5, 13, 6, 14, 7, 15>(columns[0], columns[1]), rows + 8);
    } else if constexpr (lanes == 4 && width == 4) {
        const auto four = detail::transposed(columns);
        for (std::size_t i = 0; i < width; ++i) store(four[i], rows + 4 * i);
    } else if constexpr (lanes == 4 && width == 2) {
        const Pack a = shuffle<0, 4, 2, 6>(columns[0], columns[1]);
        const Pack b = shuffle<1, 5, 3, 7>(columns[0], columns[1]);
        store(shuffle<0, 1, 4, 5>(a, b), rows);
        store(shuffle<2, 3, 6, 7>(a, b), rows + 4);
    } else {
        for (std::size_t i = 0; i < width; ++i)
            for (std::size_t lane = 0; lane < lanes; ++lane)
                rows[lane * width + i] = columns[i][lane];
    }
}

/// The number or struct of one lane; of a double or a struct of doubles itself.
template <class Narrow, class Wide>
Narrow lane_of(const Wide& s, std::size_t lane) {
    if constexpr (std::is_same_v<Narrow, Wide>) return s;
    else {
        const auto from = std::bit_cast<std::array<Pack, sizeof(Wide) / sizeof(Pack)>>(s);
        Fields<Narrow, double> to;
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i][lane];
        return std::bit_cast<Narrow>(to);
    }
}
template <class Narrow, class Wide>
void set_lane(Wide& s, std::size_t lane, const Narrow& one) {
    if constexpr (std::is_same_v<Narrow, Wide>) s = one;
    else if constexpr (std::is_same_v<Wide, Pack>) s[lane] = one;
    else {
        const auto from = std::bit_cast<Fields<Narrow, double>>(one);
        for_each_field<Pack>([&](auto i, Pack& x) { x[lane] = from[i]; }, s);
    }
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
