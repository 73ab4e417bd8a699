// SPDX-License-Identifier: BSD-3-Clause
// Pair rules that take some pairs alone, or another weight dependence, against sums over the pairs of
// their definitions.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_max = 1e-8;  // mV: thousands of such inputs move no spike
constexpr double tau_plus = 17;
constexpr double tau_minus = 34;
// Of the largest weight: the engine works in doubles and takes some 1e3 steps.
constexpr double tolerance = 1e-10;

/// The kernel of two events, if the earlier one counts.
Real kernel(const std::vector<Event>& events, std::size_t earlier, std::size_t later, Real tau) {
    const auto dt = static_cast<Real>(events[later].time - events[earlier].time);
    return std::exp(-dt * static_cast<Real>(resolution) / tau);
}

/// A reference that adds up the partners of every spike that `counts(events, earlier, later)`.
template <class Counts>
Reference pairs(double mu, double alpha, const Counts& counts) {
    return [=](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        const auto top = static_cast<Real>(w_max);
        constexpr Real lambda = 0.02L;
        w /= top;
        for (std::size_t e = 0; e < events.size(); ++e) {
            Real sum = 0;
            for (std::size_t i = 0; i < e; ++i)
                if (events[i].is_post != events[e].is_post && counts(events, i, e))
                    sum += kernel(events, i, e, events[e].is_post ? tau_plus : tau_minus);
            w += events[e].is_post ? lambda * std::pow(1 - w, static_cast<Real>(mu)) * sum
                                   : -lambda * static_cast<Real>(alpha) *
                                         std::pow(w, static_cast<Real>(mu)) * sum;
            w = std::clamp(w, Real(0), Real(1));
        }
        return std::vector<Real>{w * top};
    };
}

/// Spikes of one side strictly between two events.
std::size_t between(const std::vector<Event>& events, std::size_t i, std::size_t e, bool of_post) {
    std::size_t n = 0;
    for (std::size_t k = i + 1; k < e; ++k) n += events[k].is_post == of_post ? 1 : 0;
    return n;
}

void check(const std::string& rule, double mu, const Reference& reference,
           const std::vector<double>& scales, double weight = 4e-9) {
    Setting setting;
    setting.rule = rule;
    setting.weight = weight;
    setting.params = {{"tau_plus", tau_plus}, {"tau_minus", tau_minus}, {"lambda", 0.02},
                      {"alpha", 0.6},         {"mu_plus", mu},          {"mu_minus", mu},
                      {"w_max", w_max}};
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one) << ", mu " << mu) {
            const auto result = compare(one, reference, scales, tolerance, 0, w_max);
            CHECK(result.moved > 0.1 * w_max);
        }
}

constexpr double alpha = 0.6;

}  // namespace

TEST_CASE("nearest-neighbour STDP pairs every spike with the last one of the other side") {
    const auto nearest = [](const auto& events, std::size_t i, std::size_t e) {
        return between(events, i, e, events[i].is_post) == 0;
    };
    for (const double mu : {0.0, 0.4})
        check("stdp_pair_nearest", mu, pairs(mu, alpha, nearest), {w_max});
    check("stdp_pair_nearest", 0, pairs(0, alpha, nearest), {w_max}, -4e-9);
}

TEST_CASE("presynaptic-centred STDP pairs a presynaptic spike with the last and the next one") {
    // A postsynaptic spike is the next one for all presynaptic spikes since the one before it.
    const auto centred = [](const auto& events, std::size_t i, std::size_t e) {
        return between(events, i, e, true) == 0;
    };
    const auto with_sum = [&](double mu) {
        const auto weight = pairs(mu, alpha, centred);
        return [weight](const Meetings& meetings, Real w) {
            auto result = weight(meetings, w);
            const auto events = in_order(meetings);
            std::size_t last = events.size();
            while (last > 0 && events[last - 1].is_post) --last;
            Real x = 0;
            for (std::size_t i = last; i-- > 0 && !events[i].is_post;)
                x += kernel(events, i, last - 1, tau_plus);
            result.push_back(x);
            return result;
        };
    };
    for (const double mu : {0.0, 0.4}) check("stdp_pair_centred", mu, with_sum(mu), {w_max, 10});
}

TEST_CASE("reduced symmetric STDP takes neighbours in the common train alone") {
    const auto neighbours = [](const auto&, std::size_t i, std::size_t e) { return i + 1 == e; };
    for (const double mu : {0.0, 0.4})
        check("stdp_pair_reduced", mu, pairs(mu, alpha, neighbours), {w_max});
}

TEST_CASE("Morrison's rule equals the sum over all pairs") {
    constexpr double w_0 = 5e-9;
    Setting setting;
    setting.rule = "stdp_morrison";
    setting.params = {{"tau_plus", tau_plus},
                      {"tau_minus", tau_minus},
                      {"lambda", 0.1},
                      {"alpha", 0.3},
                      {"mu", 0.4},
                      {"w_0", w_0}};
    const auto reference = [&](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        for (std::size_t e = 0; e < events.size(); ++e) {
            if (events[e].is_post)
                w += 0.1L * std::pow(Real(w_0), 0.6L) * std::pow(w, 0.4L) *
                     trace(events, e, false, tau_plus);
            else w -= 0.1L * 0.3L * w * trace(events, e, true, tau_minus);
            w = std::max(w, Real(0));
        }
        return std::vector<Real>{w};
    };
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            // There is no upper bound: of the weights that come about.
            const auto result = compare(one, reference, {1e-7}, tolerance);
            CHECK(result.moved > w_0);
        }
}
