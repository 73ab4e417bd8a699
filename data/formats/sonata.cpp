// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata.hpp"

namespace data {

using hdf5::Handle;

void write_sonata_root(hid_t file, const std::string& top, const hdf5::Place& place) {
    const Handle root = hdf5::open_object(file, "/", place);
    const std::uint32_t magic = 0x0A7A;
    const std::uint32_t version[2] = {0, 1};
    hdf5::write_attribute(root, "magic", H5T_STD_U32LE, H5T_NATIVE_UINT32, {}, &magic, place);
    hdf5::write_attribute(root, "version", H5T_STD_U32LE, H5T_NATIVE_UINT32, {2}, version, place);
    hdf5::create_group(root, top, place);
}

void write_sorting(hid_t group, Sorting sorting, const hdf5::Place& place) {
    const Handle type(hdf5::check(H5Tenum_create(H5T_STD_U8LE), place, "add 'sorting'"));
    const auto add = [&](const char* name, Sorting value) {
        hdf5::check(H5Tenum_insert(type, name, &value), place, "add 'sorting'");
    };
    add("none", Sorting::none);
    add("by_id", Sorting::by_id);
    add("by_time", Sorting::by_time);
    hdf5::write_attribute(group, "sorting", type, type, {}, &sorting, place);
}

Sorting read_sorting(hid_t group) {
    if (const auto text = hdf5::read_text(group, "sorting"))
        return *text == "by_time" ? Sorting::by_time
               : *text == "by_id" ? Sorting::by_id
                                  : Sorting::none;
    const auto value = hdf5::read_count(group, "sorting").value_or(0);
    return value <= 2 ? static_cast<Sorting>(value) : Sorting::none;
}

}  // namespace data
