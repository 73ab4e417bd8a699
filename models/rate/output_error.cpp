// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/output_error.hpp"

#include <cmath>

namespace models {
namespace {

constexpr std::size_t width = Lanes::size();

// softmax into `p`, in which the largest output is shifted to 0 first.
void softmax(std::size_t outputs, std::size_t lanes, const double* out, double* p) {
    Lanes largest = load_lanes(out);
    for (std::size_t i = 1; i < outputs; ++i)
        largest = std::experimental::max(largest, load_lanes(out + i * lanes));
    Lanes sum(0);
    for (std::size_t i = 0; i < outputs; ++i) {
        const Lanes e = sim::exp(load_lanes(out + i * lanes) - largest);
        store_lanes(e, p + i * lanes);
        sum += e;
    }
    for (std::size_t i = 0; i < outputs; ++i)
        store_lanes(load_lanes(p + i * lanes) / sum, p + i * lanes);
}

}  // namespace

void output_error(Loss loss, std::size_t outputs, std::size_t lanes, const double* out,
                  const double* target, const double* taught, double scale, double* error,
                  double* losses) {
    constexpr double least_probability = 1e-300;
    for (std::size_t lane = 0; lane < lanes; lane += width) {
        if (loss == Loss::cross_entropy) softmax(outputs, lanes, out + lane, error + lane);
        Lanes sum(0);
        for (std::size_t i = 0; i < outputs; ++i) {
            const std::size_t at = i * lanes + lane;
            const Lanes wanted = load_lanes(target + at);
            if (loss == Loss::cross_entropy) {
                const Lanes p = load_lanes(error + at);
                for (std::size_t k = 0; k < width; ++k)
                    if (wanted[k] != 0)
                        sum[k] -= wanted[k] * std::log(std::max(double(p[k]), least_probability));
                store_lanes(p - wanted, error + at);
            } else {
                const Lanes difference = load_lanes(out + at) - wanted;
                sum += difference * difference * 0.5;
                store_lanes(difference, error + at);
            }
        }
        const Lanes weight = load_lanes(taught + lane);
        store_lanes(load_lanes(losses + lane) + sum * weight, losses + lane);
        for (std::size_t i = 0; i < outputs; ++i) {
            double* at = error + i * lanes + lane;
            store_lanes(load_lanes(at) * (weight * scale), at);
        }
    }
}

}  // namespace models
