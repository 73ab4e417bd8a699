// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/delivery.hpp"

namespace sim {

// Visits every run (rows, spike, arrival step, first, last) whose whole-step arrival lies in
// [window.begin - reach, window.end).
template <class Visit>
void Delivery::for_each_run(const Tile& tile, Window window, Step reach, Delivered& delivered,
                            Visit visit) {
    for (const auto& [index, rows] : tile.incoming) {
        const auto& projection = network_.projections()[index];
        const auto& ring = rings_[projection.pre];
        const Step from = window.begin - (rows.may_carry() ? reach : 0);
        std::uint64_t count = 0;
        for (Step arrival = from; arrival < window.end; ++arrival)
            for (Step delay = rows.shortest(); delay <= rows.longest(); ++delay) {
                if (arrival < delay) break;
                for (const auto& spike : ring.at(arrival - delay)) {
                    const std::uint32_t first = rows.run(spike.id, delay);
                    const std::uint32_t last = rows.run(spike.id, delay + 1);
                    count += visit(rows, spike, arrival, first, last);
                }
            }
        const bool is_source = network_.populations()[projection.pre].is_source;
        (is_source ? delivered.of_sources : delivered.of_neurons) += count;
    }
}

ExactInputs Delivery::collect(const Tile& tile, Window window, Delivered& delivered) {
    const auto bins = static_cast<std::size_t>(window.end - window.begin);
    const double h = network_.clock().resolution();
    ends_.assign(tile.size * bins + 1, 0);

    // First the number of events of every (neuron, bin), then the events in their places. An
    // arrival whose offsets add up to a resolution or more belongs to the bin after.
    Delivered twice;
    for_each_run(tile, window, 1, twice, [&](const SynapseRows& rows, const Spike& spike, Step arrival,
                                             std::uint32_t first, std::uint32_t last) {
        const auto* targets = rows.targets();
        if (!rows.may_carry()) {
            const auto bin = static_cast<std::size_t>(arrival - window.begin);
            for (std::uint32_t k = first; k < last; ++k) ++ends_[targets[k] * bins + bin + 1];
            return std::uint64_t{0};
        }
        for (std::uint32_t k = first; k < last; ++k) {
            const Step step = arrival + (spike.time.offset + rows.offset(k) >= h ? 1 : 0);
            if (step >= window.begin && step < window.end)
                ++ends_[targets[k] * bins + static_cast<std::size_t>(step - window.begin) + 1];
        }
        return std::uint64_t{0};
    });
    for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
    events_.resize(ends_.back());

    // ends_[i] is the begin of (neuron, bin) i now, and its end once its events are in place.
    for_each_run(tile, window, 1, delivered, [&](const SynapseRows& rows, const Spike& spike,
                                                 Step arrival, std::uint32_t first, std::uint32_t last) {
        const auto* targets = rows.targets();
        std::uint64_t count = 0;
        rows.with_weights([&](auto weight) {
            if (!rows.may_carry()) {
                const auto bin = static_cast<std::size_t>(arrival - window.begin);
                for (std::uint32_t k = first; k < last; ++k)
                    events_[ends_[targets[k] * bins + bin]++] = {spike.time.offset, weight(k)};
                count = last - first;
                return;
            }
            for (std::uint32_t k = first; k < last; ++k) {
                double offset = spike.time.offset + rows.offset(k);
                Step step = arrival;
                if (offset >= h) {
                    offset -= h;
                    ++step;
                }
                if (step < window.begin || step >= window.end) continue;
                events_[ends_[targets[k] * bins + static_cast<std::size_t>(step - window.begin)]++] = {
                    offset, weight(k)};
                ++count;
            }
        });
        return count;
    });
    return {window, {ends_.data(), ends_.size() - 1}, events_, {}};
}

void Delivery::sum(const Tile& tile, Window window, bool has_inh_port, Delivered& delivered) {
    window_ = window;
    size_ = tile.size;
    const std::size_t cells = size_ * static_cast<std::size_t>(window.end - window.begin);
    exc_.assign(cells, 0);
    inh_.assign(cells, 0);
    current_.assign(size_, 0);
    for_each_run(tile, window, 0, delivered, [&](const SynapseRows& rows, const Spike&, Step arrival,
                                                 std::uint32_t first, std::uint32_t last) {
        const auto* targets = rows.targets();
        const std::size_t row = size_ * static_cast<std::size_t>(arrival - window.begin);
        double* exc = exc_.data() + row;
        double* inh = inh_.data() + row;
        rows.with_weights([&](auto weight) {
            if (!has_inh_port || rows.all_non_negative())
                for (std::uint32_t k = first; k < last; ++k) exc[targets[k]] += weight(k);
            else if (rows.all_negative())
                for (std::uint32_t k = first; k < last; ++k) inh[targets[k]] += weight(k);
            else
                for (std::uint32_t k = first; k < last; ++k)
                    (weight(k) < 0 ? inh : exc)[targets[k]] += weight(k);
        });
        return std::uint64_t{last - first};
    });
}

InputRow Delivery::row(Step step) {
    const std::size_t begin = size_ * static_cast<std::size_t>(step - window_.begin);
    std::fill(current_.begin(), current_.end(), 0.0);
    return {{exc_.data() + begin, size_}, {inh_.data() + begin, size_}, current_};
}

}  // namespace sim
