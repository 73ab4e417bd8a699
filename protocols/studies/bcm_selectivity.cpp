// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/bcm_selectivity.hpp"

#include <algorithm>
#include <cmath>

#include "protocols/studies/plastic_network.hpp"
#include "sim/core/random.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols {
namespace {

constexpr double resolution = 1;  // ms

// Which pattern is shown until when.
struct Shown {
    std::size_t pattern;
    double until;  // ms
};

struct Plan {
    std::vector<Shown> shown;
    double before, after, end;  // ms: the first test ends, the second begins and ends
};

double whole_steps(double ms) { return std::max(1.0, std::round(ms / resolution)) * resolution; }

Plan plan(const BcmSelectivity::Params& p, std::uint64_t seed) {
    Plan result{};
    const auto patterns = static_cast<std::size_t>(p.patterns);
    sim::RandomStream order({seed, plastic::own_part, sim::Purpose::source}, 0);
    double now = 0;
    const auto test = [&] {
        for (std::size_t k = 0; k < patterns; ++k)
            result.shown.push_back({k, now += whole_steps(p.test)});
    };
    test();
    result.before = now;
    result.after = now + whole_steps(p.duration);
    while (now < result.after)
        result.shown.push_back({static_cast<std::size_t>(order.below(patterns)),
                                now = std::min(now + whole_steps(p.show), result.after)});
    test();
    result.end = now;
    return result;
}

std::vector<std::vector<double>> trains(const BcmSelectivity::Params& p, const Plan& plan,
                                        std::uint64_t seed) {
    const auto group = static_cast<std::size_t>(p.inputs);
    std::vector<std::vector<double>> result(group * static_cast<std::size_t>(p.patterns));
    for (std::size_t i = 0; i < result.size(); ++i) {
        sim::RandomStream draw({seed, plastic::own_part, sim::Purpose::source}, i + 1);
        double begin = 0;
        double left = draw.exponential();  // expected spikes until the next one
        for (const auto& [pattern, until] : plan.shown) {
            const double rate = (pattern == i / group ? p.high : p.low) / 1000;
            double t = begin;
            while (rate > 0 && t + left / rate < until) {
                result[i].push_back(t += left / rate);
                left = draw.exponential();
            }
            left -= rate * (until - t);
            begin = until;
        }
    }
    return result;
}

sim::Description describe(const BcmSelectivity::Params& p, const Plan& plan, std::uint64_t seed) {
    sim::Description d;
    d.name = "bcm_selectivity";
    d.run.duration = plan.end;
    d.run.resolution = resolution;
    d.run.seed = seed;
    d.sources = {plastic::trains("inputs", trains(p, plan, seed))};
    d.neurons = {plastic::neurons("neurons", "rate_unit", p.neurons, {{"tau", p.tau}})};
    auto inputs = plastic::projection("inputs", "neurons", "all_to_all",
                                      sim::Value::uniform(0.75 * p.w_start, 1.25 * p.w_start), 1);
    plastic::learn(inputs, "bcm",
                   {{"tau", p.tau},
                    {"tau_theta", p.tau_theta},
                    {"eta", p.eta},
                    {"rho_0", p.rho_0},
                    {"w_max", p.w_max}});
    d.projections = {inputs};
    d.record.all_spikes = false;
    d.record.spikes = {"neurons"};
    d.phases = {{"before", plan.before, true, {}, {inputs.name}},
                {"learn", plan.after - plan.before, false, {}},
                {"after", plan.end - plan.after, true, {}, {inputs.name}}};
    return d;
}

// Rates in the tests: of each neuron while each pattern was shown, without the first fifth, in which
// rates settle.
class Responses {
public:
    Responses(const BcmSelectivity::Params& p, const sim::SpikeColumn& spikes, double begin)
        : rates_(static_cast<std::size_t>(p.neurons),
                 std::vector<double>(static_cast<std::size_t>(p.patterns))) {
        const double test = whole_steps(p.test);
        constexpr double settled = 0.2;
        for (std::size_t i = 0; i < spikes.times.size(); ++i) {
            const double place = (spikes.times[i] - begin) / test;
            if (place < 0 || place >= p.patterns || place - std::floor(place) < settled) continue;
            rates_[spikes.ids[i]][static_cast<std::size_t>(place)] += 1000 / (test * (1 - settled));
        }
    }

    std::vector<double> selectivities() const {
        std::vector<double> result;
        for (const auto& row : rates_) {
            const double most = *std::max_element(row.begin(), row.end());
            result.push_back(most == 0 ? 0 : 1 - plastic::spread(row).mean / most);
        }
        return result;
    }
    const std::vector<std::vector<double>>& rates() const { return rates_; }

private:
    std::vector<std::vector<double>> rates_;
};

}  // namespace

Json BcmSelectivity::run(const Params& p, StudyContext& context) {
    const auto times = plan(p, context.seed());
    plastic::Run run(describe(p, times, context.seed()), context);
    sim::MemorySink sink;
    run.record(sink);
    const bool is_whole = run.advance(times.end, "patterns in random order");

    const auto& spikes = sink.spikes().at(0);
    const Responses before(p, spikes, 0);
    const Responses after(p, spikes, times.after);
    const auto selectivities = after.selectivities();
    Json results = Json::object();
    results["selectivity"] = is_whole ? Json(plastic::spread(selectivities).mean) : Json(nullptr);
    results["selectivity_least"] =
        is_whole ? Json(*std::min_element(selectivities.begin(), selectivities.end()))
                 : Json(nullptr);
    results["selectivity_start"] = plastic::spread(before.selectivities()).mean;
    results["selectivity_most"] = 1 - 1 / p.patterns;
    results["responses_start"] = before.rates();
    results["responses"] = is_whole ? Json(after.rates()) : Json(nullptr);
    return results;
}

}  // namespace protocols
