// SPDX-License-Identifier: BSD-3-Clause
// Learning by credit in the engine alone, from the protocol file.
#include <catch2/catch.hpp>

#include "protocols/file/protocol_file.hpp"
#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"

namespace {

using protocols::Override;

/// How many of the four patterns the output that spikes more names rightly.
int right_answers(const std::vector<Override>& sets) {
    const auto file =
        protocols::load_source(SHARPWAVE_SOURCE_DIR "/protocols/builtin/spiking_xor.toml");
    const auto d = protocols::read_protocol(file, sets, parts::catalogue());
    sim::MemorySink sink;
    parts::run(d, sink, {});
    const double first = d.run.duration - 800;
    int spikes[4][2] = {};
    const auto& column = sink.spikes().at(0);
    for (std::size_t i = 0; i < column.times.size(); ++i)
        ++spikes[static_cast<std::size_t>((column.times[i] - first) / 200)][column.ids[i]];
    int right = 0;
    for (int p = 0; p < 4; ++p) {
        const bool differs = p == 1 || p == 2;
        const int margin = spikes[p][differs] - spikes[p][!differs];
        INFO("pattern " << p << " " << spikes[p][0] << " " << spikes[p][1]);
        right += margin > 4 ? 1 : 0;  // of some 20
    }
    return right;
}

}  // namespace

TEST_CASE("a protocol file learns exclusive or in spikes, and not with its credit blocked") {
    for (const std::string seed : {"1", "2", "3"}) {
        INFO("seed " << seed);
        CHECK(right_answers({{"run.seed", seed}}) == 4);
        CHECK(right_answers({{"run.seed", seed}, {"credit.output.blocked", "true"}}) < 4);
        CHECK(right_answers({{"run.seed", seed}, {"eta", "0"}}) < 4);
    }
}

TEST_CASE("neurons with conductances and random teachers learn it as well, and on the grid") {
    const std::vector<Override> conductances{{"cells", "conductances"}};
    CHECK(right_answers(conductances) == 4);
    CHECK(right_answers({{"cells", "conductances"}, {"credit.output.blocked", "true"}}) < 4);
    CHECK(right_answers({{"teacher", "poisson"}}) == 4);
    CHECK(right_answers({{"run.timing", "grid"}}) == 4);
}
