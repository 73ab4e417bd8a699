// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/analysis/linear_track.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"

namespace protocols {
namespace {

std::vector<double> on_grid(const std::vector<double>& times, const std::vector<double>& values,
                            double step, std::size_t size) {
    std::vector<double> result(size);
    std::size_t next = 1;
    for (std::size_t i = 0; i < size; ++i) {
        const double t = times.front() + step * static_cast<double>(i);
        while (next + 1 < times.size() && times[next] < t) ++next;
        const double span = times[next] - times[next - 1];
        const double part = span > 0 ? std::clamp((t - times[next - 1]) / span, 0.0, 1.0) : 1;
        result[i] = values[next - 1] + part * (values[next] - values[next - 1]);
    }
    return result;
}

std::vector<double> slope(const std::vector<double>& values, double step) {
    std::vector<double> result(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t before = i > 0 ? i - 1 : i, after = std::min(i + 1, values.size() - 1);
        result[i] = (values[after] - values[before]) /
                    (step * static_cast<double>(std::max<std::size_t>(after - before, 1)));
    }
    return result;
}

struct Axis {
    double x0 = 0, y0 = 0, dx = 1, dy = 0;
};

// Of the points with a mark: their median place and the direction of the largest variance.
Axis principal_axis(const std::vector<double>& x, const std::vector<double>& y,
                    const std::vector<char>& marks) {
    std::vector<double> xs, ys;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (marks[i]) {
            xs.push_back(x[i]);
            ys.push_back(y[i]);
        }
    const auto median = [](std::vector<double> values) {
        const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        return *middle;
    };
    Axis axis{median(xs), median(ys), 1, 0};
    double xx = 0, xy = 0, yy = 0;
    for (std::size_t i = 0; i < xs.size(); ++i) {
        const double a = xs[i] - axis.x0, b = ys[i] - axis.y0;
        xx += a * a;
        xy += a * b;
        yy += b * b;
    }
    const double angle = 0.5 * std::atan2(2 * xy, xx - yy);
    axis.dx = std::cos(angle);
    axis.dy = std::sin(angle);
    return axis;
}

double quantile(std::vector<double> values, double part) {
    const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

}  // namespace

std::vector<double> smooth(const std::vector<double>& values, double deviation) {
    if (deviation <= 0 || values.empty()) return values;
    const auto reach = static_cast<std::ptrdiff_t>(std::ceil(4 * deviation));
    std::vector<double> kernel;
    double sum = 0;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
        const double z = static_cast<double>(k) / deviation;
        kernel.push_back(std::exp(-z * z / 2));
        sum += kernel.back();
    }
    const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1;
    std::vector<double> result(values.size());
    for (std::ptrdiff_t i = 0; i <= last; ++i) {
        double total = 0;
        for (std::ptrdiff_t k = -reach; k <= reach; ++k)
            total += kernel[static_cast<std::size_t>(k + reach)] *
                     values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, last))];
        result[static_cast<std::size_t>(i)] = total / sum;
    }
    return result;
}

std::size_t LinearTrack::index(double t) const {
    const double at = std::floor((t - begin_s) / step_s);
    return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(size() - 1)));
}

LinearTrack linearize(const Positions& positions, const TrackConfig& config) {
    const auto& times = positions.time_s;
    if (times.size() < 2 || !(times.back() > times.front()))
        throw sim::BadFile("position: less than two moments; analyse a recording with a position, "
                           "or set fields = ids");
    LinearTrack track;
    track.begin_s = times.front();
    track.step_s = config.step_s;
    const auto size = static_cast<std::size_t>((times.back() - times.front()) / config.step_s) + 1;
    const auto x = on_grid(times, positions.x_px, config.step_s, size);
    const auto y = on_grid(times, positions.y_px, config.step_s, size);
    const double deviation = config.smoothing_s / config.step_s;
    const auto x_speed = slope(smooth(x, deviation), config.step_s);
    const auto y_speed = slope(smooth(y, deviation), config.step_s);
    std::vector<char> is_moving(size);
    for (std::size_t i = 0; i < size; ++i)
        is_moving[i] = std::hypot(x_speed[i], y_speed[i]) > config.least_speed ? 1 : 0;
    if (std::count(is_moving.begin(), is_moving.end(), 1) < 2)
        throw sim::BadFile("position: never faster than least_speed; set a lower one");
    Axis axis;
    if (config.axis == TrackConfig::Axis::principal) axis = principal_axis(x, y, is_moving);
    if (config.axis == TrackConfig::Axis::y) axis = {0, 0, 0, 1};
    std::vector<double> passed;
    for (std::size_t i = 0; i < size; ++i) {
        const double a = x[i] - axis.x0, b = y[i] - axis.y0;
        track.position_px.push_back(a * axis.dx + b * axis.dy);
        track.speed.push_back(x_speed[i] * axis.dx + y_speed[i] * axis.dy);
        const bool has_limit = config.off_axis > 0 && config.axis == TrackConfig::Axis::principal;
        const bool is_on = !has_limit || std::fabs(b * axis.dx - a * axis.dy) < config.off_axis;
        track.is_running.push_back(is_on && std::fabs(track.speed.back()) > config.least_speed ? 1
                                                                                               : 0);
        if (track.is_running.back()) passed.push_back(track.position_px.back());
    }
    if (passed.size() < 2)
        throw sim::BadFile(
            "position: never faster than least_speed along the axis; set a lower one");
    track.low_px = quantile(passed, 0.005);
    track.high_px = quantile(passed, 0.995);
    for (std::size_t i = 0; i < size; ++i)
        if (track.position_px[i] < track.low_px || track.position_px[i] > track.high_px)
            track.is_running[i] = 0;
    return track;
}

}  // namespace protocols
