// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Where an animal was along a track, and how fast it ran.

#include <cstddef>
#include <span>
#include <vector>

namespace protocols {

/// Tracked positions of an animal, times ascending.
struct Positions {
    std::vector<double> time_s, x_px, y_px;
};

struct TrackConfig {
    enum class Axis { principal, x, y };
    Axis axis = Axis::principal;  ///< principal: of the places passed while moving
    double step_s = 0.02;         ///< of the grid of times
    double smoothing_s = 0.25;    ///< standard deviation of the Gaussian for the speed
    double least_speed = 40;      ///< px/s, of moving
    double off_axis = 40;  ///< px from the axis; further away is not on the track; 0: no limit
};

/// Position along the axis on a regular grid of times.
struct LinearTrack {
    double begin_s = 0, step_s = 0;
    std::vector<double> position_px, speed;  ///< speed px/s, with its sign
    std::vector<char> is_running;            ///< moving, and on the track
    double low_px = 0, high_px = 0;          ///< 0.5 % and 99.5 % of the positions while moving

    std::size_t size() const { return position_px.size(); }
    double time_s(std::size_t i) const { return begin_s + step_s * static_cast<double>(i); }
    /// The last grid point not after t; 0 before the first.
    std::size_t index(double t) const;
};

/// Throws: sim::BadFile if there are less than two positions, or the animal never moves
LinearTrack linearize(const Positions& positions, const TrackConfig& config);

/// Gaussian average over a grid, with the ends carried on.  Units: deviation in steps
std::vector<double> smooth(const std::vector<double>& values, double deviation);

}  // namespace protocols
