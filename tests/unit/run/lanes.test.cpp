// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <numeric>

#include "sim/run/lanes.hpp"

using sim::lanes;
using sim::Pack;

namespace {

template <std::size_t width>
void check_columns() {
    std::array<double, lanes * width> rows;
    std::iota(rows.begin(), rows.end(), 1.5);
    const auto columns = sim::columns_of<width>(rows.data());
    for (std::size_t i = 0; i < width; ++i)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            CHECK(columns[i][lane] == rows[lane * width + i]);
    std::array<double, lanes * width> again{};
    sim::put_rows(columns, again.data());
    CHECK(again == rows);
}

template <class Whole>
void check_widened(Whole largest) {
    std::array<Whole, lanes> wholes;
    for (std::size_t lane = 0; lane < lanes; ++lane)
        wholes[lane] = static_cast<Whole>(largest - 3 * lane);
    const Pack wide = sim::widen(wholes.data());
    for (std::size_t lane = 0; lane < lanes; ++lane)
        CHECK(wide[lane] == static_cast<double>(wholes[lane]));
}

}  // namespace

TEST_CASE("masks and their bits are the same, lane 0 the lowest", "[unit][run]") {
    for (unsigned bits = 0; bits < 1U << lanes; ++bits) {
        const auto mask = sim::mask_of(bits);
        for (std::size_t lane = 0; lane < lanes; ++lane)
            CHECK(mask[lane] == ((bits >> lane & 1U) != 0));
        CHECK(sim::bits_of(mask) == bits);
        Pack x(1);  // as a comparison makes it, too
        where(mask, x) = -1;
        CHECK(sim::bits_of(x < 0.0) == bits);
    }
}

TEST_CASE("rows turn into columns and back", "[unit][run]") {
    check_columns<1>();
    check_columns<2>();
    check_columns<4>();
    check_columns<8>();
}

TEST_CASE("whole numbers below 2^31 widen to doubles", "[unit][run]") {
    check_widened<std::uint8_t>(255);
    check_widened<std::uint16_t>(65'535);
    check_widened<std::uint32_t>(2'147'483'647);
}
