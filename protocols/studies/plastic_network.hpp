// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Networks that learn, for studies: shorthand to describe them, a run that can be stopped, and a
// look at the weights.
//
// Threads: one caller.

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/studies/study.hpp"
#include "sim/net/network.hpp"
#include "sim/record/sink.hpp"
#include "sim/record/statistics.hpp"
#include "sim/run/simulation.hpp"

namespace protocols::plastic {

/// Part of the random keys of a study's own draws, beyond those of its network.
inline constexpr std::uint32_t own_part = 1U << 30U;

using Numbers = std::map<std::string, double>;

sim::NeuronsSpec neurons(std::string name, std::string model, double size, const Numbers& params);

/// Units: rate_hz Hz
sim::SourceSpec poisson(std::string name, double size, double rate_hz);

/// Units: times ms, ascending        Shape: times[source]
sim::SourceSpec trains(std::string name, std::vector<std::vector<double>> times);

/// A projection named FROM_to_TO.
/// Units: weight in that of the target's port, delay ms
sim::ProjectionSpec projection(const std::string& from, const std::string& to,
                               std::string connector, sim::Value weight, double delay);

void learn(sim::ProjectionSpec& projection, std::string rule, const Numbers& params);

/// A stretch of a study: how far it is counts from `begin` to `end` of the whole.
class Stretch final : public StudyContext {
public:
    Stretch(StudyContext& whole, double begin, double end)
        : StudyContext({whole.catalogue(), whole.seed(), whole.threads()}),
          whole_(whole),
          begin_(begin),
          end_(end) {}
    void progress(double fraction, const std::string& line) override {
        whole_.progress(begin_ + (end_ - begin_) * fraction, line);
    }
    std::filesystem::path file(const std::string& name) override { return whole_.file(name); }

private:
    bool is_stop_wanted() const override { return whole_.cancelled(); }

    StudyContext& whole_;
    double begin_, end_;
};

/// A network with its simulation.
class Run {
public:
    /// Throws: BadProtocol
    Run(sim::Description description, StudyContext& context);

    sim::Simulation& simulation() { return simulation_; }

    /// Before the first advance; `sink` outlives the run.
    void record(sim::Sink& sink) { simulation_.record(sink); }

    /// Runs to `until` ms, saying how much of the whole duration is over; false once cancelled.
    bool advance(double until, const std::string& line);

    double time() const { return simulation_.time(); }

    /// Calls visit(source, target, values of the synapse) for every synapse of a projection.
    using Visit = std::function<void(std::uint64_t, std::uint64_t, std::span<const double>)>;
    void for_each_synapse(const std::string& projection, const Visit& visit) const;

    /// Amounts of the weights of a projection from one population to one other.
    std::vector<double> weights(const std::string& projection) const;

private:
    StudyContext& context_;
    sim::Network network_;
    sim::Simulation simulation_;
};

/// The statistics of a population that was recorded.
/// Throws: std::out_of_range
sim::PopulationStatistics of(const sim::Statistics& statistics, const std::string& population);

/// Mean, and standard deviation over mean (0 if the mean is).
struct Spread {
    double mean = 0;
    double cv = 0;
};
Spread spread(std::span<const double> values);

/// Parts of the values in `bins` bins of equal width from 0 to `largest`; those at `largest` are in
/// the last one.
std::vector<double> histogram(std::span<const double> values, double largest, std::size_t bins);

/// Part of the values for which `holds` is true; 0 of none.
double part_of(std::span<const double> values, const std::function<bool(double)>& holds);

/// A number, or null.
Json or_null(const std::optional<double>& value);

}  // namespace protocols::plastic
