// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_decay.hpp"

#include <cmath>

#include "protocols/studies/credit_common.hpp"
#include "protocols/studies/spiking_gradient.hpp"

namespace protocols {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr std::size_t depths = 4;
constexpr std::array times{0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0};

// A chain of filters: what the last of `depth` lets out, t time constants after the input stops.
double theory(std::size_t depth, double t) {
    double term = std::exp(-t);
    double sum = 0;
    for (std::size_t m = 0; m < depth; ++m) {
        sum += term;
        term *= t / static_cast<double>(m + 1);
    }
    return sum;
}

double half_life_of_theory(std::size_t depth) {
    double low = 0, high = 20;
    for (int n = 0; n < 60; ++n) {
        const double middle = (low + high) / 2;
        (theory(depth, middle) > 0.5 ? low : high) = middle;
    }
    return low;
}

// Between the two samples around it, along an exponential; null if it is not among them.
Json half_life(const std::vector<double>& curve) {
    for (std::size_t i = 1; i < curve.size(); ++i)
        if (curve[i] <= 0.5)
            return times[i - 1] + (times[i] - times[i - 1]) * std::log(curve[i - 1] / 0.5) /
                                      std::log(curve[i - 1] / curve[i]);
    return nullptr;
}

using Curves = std::vector<std::vector<double>>;  // [depth][time]

// Credit in the filters along the credit of the rate network, relative to when the teacher stops.
Curves decay(const DecaySpec& spec, bool offset_release, std::uint64_t seed) {
    const auto network =
        random_chain({64, spec.width, 10, depths + 1, spec.gain, spec.drive, seed});
    const auto pattern = random_pattern(network, seed);
    auto settings = spec.settings;
    settings.rate_hz = spec.rate_hz;
    settings.taught = spec.taught;
    settings.tau_c = spec.tau_c;
    settings.offset_release = offset_release;
    settings.tail = (times.back() + 1) * spec.tau_c;
    // From when the last of the teacher has arrived.
    const double begin = settings.window().end + 1.001 * settings.retrograde_delay;
    for (const double t : times) settings.samples.push_back(begin + t * spec.tau_c);
    const auto spiking = models::spiking_network(network);
    models::SpikingCredit credit(spiking, settings);
    present_in_spikes(spiking, pattern, seed, credit);
    Curves curves;
    for (std::size_t depth = 1; depth <= depths; ++depth) {
        const std::size_t layer = depths + 1 - depth;
        const VectorXd direction = rate_credit(network, pattern, layer);
        const auto sampled = credit.credit(layer).sampled_filtered();
        auto& curve = curves.emplace_back();
        for (std::size_t i = 0; i < times.size(); ++i)
            curve.push_back(
                Eigen::Map<const VectorXd>(
                    sampled.data() + i * static_cast<std::size_t>(spec.width), spec.width)
                    .dot(direction));
        const double first = curve[0];
        for (double& one : curve) one /= first;
    }
    return curves;
}

}  // namespace

void add_decay(const DecaySpec& spec, StudyContext& context, Json& results) {
    std::vector<Curves> all(2 * spec.networks);
    const auto done = for_each_case(context, all.size(), "decay", [&](std::size_t i) {
        all[i] = decay(spec, i % 2 == 1, context.seed() + i / 2);
    });
    const auto mean = [&](std::size_t which, std::size_t depth) {
        std::vector<double> curve(times.size(), 0);
        double count = 0;
        for (std::size_t i = which; i < all.size(); i += 2) {
            if (!done[i]) continue;
            ++count;
            for (std::size_t k = 0; k < times.size(); ++k) curve[k] += all[i][depth][k];
        }
        for (double& one : curve) one /= count;
        return curve;
    };
    const auto has = [&](std::size_t which) {
        for (std::size_t i = which; i < all.size(); i += 2)
            if (done[i]) return true;
        return false;
    };
    if (!has(0) || !has(1)) return;
    results["decay_time"] = std::vector<double>(times.begin(), times.end());
    for (std::size_t depth = 0; depth < depths; ++depth) {
        const auto spike = mean(0, depth);
        const auto offset = mean(1, depth);
        std::vector<double> right;
        double error = 0;
        for (std::size_t k = 0; k < times.size(); ++k) {
            right.push_back(theory(depth + 1, times[k]));
            error =
                std::max({error, std::abs(spike[k] - right[k]), std::abs(offset[k] - right[k])});
        }
        results["decay_theory"].push_back(right);
        results["decay_spike"].push_back(spike);
        results["decay_offset"].push_back(offset);
        results["decay_error"].push_back(error);
        results["decay_half_life"].push_back(half_life(spike));
        results["decay_half_life_theory"].push_back(half_life_of_theory(depth + 1));
    }
}

}  // namespace protocols
