// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/credit_checks.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/text.hpp"

namespace sim {
namespace {

class CreditChecks {
public:
    CreditChecks(const Description& description, ValueChecks& checks)
        : d_(description), checks_(checks) {}

    void run() {
        std::set<std::string> taken;
        for (const auto& one : d_.credit) {
            if (!taken.insert(one.population).second)
                checks_.problem(path(one), "is given twice; leave one out");
            check(one);
        }
        const auto is_taught = [](const CreditSpec& one) { return !one.teacher.empty(); };
        if (!d_.credit.empty() && std::none_of(d_.credit.begin(), d_.credit.end(), is_taught))
            checks_.problem(path(d_.credit.front()) + ".teacher",
                            "is missing, here and in every other credit, so that nobody would get "
                            "any; name what teaches the outputs");
    }

private:
    static std::string path(const CreditSpec& one) { return "credit." + one.population; }

    void check(const CreditSpec& one) {
        const auto size = check_population(one);
        for (const auto& name : one.teacher) check_teacher(one, name, size);
        must_be_positive(one, "threshold", one.threshold);
        must_be_positive(one, "unit", one.unit);
        if (one.unit_inh) must_be_positive(one, "unit_inh", *one.unit_inh);
        for (const auto& [key, x] : {std::pair{"tau_c", one.tau_c}, std::pair{"tail", one.tail}})
            if (!(x >= 0 && std::isfinite(x)))
                checks_.must_be(path(one) + "." + key, x, Unit::ms, "at least 0");
        if (!std::isfinite(one.amount))
            checks_.must_be(path(one) + ".amount", one.amount, Unit::none, "finite");
        if (!(one.delay >= d_.run.resolution * (1 - 1e-9)))
            checks_.must_be(path(one) + ".delay", one.delay, Unit::ms,
                            "at least the resolution of " + number(d_.run.resolution) + " ms");
        if (one.teacher.empty() && !has_target(one))
            checks_.problem(path(one), "has no teacher, and no projection onto neurons with credit "
                                       "from which some would come; give one of the two");
    }

    void must_be_positive(const CreditSpec& one, const std::string& key, double x) {
        if (!(x > 0)) checks_.must_be(path(one) + "." + key, x, Unit::none, "above 0");
    }

    std::optional<std::uint64_t> check_population(const CreditSpec& one) {
        std::vector<std::string> known;
        for (const auto& neurons : d_.neurons) {
            if (neurons.name == one.population) return neurons.size;
            known.push_back(neurons.name);
        }
        checks_.unknown(path(one), one.population, "population of neurons", known);
        return std::nullopt;
    }

    void check_teacher(const CreditSpec& one, const std::string& name,
                       std::optional<std::uint64_t> size) {
        std::vector<std::string> known;
        std::optional<std::uint64_t> found;
        for (const auto& neurons : d_.neurons) {
            if (neurons.name == name) found = neurons.size;
            known.push_back(neurons.name);
        }
        for (const auto& source : d_.sources) {
            if (source.name == name && !source.to.empty())
                return checks_.problem(path(one) + ".teacher",
                                       "= " + name +
                                           ": acts on the neurons of its `to` and emits "
                                           "no spikes; use a source of spike trains");
            if (source.name == name) found = source.size;
            known.push_back(source.name);
        }
        if (!found)
            return checks_.unknown(path(one) + ".teacher", name, "source or population", known);
        if (size && *found != *size)
            checks_.problem(path(one) + ".teacher",
                            "= " + name + ": has " + std::to_string(*found) +
                                " units: must have one for each of the " + std::to_string(*size) +
                                " neurons of " + one.population);
    }

    bool has_target(const CreditSpec& one) const {
        const auto names = [](const std::vector<std::string>& all, const std::string& name) {
            return std::find(all.begin(), all.end(), name) != all.end();
        };
        return std::any_of(d_.projections.begin(), d_.projections.end(), [&](const auto& p) {
            return p.credit && names(p.from, one.population) &&
                   std::any_of(p.to.begin(), p.to.end(),
                               [&](const auto& to) { return credit_of(d_, to) != nullptr; });
        });
    }

    const Description& d_;
    ValueChecks& checks_;
};

}  // namespace

const CreditSpec* credit_of(const Description& description, std::string_view population) {
    for (const auto& one : description.credit)
        if (one.population == population) return &one;
    return nullptr;
}

bool is_of_credit(const Description& description, std::string_view population,
                  std::string_view variable) {
    const auto* one = credit_of(description, population);
    return one != nullptr &&
           (variable == "credit" || (variable == "imbalance" && !one->teacher.empty()));
}

void check_credit(const Description& description, ValueChecks& checks) {
    CreditChecks(description, checks).run();
}

}  // namespace sim
