// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/ca3_consolidation.hpp"

#include <cmath>

#include "data/formats/credit_file.hpp"
#include "protocols/studies/ca3_events.hpp"
#include "protocols/studies/ca3_files.hpp"
#include "protocols/studies/consolidator.hpp"
#include "sim/core/error.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols {
namespace {

using ca3::Consolidator;
using ca3::Volley;
using Params = Ca3Consolidation::Params;

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

sim::RandomKey key(std::uint64_t seed, std::uint32_t what) {
    return {seed, plastic::own_part + what, sim::Purpose::model};
}
sim::RandomStream draws(std::uint64_t seed, std::uint32_t what) { return {key(seed, what), 0}; }

/// Part of the items for which next[item] = item + step, of those that have such a neighbour.
double part_right(const std::vector<std::size_t>& next, int step) {
    double right = 0;
    for (std::size_t item = 0; item + 1 < next.size(); ++item)
        right += step > 0 ? next[item] == item + 1 : next[item + 1] == item;
    return right / static_cast<double>(next.size() - 1);
}

double recited(const std::vector<std::size_t>& next) {
    std::size_t item = 0;
    while (item + 1 < next.size() && next[item] == item + 1) ++item;
    return static_cast<double>(item);
}

/// What one seed found.
struct Finding {
    double before = 0, replay = 0, direct = 0, blocked = 0, no_credit = 0, shuffled = 0,
           forward = 0, predecessor = 0, recited = 0, cycles = 0, purity = 0, retrograde = 0;
    std::vector<double> replay_course, direct_course;
};

/// Replayed volleys by what caused them.
struct Replays {
    std::vector<std::vector<Volley>> reverse, forward, blocked;
};

class Episode {
public:
    Episode(const Params& p, std::size_t number, StudyContext& context)
        : p_(p),
          number_(number),
          seed_(context.seed() + number),
          stretch_(context, static_cast<double>(number) / p.seeds,
                   static_cast<double>(number + 1) / p.seeds) {}

    /// Nothing once cancelled.
    std::optional<Finding> run() {
        ca3::Cues cues;
        cues.whole = whole(p_.ripples);
        cues.partial = 0;
        cues.blocked = whole(p_.blocked);
        const auto session = ca3::plan(p_, cues, true, seed_);
        sim::MemorySink sink;
        plastic::Stretch most(stretch_, 0, 0.9);
        plastic::Run run(ca3::describe(p_, cues, session, {}, seed_), most);
        run.record(sink);
        if (!run.advance(session.duration, line("ripples of CA3"))) return std::nullopt;
        ca3::write_spikes(sink, number_, stretch_);
        const ca3::Span rest{session.theta_end, session.ripples_end};
        ca3::write_events(ca3::decoded_bursts(sink.spikes()[0], rest, p_, decoding, key(seed_, 2)),
                          number_, stretch_);
        Replays replays;
        for (const auto& cue : session.cues) {
            auto& kind = cue.is_blocked               ? replays.blocked
                         : cue.end == ca3::End::first ? replays.forward
                                                      : replays.reverse;
            kind.push_back(ca3::volleys(sink.spikes()[0], cue.time, p_.window, p_.smoothing, p_));
            if (cue.is_blocked && cue.end == ca3::End::first) kind.pop_back();
        }
        return learn(replays);
    }

private:
    // Ripples are a fifth of the time: their rate is not two deviations above the mean.
    static constexpr ca3::BurstDecoding decoding{1, 10, 39};
    static constexpr std::size_t points = 12;  // of a course, after its begin

    std::string line(const std::string& what) const {
        return "seed " + std::to_string(number_ + 1) + " of " + std::to_string(whole(p_.seeds)) +
               ", " + what;
    }

    ca3::ConsolidatorSpec spec(bool has_credit = true) const {
        return {p_.hidden,    p_.input_gain, p_.readout_gain,     p_.learning_rate, p_.taught,
                p_.threshold, p_.ask,        p_.plastic == "all", has_credit};
    }

    std::optional<Finding> learn(const Replays& replays) {
        Finding f;
        describe(replays.reverse, f);
        auto shuffled = replays.reverse;
        auto random = draws(seed_, 0);
        for (auto& cycles : shuffled)
            for (std::size_t i = 0; i + 1 < cycles.size(); ++i)
                std::swap(cycles[i], cycles[i + random.below(cycles.size() - i)]);
        f.replay_course = replay(replays.reverse, f);
        f.direct_course = direct();
        f.before = f.replay_course.front();
        f.replay = f.replay_course.back();
        f.direct = f.direct_course.back();
        f.blocked = part_right(after(replays.blocked, true), 1);
        f.no_credit = part_right(after(replays.reverse, false), 1);
        f.shuffled = part_right(after(shuffled, true), 1);
        const auto next = after(replays.forward, true);
        f.forward = part_right(next, 1);
        f.predecessor = part_right(next, -1);
        if (stretch_.cancelled()) return std::nullopt;
        return f;
    }

    void describe(const std::vector<std::vector<Volley>>& ripples, Finding& f) const {
        double count = 0;
        for (const auto& cycles : ripples)
            for (const auto& cycle : cycles) {
                f.purity += cycle.items.maxCoeff() / cycle.items.sum();
                ++count;
            }
        f.purity /= std::max(count, 1.0);
        f.cycles = count / static_cast<double>(ripples.size());
    }

    /// Accuracy before and at points on the way; teach(number) does a step.
    template <class Teach>
    std::vector<double> course(Consolidator& consolidator, const std::string& what,
                               const Teach& teach) {
        std::vector<double> result{part_right(consolidator.next(), 1)};
        const auto steps = whole(p_.ripples);
        for (std::size_t done = 0; done < steps && !stretch_.cancelled();) {
            teach(done++);
            if (done * points < result.size() * steps) continue;
            result.push_back(part_right(consolidator.next(), 1));
            stretch_.progress(0.9, line(what));
        }
        return result;
    }

    std::vector<double> replay(const std::vector<std::vector<Volley>>& ripples, Finding& f) {
        Consolidator consolidator(spec(), p_, seed_);
        data::CreditRecording recording;
        recording.layers = {{"hidden", whole(p_.hidden), {}, {}, {}, {}, {}},
                            {"outputs", whole(p_.items), {}, {}, {}, {}, {}}};
        const auto result = course(consolidator, "reverse ripples", [&](std::size_t i) {
            const auto lesson = ca3::replayed(ripples[i], p_);
            consolidator.learn(lesson);
            for (std::size_t k = 0; k < lesson.inputs.size(); ++k)
                add_credit(consolidator.learner().member(k), recording);
        });
        data::write_credit(stretch_.file(ca3::file_name("credit", number_)), recording,
                           {{"study", "cycles of reverse ripples, one after the other"},
                            {"seed", std::to_string(seed_)}});
        f.recited = recited(consolidator.next());
        const auto& counts = consolidator.learner().counts();
        f.retrograde = static_cast<double>(counts.retrograde) /
                       std::max(1.0, static_cast<double>(counts.spikes));
        return result;
    }

    static void add_credit(const models::SpikingCredit& member, data::CreditRecording& to) {
        for (const std::size_t i : {0U, 1U}) {
            auto& layer = to.layers[i];
            const auto first = layer.retrograde_count.size();
            layer.retrograde_count.resize(first + layer.size);
            for (const auto& event : member.retrograde(i + 1)) {
                layer.retrograde.presentation.push_back(to.presentations);
                layer.retrograde.time.push_back(event.time);
                layer.retrograde.neuron.push_back(event.neuron);
                layer.retrograde.amount.push_back(event.amount);
                ++layer.retrograde_count[first + event.neuron];
            }
        }
        for (const auto& spike : member.spikes(1)) {
            to.layers[0].spikes.presentation.push_back(to.presentations);
            to.layers[0].spikes.time.push_back(spike.time);
            to.layers[0].spikes.neuron.push_back(spike.neuron);
        }
        ++to.presentations;
    }

    std::vector<double> direct() {
        Consolidator consolidator(spec(), p_, seed_);
        auto random = draws(seed_, 1);
        return course(consolidator, "direct training",
                      [&](std::size_t) { consolidator.learn(ca3::as_lived(p_, random)); });
    }

    /// What is told after lessons from all these ripples.
    std::vector<std::size_t> after(const std::vector<std::vector<Volley>>& ripples,
                                   bool has_credit) {
        Consolidator consolidator(spec(has_credit), p_, seed_);
        stretch_.progress(0.95, line("controls"));
        for (const auto& cycles : ripples)
            if (!stretch_.cancelled()) consolidator.learn(ca3::replayed(cycles, p_));
        return consolidator.next();
    }

    const Params& p_;
    std::size_t number_;
    std::uint64_t seed_;
    plastic::Stretch stretch_;
};

Json results_of(const Params& p, const std::vector<Finding>& all) {
    Json results = Json::object();
    const auto values = [&](double Finding::*member) {
        std::vector<double> list;
        for (const auto& one : all) list.push_back(one.*member);
        return list;
    };
    const auto set = [&](const char* name, double Finding::*member) {
        results[name] = all.empty() ? Json(nullptr) : Json(plastic::spread(values(member)).mean);
    };
    set("accuracy", &Finding::replay);
    set("accuracy_before", &Finding::before);
    set("accuracy_direct", &Finding::direct);
    results["fraction"] = nullptr;
    if (!all.empty() && results["accuracy_direct"] != results["accuracy_before"]) {
        const double before = results["accuracy_before"];
        results["fraction"] = (results["accuracy"].get<double>() - before) /
                              (results["accuracy_direct"].get<double>() - before);
    }
    set("accuracy_blocked", &Finding::blocked);
    set("accuracy_no_credit", &Finding::no_credit);
    set("accuracy_shuffled", &Finding::shuffled);
    set("accuracy_forward", &Finding::forward);
    set("predecessor_forward", &Finding::predecessor);
    set("recited", &Finding::recited);
    results["course"] = Json::array();
    for (std::size_t i = 0; !all.empty() && i < all[0].replay_course.size(); ++i) {
        double replay = 0, direct = 0;
        for (const auto& one : all) {
            replay += one.replay_course[i] / static_cast<double>(all.size());
            direct += one.direct_course[i] / static_cast<double>(all.size());
        }
        const double part = static_cast<double>(i) / 12;
        results["course"].push_back({std::ceil(part * p.ripples), replay, direct});
    }
    set("cycles", &Finding::cycles);
    set("purity", &Finding::purity);
    set("retrograde_per_spike", &Finding::retrograde);
    results["accuracy_seeds"] = values(&Finding::replay);
    results["accuracy_direct_seeds"] = values(&Finding::direct);
    return results;
}

}  // namespace

std::array<TextParam<Params>, 1> Ca3Consolidation::texts() {
    return {{{"plastic", &Params::plastic,
              [](const sim::Catalogue&) {
                  return std::vector<std::string>{"hidden", "all"};
              },
              "synapses of the consolidator that learn: those from CA3 to hidden cells, to which "
              "nothing but retrograde credit tells the error; or those to the outputs as well"}}};
}

Json Ca3Consolidation::run(const Params& p, StudyContext& context) {
    ca3::check_window(p, p.window);
    std::vector<Finding> all;
    for (std::size_t i = 0; i < whole(p.seeds) && !context.cancelled(); ++i)
        if (const auto found = Episode(p, i, context).run()) all.push_back(*found);
    return results_of(p, all);
}

}  // namespace protocols
