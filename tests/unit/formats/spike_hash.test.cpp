// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/spike_hash.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "recordings.hpp"

namespace {

std::string hash_of(const std::vector<sim::Batch>& batches) {
    data::SpikeHash hash;
    hash.begin(recordings::plan());
    for (const auto& batch : batches) hash.write(batch);
    hash.end(sim::ExitState::complete);
    return hash.hex();
}

// The batches [first, last) as one.
sim::Batch joined(std::size_t first, std::size_t last) {
    sim::Batch all = recordings::batch(first, 100);
    for (std::size_t i = first + 1; i < last; ++i) {
        const auto next = recordings::batch(i, 100);
        all.until = next.until;
        for (std::size_t p = 0; p < 3; ++p) {
            auto& to = all.spikes[p];
            const auto& from = next.spikes[p];
            to.times.insert(to.times.end(), from.times.begin(), from.times.end());
            to.ids.insert(to.ids.end(), from.ids.begin(), from.ids.end());
        }
    }
    return all;
}

}  // namespace

TEST_CASE("the hash of a text is SHA-256", "[unit][formats]") {
    // FIPS 180-2, appendix B.1
    CHECK(data::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("the hash covers times and global ids in order of time", "[unit][formats]") {
    sim::Batch batch;
    batch.until = 3;
    batch.spikes = {{{1.0, 2.0}, {5, 6}}, {{1.0, 1.5}, {0, 1}}, {}};
    std::string bytes;
    for (const auto& [time, id] : {std::pair{1.0, 5UL}, {1.0, 800UL}, {1.5, 801UL}, {2.0, 6UL}}) {
        bytes.append(reinterpret_cast<const char*>(&time), 8);
        bytes.append(reinterpret_cast<const char*>(&id), 8);
    }
    CHECK(hash_of({batch}) == data::sha256(bytes));
}

TEST_CASE("the hash does not depend on the cut into batches", "[unit][formats]") {
    std::vector<sim::Batch> single;
    for (std::size_t i = 0; i < 12; ++i) single.push_back(joined(i, i + 1));
    const auto hash = hash_of(single);
    CHECK(hash_of({joined(0, 12)}) == hash);
    CHECK(hash_of({joined(0, 5), joined(5, 6), joined(6, 12)}) == hash);
    single[4].spikes[0].ids[0] ^= 1;
    CHECK(hash_of(single) != hash);
}
