// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/spike_reader.hpp"

#include <algorithm>
#include <cmath>

#include "data/formats/hdf5.hpp"
#include "data/formats/marks.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/units.hpp"

namespace data {

using hdf5::Handle;
using hdf5::Place;

namespace {

std::string choose(const std::vector<std::string>& known, const SpikeSource& source) {
    const std::string path = source.path.string();
    if (!source.population.empty()) {
        if (std::find(known.begin(), known.end(), source.population) != known.end())
            return source.population;
        throw sim::BadFile(path + ": no population '" + source.population + "'" +
                           sim::suggestion(source.population, known));
    }
    if (known.size() == 1) return known.front();
    if (known.empty()) throw sim::BadFile(path + ": holds no population");
    throw sim::BadFile(path + ": holds several populations; name one of " + sim::join(known));
}

std::vector<std::string> populations_of(hid_t file, const Place& place) {
    if (!hdf5::exists(file, "spikes"))
        throw sim::BadFile(place.path + ": has no group /spikes; it is no SONATA spike file");
    const Handle spikes = hdf5::open_object(file, "spikes", place);
    std::vector<std::string> found;
    for (const auto& name : hdf5::names(spikes, place))
        if (!hdf5::is_dataset(hdf5::open_object(spikes, name, place))) found.push_back(name);
    return found;
}

Handle open_column(hid_t group, const std::string& name, H5T_class_t kind, const Place& place) {
    if (!hdf5::exists(group, name))
        throw sim::BadFile(place.path + ": the population has no '" + name + "'");
    Handle set = hdf5::open_object(group, name, place);
    const Handle type(hdf5::is_dataset(set) ? H5Dget_type(set) : -1);
    const H5T_class_t found = H5Tget_class(type);
    if (found != kind && !(kind == H5T_FLOAT && found == H5T_INTEGER))
        throw sim::BadFile(place.path + ": '" + name + "' is not a list of numbers of its kind");
    return set;
}

// A file under way may hold rows beyond the committed ones, some in one column only.
std::uint64_t rows_of(hid_t file, const std::string& population, std::uint64_t times,
                      std::uint64_t ids, const Place& place) {
    const auto marks = read_marks(file, place);
    const bool is_running = marks && marks->state == sim::ExitState::running;
    for (std::size_t i = 0; is_running && i < marks->groups.size(); ++i)
        if (marks->groups[i] == "/spikes/" + population)
            return std::min({marks->committed[i], times, ids});
    if (times != ids)
        throw sim::BadFile(place.path + ": spikes." + population + ": " + std::to_string(times) +
                           " timestamps but " + std::to_string(ids) + " node_ids");
    return times;
}

void to_ms(hid_t set, std::vector<double>& times, const Place& place) {
    const std::string unit = hdf5::read_text(set, "units").value_or("ms");
    const auto factor = sim::conversion(unit, sim::Unit::ms);
    if (!factor) throw sim::BadFile(place.path + ": times in '" + unit + "'; a time unit is wanted");
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (!std::isfinite(times[i]))
            throw sim::BadFile(place.path + ": time of spike " + std::to_string(i) +
                               " is not a number");
        if (*factor != 1.0) times[i] *= *factor;
    }
}

void need_natural(hid_t set, std::vector<std::uint64_t>& ids, const Place& place) {
    const Handle type(H5Dget_type(set));
    if (H5Tget_sign(type) != H5T_SGN_2) return;
    std::vector<std::int64_t> raw(ids.size());
    hdf5::read_rows(set, H5T_NATIVE_INT64, 0, raw.size(), raw.data(), place);
    for (const auto id : raw)
        if (id < 0)
            throw sim::BadFile(place.path + ": id " + std::to_string(id) + " is negative");
}

sim::SpikeColumn read_sonata(const SpikeSource& source) {
    hdf5::Scope scope;
    const Place place{source.path.string()};
    const Handle file = hdf5::open_file(place);
    const auto populations = populations_of(file, place);
    const bool is_flat = hdf5::exists(file, "spikes/timestamps");  // before SONATA 0.1
    const std::string name = is_flat ? "" : choose(populations, source);
    const Handle group = hdf5::open_object(file, is_flat ? "spikes" : "spikes/" + name, place);
    const Handle times = open_column(group, "timestamps", H5T_FLOAT, place);
    const bool is_old = is_flat && hdf5::exists(group, "gids");
    const Handle ids = open_column(group, is_old ? "gids" : "node_ids", H5T_INTEGER, place);
    const std::uint64_t rows = rows_of(file, name, hdf5::row_count(times, place),
                                       hdf5::row_count(ids, place), place);
    sim::SpikeColumn spikes;
    spikes.times.resize(rows);
    spikes.ids.resize(rows);
    hdf5::read_rows(times, H5T_NATIVE_DOUBLE, 0, rows, spikes.times.data(), place);
    hdf5::read_rows(ids, H5T_NATIVE_UINT64, 0, rows, spikes.ids.data(), place);
    to_ms(times, spikes.times, place);
    need_natural(ids, spikes.ids, place);
    return spikes;
}

}  // namespace

sim::SpikeColumn read_spikes(const SpikeSource& source) {
    return hdf5::is_hdf5(source.path.string()) ? read_sonata(source) : read_spike_table(source);
}

std::vector<std::string> spike_populations(const std::filesystem::path& path) {
    if (!hdf5::is_hdf5(path.string())) return {};
    hdf5::Scope scope;
    const Place place{path.string()};
    return populations_of(hdf5::open_file(place), place);
}

sim::SpikeTrains to_trains(const sim::SpikeColumn& spikes, std::uint64_t size,
                           const std::filesystem::path& path) {
    constexpr std::uint64_t most_guessed = 10'000'000;
    std::uint64_t wanted = 0;
    for (const auto id : spikes.ids) wanted = std::max(wanted, id == UINT64_MAX ? id : id + 1);
    const std::string text = path.string() + ": id " + std::to_string(wanted - 1);
    if (size > 0 && wanted > size)
        throw sim::BadFile(text + " in a population of " + std::to_string(size));
    if (size == 0 && wanted > most_guessed)
        throw sim::BadFile(text + " is high; give the size of the population");
    sim::SpikeTrains trains;
    trains.times.resize(size > 0 ? size : wanted);
    for (std::size_t i = 0; i < spikes.times.size(); ++i)
        trains.times[spikes.ids[i]].push_back(spikes.times[i]);
    for (auto& train : trains.times) std::sort(train.begin(), train.end());
    return trains;
}

sim::SpikeTrains read_trains(const SpikeSource& source, std::uint64_t size) {
    return to_trains(read_spikes(source), size, source.path);
}

}  // namespace data
