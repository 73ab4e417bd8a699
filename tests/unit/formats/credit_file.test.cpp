// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/credit_file.hpp"

#include <catch2/catch.hpp>

#include "data/formats/hdf5.hpp"
#include "recordings.hpp"
#include "sim/core/error.hpp"

using recordings::Folder;

namespace {

data::CreditRecording small_recording() {
    data::CreditRecording recording;
    recording.presentations = 2;
    recording.time = {0, 1.5, 3};
    data::CreditRecording::Layer inputs{"inputs", 4, {}, {}, {}, {}, {}};
    inputs.spikes = {{0, 1}, {0.25, 7}, {3, 0}, {}};
    data::CreditRecording::Layer hidden{"hidden_1", 2, {}, {}, {0, 1, 2, 0}, {}, {}};
    for (int i = 0; i < 12; ++i) {
        hidden.held.push_back(i);
        hidden.filtered.push_back(-i);
    }
    hidden.retrograde = {{0, 1, 1}, {2, 4, 5}, {1, 0, 0}, {0.5, -0.25, 1}};
    recording.layers = {inputs, hidden};
    return recording;
}

class Opened {
public:
    explicit Opened(const std::filesystem::path& path)
        : place_{path.string()}, file_(data::hdf5::open_file(place_)) {}

    template <class T>
    std::vector<T> read(const std::string& name, hid_t type) const {
        const auto set = data::hdf5::open_object(file_, name, place_);
        std::size_t count = 1;
        for (const auto extent : data::hdf5::shape(set, place_)) count *= extent;
        std::vector<T> values(count);
        H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        return values;
    }
    std::vector<hsize_t> shape(const std::string& name) const {
        return data::hdf5::shape(data::hdf5::open_object(file_, name, place_), place_);
    }
    std::string text(const std::string& name, const std::string& attribute) const {
        return data::hdf5::read_text(data::hdf5::open_object(file_, name, place_), attribute)
            .value_or("none");
    }
    bool has(const std::string& name) const { return data::hdf5::exists(file_, name); }

private:
    data::hdf5::Scope scope_;
    data::hdf5::Place place_;
    data::hdf5::Handle file_;
};

}  // namespace

TEST_CASE("credit reads back as it was written, with shapes and units", "[unit][formats]") {
    const Folder folder;
    const auto recording = small_recording();
    data::write_credit(folder / "credit.h5", recording, {{"seed", "7"}});
    CHECK(!std::filesystem::exists(folder / "credit.h5.partial"));
    const Opened file(folder / "credit.h5");
    const auto& hidden = recording.layers[1];
    CHECK(file.read<double>("credit/time", H5T_NATIVE_DOUBLE) == recording.time);
    CHECK(file.text("credit/time", "units") == "ms");
    CHECK(file.read<double>("credit/hidden_1/held", H5T_NATIVE_DOUBLE) == hidden.held);
    CHECK(file.read<double>("credit/hidden_1/filtered", H5T_NATIVE_DOUBLE) == hidden.filtered);
    CHECK(file.shape("credit/hidden_1/held") == std::vector<hsize_t>{2, 3, 2});
    CHECK(file.text("credit/hidden_1/held", "shape") == "[presentation][sample][neuron]");
    CHECK(file.text("credit/hidden_1/held", "units") == "spikes");
    CHECK(file.read<std::uint32_t>("credit/hidden_1/retrograde_count", H5T_NATIVE_UINT32) ==
          hidden.retrograde_count);
    CHECK(file.read<double>("retrograde/hidden_1/amount", H5T_NATIVE_DOUBLE) ==
          hidden.retrograde.amount);
    CHECK(file.read<double>("retrograde/hidden_1/time", H5T_NATIVE_DOUBLE) ==
          hidden.retrograde.time);
    CHECK(file.read<std::uint64_t>("spikes/inputs/presentation", H5T_NATIVE_UINT64) ==
          recording.layers[0].spikes.presentation);
    CHECK(file.read<std::uint32_t>("spikes/inputs/neuron", H5T_NATIVE_UINT32) ==
          recording.layers[0].spikes.neuron);
    CHECK(!file.has("spikes/inputs/amount"));
    CHECK(!file.has("credit/inputs"));
    CHECK(file.text("provenance", "seed") == "7");
}

TEST_CASE("credit that cannot be written leaves nothing", "[unit][formats]") {
    const Folder folder;
    CHECK_THROWS_AS(data::write_credit(folder / "gone/credit.h5", small_recording(), {}),
                    sim::BadFile);
}
