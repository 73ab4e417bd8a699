// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <set>

#include "sim/core/text.hpp"
#include "sim/net/credit_checks.hpp"

namespace sim {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

class Validator : private ValueChecks {
public:
    Validator(const Description& d, const Catalogue& catalogue) : ValueChecks(catalogue), d_(d) {
        for (const auto& one : d.neurons) neuron_names_.push_back(one.name);
        for (const auto& one : d.sources) source_names_.push_back(one.name);
    }

    std::vector<Problem> run() {
        check_run(d_.run);
        check_names();
        check_recorded_names();
        for (const auto& one : d_.neurons) check(one);
        for (const auto& one : d_.sources) check(one);
        for (const auto& one : d_.projections) check(one);
        check_sizes();
        check_record();
        check_phases();
        check_learning();
        check_credit(d_, *this);
        return take();
    }

private:
    const NeuronsSpec* neurons(const std::string& name) const {
        for (const auto& one : d_.neurons)
            if (one.name == name) return &one;
        return nullptr;
    }
    bool is_source(const std::string& name) const { return contains(source_names_, name); }
    std::uint64_t size_of(const std::string& name) const {
        if (const auto* one = neurons(name)) return one->size;
        for (const auto& one : d_.sources)
            if (one.name == name) return one.size;
        return 0;
    }

    // Names and sizes.
    void check_names() {
        std::set<std::string> populations;
        std::set<std::string> projections;
        for (const auto& one : d_.neurons)
            check_name("neurons." + one.name, one.name, populations);
        for (const auto& one : d_.sources)
            check_name("sources." + one.name, one.name, populations);
        for (const auto& one : d_.projections)
            check_name("projections." + one.name, one.name, projections);
    }

    // No two neurons may be the same one in a file.
    void check_recorded_names() {
        std::set<std::pair<std::string, std::uint64_t>> taken;
        for (const auto& one : d_.neurons) {
            const std::string path = "neurons." + one.name;
            const auto& ids = one.recorded_ids;
            if (!ids.empty() && ids.size() != one.size) {
                problem(path + ".recorded_ids", "= a list of " + std::to_string(ids.size()) +
                                                    " entries: must have " +
                                                    std::to_string(one.size));
                continue;
            }
            if (std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) != ids.end())
                problem(path + ".recorded_ids", "must be ascending");
            const auto shares = [&](const auto& other) {
                return other.recorded_name() == one.recorded_name();
            };
            if (std::count_if(d_.neurons.begin(), d_.neurons.end(), shares) == 1) continue;
            for (std::uint64_t k = 0; k < one.size; ++k)
                if (!taken.emplace(one.recorded_name(), one.recorded_id(k)).second)
                    return problem(path + ".recorded_as",
                                   "= " + one.recorded_name() + ": another neuron is recorded so "
                                   "with id " + std::to_string(one.recorded_id(k)) +
                                   "; give recorded_ids");
        }
    }

    void check_sizes() {
        std::uint64_t sum = 0;
        for (const auto& one : d_.neurons) {
            if (one.size > most_neurons) return;
            sum += one.size;
            if (sum > most_neurons)
                return problem("neurons." + one.name + ".size",
                               "= " + std::to_string(one.size) + ": all populations together must "
                               "have at most " + std::to_string(most_neurons) + " neurons");
        }
    }

    // Sections.
    void check(const NeuronsSpec& one) {
        const std::string path = "neurons." + one.name;
        check_size(path, one.size);
        for (const auto& [axis, value] : one.position) {
            const std::vector<std::string> axes{"x", "y", "z"};
            const std::string at = path + ".position." + axis;
            if (!contains(axes, axis))
                problem(at, "is no axis" + suggestion(axis, axes));
            else check_value(at, value, {axis, Unit::um, 0, range::finite, ""}, one.size);
        }
        const auto* part = find_part(path + ".model", PartKind::neuron, one.model, "model");
        if (part == nullptr) return;
        check_params(path, one.params, *part, one.size);
        for (const auto& [name, value] : one.initial)
            if (const auto* state = find_state(path + ".initial." + name, name, *part))
                check_value(path + ".initial." + name, value,
                            {name, state->unit, 0, range::finite, ""}, one.size);
        check_reset(path, one, *part);
    }

    void check_receptor(const std::string& path, const std::string& receptor, bool is_current) {
        if (receptor == "current" && !is_current)
            return problem(path + ".receptor", "= current: only currents act there; spikes act at "
                                               "exc or inh, by the sign of their weight");
        const auto known = is_current ? std::vector<std::string>{"current"}
                                      : std::vector<std::string>{"exc", "inh"};
        if (!receptor.empty() && !contains(known, receptor))
            unknown(path + ".receptor", receptor, "receptor", known);
    }

    void check_targets(const std::string& path, const std::vector<std::string>& names,
                       bool sources_allowed) {
        for (const auto& name : names) {
            if (neurons(name) != nullptr || (sources_allowed && is_source(name))) continue;
            if (is_source(name))
                problem(path, "= " + name + ": is a source and takes no input; name neurons");
            else {
                auto known = neuron_names_;
                if (sources_allowed)
                    known.insert(known.end(), source_names_.begin(), source_names_.end());
                unknown(path, name, "population", known);
            }
        }
    }

    void check(const SourceSpec& one) {
        const std::string path = "sources." + one.name;
        check_size(path, one.size);
        check_targets(path + ".to", one.to, false);
        if (one.trains && one.trains->times.size() != one.size)
            problem(path + ".size", "= " + std::to_string(one.size) + ": must be the number of "
                                    "spike trains, " + std::to_string(one.trains->times.size()));
        if (one.trains) check_times(path + ".times", one.trains->times);
        const auto* part = find_part(path + ".model", PartKind::source, one.model, "source");
        if (part == nullptr) return;
        check_role(path, one, *part);
        check_receptor(path, one.receptor, part->is_current);
        if (part->needs_to && !part->is_current)
            check_weight(path + ".weight", one.weight, one.receptor, items(one, *part));
        check_params(path, one.params, *part, items(one, *part));
        check_lists(path, one);
    }

    /// How many entries lists of a source have, where that is known: its units, or the neurons of
    /// each target.
    std::optional<std::uint64_t> items(const SourceSpec& one, const PartInfo& part) const {
        if (!part.needs_to) return one.size;
        std::set<std::uint64_t> sizes;
        for (const auto& name : one.to) sizes.insert(size_of(name));
        return sizes.size() == 1 && *sizes.begin() > 0 ? std::optional(*sizes.begin())
                                                       : std::nullopt;
    }

    void check_lists(const std::string& path, const SourceSpec& one) {
        bool has_list = one.weight.kind == Value::Kind::list;
        for (const auto& [name, value] : one.params)
            has_list = has_list || value.kind == Value::Kind::list;
        for (const auto& name : one.to)
            if (has_list && size_of(name) != size_of(one.to.front()))
                return problem(path + ".to", "= " + one.to.front() + ", " + name +
                                                 ": differ in size, so no list fits both; give "
                                                 "each a source of its own");
    }

    void check(const ProjectionSpec& one) {
        const std::string path = "projections." + one.name;
        if (one.from.empty()) problem(path + ".from", "is missing; name what sends the spikes");
        if (one.to.empty()) problem(path + ".to", "is missing; name the neurons that receive");
        check_targets(path + ".from", one.from, true);
        check_targets(path + ".to", one.to, false);
        check_from(path + ".from", one.from);
        check_receptor(path, one.receptor, false);
        check_connector(path, one);
        if (const auto* part =
                find_part(path + ".synapse", PartKind::synapse, one.synapse, "synapse"))
            check_rule(path, one, *part);
        check_weight(path + ".weight", one.weight, one.receptor, edges(one));
        check_delay(path, one);
        check_split(path, one);
        check_edges(path, one);
    }

    // All synapses of a projection share the parameters of its rule.
    void check_rule(const std::string& path, const ProjectionSpec& one, const PartInfo& part) {
        check_params(path, one.synapse_params, part, edges(one));
        std::vector<std::string> modulators;
        for (const auto& signal : d_.modulators) modulators.push_back(signal.name);
        if (!one.modulator.empty() && !contains(modulators, one.modulator))
            unknown(path + ".modulator", one.modulator, "modulator", modulators);
        const bool has_credit = std::all_of(one.to.begin(), one.to.end(), [&](const auto& name) {
            return credit_of(d_, name) != nullptr;
        });
        if (part.needs_modulator && one.modulator.empty() && !has_credit)
            problem(path + ".modulator",
                    "is missing; " + part.name +
                        " listens to one, give its name and [modulators.NAME], or the targets "
                        "[credit.NAME]");
        if (!part.needs_modulator && !one.modulator.empty())
            problem(path + ".modulator", "= " + one.modulator + ": " + part.name +
                                             " listens to none; leave it out");
        if (!part.is_plastic) return;
        for (const auto& [name, value] : one.synapse_params)
            if (!value.is_constant())
                problem(path + "." + name, "must be one number for the projection");
    }

    void check_split(const std::string& path, const ProjectionSpec& one) {
        if (one.axonal_delay && one.dendritic_delay)
            return problem(path + ".dendritic_delay",
                           "is given beside axonal_delay; give one, the other is the rest of the delay");
        for (const bool axonal : {true, false}) {
            const auto& part = axonal ? one.axonal_delay : one.dendritic_delay;
            if (!part) continue;
            const std::string name = path + (axonal ? ".axonal_delay" : ".dendritic_delay");
            if (!(*part >= 0 && *part <= one.delay.lower() * (1 + 1e-12)))
                return must_be(name, *part, Unit::ms,
                               "between 0 and the shortest delay, " +
                                   with_unit(one.delay.lower(), Unit::ms));
        }
        const auto* rule = catalogue().find(PartKind::synapse, one.synapse);
        if (rule == nullptr || !rule->is_plastic || d_.run.timing == Timing::grid) return;
        const double dendritic =
            one.dendritic_delay.value_or(one.delay.lower() - one.axonal_delay.value_or(0));
        if (dendritic < d_.run.resolution / 2 * (1 - 1e-9))
            problem(path + (one.dendritic_delay ? ".dendritic_delay" : ".axonal_delay"),
                    "leaves " + with_unit(dendritic, Unit::ms) +
                        " to the dendrite: in exact timing it must be at least half the resolution of " +
                        with_unit(d_.run.resolution, Unit::ms) + "; lower run.resolution or use the grid");
    }

    void check_from(const std::string& path, const std::vector<std::string>& names) {
        for (const auto& one : d_.sources) {
            const auto* part = catalogue().find(PartKind::source, one.model);
            if (part != nullptr && part->needs_to && contains(names, one.name))
                problem(path, "= " + one.name + ": acts on the neurons of its `to` and takes no "
                              "projection; use a source of spike trains");
        }
    }

    static std::optional<std::uint64_t> edges(const ProjectionSpec& one) {
        if (one.edges) return one.edges->source.size();
        return std::nullopt;
    }

    void check_connector(const std::string& path, const ProjectionSpec& one) {
        const auto* part =
            find_part(path + ".connector", PartKind::connector, one.connector, "connector");
        if (part != nullptr)
            for (const auto& [name, value] : one.connector_params)
                if (const auto* row = find_row(path, name, *part))
                    check_number(path + "." + name, value, *row);
    }

    void check_delay(const std::string& path, const ProjectionSpec& one) {
        const ParamInfo row{"delay", Unit::ms, 1, range::finite, ""};
        const auto before = count();
        const bool draws = !one.delay.is_constant() && one.delay.kind != Value::Kind::list;
        const bool has_limits = draws && one.delay.kind != Value::Kind::uniform;
        if (has_limits) check_spread(path + ".delay", one.delay);
        else check_value(path + ".delay", one.delay, row, edges(one));
        if (count() > before || !(d_.run.resolution > 0)) return;
        const double least = one.delay.lower();
        const std::string rule = "the resolution of " + number(d_.run.resolution) + " ms";
        if (least >= d_.run.resolution * (1 - 1e-9)) return;
        if (draws)
            problem(path + ".delay", "= " + Value::kind_name(one.delay.kind) + ": draws can be "
                                     "shorter than " + rule + "; give min");
        else must_be(path + ".delay", least, Unit::ms, "at least " + rule);
    }

    void check_edges(const std::string& path, const ProjectionSpec& one) {
        constexpr auto limit = std::numeric_limits<std::uint64_t>::max();
        for (const auto& from : one.from)
            for (const auto& to : one.to) {
                const auto pre = size_of(from);
                const auto post = size_of(to);
                if (pre > 0 && post > limit / pre)
                    problem(path, "joins " + std::to_string(pre) + " with " +
                                      std::to_string(post) + " neurons: too many pairs");
                if (one.edges && pre > 0 && post > 0) check_edge_ids(path, *one.edges, pre, post);
            }
    }

    // What is recorded, and when.
    void check_record() {
        const std::vector<std::string> kinds{"end", "phases", "none"};
        if (!d_.record.snapshots.empty() && !contains(kinds, d_.record.snapshots))
            unknown("record.snapshots", d_.record.snapshots, "moment", kinds);
        for (std::size_t i = 0; i < d_.record.weights.size(); ++i) {
            const auto& one = d_.record.weights[i];
            const std::string path = "record.weights." + std::to_string(i);
            check_plastic(path + ".projection", one.projection);
            check_span(path + ".interval", one.interval, d_.run.resolution);
        }
        check_targets("record.spikes", d_.record.spikes, true);
        for (std::size_t i = 0; i < d_.record.traces.size(); ++i)
            check(d_.record.traces[i], "record.traces." + std::to_string(i));
    }

    void check(const TraceSpec& trace, const std::string& path) {
        check_span(path + ".interval", trace.interval, d_.run.resolution);
        if (trace.variables.empty())
            problem(path + ".variables", "is missing; name state variables such as \"v\"");
        check_targets(path + ".population", {trace.population}, false);
        const auto* population = neurons(trace.population);
        if (population == nullptr) return;
        for (const auto id : trace.neurons)
            if (id >= population->size) {
                problem(path + ".neurons", "= " + std::to_string(id) + ": must be below " +
                                               std::to_string(population->size) + ", the size of " +
                                               trace.population + " (ids start at 0)");
                break;
            }
        if (const auto* part = catalogue().find(PartKind::neuron, population->model))
            for (const auto& name : trace.variables)
                if (!is_of_credit(d_, trace.population, name))
                    find_state(path + ".variables", name, *part);
    }

    void check_phases() {
        std::set<std::string> taken;
        for (std::size_t i = 0; i < d_.phases.size(); ++i) {
            const auto& phase = d_.phases[i];
            const std::string path = "phases." + std::to_string(i);
            check_span(path + ".duration", phase.duration, d_.run.resolution);
            if (phase.repeat == 0)
                problem(path + ".repeat", "= 0: must be at least 1; leave the phase out instead");
            const bool goes_on = i > 0 && !phase.trial.empty() && d_.phases[i - 1].trial == phase.trial;
            if (goes_on && phase.repeat != 1 && phase.repeat != d_.phases[i - 1].repeat)
                problem(path + ".repeat", "= " + std::to_string(phase.repeat) +
                                              ": a trial is repeated as a whole; give it with its "
                                              "first phase");
            if (phase.stop) check(*phase.stop, phase, path + ".stop");
            for (const auto& name : phase.frozen) check_plastic(path + ".frozen", name);
            for (const auto& name : phase.reset)
                check_reset_name(path + ".reset", name);
            if (!taken.insert(phase.name).second)
                problem(path + ".name", "= " + phase.name + ": is used twice; choose another name");
            for (const auto& name : phase.off)
                if (!is_source(name)) unknown(path + ".off", name, "source", source_names_);
        }
        const double sum = total_duration(d_.phases);
        if (!d_.phases.empty() && std::abs(sum - d_.run.duration) > 1e-9 * sum)
            must_be("run.duration", d_.run.duration, Unit::ms,
                    "the sum of the phases, " + with_unit(sum, Unit::ms));
    }

    void check(const StopSpec& one, const PhaseSpec& phase, const std::string& path) {
        check_span(path + ".every", one.every, d_.run.resolution);
        for (const auto& other : d_.phases) {
            const bool is_passed_over =
                &other == &phase || (!phase.trial.empty() && other.trial == phase.trial);
            if (is_passed_over && other.record)
                return problem(path, "would leave a gap in what is recorded; give " + other.name +
                                         " record = false");
        }
        if (one.projection.empty() == one.population.empty())
            return problem(path,
                           "needs either a projection with the change at which it has settled, "
                           "or a population with rate_above or rate_below");
        if (!one.projection.empty()) {
            check_plastic(path + ".projection", one.projection);
            if (!(one.change > 0)) must_be(path + ".change", one.change, Unit::none, "above 0");
        } else {
            check_targets(path + ".population", {one.population}, true);
            if (!one.rate_above && !one.rate_below)
                problem(path + ".population", "has no rate; give rate_above or rate_below");
        }
    }

    void check(const StructureSpec& one, const std::string& path) {
        check_plastic(path + ".projection", one.projection);
        if (d_.phases.empty())
            problem(path, "acts at the ends of phases, and there are none; give [[phases]]");
        if (!(one.prune_below > 0 && std::isfinite(one.prune_below)))
            must_be(path + ".prune_below", one.prune_below, Unit::none, "above 0");
        if (one.regrow && !(one.weight >= 0 && std::isfinite(one.weight)))
            must_be(path + ".weight", one.weight, Unit::none, "at least 0");
        else if (one.regrow && one.weight < one.prune_below)
            must_be(path + ".weight", one.weight, Unit::none,
                    "at least prune_below = " + number(one.prune_below) +
                        "; what grows would be pruned again");
    }

    void check_reset_name(const std::string& path, const std::string& name) {
        if (contains({"neurons", "traces", "spikes"}, name)) return;
        if (name == "credit") {
            if (d_.credit.empty())
                problem(path, "= credit: no neurons have any; leave it out, or give [credit.NAME]");
            return;
        }
        const auto dot = name.find('.');
        const auto* population = neurons(name.substr(0, dot));
        if (population == nullptr) {
            auto known = neuron_names_;
            known.insert(known.end(), {"neurons", "traces", "spikes", "credit"});
            return unknown(path, name.substr(0, dot), "part of the state", known);
        }
        if (dot == name.npos) return;
        if (const auto* model = catalogue().find(PartKind::neuron, population->model))
            find_state(path, name.substr(dot + 1), *model);
    }

    // What concerns plastic projections.
    void check_plastic(const std::string& path, const std::string& name) {
        std::vector<std::string> known;
        for (const auto& one : d_.projections) {
            const auto* rule = catalogue().find(PartKind::synapse, one.synapse);
            if (rule == nullptr || !rule->is_plastic) continue;
            if (one.name == name) return;
            known.push_back(one.name);
        }
        unknown(path, name, "plastic projection", known);
    }

    void check(const ModulatorSpec& one) {
        const std::string path = "modulators." + one.name;
        check_targets(path + ".from", one.from, true);
        if (!std::isfinite(one.amount)) must_be(path + ".amount", one.amount, Unit::none, "finite");
        if (!(one.delay >= d_.run.resolution * (1 - 1e-9)))
            must_be(path + ".delay", one.delay, Unit::ms,
                    "at least the resolution of " + number(d_.run.resolution) + " ms");
        if (!one.amounts.empty() && one.amounts.size() != one.times.size())
            problem(path + ".amounts", "has " + std::to_string(one.amounts.size()) +
                                           " entries: must have one for each of the " +
                                           std::to_string(one.times.size()) + " times");
        for (const double time : one.times)
            if (!(time >= 0)) return must_be(path + ".times", time, Unit::ms, "at least 0");
        for (const double amount : one.amounts)
            if (!std::isfinite(amount))
                return must_be(path + ".amounts", amount, Unit::none, "finite");
    }

    void check(const HomeostasisSpec& one, const std::string& path) {
        check_plastic(path + ".projection", one.projection);
        if (one.every != 0) check_span(path + ".every", one.every, d_.run.resolution);
        if (one.every == 0 && d_.phases.empty())
            problem(path + ".every", "is missing; give an interval, or phases at whose ends it acts");
        const auto positive = [&](const std::string& key, double x, Unit unit) {
            if (!(x > 0 && std::isfinite(x))) must_be(path + "." + key, x, unit, "above 0");
        };
        if (one.kind == "incoming" || one.kind == "outgoing") {
            positive("total", one.total, Unit::none);
        } else if (one.kind == "scaling") {
            positive("rate", one.rate, Unit::hz);
            positive("tau", one.tau, Unit::ms);
            positive("every", one.every, Unit::ms);
        } else {
            unknown(path + ".kind", one.kind, "kind of homeostasis",
                    {"incoming", "outgoing", "scaling"});
        }
    }

    void check_learning() {
        std::set<std::string> taken;
        for (const auto& one : d_.modulators) {
            check_name("modulators." + one.name, one.name, taken);
            check(one);
        }
        for (std::size_t i = 0; i < d_.homeostasis.size(); ++i)
            check(d_.homeostasis[i], "homeostasis." + std::to_string(i));
        for (std::size_t i = 0; i < d_.structure.size(); ++i)
            check(d_.structure[i], "structure." + std::to_string(i));
    }

    const Description& d_;
    std::vector<std::string> neuron_names_;
    std::vector<std::string> source_names_;
};

}  // namespace

std::vector<Problem> validate(const Description& description, const Catalogue& catalogue) {
    return Validator(description, catalogue).run();
}

}  // namespace sim
