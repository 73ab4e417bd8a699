// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_inputs.hpp"

#include <algorithm>
#include <memory>

#include "data/formats/spike_reader.hpp"
#include "data/formats/text_table.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace data::circuit {
namespace {

bool is_one_of(const std::string& text, const std::vector<std::string>& known) {
    return std::find(known.begin(), known.end(), text) != known.end();
}

bool names_populations(const std::filesystem::path& path) {
    if (hdf5::is_hdf5(path.string())) return spike_populations(path).size() > 1;
    TextTable table(path);
    if (!table.next() || !table.is_header()) return false;
    return std::any_of(table.fields().begin(), table.fields().end(),
                       [](auto field) { return TextTable::name(field) == "population"; });
}

/// The spikes of one population in a file; if it is alone there, its name does not matter.
sim::SpikeColumn spikes_of(const std::filesystem::path& path, const std::string& population) {
    return read_spikes({path, names_populations(path) ? population : ""});
}

class InputReader {
public:
    explicit InputReader(Assembly& assembly) : a_(assembly) {
        for (const auto& population : a_.nodes)
            for (const auto& part : population.parts())
                if (part.is_virtual()) trains_[&part].times.resize(part.rows.size());
    }

    void read(const std::string& name, const Entry& input) {
        if (input.flag("enabled").value_or(true) == false) return;
        const auto type = input.text("input_type");
        const auto module = input.text("module");
        if (!type) {
            if (!input.find("input_type")) input.mistake("input_type", "is missing");
        } else if (*type == "spikes") {
            read_spike_input(input, module.value_or("h5"));
        } else if (*type == "current_clamp") {
            read_clamp(name, input, module.value_or("IClamp"));
        } else {
            input.mistake("input_type", "= " + *type +
                                            ": cannot be mapped; known: spikes, "
                                            "current_clamp");
        }
        note_rest(input, a_.notes);
    }

    void finish() {
        for (const auto& population : a_.nodes)
            for (const auto& part : population.parts())
                if (part.is_virtual()) add_source(population, part);
    }

private:
    std::optional<Selection> selection(const Entry& input) {
        if (const auto wanted = input.find("node_set")) return a_.sets.find(*wanted);
        input.mistake("node_set", "is missing; name the nodes that this input is for");
        return std::nullopt;
    }

    void read_spike_input(const Entry& input, const std::string& module) {
        if (!is_one_of(module, {"h5", "hdf5", "sonata", "csv"}))
            return input.mistake("module", "= " + module +
                                               ": cannot be mapped; known: h5, sonata, "
                                               "csv");
        const auto file = input.text("input_file");
        if (!file && !input.find("input_file")) input.mistake("input_file", "is missing");
        const auto chosen = selection(input);
        if (!file || !chosen) return;
        for (std::size_t p = 0; p < a_.nodes.size(); ++p)
            if (std::find((*chosen)[p].begin(), (*chosen)[p].end(), true) != (*chosen)[p].end())
                a_.mistakes.attempt([&] {
                    add_spikes((a_.folder / *file).lexically_normal(), a_.nodes[p], (*chosen)[p],
                               input);
                });
    }

    void add_spikes(const std::filesystem::path& path, const NodePopulation& population,
                    const std::vector<bool>& chosen, const Entry& input) {
        for (std::size_t row = 0; row < chosen.size(); ++row) {
            const auto home = population.home(population.ids()[row]);
            if (chosen[row] && home && !population.parts()[home->part].is_virtual())
                return input.mistake(
                    "node_set", "chooses node " + std::to_string(population.ids()[row]) + " of " +
                                    population.name() + ", which is not virtual");
        }
        const auto spikes = spikes_of(path, population.name());
        for (std::size_t i = 0; i < spikes.ids.size(); ++i) {
            const auto row = population.row(spikes.ids[i]);
            if (!row)
                throw sim::BadFile(path.string() + ": spike " + std::to_string(i) +
                                   ": population " + population.name() + " has no node " +
                                   std::to_string(spikes.ids[i]));
            const auto home = population.home(spikes.ids[i]);
            if (chosen[*row] && home)
                trains_[&population.parts()[home->part]].times[home->index].push_back(
                    spikes.times[i]);
        }
        files_[&population] = path.string();
    }

    void read_clamp(const std::string& name, const Entry& input, const std::string& module) {
        if (module != "IClamp")
            return input.mistake("module", "= " + module + ": cannot be mapped; known: IClamp");
        for (const char* key : {"input_file", "electrode_file"})
            if (input.find(key))
                return input.mistake(key, "cannot be mapped; give amp, delay and duration");
        const auto amp = input.numbers("amp");
        auto delay = input.numbers("delay");
        const auto duration = input.numbers("duration");
        if (!amp || !duration) {
            for (const char* key : {"amp", "duration"})
                if (!input.find(key)) input.mistake(key, "is missing");
            return;
        }
        if (!delay) delay = std::vector<double>(amp->size(), 0.0);
        if (delay->size() != amp->size() || duration->size() != amp->size())
            return input.mistake("amp, delay and duration must have equally many entries");
        const auto chosen = selection(input);
        for (std::size_t i = 0; chosen && i < amp->size(); ++i) {
            const std::string number = amp->size() > 1 ? "_" + std::to_string(i) : "";
            add_step({name + number, (*amp)[i], (*delay)[i], (*duration)[i]}, *chosen, input);
        }
    }

    struct Step {
        std::string name;
        double amp, delay, duration;  // pA, ms
    };

    void add_step(const Step& step, const Selection& chosen, const Entry& input) {
        if (step.delay < 0 || step.duration < 0)
            return input.mistake("delay and duration must be >= 0");
        bool any = false;
        for (std::size_t p = 0; p < a_.nodes.size(); ++p)
            for (const auto& part : a_.nodes[p].parts())
                if (!part.is_virtual()) any = add_current(step, part, chosen[p], input) || any;
        if (!any) input.mistake("node_set", "chooses no neuron");
    }

    /// False if no neuron of the part is chosen.
    bool add_current(const Step& step, const NodePart& part, const std::vector<bool>& chosen,
                     const Entry& input) {
        std::vector<double> amplitude;
        for (const auto row : part.rows) amplitude.push_back(chosen[row] ? step.amp : 0.0);
        if (std::none_of(part.rows.begin(), part.rows.end(), [&](auto row) { return chosen[row]; }))
            return false;
        if (!part.model->takes_current)
            input.mistake("node_set", "chooses " + part.name + ", but " +
                                          std::string(part.model->names.front()) +
                                          " takes no current");
        sim::SourceSpec source;
        source.name = valid_name(step.name) + "_" + part.name;
        source.model = "step_current";
        source.to = {part.name};
        source.params["amplitude"] = to_value(std::move(amplitude));
        source.params["start"] = sim::Value::of(step.delay);
        source.params["stop"] = sim::Value::of(step.delay + step.duration);
        a_.places["sources." + source.name] = input.place();
        a_.description.sources.push_back(std::move(source));
        return true;
    }

    void add_source(const NodePopulation& population, const NodePart& part) {
        auto& trains = trains_[&part];
        bool silent = true;
        for (auto& times : trains.times) {
            std::sort(times.begin(), times.end());
            silent = silent && times.empty();
        }
        if (silent)
            a_.notes.push_back(population.items().place() + ": the virtual nodes are silent");
        sim::SourceSpec source;
        source.name = part.name;
        source.model = "spike_trains";
        source.size = part.rows.size();
        source.trains = std::make_shared<const sim::SpikeTrains>(std::move(trains));
        a_.places["sources." + part.name] = population.items().place();
        if (const auto file = files_.find(&population); file != files_.end())
            a_.places["sources." + part.name + ".times"] = file->second;
        a_.description.sources.push_back(std::move(source));
    }

    Assembly& a_;
    std::map<const NodePart*, sim::SpikeTrains> trains_;
    std::map<const NodePopulation*, std::string> files_;
};

}  // namespace

void note_rest(const Entry& entry, std::vector<std::string>& notes) {
    for (const auto& key : entry.rest()) notes.push_back(key + ": has no effect");
}

void add_inputs(const std::optional<Entry>& inputs, Assembly& assembly) {
    InputReader reader(assembly);
    if (inputs)
        for (const auto& [name, input] : inputs->fields()) reader.read(name, input);
    reader.finish();
}

}  // namespace data::circuit
