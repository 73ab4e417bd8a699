// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The members of a plain struct, one after the other, without a detour through memory.
//
// For structs whose members all have one type T; no member holds another struct.

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace sim {

inline constexpr std::size_t most_fields = 12;

/// References to the members of `s`.
template <std::size_t n, class S>
constexpr auto fields(S& s) {
    static_assert(n <= most_fields, "add a case for structs as large as this");
    if constexpr (n == 0) return std::tuple<>();
    else if constexpr (n == 1) {
        auto& [a] = s;
        return std::tie(a);
    } else if constexpr (n == 2) {
        auto& [a, b] = s;
        return std::tie(a, b);
    } else if constexpr (n == 3) {
        auto& [a, b, c] = s;
        return std::tie(a, b, c);
    } else if constexpr (n == 4) {
        auto& [a, b, c, d] = s;
        return std::tie(a, b, c, d);
    } else if constexpr (n == 5) {
        auto& [a, b, c, d, e] = s;
        return std::tie(a, b, c, d, e);
    } else if constexpr (n == 6) {
        auto& [a, b, c, d, e, f] = s;
        return std::tie(a, b, c, d, e, f);
    } else if constexpr (n == 7) {
        auto& [a, b, c, d, e, f, g] = s;
        return std::tie(a, b, c, d, e, f, g);
    } else if constexpr (n == 8) {
        auto& [a, b, c, d, e, f, g, h] = s;
        return std::tie(a, b, c, d, e, f, g, h);
    } else if constexpr (n == 9) {
        auto& [a, b, c, d, e, f, g, h, i] = s;
        return std::tie(a, b, c, d, e, f, g, h, i);
    } else if constexpr (n == 10) {
        auto& [a, b, c, d, e, f, g, h, i, j] = s;
        return std::tie(a, b, c, d, e, f, g, h, i, j);
    } else if constexpr (n == 11) {
        auto& [a, b, c, d, e, f, g, h, i, j, k] = s;
        return std::tie(a, b, c, d, e, f, g, h, i, j, k);
    } else {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l] = s;
        return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
    }
}

/// Calls use(index, member, ...) for every member of `s` and its counterparts in `others`; the
/// index is an integral constant.
template <class T, class Use, class S, class... Others>
constexpr void for_each_field(const Use& use, S& s, Others&... others) {
    constexpr std::size_t n = std::is_empty_v<S> ? 0 : sizeof(S) / sizeof(T);
    [&]<std::size_t... i>(std::index_sequence<i...>) {
        const auto one = [&](auto index) {
            use(index, std::get<index>(fields<n>(s)), std::get<index>(fields<n>(others))...);
        };
        (one(std::integral_constant<std::size_t, i>{}), ...);
    }
    (std::make_index_sequence<n>{});
}

}  // namespace sim
