// SPDX-License-Identifier: BSD-3-Clause
// The main loop. For every window of at most the shortest delay:
//
//   T  each tile delivers what arrives in the window and runs its neurons   (tiles in parallel)
//   S  each train emits its spikes of the window                            (beside T)
//   X  spikes go into the rings of their populations, sorted                (after T and S)
//   C  credit that has come is released by spikes, and goes on its way      (after X)
//   R  the recorder takes spikes and traces; the sink gets a batch          (after X)
//
// T of a window needs X of the windows before: a spike of the window itself arrives after its end.
#include "sim/run/simulation.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/workers.hpp"
#include "sim/net/credit_checks.hpp"
#include "sim/run/credit.hpp"
#include "sim/run/delivery.hpp"
#include "sim/run/early_stop.hpp"
#include "sim/run/learning.hpp"
#include "sim/run/part_maker.hpp"
#include "sim/run/phase_clock.hpp"
#include "sim/run/recorder.hpp"
#include "sim/run/sharing.hpp"
#include "sim/run/weight_logs.hpp"

namespace sim {
namespace {

constexpr Step longest_window = 1000;  // steps, where delays would allow more

struct TrainState {
    std::size_t population;
    std::unique_ptr<Train> train;
    std::vector<Spike> spikes;
    std::unique_ptr<const SourceSpec> changed{};  // what the train reads, if not the description
};

}  // namespace

class Simulation::Engine {
public:
    Engine(const Network& network, const Catalogue& catalogue, int threads)
        : network_(network),
          catalogue_(catalogue),
          maker_(network, catalogue),
          workers_(threads),
          sharing_(workers_.threads()),
          recorder_(network),
          window_steps_(std::clamp<Step>(network.shortest_delay(), 1, longest_window)),
          learning_(network, catalogue, network.longest_delay() + window_steps_ + 1),
          credit_(network, learning_),
          early_stop_(network),
          deliveries_([this] { return Delivery(network_, rings_, counted_drives_); }) {
        counters_.spikes.assign(network.populations().size(), 0);
        counters_.retrograde = counters_.spikes;
        for (std::size_t i = 0; i < network.populations().size(); ++i)
            rings_.emplace_back(network.longest_delay() + window_steps_ + 1);
        make_trains();
        tiles_.resize(network.tiles().size());
        workers_.for_each(tiles_.size(), [this](std::size_t t) {
            tiles_[t] = maker_.tile(t, plan());
            learning_.make(t);
        });
        index_credit();
        counted_drives_ = PartMaker::counted_drives(tiles_);
        for (const auto& tile : tiles_)
            for (const auto& drive : tile.drives) driven_ += drive->mean_arrivals();
        weight_logs_.plan(network, learning_, recorder_);
        spans_ = phase_spans(network.description(), network.clock());
    }

    void record(Sink& sink) { recorder_.start(sink); }
    const RecordingPlan& plan() const { return recorder_.plan(); }
    const Counters& counters() const { return counters_; }
    const PhaseTimes& phase_times() const { return clock_.times(); }
    Step step() const { return step_; }
    double time() const { return network_.clock().ms(step_); }
    int threads() const { return workers_.threads(); }

    void advance(double until, const std::function<bool()>& keep_going) {
        const Step target = network_.clock().nearest_step(until);
        clock_.start();
        while (step_ < target) {
            clock_.begin_window(window_us_);
            if (step_ >= learning_.due()) catch_up();
            begin_phases();
            stop_early();
            if (step_ >= target) break;
            weight_logs_.sample(step_, time(), learning_, rings_, recorder_);
            const Window window{step_, window_end(target)};
            clock_.lap(&PhaseTimes::delivery_s);  // catching up is no part of the window
            run_window(window);
            const auto work =
                clock_.lap(&PhaseTimes::delivery_s, &PhaseTimes::update_s, share_of_delivery());
            exchange(window);
            pass_credit(window);
            if (const auto rest = clock_.lap(&PhaseTimes::exchange_s)) note_window(*work + *rest);
            step_ = window.end;
            recorder_.close(window, !clock_.is_on());
            clock_.lap(&PhaseTimes::output_s);
            if (keep_going && !keep_going()) break;
        }
        begin_phases();
        recorder_.flush();
        clock_.lap(&PhaseTimes::output_s);
        clock_.stop();
    }

    void watch_credit(RetrogradeVisit visit) { credit_.watch(std::move(visit)); }

    double state(std::size_t population, std::uint64_t neuron, std::string_view variable) const {
        const auto& name = network_.populations().at(population).name;
        if (is_of_credit(network_.description(), name, variable))
            return credit_.value(population, neuron, variable, step_);
        const auto& model = network_.model(network_.populations().at(population));
        for (std::size_t t = 0; t < tiles_.size(); ++t)
            for (const auto& part : network_.tiles()[t].parts)
                if (part.population == population && neuron - part.first < part.size)
                    return tiles_[t].block->value(local(part, neuron),
                                                  variable_number(model, variable));
        throw UnknownName("population " + network_.populations()[population].name +
                          " has no neuron " + std::to_string(neuron));
    }

    void set_plastic(std::string_view projection, bool is_on) {
        if (!learning_.is_empty()) catch_up();
        learning_.switch_on(projection, is_on);
    }

    void modulate(std::string_view modulator, double amount, std::optional<std::uint64_t> neuron) {
        learning_.modulate(modulator, step_, amount, neuron);
    }

    void set_trains(std::string_view source, SpikeTrains trains) {
        auto& train = trains_of(source);
        const auto& population = network_.populations()[train.population];
        auto spec = std::make_unique<SourceSpec>(network_.description().sources[population.spec]);
        const auto fail = [&](const std::string& what) {
            throw BadNetwork("sources." + spec->name + ": " + what);
        };
        if (!catalogue_.info(PartKind::source, spec->model).reads_trains)
            fail("only spike_trains can be given other trains");
        if (trains.times.size() != spec->size)
            fail(std::to_string(trains.times.size()) + " trains for " + std::to_string(spec->size) +
                 " units");
        for (const auto& times : trains.times)
            for (const double t : times)
                if (!(t >= time()))
                    fail("time " + number(t) + " ms is before " + number(time()) + " ms, now");
        spec->trains = std::make_shared<const SpikeTrains>(std::move(trains));
        train.train = maker_.train(*spec, population.part);
        train.changed = std::move(spec);
    }

    void end_phase() {
        if (learning_.is_empty()) return;
        catch_up();
        learning_.end_phase(step_, rings_);
        weight_logs_.find_again(learning_);
        if (!network_.description().structure.empty()) index_credit();
    }

    void rewire(std::string_view projection, const Rewiring& rewiring) {
        if (!learning_.is_empty()) catch_up();
        learning_.rewire(projection, rewiring, step_, rings_);
        weight_logs_.find_again(learning_);
        index_credit();
    }

    void reset(const std::string& what) {
        if (what == "traces") {
            if (!learning_.is_empty()) catch_up();
            return learning_.reset_traces();
        }
        if (what == "spikes") {
            for (auto& ring : rings_) ring.clear();
            for (auto& tile : tiles_) {
                tile.packed.clear();
                tile.timed.clear();
            }
            return learning_.drop_spikes();
        }
        if (what == "credit") return credit_.forget();
        const auto dot = what.find('.');
        const auto name = what.substr(0, dot);
        if (name != "neurons") network_.population(name);  // throws if there is none
        for (std::size_t t = 0; t < tiles_.size(); ++t)
            for (const auto& part : network_.tiles()[t].parts) {
                const auto& population = network_.populations()[part.population];
                if (name != "neurons" && name != population.name) continue;
                const auto& model = network_.model(population);
                tiles_[t].block->reset(part.local, part.size,
                                       dot == what.npos
                                           ? model.states.size()
                                           : variable_number(model, what.substr(dot + 1)));
            }
    }

    std::vector<std::string> synapse_members(std::size_t projection) const {
        const auto& spec =
            network_.description().projections[network_.projections().at(projection).spec];
        std::vector<std::string> names;
        for (const auto& state : catalogue_.info(PartKind::synapse, spec.synapse).states)
            names.push_back(state.name);
        return names;
    }

    void for_each_synapse(std::size_t projection, const SynapseVisit& visit) const {
        if (learning_.members(projection) == 0)
            throw BadNetwork("projection " + network_.projections().at(projection).name +
                             " is static: its synapses are those of the network");
        learning_.for_each_synapse(projection, step_, rings_, visit);
    }

private:
    void index_credit() {
        if (credit_.is_empty()) return;
        workers_.for_each(tiles_.size(), [this](std::size_t t) { credit_.index(t); });
    }

    void make_trains() {
        const auto& description = network_.description();
        for (std::size_t i = 0; i < network_.populations().size(); ++i) {
            const auto& population = network_.populations()[i];
            if (!population.is_source) continue;
            const auto& spec = description.sources[population.spec];
            trains_.push_back({i, maker_.train(spec, population.part), {}, {}});
        }
    }

    TrainState& trains_of(std::string_view source) {
        std::vector<std::string> known;
        for (auto& train : trains_) {
            known.push_back(network_.populations()[train.population].name);
            if (known.back() == source) return train;
        }
        throw UnknownName("no source of spikes '" + std::string(source) + "'" +
                          suggestion(source, known));
    }

    /// Ends the phases that are over, with what homeostasis does then, and begins the next.
    void begin_phases() {
        while (next_span_ < spans_.size() && spans_[next_span_].begin <= step_) {
            const auto& phase = network_.description().phases[spans_[next_span_].phase];
            if (!learning_.is_empty()) {
                if (next_span_ > 0) end_phase();
                else catch_up();
                learning_.freeze(phase.frozen);
            }
            for (const auto& what : phase.reset) reset(what);
            early_stop_.begin(spans_[next_span_].phase);
            ++next_span_;
        }
        if (is_last_ended_ || spans_.empty() || step_ < spans_.back().end) return;
        is_last_ended_ = true;
        end_phase();
    }

    /// Passes over the rest of a phase, and of its repetitions, once its condition is met.
    void stop_early() {
        if (step_ < early_stop_.due()) return;
        const auto weights = [&](std::string_view projection) {
            std::vector<double> result;
            for (std::size_t p = 0; p < network_.projections().size(); ++p) {
                const auto number = network_.projections()[p].spec;
                if (network_.description().projections[number].name == projection)
                    for_each_synapse(
                        p, [&](std::uint64_t, std::uint64_t, std::span<const double> values, Time) {
                            result.push_back(values[0]);
                        });
            }
            return result;
        };
        if (!early_stop_.look(step_, counters_.spikes, weights)) return;
        const std::size_t phase = spans_[next_span_ - 1].phase;
        while (next_span_ < spans_.size() &&
               early_stop_.are_together(spans_[next_span_].phase, phase))
            ++next_span_;
        pass_over(spans_[next_span_ - 1].end);
        begin_phases();
    }

    /// Goes on at `step`, as if the time until then were not there.
    void pass_over(Step step) {
        if (!learning_.is_empty()) catch_up();
        for (auto& train : trains_) {
            train.train->emit({step_, step}, train.spikes);
            train.spikes.clear();
        }
        reset("spikes");
        learning_.reset_traces();
        credit_.forget();
        step_ = step;
        if (!learning_.is_empty()) catch_up();
    }

    /// A window ends with its phase, so that all of it is recorded or nothing.
    Step window_end(Step target) const {
        Step end = std::min({step_ + window_steps_, target, learning_.due(), early_stop_.due(),
                             weight_logs_.next_after(step_)});
        if (next_span_ < spans_.size()) end = std::min(end, spans_[next_span_].begin);
        return end;
    }

    void catch_up() {
        if (caught_up_ == step_) return;
        caught_up_ = step_;
        workers_.for_each(tiles_.size(), [&](std::size_t t) { learning_.catch_up(t, step_, rings_); });
        learning_.caught_up(step_, rings_);
    }

    void run_window(Window window) {
        recorder_.open(window);
        const std::size_t tasks = tiles_.size() + trains_.size();
        const auto run_task = [&](std::size_t i) {
            if (i < tiles_.size()) run_tile(i, window);
            else {
                auto& train = trains_[i - tiles_.size()];
                train.spikes.clear();
                train.train->emit(window, train.spikes);
            }
        };
        if (sharing_.is_shared()) workers_.for_each(tasks, run_task);
        else
            for (std::size_t i = 0; i < tasks; ++i) run_task(i);
    }

    /// In what the tiles did in this window.
    double share_of_delivery() {
        double delivery = 0;
        double update = 0;
        for (auto& tile : tiles_) {
            delivery += PhaseClock::seconds(std::exchange(tile.delivery, {}));
            update += PhaseClock::seconds(std::exchange(tile.update, {}));
        }
        return delivery == 0 ? 0 : delivery / (delivery + update);
    }

    void note_window(double seconds) {
        const double us = 1e6 * seconds;
        window_us_ += 0.05 * (us - window_us_);
        sharing_.note(us);
    }

    // Traces show the state at the begin of a bin, before its inputs; on the grid after its step.
    void run_tile(std::size_t t, Window window) {
        auto& state = tiles_[t];
        state.spikes.clear();
        Stopwatch stopwatch(clock_.is_on());
        auto& delivery = deliveries_.local();
        delivery.list(network_.tiles()[t], state, learning_.of(t), window);
        const bool exact = network_.description().run.timing == Timing::exact;
        for (Step step = window.begin; step < window.end; ++step) {
            const std::size_t known = state.spikes.size();
            if (exact) watch(t, step);
            if (!credit_.is_empty()) credit_.carry(t, step);
            delivery.learn(step);
            if (!credit_.is_empty() && credit_.is_taught(t, step))
                credit_.balance(t, step, delivery.runs(step));
            if (exact) {
                stopwatch.mark(state.delivery);
                sample(state, step);
                state.block->run_bin(step, delivery.runs(step), state.drive_list,
                                     delivery.is_busy(step, 1e-6 * static_cast<double>(driven_)),
                                     state.spikes, state.arrived);
            } else {
                const auto inputs = delivery.sum(step, state.arrived);
                stopwatch.mark(state.delivery);
                state.block->step(step, inputs, state.spikes);
                sample(state, step);
            }
            if (!learning_.is_empty())
                learning_.post_spikes(t, step, std::span(state.spikes).subspan(known));
            if (!exact) watch(t, step);
            stopwatch.mark(state.update);
        }
    }

    void watch(std::size_t t, Step step) {
        if (!learning_.is_watching(t)) return;
        learning_.watch(t, step,
                        [&block = *tiles_[t].block](std::uint32_t neuron, std::size_t variable) {
                            return block.value(neuron, variable);
                        });
    }

    void sample(const TileState& state, Step step) {
        for (const auto& columns : state.traces)
            if (recorder_.is_due(columns.trace, step))
                for (const auto& [neuron, column] : columns.neurons)
                    recorder_.slot(columns.trace, step, column) =
                        static_cast<float>(state.block->value(neuron, columns.variable));
    }

    void exchange(Window window) {
        for (auto& ring : rings_)
            for (Step step = window.begin; step < window.end; ++step) ring.clear(step);
        for (std::size_t t = 0; t < tiles_.size(); ++t) {
            auto& state = tiles_[t];
            for (const auto& spike : state.spikes) {
                const auto& part = network_.tiles()[t].part_of(spike.id);
                const auto id = part.first + spike.id - part.local;
                take(part.population, {static_cast<std::uint32_t>(id), spike.time});
            }
            counters_.synaptic_events += state.arrived.from_neurons;
            counters_.source_events += state.arrived.from_sources;
            counters_.neuron_spikes += state.spikes.size();
            state.arrived = {};
        }
        for (auto& train : trains_) {
            counters_.spikes[train.population] += train.spikes.size();
            rings_[train.population].take(window, train.spikes);
        }
        for (std::size_t i = 0; i < rings_.size(); ++i)
            for (Step step = window.begin; step < window.end; ++step) {
                rings_[i].sort(step);
                recorder_.add(i, rings_[i].at(step));
            }
        if (!learning_.is_empty())
            for (Step step = window.begin; step < window.end; ++step)
                learning_.end_step(step, rings_);
    }

    void pass_credit(Window window) {
        if (credit_.is_empty()) return;
        credit_.end_window(window, rings_, recorder_);
        counters_.retrograde = credit_.counts();
    }

    void take(std::size_t population, const Spike& spike) {
        rings_[population].push(spike);
        ++counters_.spikes[population];
    }

    const Network& network_;
    const Catalogue& catalogue_;
    PartMaker maker_;
    Workers workers_;
    Sharing sharing_;
    Recorder recorder_;
    Step window_steps_;
    std::uint64_t driven_ = 0;      // spikes that drives bring in a step on average, millionths
    std::vector<SpikeRing> rings_;  // by population
    std::vector<TileState> tiles_;
    std::vector<TrainState> trains_;
    WeightLogs weight_logs_;
    std::vector<PhaseSpan> spans_;
    std::size_t next_span_ = 0;  // not yet begun
    bool is_last_ended_ = false;
    Learning learning_;
    Credit credit_;
    EarlyStop early_stop_;
    std::vector<CountedDrive> counted_drives_;
    tbb::enumerable_thread_specific<Delivery> deliveries_;
    Counters counters_;
    PhaseClock clock_;
    Step step_ = 0;
    Step caught_up_ = -1;     // the last step at which all synapses were
    double window_us_ = 1e3;  // running mean of what a window takes
};

Simulation::Simulation(const Network& network, const Catalogue& catalogue, Options options)
    : engine_(std::make_unique<Engine>(network, catalogue, options.threads)) {}
Simulation::~Simulation() = default;

RecordingPlan Simulation::plan() const { return engine_->plan(); }
void Simulation::record(Sink& sink) { engine_->record(sink); }
void Simulation::advance(double until, const std::function<bool()>& keep_going) {
    engine_->advance(until, keep_going);
}
double Simulation::time() const { return engine_->time(); }
Step Simulation::step() const { return engine_->step(); }
const Counters& Simulation::counters() const { return engine_->counters(); }
const PhaseTimes& Simulation::phase_times() const { return engine_->phase_times(); }
int Simulation::threads() const { return engine_->threads(); }
void Simulation::watch_credit(RetrogradeVisit visit) { engine_->watch_credit(std::move(visit)); }
double Simulation::state(std::size_t population, std::uint64_t neuron, std::string_view variable) const {
    return engine_->state(population, neuron, variable);
}
void Simulation::set_plastic(std::string_view projection, bool is_on) {
    engine_->set_plastic(projection, is_on);
}
void Simulation::modulate(std::string_view modulator, double amount,
                          std::optional<std::uint64_t> neuron) {
    engine_->modulate(modulator, amount, neuron);
}
void Simulation::set_trains(std::string_view source, SpikeTrains trains) {
    engine_->set_trains(source, std::move(trains));
}
void Simulation::reset(const std::string& what) { engine_->reset(what); }
void Simulation::end_phase() { engine_->end_phase(); }
void Simulation::rewire(std::string_view projection, const Rewiring& rewiring) {
    engine_->rewire(projection, rewiring);
}
std::vector<std::string> Simulation::synapse_members(std::size_t projection) const {
    return engine_->synapse_members(projection);
}
void Simulation::for_each_synapse(std::size_t projection, const SynapseVisit& visit) const {
    engine_->for_each_synapse(projection, visit);
}

}  // namespace sim
