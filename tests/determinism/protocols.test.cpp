// SPDX-License-Identifier: BSD-3-Clause
// The same bits for any number of threads and any cut of the run: issue 2, "what must hold", 3.

#include <catch2/catch.hpp>

#include "tests/determinism/small_protocols.hpp"

using parts::fingerprint;
using parts::Manner;
using protocols::test::builtin_names;
using protocols::test::small;
using sim::Timing;

namespace {

/// Long enough that spikes cause spikes, and a multiple of no resolution but the protocol's own.
constexpr double duration = 100.3;

sim::Description protocol(const std::string& name, Timing timing) {
    auto d = small(name, duration, timing);
    if (!d.credit.empty()) return d;  // a teacher has one unit for each neuron
    for (auto& population : d.neurons)
        if (population.size < 300 && name != "cobahh") population.size *= 3;
    return d;
}

}  // namespace

TEST_CASE("threads change no bit of any protocol", "[determinism]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& name : builtin_names()) {
        const auto d = protocol(name, timing);
        const auto one = fingerprint(d);
        CAPTURE(name);
        CHECK(one.spikes > 50);
        for (const int threads : {2, 3, 4, 8}) {
            CAPTURE(threads);
            CHECK(fingerprint(d, {threads, {}}) == one);
        }
    }
}

TEST_CASE("cuts of a run change no bit of any protocol", "[determinism]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& name : builtin_names()) {
        const auto d = protocol(name, timing);
        const auto one = fingerprint(d);
        CAPTURE(name);
        CHECK(fingerprint(d, {1, {50}}) == one);
        CHECK(fingerprint(d, {2, {0.1, 0.3, 1.6, 17.7, 49.9, 50, 50.1, 99}}) == one);
    }
}

TEST_CASE("two runs of half a second in one are the run of a second", "[determinism]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const std::string name : {"brunel", "cuba", "balanced_ei"}) {
        const auto d = small(name, 1000, timing);
        CAPTURE(name);
        CHECK(fingerprint(d, {2, {500}}) == fingerprint(d));
    }
}

TEST_CASE("every protocol in two halves, on any number of threads, at a hundredth", "[.slow]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& name : builtin_names()) {
        const auto d = small(name, 1000, timing);
        const auto one = fingerprint(d);
        CAPTURE(name);
        for (const int threads : {1, 2, 3, 4, 8}) CHECK(fingerprint(d, {threads, {500}}) == one);
    }
}

TEST_CASE("another seed gives other spikes", "[determinism]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& name : builtin_names()) {
        auto d = small(name, duration, timing);
        const auto one = fingerprint(d);
        ++d.run.seed;
        CAPTURE(name);
        CHECK(fingerprint(d).hash != one.hash);
    }
}

TEST_CASE("exact timing and the grid are different runs", "[determinism]") {
    for (const auto& name : builtin_names()) {
        CAPTURE(name);
        CHECK(fingerprint(small(name, duration, Timing::exact)).hash !=
              fingerprint(small(name, duration, Timing::grid)).hash);
    }
}
