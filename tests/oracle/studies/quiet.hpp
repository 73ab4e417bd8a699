// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Runs a study without a command line.

#include "protocols/studies/study.hpp"
#include "tests/contract/parts.hpp"
#include "tests/unit/formats/recordings.hpp"

namespace protocols::test {

class QuietContext final : public StudyContext {
public:
    explicit QuietContext(std::uint64_t seed = 1, double stop_at = 2, int threads = 1)
        : StudyContext({parts::catalogue(), seed, threads}), stop_at_(stop_at) {}
    void progress(double fraction, const std::string&) override { fraction_ = fraction; }
    std::filesystem::path file(const std::string& name) override { return folder_ / name; }

private:
    bool is_stop_wanted() const override { return fraction_ >= stop_at_; }
    double stop_at_;
    double fraction_ = 0;
    recordings::Folder folder_;
};

template <class Study>
Json results_of(const typename Study::Params& params, std::uint64_t seed = 1) {
    QuietContext context(seed);
    const auto results = Study::run(params, context);
    CHECK(!context.was_cancelled());
    return results;
}

/// Stops a study half way: it says so, and its results have their names.
template <class Study>
Json interrupted(const typename Study::Params& params) {
    QuietContext context(1, 0.5);
    const auto results = Study::run(params, context);
    CHECK(context.was_cancelled());
    for (const auto& [name, meaning] : Study::results())
        CHECK(results.contains(std::string(name.substr(0, name.find('[')))));
    return results;
}

}  // namespace protocols::test
