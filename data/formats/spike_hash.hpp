// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A fingerprint of all spikes, the same for any number of threads and any cut into batches.
//
// SHA-256 over the pairs (time f64, id u64), little-endian, sorted by (time, id), where id counts
// over all populations: first_id of the population plus the id inside it.
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/record/sink.hpp"

struct evp_md_ctx_st;

namespace data {

class SpikeHash final : public sim::Sink {
public:
    SpikeHash();

    void begin(const sim::RecordingPlan& plan) override;
    void write(const sim::Batch& batch) override;
    void end(sim::ExitState state) override;

    /// 64 hexadecimal digits; after end.
    const std::string& hex() const { return hex_; }
    std::uint64_t spikes() const { return spikes_; }

private:
    struct Pair {
        double time;
        std::uint64_t id;
    };

    void merge_columns();

    std::shared_ptr<evp_md_ctx_st> digest_;
    std::vector<std::uint64_t> first_ids_;
    std::vector<Pair> pairs_;
    std::vector<std::ptrdiff_t> ends_;  // 0, and where each column of the pairs ends
    std::uint64_t spikes_ = 0;
    std::string hex_;
};

/// SHA-256 of a text as hexadecimal digits.
std::string sha256(const std::string& text);

}  // namespace data
