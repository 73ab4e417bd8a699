// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Gathers spikes and traces and hands them to the sink in batches.
//
// Traces run without gaps from the begin of the first recorded phase to the end of the last one;
// spikes are recorded in recorded phases only.
// Threads: the engine's, between windows; `slot` may be written by many, each its own columns.

#include <chrono>
#include <cstdint>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/record/sink.hpp"
#include "sim/run/source.hpp"

namespace sim {

class Recorder {
public:
    explicit Recorder(const Network& network);

    const RecordingPlan& plan() const { return plan_; }
    void start(Sink& sink);

    /// Makes room for the trace rows of a window.
    void open(Window window);
    bool is_due(std::size_t trace, Step step) const;
    /// One value of the window under way. Needs: is_due(trace, step)
    float& slot(std::size_t trace, Step step, std::size_t column);

    /// Further weights to record; before start().
    void plan_weights(RecordingPlan::Weights weights) { plan_.weights.push_back(std::move(weights)); }
    bool is_started() const { return sink_ != nullptr; }
    /// A sample of a planned weight.
    void add_weight(std::size_t planned, double time, std::uint32_t synapse, double weight) {
        auto& column = batch_.weights[planned];
        column.times.push_back(time);
        column.synapses.push_back(synapse);
        column.weights.push_back(weight);
    }

    /// The spikes of one step of a population of the network, sorted by (offset, id).
    void add(std::size_t population, const std::vector<Spike>& spikes);

    /// Everything before `window.end` is there; writes when enough has come together, or, unless it may
    /// wait for the next window, some time has passed.
    void close(Window window, bool may_wait);
    void flush();

private:
    struct TraceClock {
        Step start;
        Step interval;
        std::size_t width;
        Step first_row = 0;          // step of the first row in this window's part
        std::size_t part_begin = 0;  // where this window's part begins
    };

    bool is_recorded(Step step) const;
    void plan_traces(const RecordSpec& record);

    const Network& network_;
    RecordingPlan plan_;
    std::vector<std::size_t> column_of_;  // population of the network -> of the plan, or none
    std::vector<Window> recorded_;        // phases with record = true
    std::vector<TraceClock> clocks_;
    Sink* sink_ = nullptr;
    Batch batch_;
    Step until_ = 0;
    std::chrono::steady_clock::time_point last_write_;
};

}  // namespace sim
