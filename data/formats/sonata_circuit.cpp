// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit.hpp"

#include <cmath>

#include "data/formats/sonata_circuit_edges.hpp"
#include "data/formats/sonata_circuit_inputs.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace data {
namespace {

using namespace circuit;
using std::filesystem::path;

/// A configuration file that stays where it is, so that entries can point into it.
struct Config {
    path folder;
    std::string file;
    Json json;
    Entry top;

    Config(const path& where, Mistakes& mistakes)
        : folder(where.parent_path()),
          file(where.string()),
          json(read_config(where, mistakes)),
          top(json, file, "", mistakes) {}
    Config(const Config&) = delete;
    Config& operator=(const Config&) = delete;

    /// A path that stands in the file.
    path at(const path& name) const { return (folder / name).lexically_normal(); }
};

class CircuitReader {
public:
    CircuitReader(const path& config, const sim::Catalogue& catalogue) : catalogue_(catalogue) {
        simulation_ = std::make_unique<Config>(config, mistakes_);
        // A file that only names the other two.
        if (const auto inner = simulation_->top.text("simulation")) {
            const auto network = simulation_->top.text("network");
            if (network) circuit_file_ = simulation_->at(*network);
            simulation_ = std::make_unique<Config>(simulation_->at(*inner), mistakes_);
        }
        mistakes_.check();  // variables that are wrong make every path wrong
        if (const auto network = simulation_->top.text("network"))
            circuit_file_ = simulation_->at(*network);
        if (!circuit_file_.empty()) circuit_ = std::make_unique<Config>(circuit_file_, mistakes_);
        mistakes_.check();
    }

    SonataRun read() {
        read_run();
        read_output();
        read_nodes();
        read_conditions();
        read_neurons();
        read_edges();
        read_inputs_and_reports();
        for (const char* known : {"manifest", "target_simulator", "version", "components"})
            simulation_->top.find(known);
        note_rest(simulation_->top, run_.notes);
        check_description();
        mistakes_.check();
        return std::move(run_);
    }

private:
    const Config& network() const { return circuit_ ? *circuit_ : *simulation_; }

    // The run.
    void read_run() {
        auto& d = run_.description;
        const auto& top = simulation_->top;
        const auto folder = std::filesystem::absolute(path(simulation_->file)).parent_path();
        d.name = valid_name(folder.filename().string());
        d.summary = "SONATA circuit of " + path(simulation_->file).filename().string();
        places_["run.duration"] = simulation_->file + ": run.tstop";
        places_["run.resolution"] = simulation_->file + ": run.dt";
        const auto run = top.find("run");
        if (!run) return top.mistake("run", "is missing; give tstop and dt");
        auto stop = run->number("tstop");
        if (!stop) stop = run->number("duration");
        if (stop) d.run.duration = *stop;
        else run->mistake("tstop", "is missing; give the end of the run in ms");
        if (const auto start = run->number("tstart").value_or(0); start != 0)
            run->mistake("tstart",
                         "= " + sim::number(start) + " ms: must be 0; a run begins there");
        if (const auto dt = run->number("dt")) d.run.resolution = *dt;
        else
            run_.notes.push_back(run->place() + ".dt: is missing, " +
                                 sim::number(d.run.resolution) + " ms is taken");
        if (const auto seed = run->number("random_seed")) {
            if (*seed < 0 || *seed > 0x1p53 || std::floor(*seed) != *seed)
                run->mistake("random_seed",
                             "= " + sim::number(*seed) + ": must be a natural number below 2^53");
            else d.run.seed = static_cast<std::uint64_t>(*seed);
        }
        note_rest(*run, run_.notes);
    }

    void read_output() {
        run_.output_dir = simulation_->at("output");
        run_.spikes_file = "spikes.h5";
        const auto output = simulation_->top.find("output");
        if (!output) return;
        if (const auto folder = output->text("output_dir"))
            run_.output_dir = simulation_->at(*folder);
        if (const auto file = output->text("spikes_file")) {
            run_.spikes_file = *file;
            if (path(*file).filename() != path(*file) || file->empty())
                output->mistake("spikes_file", "= " + *file + ": must be a name without folder");
        }
        run_.overwrite = output->flag("overwrite_output_dir").value_or(false);
        const auto order = output->text("spikes_sort_order").value_or("time");
        if (order != "time" && order != "by_time" && order != "none")
            run_.notes.push_back(output->place() + ".spikes_sort_order = " + order +
                                 ": spikes are sorted by time");
        output->find("log_file");
        note_rest(*output, run_.notes);
    }

    // The circuit.
    path component(const std::string& name) const {
        for (const Config* config : {circuit_.get(), simulation_.get()}) {
            if (config == nullptr) continue;
            const auto components = config->top.find("components");
            if (!components) continue;
            if (const auto folder = components->text(name)) return config->at(*folder);
        }
        return network().folder;
    }

    std::shared_ptr<const CsvTable> types_of(const Entry& one, const std::string& key) const {
        const auto file = one.text(key);
        if (!file || file->empty()) return nullptr;
        return std::make_shared<const CsvTable>(read_csv(network().at(*file)));
    }

    /// Calls use(origin) for every population of the files that the circuit lists under `nodes` or
    /// `edges`; false if a file or a population cannot be read.
    template <class Use>
    bool each_population(const std::string& list, const std::string& noun,
                         const std::string& component_name, Use use) {
        const auto networks = network().top.find("networks");
        const auto files = networks ? networks->find(list) : std::nullopt;
        if (!files) return true;
        const path dynamics = component(component_name);
        bool good = true;
        for (const auto& one : files->items()) {
            if (!one.flag("enabled").value_or(true)) continue;
            const auto file = one.text(list + "_file");
            if (!file) {
                if (!one.find(list + "_file")) one.mistake(list + "_file", "is missing");
                good = false;
                continue;
            }
            const bool opened = mistakes_.attempt([&] {
                const hdf5::Place place{network().at(*file).string()};
                auto open = std::make_shared<OpenFile>(OpenFile{place, hdf5::open_file(place)});
                if (!open->has(list)) throw sim::BadFile(open->at(list) + ": is missing");
                const auto types = types_of(one, noun + "_types_file");
                for (const auto& population : open->children(list)) {
                    Items::Origin origin{open,    list + "/" + population, population, noun, types,
                                         dynamics};
                    good = mistakes_.attempt([&] { use(std::move(origin)); }) && good;
                }
            });
            good = good && opened;
        }
        return good;
    }

    void read_nodes() {
        const auto read_one = [&](Items::Origin origin) {
            if (find_population(nodes_, origin.population))
                throw sim::BadFile(origin.file->at(origin.group) +
                                   ": a population of that name is there already");
            nodes_.emplace_back(std::move(origin), mistakes_);
        };
        has_all_nodes_ = each_population("nodes", "node", "point_neuron_models_dir", read_one);
        if (nodes_.empty() && mistakes_.empty())
            network().top.mistake(circuit_ ? "networks.nodes" : "network",
                                  circuit_ ? "is missing; name the files of the nodes"
                                           : "is missing; name the configuration of the circuit");
        name_parts(nodes_);
    }

    void read_conditions() {
        const auto conditions = simulation_->top.find("conditions");
        if (!conditions) return;
        v_init_ = conditions->number("v_init");
        conditions->find("celsius");  // acts on channels only
        note_rest(*conditions, run_.notes);
    }

    void read_neurons() {
        for (const auto& population : nodes_)
            for (const auto& part : population.parts()) {
                if (part.is_virtual()) continue;
                mistakes_.attempt([&] {
                    auto spec =
                        neurons_of(population, part, v_init_, places_, mistakes_, run_.notes);
                    if (spec.name != population.name()) spec.recorded_as = population.name();
                    if (!part.counts_from_zero()) spec.recorded_ids = part.ids;
                    run_.description.neurons.push_back(std::move(spec));
                });
            }
    }

    void read_edges() {
        each_population("edges", "edge", "synaptic_models_dir", [&](Items::Origin origin) {
            if (!has_all_nodes_) return;  // they would miss nodes that are there
            const Items edges(std::move(origin), mistakes_);
            for (auto& one : projections_of(edges, nodes_, places_, mistakes_, run_.notes))
                run_.description.projections.push_back(std::move(one));
        });
    }

    void read_inputs_and_reports() {
        if (!has_all_nodes_ || nodes_.empty()) return;
        NodeSets sets(nodes_, mistakes_);
        std::vector<std::unique_ptr<Config>> files;
        for (const Config* config : {circuit_.get(), simulation_.get()}) {
            if (config == nullptr) continue;
            if (const auto file = config->top.text("node_sets_file"))
                mistakes_.attempt([&] {
                    files.push_back(std::make_unique<Config>(config->at(*file), mistakes_));
                    sets.add(files.back()->top);
                });
        }
        Assembly assembly{nodes_,  sets,      simulation_->folder, run_.description,
                          places_, mistakes_, run_.notes};
        add_inputs(simulation_->top.find("inputs"), assembly);
        add_reports(simulation_->top.find("reports"), run_.description.run.resolution, assembly);
    }

    // What the description as a whole gets wrong, said where the files say it.
    void check_description() {
        for (const auto& problem : sim::validate(run_.description, catalogue_)) {
            std::string stem = problem.path;
            while (!stem.empty() && !places_.contains(stem)) {
                const auto dot = stem.rfind('.');
                stem.resize(dot == std::string::npos ? 0 : dot);
            }
            const auto place = places_.find(stem);
            if (place == places_.end())
                mistakes_.add(simulation_->file, problem.path + " " + problem.text);
            else mistakes_.add(place->second + problem.path.substr(stem.size()), problem.text);
        }
    }

    const sim::Catalogue& catalogue_;
    Mistakes mistakes_;
    std::unique_ptr<Config> simulation_;
    path circuit_file_;
    std::unique_ptr<Config> circuit_;  // null: the simulation file holds the networks
    Nodes nodes_;
    bool has_all_nodes_ = false;
    std::optional<double> v_init_;
    Places places_;
    SonataRun run_;
};

}  // namespace

SonataRun read_sonata_circuit(const path& config, const sim::Catalogue& catalogue) {
    const hdf5::Scope scope;
    return CircuitReader(config, catalogue).read();
}

}  // namespace data
