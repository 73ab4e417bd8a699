// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Poisson trains of constant rate, one for every unit.

#include "models/sources/common.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct Poisson {
    static constexpr std::string_view name = "poisson";
    static constexpr std::string_view summary = "independent Poisson trains of constant rate";
    static constexpr std::string_view source =
        "Cox & Isham 1980, Point Processes, sec. 3.1: exponential intervals";

    struct Params {
        double rate = 10, start = 0, stop = sim::range::huge;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{
            sim::Param<P>{"rate", &P::rate, sim::Unit::hz, rate_range, "mean rate; 0 is silent"},
            start_row<P>(), stop_row<P>()};
    }

    class Process {
    public:
        Process(const Params& p, const sim::SourceUnit& unit)
            : mean_interval_(1000 / p.rate), last_(unit.start), random_(unit.random()) {}

        sim::Time next(const sim::Clock& clock) {
            return last_ = after(clock, last_, mean_interval_ * random_.exponential());
        }

    private:
        double mean_interval_;  // ms
        sim::Time last_;
        sim::RandomStream random_;
    };
};

}  // namespace models
