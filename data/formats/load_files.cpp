// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/load_files.hpp"

#include <memory>

#include "data/formats/edge_reader.hpp"
#include "data/formats/spike_reader.hpp"
#include "sim/core/error.hpp"

namespace data {
namespace {

namespace fs = std::filesystem;

struct Named {
    fs::path file;
    std::string population;
};

// "spikes.h5#exc"; a file whose own name holds the mark comes first.
Named named(const std::string& path, const fs::path& folder) {
    const auto mark = path.rfind('#');
    std::error_code bad;
    if (mark == path.npos || fs::exists(folder / path, bad)) return {folder / path, ""};
    return {folder / path.substr(0, mark), path.substr(mark + 1)};
}

void load(sim::SourceSpec& source, const fs::path& folder) {
    const auto [file, population] = named(source.path, folder);
    const bool is_sized = source.size != sim::SourceSpec{}.size;
    auto trains = read_trains({file, population}, is_sized ? source.size : 0);
    source.size = trains.times.size();
    source.trains = std::make_shared<const sim::SpikeTrains>(std::move(trains));
}

void load(sim::ProjectionSpec& projection, const fs::path& folder) {
    const auto [file, population] = named(projection.path, folder);
    auto table = read_edges({file, population});
    projection.edges = std::make_shared<const sim::EdgeList>(
        sim::EdgeList{std::move(table.sources), std::move(table.targets)});
    if (!table.weights.empty()) projection.weight = sim::Value::of(std::move(table.weights));
    if (!table.delays.empty()) projection.delay = sim::Value::of(std::move(table.delays));
}

std::string moved(const std::string& path, const fs::path& from, const fs::path& to) {
    if (path.empty() || fs::path(path).is_absolute()) return path;
    return fs::proximate(from / path, to).string();
}

}  // namespace

std::vector<sim::Problem> load_files(sim::Description& description, const fs::path& folder) {
    std::vector<sim::Problem> problems;
    const auto attempt = [&](const std::string& path, const auto& part) {
        try {
            part();
        } catch (const sim::BadFile& error) {
            problems.push_back({path + ".path", std::string("= ") + error.what()});
        }
    };
    for (auto& source : description.sources)
        if (!source.path.empty() && !source.trains)
            attempt("sources." + source.name, [&] { load(source, folder); });
    for (auto& projection : description.projections)
        if (!projection.path.empty() && !projection.edges)
            attempt("projections." + projection.name, [&] { load(projection, folder); });
    return problems;
}

void move_paths(sim::Description& description, const fs::path& from, const fs::path& to) {
    for (auto& source : description.sources) source.path = moved(source.path, from, to);
    for (auto& projection : description.projections)
        projection.path = moved(projection.path, from, to);
}

}  // namespace data
