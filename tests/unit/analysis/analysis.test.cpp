// SPDX-License-Identifier: BSD-3-Clause
// The parts of the analysis of replay, each on data whose answer is known.
#include <catch2/catch.hpp>

#include <cmath>

#include "protocols/analysis/replay_events.hpp"
#include "sim/core/error.hpp"

using namespace protocols;

namespace {

// Back and forth along a line at 100 px/s, from 100 to 400 px, on a track at 30 degrees.
Positions walk(double seconds) {
    Positions p;
    for (double t = 0; t < seconds; t += 1.0 / 60) {
        const double phase = std::fmod(t, 6.0);
        const double s = phase < 3 ? 100 * phase : 600 - 100 * phase;
        p.time_s.push_back(1000 + t);
        p.x_px.push_back(100 + s * std::cos(M_PI / 6));
        p.y_px.push_back(200 + s * std::sin(M_PI / 6));
    }
    return p;
}

// Units with Gaussian fields at equal distances, of 30 Hz at the peak and 15 px deviation.
UnitSpikes spikes_on(const LinearTrack& track, std::size_t units, std::uint64_t seed) {
    UnitSpikes spikes;
    spikes.units = units;
    sim::RandomStream draws({seed, 1}, 0);
    for (std::size_t i = 0; i < track.size(); ++i)
        for (std::size_t u = 0; u < units; ++u) {
            const double center =
                track.low_px + (track.high_px - track.low_px) * (double(u) + 0.5) / double(units);
            const double z = (track.position_px[i] - center) / 15;
            if (draws.uniform() < 30 * std::exp(-z * z / 2) * track.step_s) {
                spikes.time_s.push_back(track.time_s(i) + 0.5 * track.step_s);
                spikes.unit.push_back(u);
            }
        }
    return spikes;
}

// A burst of `units` that fire three spikes each, one after the other, within 200 ms.
void add_burst(double at, bool reverse, std::size_t units, UnitSpikes& spikes) {
    for (std::size_t k = 0; k < units; ++k)
        for (int s = 0; s < 3; ++s) {
            spikes.time_s.push_back(at + (double(k) + 0.3 * s) * 0.2 / double(units));
            spikes.unit.push_back(reverse ? units - 1 - k : k);
        }
}

}  // namespace

TEST_CASE("a track is the axis that the animal ran along") {
    const auto track = linearize(walk(60), {});
    CHECK(track.high_px - track.low_px == Approx(275).margin(10));  // turns are not running
    // Where the speed is constant it is found, with its sign; the walk turns every 3 s.
    const auto up = track.index(1000 + 1.5), down = track.index(1000 + 4.5);
    CHECK(std::fabs(track.speed[up]) == Approx(100).epsilon(0.01));
    CHECK(track.speed[up] == Approx(-track.speed[down]).epsilon(0.02));
    CHECK(track.is_running[up] == 1);
    CHECK(track.is_running[track.index(1000 + 3.0)] == 0);  // the turn
    TrackConfig x;
    x.axis = TrackConfig::Axis::x;
    const auto along_x = linearize(walk(60), x);
    CHECK(along_x.position_px[up] == Approx(100 + 150 * std::cos(M_PI / 6)).margin(2));
    CHECK_THROWS_AS(linearize({{1}, {1}, {1}}, {}), sim::BadFile);
    CHECK_THROWS_AS(linearize({{1, 2, 3}, {1, 1, 1}, {1, 1, 1}}, {}), sim::BadFile);
}

TEST_CASE("what is far from the axis is not on the track") {
    auto positions = walk(60);
    for (std::size_t i = 0; i < positions.time_s.size(); ++i)
        if (positions.time_s[i] > 1040 && positions.time_s[i] < 1042) positions.y_px[i] += 300;
    const auto track = linearize(positions, {});
    CHECK(track.is_running[track.index(1041)] == 0);
}

TEST_CASE("a Gaussian average keeps constants and the area of a pulse") {
    std::vector<double> pulse(101);
    pulse[50] = 1;
    const auto smoothed = smooth(pulse, 3);
    double sum = 0;
    for (const double x : smoothed) sum += x;
    CHECK(sum == Approx(1));
    CHECK(smoothed[53] / smoothed[50] == Approx(std::exp(-0.5)));
    for (const double x : smooth(std::vector<double>(20, 7.0), 2.5)) CHECK(x == Approx(7));
}

TEST_CASE("fields have the rate and the place of the units that made the spikes") {
    const auto track = linearize(walk(600), {});
    const auto spikes = spikes_on(track, 10, 1);
    const auto fields = place_fields(track, spikes, {}, [](std::size_t) { return true; });
    CHECK(fields.maps == 2);
    double total = 0;
    for (const double part : fields.occupancy) total += part;
    CHECK(total == Approx(1));
    for (std::size_t u = 1; u < 9; ++u)
        for (std::size_t map = 0; map < 2; ++map) {
            const auto begin = fields.rate_hz[u].begin() + long(map * fields.bins);
            const auto peak = std::max_element(begin, begin + long(fields.bins));
            const double center =
                track.low_px + (track.high_px - track.low_px) * (double(u) + 0.5) / 10;
            CHECK(fields.center_px(std::size_t(peak - begin)) == Approx(center).margin(12));
            // 30 Hz, blurred by 10 px: 30 * 15 / sqrt(15^2 + 10^2) = 25; 100 passages.
            CHECK(*peak == Approx(25).epsilon(0.25));
        }
    CHECK_THROWS_AS(place_fields(track, spikes, {}, [](std::size_t) { return false; }),
                    sim::BadFile);
}

TEST_CASE("the posterior is that of Poisson counts") {
    PlaceFields fields;
    fields.bins = 3;
    fields.occupancy = {0.2, 0.3, 0.5};
    fields.rate_hz = {{1, 5, 2}, {8, 1, 3}};
    const std::vector<std::uint64_t> window{0, 1, 1}, order{0, 1};
    for (const bool with_prior : {false, true}) {
        std::vector<double> found(3), expected(3);
        PlaceDecoder(fields, 0.25, with_prior).posterior(window, order, found.data());
        double sum = 0;
        const auto poisson = [](double mean, int k) {
            return std::pow(mean, k) * std::exp(-mean) / std::tgamma(k + 1);
        };
        for (std::size_t s = 0; s < 3; ++s)
            sum += expected[s] = (with_prior ? fields.occupancy[s] : 1) *
                                 poisson(0.25 * fields.rate_hz[0][s], 1) *
                                 poisson(0.25 * fields.rate_hz[1][s], 2);
        for (std::size_t s = 0; s < 3; ++s) CHECK(found[s] == Approx(expected[s] / sum));
    }
}

TEST_CASE("decoding finds the place, and not with the fields exchanged") {
    const auto track = linearize(walk(600), {});
    sim::RandomStream draws({1, 2}, 0);
    const auto report = cross_validate(track, spikes_on(track, 20, 1), {}, 0.25, 20, draws);
    CHECK(report.windows > 1000);
    CHECK(report.median_px <
          12);  // about a field's deviation over the root of its spikes, and a bin
    CHECK(report.shuffled_median_px > 50);  // places apart by chance: 290 px * 0.29
}

TEST_CASE("bursts are found where they are, and nowhere else") {
    UnitSpikes spikes;
    spikes.units = 20;
    sim::RandomStream draws({1, 3}, 0);
    for (double t = 0; t < 100; t += 0.5) {
        spikes.time_s.push_back(t + 0.2 * draws.uniform());
        spikes.unit.push_back(draws.below(20));
        if (t == 30 || t == 60) add_burst(t + 0.2, false, 20, spikes);
    }
    const auto found = find_bursts(spikes, {}, [](double) { return true; });
    REQUIRE(found.size() == 2);
    // The Gaussian of 15 ms makes bursts wider by a few deviations.
    CHECK(found[0].start_s == Approx(30.2).margin(0.06));
    CHECK(found[0].stop_s == Approx(30.4).margin(0.06));
    CHECK(find_bursts(spikes, {}, [](double t) { return t < 50; }).size() == 1);
    BurstConfig strict;
    strict.least_units = 21;
    CHECK(find_bursts(spikes, strict, [](double) { return true; }).empty());
    CHECK(find_bursts({}, {}, [](double) { return true; }).empty());
}

TEST_CASE("the best line is the one that was drawn, and scores its mass") {
    const std::size_t times = 9, bins = 50;
    std::vector<double> posterior(times * bins, 0.2 / bins);
    for (std::size_t t = 0; t < times; ++t) posterior[t * bins + 40 - 2 * t] += 0.8;
    const auto line = best_line(posterior, times, bins, {});
    CHECK(line.slope == Approx(-2));
    CHECK(line.score == Approx(0.8 + 7 * 0.2 / bins));
    const std::vector<double> flat(times * bins, 1.0 / bins);
    CHECK(best_line(flat, times, bins, {}).score == Approx(7.0 / bins));
}

TEST_CASE("rank correlation is Spearman's") {
    CHECK(rank_correlation({1, 2, 3, 4}, {10, 20, 30, 400}) == Approx(1));
    CHECK(rank_correlation({1, 2, 3, 4}, {4, 3, 2, 1}) == Approx(-1));
    CHECK(rank_correlation({1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}) == Approx(0.8));  // 1 - 6*4/120
    CHECK(rank_correlation({1, 1, 2, 2}, {1, 2, 1, 2}) == Approx(0));
    CHECK(rank_correlation({1}, {1}) == 0);
    CHECK(rank_correlation({1, 1}, {1, 2}) == 0);
}

TEST_CASE("ordered bursts are significant with the right direction, shuffled ones at the level") {
    UnitSpikes spikes;
    spikes.units = 20;
    const auto fields = fields_by_number(20, 50, 1.5, 50);
    add_burst(1, false, 20, spikes);
    add_burst(2, true, 20, spikes);
    sim::RandomStream draws({1, 4}, 0);
    std::vector<double> starts;
    for (int k = 0; k < 120; ++k) {  // the same burst with the units in any order
        const double at = 3 + k;
        const auto order = unit_order(20, &draws);
        for (std::size_t i = 0; i < 60; ++i) {
            spikes.time_s.push_back(at + (double(i / 3) + 0.3 * double(i % 3)) * 0.01);
            spikes.unit.push_back(order[i / 3]);
        }
        starts.push_back(at);
    }
    EventConfig config;
    config.shuffles = 99;
    config.window_s = 0.01;
    const auto judged = [&](double at) {
        return judge_event({at, at + 0.2}, spikes, fields, config, {7, 1}, std::uint64_t(at));
    };
    const auto up = judged(1), down = judged(2);
    CHECK(up.p == Approx(0.01));
    CHECK(up.direction == 1);
    CHECK(up.rank_correlation == Approx(1));
    CHECK(up.speed == Approx(20 / 0.2).epsilon(0.3));  // 20 units in 200 ms
    CHECK(down.p == Approx(0.01));
    CHECK(down.direction == -1);
    CHECK(down.rank_correlation == Approx(-1));
    double significant = 0, exchanged = 0;
    for (const double at : starts) {
        const auto event = judged(at);
        significant += event.p <= 0.05 ? 1 : 0;
        exchanged += event.shuffled_p <= 0.05 ? 1 : 0;
    }
    // 6 of 120 expected, deviation 2.4.
    CHECK(significant < 15);
    CHECK(exchanged < 15);
    CHECK(significant + exchanged > 2);
}
