// SPDX-License-Identifier: BSD-3-Clause
// The microcircuit against the tables of Potjans & Diesmann 2014 and its scaling.
#include <catch2/catch.hpp>

#include "tests/unit/protocols/helpers.hpp"

#ifndef SHARPWAVE_SOURCE_DIR
#define SHARPWAVE_SOURCE_DIR "."
#endif

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::WithinRel;

namespace {

constexpr std::array populations{"L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"};

sim::Description microcircuit(const std::vector<Override>& sets = {}) {
    return read_protocol(load_source(SHARPWAVE_SOURCE_DIR "/protocols/builtin/microcircuit.toml"),
                         sets, catalogue());
}

double edges(const sim::ProjectionSpec& one) { return one.connector_params.at("number"); }

double all_edges(const sim::Description& d) {
    double sum = 0;
    for (const auto& one : d.projections) sum += edges(one);
    return sum;
}

std::uint64_t size_of(const sim::Description& d, const std::string& name) {
    for (const auto& one : d.neurons)
        if (one.name == name) return one.size;
    return 0;
}

const sim::ProjectionSpec* find(const sim::Description& d, const std::string& name) {
    for (const auto& one : d.projections)
        if (one.name == name) return &one;
    return nullptr;
}

}  // namespace

TEST_CASE("the microcircuit has the published numbers of neurons and synapses", "[unit]") {
    const auto d = microcircuit();
    std::uint64_t neurons = 0;
    for (const auto& one : d.neurons) neurons += one.size;
    CHECK(neurons == 77'169);
    CHECK(d.projections.size() == 55);  // 64 pairs, 9 of them with probability 0
    // 298,880,968 as published; each number is rounded from a ratio of logarithms with an error of
    // some 1e-8 of it, so one or two may round otherwise elsewhere.
    CHECK(std::abs(all_edges(d) - 298'880'968) <= 2);
}

TEST_CASE("connection probabilities of the microcircuit are those of table 5", "[unit]") {
    // Rows are targets.
    constexpr double table[8][8] = {
        {0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0},
        {0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0},
        {0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0},
        {0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0},
        {0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0},
        {0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0},
        {0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252},
        {0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443}};
    const auto d = microcircuit();
    for (std::size_t to = 0; to < 8; ++to)
        for (std::size_t from = 0; from < 8; ++from) {
            const std::string name = std::string(populations[from]) + "_to_" + populations[to];
            CAPTURE(name);
            const auto* one = find(d, name);
            REQUIRE((one != nullptr) == (table[to][from] > 0));
            if (one == nullptr) continue;
            CHECK(one->from == std::vector<std::string>{populations[from]});
            CHECK(one->to == std::vector<std::string>{populations[to]});
            CHECK(one->connector == "fixed_total_number");
            const double pairs = static_cast<double>(size_of(d, populations[from])) *
                                 static_cast<double>(size_of(d, populations[to]));
            // A pair is joined with 1 - (1 - 1 / pairs)^edges; edges are whole.
            const double p = -std::expm1(edges(*one) * std::log1p(-1 / pairs));
            CHECK(std::abs(p - table[to][from]) < 1 / pairs + 1e-8);
        }
}

TEST_CASE("weights of the microcircuit give 0.15 mV, and twice that from L4E to L23E", "[unit]") {
    const auto d = microcircuit();
    // The potential of c_m v' = -v c_m / tau_m + w e^{-t / tau_syn} at its peak, on a fine lattice.
    double peak = 0;
    for (double t = 0; t < 5; t += 1e-4)
        peak =
            std::max(peak, (std::exp(-t / 10) - std::exp(-t / 0.5)) / (250 * (1 / 0.5 - 1 / 10.0)));
    const double w = 0.15 / peak;
    for (const auto& one : d.projections) {
        const bool is_exc = one.from.at(0).back() == 'E';
        const double strength = one.name == "L4E_to_L23E" ? 2 : is_exc ? 1 : -4;
        CAPTURE(one.name);
        CHECK(one.weight.kind == sim::Value::Kind::normal);
        CHECK_THAT(one.weight.a,
                   WithinRel(strength * w, 1e-7));  // (1e-4 / 2)^2 over a peak 1 ms wide
        CHECK_THAT(one.weight.b, WithinRel(0.1 * std::abs(one.weight.a), 1e-14));
        CHECK((is_exc ? one.weight.low : one.weight.high) == 0);
        CHECK(one.delay.a == (is_exc ? 1.5 : 0.75));
        CHECK_THAT(one.delay.b, WithinRel(one.delay.a / 2, 1e-14));
        CHECK(one.delay.low == 0.1);
    }
    CHECK(d.sources.size() == 8);
    CHECK_THAT(d.sources.at(7).params.at("rate").a, WithinRel(8.0 * 2100, 1e-14));
    CHECK_THAT(d.sources.at(7).weight.a, WithinRel(w, 1e-7));
}

TEST_CASE("the scaled microcircuit has fewer inputs, larger weights and currents instead",
          "[unit]") {
    const auto full = microcircuit();
    const auto d = microcircuit({{"scale", "0.1"}});
    CHECK(std::abs(all_edges(d) - 2'988'807) <= 2);
    CHECK(size_of(d, "L4E") == 2192);
    CHECK(d.sources.at(0).params.at("rate").a == 8.0 * 160);
    for (std::size_t i = 0; i < 55; ++i)
        CHECK_THAT(d.projections[i].weight.a,
                   WithinRel(full.projections[i].weight.a * std::sqrt(10.0), 1e-13));
    // As the NEST example computes them for N_scaling = K_scaling = 0.1, in pA.
    constexpr std::array currents{29.035009,  112.371198, 112.969722, 114.990349,
                                  125.418277, 151.684466, 43.84689,   153.70972};
    for (std::size_t i = 0; i < 8; ++i) {
        CHECK_THAT(d.neurons[i].params.at("i_e").a, WithinRel(currents[i], 1e-7));
        CHECK(full.neurons[i].params.at("i_e").a == 0);
    }
}

TEST_CASE("neuron numbers and in-degrees of the microcircuit scale apart", "[unit]") {
    const auto d = microcircuit({{"n_scale", "0.5"}, {"k_scale", "0.2"}});
    const auto full = microcircuit();
    CHECK(size_of(d, "L6I") == 1474);
    const auto in_degree = [](const sim::Description& one, const std::string& from) {
        return edges(*find(one, from + "_to_L6I")) / static_cast<double>(size_of(one, "L6I"));
    };
    // Numbers of edges are whole: half an edge over 1474 neurons.
    CHECK(std::abs(in_degree(d, "L6I") - 0.2 * in_degree(full, "L6I")) < 5e-4);
}

TEST_CASE("a constant drive of the microcircuit has the mean of the Poisson drive", "[unit]") {
    const auto d = microcircuit({{"drive", "constant"}});
    CHECK(d.sources.empty());
    const auto poisson = microcircuit();
    const std::array inputs{1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100};
    for (std::size_t i = 0; i < 8; ++i) {
        // Rate times charge of a spike, 8 Hz per input.
        const double mean = 0.008 * inputs[i] * poisson.sources[i].weight.a * 0.5;
        CHECK_THAT(d.neurons[i].params.at("i_e").a, WithinRel(mean, 1e-13));
    }
    // Scaled, the drive stays whole and the recurrent input is made up for.
    const auto small = microcircuit({{"drive", "constant"}, {"scale", "0.1"}});
    const auto both = microcircuit({{"scale", "0.1"}});
    for (std::size_t i = 0; i < 8; ++i) {
        const double ext = d.neurons[i].params.at("i_e").a;
        CHECK_THAT(small.neurons[i].params.at("i_e").a,
                   WithinRel(both.neurons[i].params.at("i_e").a + std::sqrt(0.1) * ext, 1e-12));
    }
}
