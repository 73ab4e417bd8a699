// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Place fields of units, and the place that their spikes tell.
//
// A state is a place along the track, together with the direction of running where fields have one
// map for each. Given the counts k_u of a window of length w,
//   log P(state) = sum_u k_u log r_u(state) - w sum_u r_u(state) + log prior + const.
// Source: Zhang et al. 1998, J Neurophysiol 79:1017, eq. 36; Davidson, Kloosterman & Wilson 2009,
//         Neuron 63:497

#include <cstdint>
#include <functional>
#include <vector>

#include "protocols/analysis/linear_track.hpp"
#include "sim/core/random.hpp"

namespace protocols {

/// Spikes of all units, times ascending.
struct UnitSpikes {
    std::vector<double> time_s;
    std::vector<std::uint64_t> unit;
    std::size_t units = 0;

    /// Spikes in [from, to) as a range of numbers.
    std::pair<std::size_t, std::size_t> between(double from, double to) const;
};

struct FieldConfig {
    double bin_px = 5;
    double smoothing_px = 10;     ///< standard deviation of the Gaussian over places
    bool is_directional = true;   ///< a map for each direction of running
    double least_rate_hz = 0.05;  ///< so that one spike excludes no place for good
};

struct PlaceFields {
    std::size_t bins = 0, maps = 1;  ///< map 0: running up (or both ways), map 1: down
    double low_px = 0, bin_px = 1;
    std::vector<std::vector<double>> rate_hz;  ///< [unit][map * bins + bin]
    std::vector<double> occupancy;             ///< [map * bins + bin], part of the time

    std::size_t states() const { return maps * bins; }
    double center_px(std::size_t bin) const {
        return low_px + bin_px * (static_cast<double>(bin) + 0.5);
    }
};

/// Fields from the grid points that `takes` chooses among those where the animal runs.
/// Throws: sim::BadFile if there are none
PlaceFields place_fields(const LinearTrack& track, const UnitSpikes& spikes,
                         const FieldConfig& config, const std::function<bool(std::size_t)>& takes);

/// Fields in the order of the units' numbers: unit i prefers place i, as assemblies that were wired
/// in a row do. Units: places are numbers of units, `width` the deviation of a field
PlaceFields fields_by_number(std::size_t units, std::size_t bins, double width, double peak_hz);

class PlaceDecoder {
public:
    /// `with_prior`: places are as likely as they were visited, else all alike.
    PlaceDecoder(const PlaceFields& fields, double window_s, bool with_prior);

    std::size_t states() const { return penalty_.size(); }
    /// Probabilities of all states. `shown_as[u]` is the unit whose field stands for unit u.
    /// Shape: units: one entry a spike; result[states]
    void posterior(std::span<const std::uint64_t> units, const std::vector<std::uint64_t>& shown_as,
                   double* result) const;

private:
    std::vector<std::vector<double>> log_rate_;  // [unit][state]
    std::vector<double> penalty_;                // [state]: log prior - w sum r
};

/// 0, 1, ..., units - 1; shuffled by the draws if there are any.
std::vector<std::uint64_t> unit_order(std::size_t units, sim::RandomStream* draws);

struct DecodingReport {
    double median_px = 0, mean_px = 0;  ///< of the error of the most likely place
    double shuffled_median_px = 0;      ///< with the fields of the units exchanged
    std::size_t windows = 0;
};

/// Errors in windows of running with spikes. Blocks of time are numbered; odd ones are decoded by
/// fields of even ones, and the reverse.
/// Throws: sim::BadFile if there are no such windows
DecodingReport cross_validate(const LinearTrack& track, const UnitSpikes& spikes,
                              const FieldConfig& config, double window_s, double block_s,
                              sim::RandomStream& draws);

}  // namespace protocols
