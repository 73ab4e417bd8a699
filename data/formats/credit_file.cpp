// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/credit_file.hpp"

#include "data/formats/whole_file.hpp"

namespace data {

using hdf5::Handle;

namespace {

// What a dataset is: its name, unit and dimensions.
struct Meaning {
    std::string name, unit, shape;
};

class Writer {
public:
    explicit Writer(const hdf5::Place& place) : place_(place) {}

    Handle group(hid_t parent, const std::string& name) const {
        return hdf5::create_group(parent, name, place_);
    }
    template <class T>
    void column(hid_t group, const Meaning& meaning, const std::vector<hsize_t>& shape,
                const std::vector<T>& values) const {
        const hid_t type = type_of(T{});
        hdf5::write_dataset(group, meaning.name, type, type, shape, values.data(), place_);
        const Handle written = hdf5::open_object(group, meaning.name, place_);
        hdf5::write_attribute(written, "units", meaning.unit, place_);
        hdf5::write_attribute(written, "shape", meaning.shape, place_);
    }
    void events(hid_t group, const CreditRecording::Events& all, const std::string& each) const {
        const std::vector<hsize_t> shape{all.time.size()};
        column(group, {"presentation", "", each}, shape, all.presentation);
        column(group, {"time", "ms", each}, shape, all.time);
        column(group, {"neuron", "", each}, shape, all.neuron);
        if (all.amount.size() == all.time.size() && !all.amount.empty())
            column(group, {"amount", "spikes", each}, shape, all.amount);
    }

private:
    static hid_t type_of(double) { return H5T_NATIVE_DOUBLE; }
    static hid_t type_of(std::uint32_t) { return H5T_NATIVE_UINT32; }
    static hid_t type_of(std::uint64_t) { return H5T_NATIVE_UINT64; }

    const hdf5::Place& place_;
};

void write_layer(const Writer& writer, const CreditRecording& recording,
                 const CreditRecording::Layer& layer, hid_t group) {
    const std::vector<hsize_t> samples{recording.presentations, recording.time.size(), layer.size};
    const std::string dimensions = "[presentation][sample][neuron]";
    if (!layer.held.empty()) {
        writer.column(group, {"held", "spikes", dimensions}, samples, layer.held);
        writer.column(group, {"filtered", "spikes", dimensions}, samples, layer.filtered);
    }
    writer.column(group, {"retrograde_count", "", "[presentation][neuron]"},
                  {recording.presentations, layer.size}, layer.retrograde_count);
}

}  // namespace

void write_credit(const std::filesystem::path& path, const CreditRecording& recording,
                  const std::map<std::string, std::string>& provenance) {
    write_whole_file(path, provenance, [&](hid_t file, const hdf5::Place& place) {
        const Writer writer(place);
        const Handle credit = writer.group(file, "credit");
        const Handle retrograde = writer.group(file, "retrograde");
        const Handle spikes = writer.group(file, "spikes");
        writer.column(credit, {"time", "ms", "[sample]"}, {recording.time.size()}, recording.time);
        for (const auto& layer : recording.layers) {
            if (!layer.retrograde_count.empty()) {
                write_layer(writer, recording, layer, writer.group(credit, layer.name));
                writer.events(writer.group(retrograde, layer.name), layer.retrograde, "[event]");
            }
            if (!layer.spikes.time.empty())
                writer.events(writer.group(spikes, layer.name), layer.spikes, "[spike]");
        }
    });
}

}  // namespace data
