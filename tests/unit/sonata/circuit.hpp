// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Small SONATA circuits in a temporary folder, written as other programs write them.

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "data/formats/hdf5.hpp"
#include "data/formats/sonata_circuit.hpp"
#include "plasticity/rules.hpp"
#include "sim/core/catalogue.hpp"
#include "sim/core/error.hpp"
#include "tests/unit/formats/recordings.hpp"

namespace sim {
void register_models_neurons(Catalogue& catalogue);
void register_models_sources(Catalogue& catalogue);
void register_models_synapses(Catalogue& catalogue);
void register_sim_net_connectors(Catalogue& catalogue);
}  // namespace sim

namespace circuits {

inline const sim::Catalogue& catalogue() {
    static const sim::Catalogue all = [] {
        sim::Catalogue one;
        sim::register_models_neurons(one);
        sim::register_models_sources(one);
        sim::register_models_synapses(one);
        plasticity::register_rules(one);
        sim::register_sim_net_connectors(one);
        return one;
    }();
    return all;
}

using Naturals = std::vector<std::uint64_t>;
using Reals = std::map<std::string, std::vector<double>>;  // by name
using Texts = std::map<std::string, std::vector<std::string>>;

/// Nodes or edges of one group, "0".
struct Table {
    Naturals types;
    Reals attributes = {};
    Reals dynamics = {};
    Texts texts = {};
};

class Hdf5Writer {
public:
    explicit Hdf5Writer(const std::filesystem::path& path)
        : place_{path.string()}, file_(data::hdf5::create_file(place_, {.overwrite = true})) {}

    void naturals(const std::string& path, const Naturals& values) {
        data::hdf5::write_dataset(parent(path), leaf(path), H5T_STD_U64LE, H5T_NATIVE_UINT64,
                                  {values.size()}, values.data(), place_);
    }
    void integers(const std::string& path, const std::vector<std::int64_t>& values) {
        data::hdf5::write_dataset(parent(path), leaf(path), H5T_STD_I64LE, H5T_NATIVE_INT64,
                                  {values.size()}, values.data(), place_);
    }
    void reals(const std::string& path, const std::vector<double>& values) {
        data::hdf5::write_dataset(parent(path), leaf(path), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                                  {values.size()}, values.data(), place_);
    }
    void texts(const std::string& path, const std::vector<std::string>& values) {
        const data::hdf5::Handle type(H5Tcopy(H5T_C_S1));
        H5Tset_size(type, H5T_VARIABLE);
        std::vector<const char*> pointers;
        for (const auto& value : values) pointers.push_back(value.c_str());
        data::hdf5::write_dataset(parent(path), leaf(path), type, type, {values.size()},
                                  pointers.data(), place_);
    }
    void attribute(const std::string& path, const std::string& name, const std::string& text) {
        data::hdf5::write_attribute(data::hdf5::open_object(file_, path, place_), name, text,
                                    place_);
    }
    void table(const std::string& path, const std::string& noun, const Table& table) {
        const auto count = table.types.size();
        Naturals index(count);
        for (std::size_t i = 0; i < count; ++i) index[i] = i;
        naturals(path + "/" + noun + "_type_id", table.types);
        naturals(path + "/" + noun + "_group_id", Naturals(count, 0));
        naturals(path + "/" + noun + "_group_index", index);
        group(path + "/0");
        for (const auto& [name, values] : table.attributes) reals(path + "/0/" + name, values);
        for (const auto& [name, values] : table.texts) texts(path + "/0/" + name, values);
        for (const auto& [name, values] : table.dynamics)
            reals(path + "/0/dynamics_params/" + name, values);
    }

    data::hdf5::Handle group(const std::string& path) {
        data::hdf5::Handle at = data::hdf5::open_object(file_, "/", place_);
        for (std::size_t from = 0; from < path.size();) {
            const auto end = std::min(path.find('/', from), path.size());
            const auto name = path.substr(from, end - from);
            at = data::hdf5::exists(at, name) ? data::hdf5::open_object(at, name, place_)
                                              : data::hdf5::create_group(at, name, place_);
            from = end + 1;
        }
        return at;
    }

private:
    data::hdf5::Handle parent(const std::string& path) {
        return group(path.substr(0, path.rfind('/')));
    }
    static std::string leaf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

    data::hdf5::Scope scope_;
    data::hdf5::Place place_;
    data::hdf5::Handle file_;
};

class Circuit {
public:
    void text(const std::string& name, const std::string& content) {
        const auto path = folder_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << content;
    }
    std::filesystem::path path(const std::string& name) const { return folder_ / name; }

    /// <name>.h5 and <name>_types.csv, listed in the circuit's configuration.
    void nodes(const std::string& name, const std::string& types, const Table& table,
               const Naturals& ids = {}) {
        Hdf5Writer file(folder_ / (name + ".h5"));
        file.table("nodes/" + name, "node", table);
        if (!ids.empty()) file.naturals("nodes/" + name + "/node_id", ids);
        text(name + "_types.csv", types);
        nodes_ += std::string(nodes_.empty() ? "" : ", ") + R"({"nodes_file": ")" + name +
                  R"(.h5", "node_types_file": ")" + name + R"(_types.csv"})";
    }

    void edges(const std::string& name, const std::string& from, const std::string& to,
               const Naturals& sources, const Naturals& targets, const std::string& types,
               const Table& table) {
        Hdf5Writer file(folder_ / (name + ".h5"));
        const std::string at = "edges/" + name;
        file.table(at, "edge", table);
        file.naturals(at + "/source_node_id", sources);
        file.naturals(at + "/target_node_id", targets);
        file.attribute(at + "/source_node_id", "node_population", from);
        file.attribute(at + "/target_node_id", "node_population", to);
        text(name + "_types.csv", types);
        edges_ += std::string(edges_.empty() ? "" : ", ") + R"({"edges_file": ")" + name +
                  R"(.h5", "edge_types_file": ")" + name + R"(_types.csv"})";
    }

    /// Writes simulation.json with further sections, e.g. R"("inputs": {...})".
    std::filesystem::path write(const std::string& sections = "") {
        text("circuit.json", R"({"components": {"point_neuron_models_dir": "models",
            "synaptic_models_dir": "models"}, "networks": {"nodes": [)" +
                                 nodes_ + R"(], "edges": [)" + edges_ + "]}}");
        text("simulation.json", R"({"network": "circuit.json")" +
                                    std::string(sections.empty() ? "" : ", ") + sections +
                                    (sections.find("\"run\"") == sections.npos
                                         ? R"(, "run": {"tstop": 100.0, "dt": 0.1})"
                                         : "") +
                                    "}");
        return folder_ / "simulation.json";
    }

    data::SonataRun read(const std::string& sections = "") {
        return data::read_sonata_circuit(write(sections), catalogue());
    }

    /// What is wrong with the circuit, one line each.
    std::string mistakes(const std::string& sections = "") {
        try {
            read(sections);
        } catch (const sim::Error& error) {
            return error.what();
        }
        return "";
    }

private:
    recordings::Folder folder_;
    std::string nodes_, edges_;
};

/// A part of the description by name.
inline const sim::NeuronsSpec& neurons(const data::SonataRun& run, const std::string& name) {
    for (const auto& one : run.description.neurons)
        if (one.name == name) return one;
    throw sim::UnknownName("no neurons " + name);
}
inline const sim::SourceSpec& source(const data::SonataRun& run, const std::string& name) {
    for (const auto& one : run.description.sources)
        if (one.name == name) return one;
    throw sim::UnknownName("no source " + name);
}

/// Every entry of a value for `count` items.
inline std::vector<double> entries(const sim::Value& value, std::size_t count) {
    if (value.list) return *value.list;
    return std::vector<double>(count, value.a);
}

}  // namespace circuits
