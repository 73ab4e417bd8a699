// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/recorder.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/record/memory_sink.hpp"
#include "tests/contract/parts.hpp"

TEST_CASE("spikes stay in order where the rounding of ms joins two steps") {
    sim::Description d;
    d.run.duration = 10;
    d.neurons.push_back(parts::neurons("a", "lif_exp", 10, {}));
    const sim::Network network(d, parts::catalogue(), 1);
    const auto& clock = network.clock();
    // The last instant of a step, in ms the begin of the next one.
    const sim::Time last{4, std::nextafter(clock.resolution(), 0.0)};
    const sim::Time next{5, 0};
    REQUIRE(clock.ms(last) == clock.ms(next));

    sim::Recorder recorder(network);
    sim::MemorySink sink;
    recorder.start(sink);
    recorder.add(0, {{7, last}});
    recorder.flush();  // the next spike comes in another batch, with a smaller id
    recorder.add(0, {{2, next}});
    recorder.flush();
    const auto& spikes = sink.spikes().at(0);
    REQUIRE(spikes.ids == std::vector<std::uint64_t>{7, 2});
    CHECK(spikes.times[0] < spikes.times[1]);
    CHECK(spikes.times[1] == clock.ms(next));
}
