// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <queue>

#include "tests/oracle/reference/base.hpp"

namespace reference {
namespace {

class ExactSimulator final : public Simulator {
public:
    using Simulator::Simulator;

private:
    // How far a neuron looks ahead for a spike; an input on the way makes it look again.
    static constexpr Real look_ahead = 0.125L;

    struct Event {
        Instant time;
        std::uint32_t neuron;
        std::uint64_t wake_up;  // its number; 0: an input
        Input input;
        bool operator>(const Event& other) const {
            return time != other.time ? time > other.time : neuron > other.neuron;
        }
    };

    /// Where a neuron is, and where it will be at its next wake-up if nothing arrives before.
    struct Course {
        Instant at;
        Instant ready;
        bool held = false;
        Instant next;
        Vector x_next{};
        bool crosses = false;  // the threshold is reached at `next`
        std::uint64_t wake_up = 0;
    };

    void run_neurons() override {
        courses_.resize(neurons().size());
        for (std::uint32_t k = 0; k < courses_.size(); ++k) look(k);
        while (!queue_.empty() && queue_.top().time.step < end()) {
            const Instant now = queue_.top().time;
            const std::uint32_t k = queue_.top().neuron;
            Input input;
            bool has_input = false;
            bool wakes_up = false;
            while (!queue_.empty() && queue_.top().time == now && queue_.top().neuron == k) {
                const auto& event = queue_.top();
                has_input = has_input || event.wake_up == 0;
                wakes_up = wakes_up || event.wake_up == courses_[k].wake_up;
                add(input, event.input);
                queue_.pop();
            }
            if (has_input || wakes_up) visit(k, now, has_input ? &input : nullptr);
        }
        for (std::uint32_t k = 0; k < courses_.size(); ++k)
            neurons()[k].model->flow(neurons()[k].x, between(courses_[k].at, {end(), 0}),
                                     courses_[k].held);
    }

    void visit(std::uint32_t k, const Instant& now, const Input* input) {
        auto& neuron = neurons()[k];
        auto& course = courses_[k];
        const bool arrives = now == course.next;
        if (arrives) neuron.x = course.x_next;
        else neuron.model->flow(neuron.x, between(course.at, now), course.held);
        course.at = now;
        course.held = course.held && now < course.ready;
        if (input != nullptr) neuron.model->receive(neuron.x, *input, course.held);
        const bool crosses = arrives && course.crosses;
        if (!course.held && (crosses || neuron.model->fires(neuron.x))) {
            spike(neuron, now);
            course.ready = sum(now, neuron.t_ref);
            course.held = course.ready > now;
        }
        look(k);
    }

    void look(std::uint32_t k) {
        const auto& neuron = neurons()[k];
        auto& course = courses_[k];
        course.x_next = neuron.x;
        course.next = later(course.at, look_ahead);
        if (course.held) course.next = std::min(course.next, course.ready);
        if (!course.held && neuron.model->fires(neuron.x)) course.next = course.at;
        const Real dt = between(course.at, course.next);
        const auto crossing = neuron.model->advance(course.x_next, dt, course.held);
        course.crosses = crossing.has_value();
        if (crossing) course.next = later(course.at, *crossing);
        queue_.push({course.next, k, ++course.wake_up, {}});
    }

    void arrive(std::uint32_t neuron, const Instant& time, const Input& input) override {
        queue_.push({time, neuron, 0, input});
    }

    void arrive_all(sim::Drive& drive, std::uint32_t first, std::uint32_t size) override {
        std::vector<sim::Arrival> arrivals;
        for (std::uint32_t k = 0; k < size; ++k)
            for (sim::Step step = 0; step < end(); ++step) {
                arrivals.clear();
                drive.arrivals(step, k, arrivals);
                for (const auto& one : arrivals) {
                    Input input;
                    switch (one.receptor) {
                        case sim::Receptor::exc: input.exc = one.weight; break;
                        case sim::Receptor::inh: input.inh = one.weight; break;
                        case sim::Receptor::current: input.current = one.weight; break;
                    }
                    arrive(first + k, {step, one.offset}, input);
                }
            }
    }

    std::vector<Course> courses_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> queue_;
};

}  // namespace

std::unique_ptr<Simulator> make_exact_simulator(const sim::Network& network,
                                                const sim::Catalogue& catalogue) {
    return std::make_unique<ExactSimulator>(network, catalogue);
}

}  // namespace reference
