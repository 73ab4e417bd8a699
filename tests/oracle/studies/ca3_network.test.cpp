// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <map>
#include <numbers>

#include "protocols/studies/ca3_events.hpp"
#include "sim/core/error.hpp"
#include "sim/record/memory_sink.hpp"
#include "tests/oracle/studies/quiet.hpp"
#include "tests/oracle/studies/small_ca3.hpp"

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::Contains;

namespace {

/// Spikes of an episode of 10 items of 20 cells: item k from 1000 + pace * k on, its cells 0.1 ms
/// apart.
sim::SpikeColumn volleys(double pace, std::size_t items, std::size_t cells) {
    sim::SpikeColumn spikes;
    for (std::size_t item = 0; item < items; ++item)
        for (std::size_t cell = 0; cell < cells; ++cell) {
            spikes.times.push_back(1000 + pace * static_cast<double>(item) +
                                   0.1 * static_cast<double>(cell));
            spikes.ids.push_back(item * 20 + cell);
        }
    return spikes;
}

}  // namespace

TEST_CASE("recall tells order, pace, length and spikes of volleys", "[studies]") {
    const auto p = small_ca3();
    sim::RandomStream draws({1}, 0);
    const ca3::Cue cue{1000, ca3::End::first, false, false};
    const auto all = ca3::recall_after(cue, volleys(5, 10, 20), p, 400, draws);
    CHECK(all.recalled == Approx(1));
    CHECK(all.correlation == Approx(1));
    CHECK(all.item_ms == Approx(5));
    CHECK(all.length_ms == Approx(9 * 5 + 1.9));
    CHECK(all.mean_spikes == Approx(1));
    CHECK(all.most_spikes == 1);
    // Mean amount of Spearman's correlation of 10 items: about sqrt(2 / (pi 9)) = 0.27; the mean of
    // 100 shuffles strays by 0.02.
    CHECK(all.shuffled == Approx(0.27).margin(0.08));
    // Half of the cells are enough, fewer are not.
    CHECK(ca3::recall_after(cue, volleys(5, 10, 10), p, 400, draws).recalled == Approx(1));
    CHECK(ca3::recall_after(cue, volleys(5, 10, 9), p, 400, draws).recalled == 0);
    // The item of the cue is no item recalled, and what comes after the window is none.
    CHECK(ca3::recall_after(cue, volleys(5, 1, 20), p, 400, draws).recalled == 0);
    const auto some = ca3::recall_after(cue, volleys(5, 10, 20), p, 22, draws);
    CHECK(some.recalled == Approx(4.0 / 9));
}

TEST_CASE("replay from the last item back is in reverse", "[studies]") {
    auto spikes = volleys(5, 10, 20);
    for (auto& id : spikes.ids) id = (9 - id / 20) * 20 + id % 20;
    sim::RandomStream draws({1}, 0);
    const auto found =
        ca3::recall_after({1000, ca3::End::last, false, false}, spikes, small_ca3(), 400, draws);
    CHECK(found.correlation == Approx(-1));
    CHECK(found.recalled == Approx(1));
}

TEST_CASE("the spectrum of spikes peaks where their rate swings", "[studies]") {
    sim::SpikeColumn rhythmic, random;
    sim::RandomStream draws({5}, 0);
    // Rate 4 (1 + cos(2 pi 170 Hz t)) per ms, by thinning.
    for (double t = 0; t < 2000; t += draws.exponential() / 8) {
        const double rate = 0.5 + 0.5 * std::cos(2 * std::numbers::pi * 0.17 * t);
        if (draws.uniform() < rate) rhythmic.times.push_back(t);
        if (draws.uniform() < 0.5) random.times.push_back(t);
    }
    const std::vector<ca3::Span> spans{{0, 500}, {500, 1000}, {1000, 1500}, {1500, 2000}};
    const auto peak = ca3::spectral_peak(rhythmic, spans, 100, 300);
    CHECK(std::fabs(peak.hz - 170) <= 1);  // a stretch of 500 ms resolves 2 Hz
    // n spikes of this rate have 1 + n / 4 there.
    CHECK(peak.power == Approx(1 + 2000 / 4.0).epsilon(0.15));
    // Powers of a Poisson process are exponential, their means of four a tenth of 1 at most 4 off.
    CHECK(ca3::spectral_peak(random, spans, 100, 300).power < 5);
}

TEST_CASE("cycles are cut where spikes are rarest", "[studies]") {
    const auto spikes = volleys(6, 10, 20);  // each over 1.9 ms
    const auto cycles = ca3::ripple_cycles(spikes, {1000, 1100}, 200, 1);
    REQUIRE(cycles.size() == 10);
    CHECK(cycles.front().begin == 1000);
    CHECK(cycles.back().end == 1100);
    for (std::size_t k = 1; k < cycles.size(); ++k) {
        CHECK(cycles[k].begin == cycles[k - 1].end);
        // Volleys are alike, so that the rate is least half way between their middles; found on a
        // grid.
        CHECK(cycles[k].begin == Approx(1000 + 6 * static_cast<double>(k) - 2.05).margin(0.25));
    }
    CHECK(ca3::ripple_cycles(spikes, {2000, 2100}, 200, 1).empty());
    CHECK(ca3::ripple_cycles(spikes, {1000, 1100}, 20, 1).size() == 1);  // of the first item alone
}

TEST_CASE("cues come in a random order, no closer than the gap", "[studies]") {
    const auto p = small_ca3();
    ca3::Cues cues;
    cues.whole = cues.partial = 20;
    cues.blocked = 7;
    const auto session = ca3::plan(p, cues, true, 3);
    std::map<std::pair<bool, bool>, int> count;
    double last = session.theta_end, mean = 0;
    for (const auto& cue : session.cues) {
        CHECK(cue.is_blocked == (cue.time > session.ripples_end));
        CHECK(cue.time - last >= (count.empty() ? 0 : p.ripple_gap));
        if (!cue.is_blocked && !count.empty()) mean += (cue.time - last - p.ripple_gap) / 79;
        last = cue.time;
        ++count[{cue.end == ca3::End::first, cue.is_partial}];
    }
    CHECK(count ==
          std::map<std::pair<bool, bool>, int>{
              {{false, false}, 27}, {{false, true}, 20}, {{true, false}, 27}, {{true, true}, 20}});
    CHECK(mean == Approx(1000 / p.ripple_rate).epsilon(0.35));  // three deviations of 79 draws
    CHECK(ca3::plan(p, cues, true, 4).cues[0].time == session.cues[0].time);
    CHECK(ca3::plan(p, cues, true, 4).cues[1].time != session.cues[1].time);
}

TEST_CASE("the weights of an episode are sums over all pairs of spikes, alike both ways",
          "[studies]") {
    auto p = small_ca3();
    p.eta = 0.7;  // so that neighbours do not reach w_max
    QuietContext context;
    ca3::Cues cues;
    const auto session = ca3::plan(p, cues, true, 1);
    plastic::Run run(ca3::describe(p, cues, session, {}, 1), context);
    sim::MemorySink sink;
    run.record(sink);
    run.advance(session.theta_end, "");
    const auto& [times, ids] = sink.spikes()[0];
    std::vector<std::vector<double>> trains(static_cast<std::size_t>(p.cells));
    for (std::size_t k = 0; k < times.size(); ++k) trains[ids[k]].push_back(times[k]);
    std::size_t between = 0;
    run.for_each_synapse("recurrent", [&](std::uint64_t source, std::uint64_t target,
                                          std::span<const double> values) {
        double sum = 0;
        for (const double s : trains[source])
            for (const double t : trains[target]) sum += std::exp(-std::fabs(s - t) / p.tau);
        const double expected = std::min(p.eta * sum, 1.0) * p.w_max;
        // Sums of a few exponentials; bases of traces cost some digits.
        CHECK_THAT(values[0], Catch::WithinAbs(expected, 1e-9 * p.w_max));
        between += expected > 0.3 * p.w_max && expected < 0.95 * p.w_max ? 1 : 0;
    });
    CHECK(between > 1000);
}

TEST_CASE("spikes and weights of CA3 have the same bits for any number of threads", "[studies]") {
    auto p = small_ca3();
    ca3::Cues cues;
    cues.whole = cues.partial = cues.blocked = 1;
    const auto session = ca3::plan(p, cues, true, 2);
    std::vector<std::vector<double>> found;
    for (const int threads : {1, 2, 4}) {
        QuietContext context(2, 2, threads);
        plastic::Run run(ca3::describe(p, cues, session, {}, 2), context);
        sim::MemorySink sink;
        run.record(sink);
        run.advance(session.duration, "");
        auto& all = found.emplace_back(run.weights("recurrent"));
        for (const auto& [times, ids] : sink.spikes()) {
            all.insert(all.end(), times.begin(), times.end());
            all.insert(all.end(), ids.begin(), ids.end());
        }
    }
    CHECK(found[0].size() > 50'000);
    CHECK(found[0] == found[1]);
    CHECK(found[0] == found[2]);
}

TEST_CASE("an episode needs cells for its items", "[studies]") {
    auto p = small_ca3();
    p.items = 13;
    CHECK_THROWS_WITH(ca3::plan(p, {}, true, 1), Contains("items = 13") && Contains("raise cells"));
}
