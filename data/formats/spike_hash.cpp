// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/spike_hash.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>

#include "sim/core/error.hpp"

namespace data {
namespace {

static_assert(std::endian::native == std::endian::little, "pairs are hashed as they lie in memory");

std::shared_ptr<EVP_MD_CTX> new_digest() {
    std::shared_ptr<EVP_MD_CTX> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1)
        throw sim::Error("SHA-256 is not available");
    return digest;
}

std::string finish(EVP_MD_CTX* digest) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(digest, bytes, &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i)
        for (const int digit : {bytes[i] >> 4, bytes[i] & 15}) text += "0123456789abcdef"[digit];
    return text;
}

}  // namespace

SpikeHash::SpikeHash() : digest_(new_digest()) {}

void SpikeHash::begin(const sim::RecordingPlan& plan) {
    for (const auto& population : plan.populations) first_ids_.push_back(population.first_id);
}

void SpikeHash::write(const sim::Batch& batch) {
    pairs_.clear();
    ends_.assign(1, 0);
    for (std::size_t p = 0; p < batch.spikes.size(); ++p) {
        const auto& [times, ids] = batch.spikes[p];
        if (times.empty()) continue;
        for (std::size_t i = 0; i < times.size(); ++i)
            pairs_.push_back({times[i], first_ids_.at(p) + ids[i]});
        ends_.push_back(static_cast<std::ptrdiff_t>(pairs_.size()));
    }
    merge_columns();
    EVP_DigestUpdate(digest_.get(), pairs_.data(), pairs_.size() * sizeof(Pair));
    spikes_ += pairs_.size();
}

// Each column is sorted: two and two, then four and four, and so on.
void SpikeHash::merge_columns() {
    const auto is_before = [](const Pair& a, const Pair& b) {
        return a.time != b.time ? a.time < b.time : a.id < b.id;
    };
    const auto begin = pairs_.begin();
    while (ends_.size() > 2) {
        std::size_t merged = 1;
        for (std::size_t i = 2; i < ends_.size(); i += 2) {
            std::inplace_merge(begin + ends_[i - 2], begin + ends_[i - 1], begin + ends_[i],
                               is_before);
            ends_[merged++] = ends_[i];
        }
        if (ends_.size() % 2 == 0) ends_[merged++] = ends_.back();
        ends_.resize(merged);
    }
}

void SpikeHash::end(sim::ExitState) {
    if (hex_.empty()) hex_ = finish(digest_.get());
}

std::string sha256(const std::string& text) {
    const auto digest = new_digest();
    EVP_DigestUpdate(digest.get(), text.data(), text.size());
    return finish(digest.get());
}

}  // namespace data
