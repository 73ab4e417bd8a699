// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes a Drive of a source model whose current is constant piece by piece.
//
// The pieces of a neuron follow each other from `start` on, heard or not; where its gate is closed
// the current is 0. Neurons are told changes. Grid timing makes a change at the first grid point at
// or after it; a piece that lies between two grid points has no effect there.

#include "sim/run/source_gate.hpp"

namespace sim {

template <CurrentModel M>
class CurrentAdapter final : public Drive {
public:
    CurrentAdapter(const SourceContext& context, const DriveTarget& target) : context_(context) {
        const auto params = source_params<M>(context_, target.first, target.size);
        neurons_.reserve(target.size);
        for (std::uint32_t k = 0; k < target.size; ++k) {
            const auto& p = params[params.size() == 1 ? 0 : k];
            const Gate gate(context_, p);
            const SourceUnit unit{context_, target.first + k, gate.start()};
            neurons_.push_back({{p, unit}, gate, {0, gate.start()}, gate.start(), 0});
        }
    }
    CurrentAdapter(const CurrentAdapter&) = delete;  // gates point at the context
    CurrentAdapter& operator=(const CurrentAdapter&) = delete;

    std::uint64_t add(Step step, const InputRow& row) override {
        const Time now{step, 0};
        if (now < earliest_) return 0;
        earliest_ = never;
        for (std::size_t k = 0; k < neurons_.size(); ++k) {
            auto& neuron = neurons_[k];
            double current = neuron.told;
            while (neuron.change <= now) current = pass_change(neuron);
            row.current[k] += tell(neuron, current);
            earliest_ = std::min(earliest_, neuron.change);
        }
        return 0;
    }

    bool brings_currents() const override { return true; }

    std::uint64_t arrivals(Step step, std::uint32_t local, std::vector<Arrival>& out) override {
        auto& neuron = neurons_[local];
        while (neuron.change < Time{step + 1, 0}) {
            const Time time = neuron.change;
            const double change = tell(neuron, pass_change(neuron));
            if (change != 0) out.push_back({time.offset, change, Receptor::current});
        }
        return 0;
    }

private:
    struct Neuron {
        typename M::Process process;
        Gate gate;
        Piece piece;
        Time change;  // when the current may change next
        double told;  // the sum of all changes so far, with its rounding
    };

    /// The current from neuron.change on; moves that to the change after.
    double pass_change(Neuron& neuron) const {
        const Time now = neuron.change;
        while (neuron.piece.until <= now && neuron.piece.until < never)
            neuron.piece = neuron.process.next(context_.clock);
        neuron.change = std::min(neuron.piece.until, neuron.gate.next_change(now));
        return neuron.gate.is_open(now) ? neuron.piece.current : 0;
    }

    /// The change that brings a neuron from what it was told to `current`; rounding of earlier
    /// changes is made up for, so it does not grow.
    static double tell(Neuron& neuron, double current) {
        const double change = current - neuron.told;
        neuron.told += change;
        return change;
    }

    SourceContext context_;
    std::vector<Neuron> neurons_;
    Time earliest_;  // no neuron changes before
};

}  // namespace sim
