// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "data/formats/hdf5.hpp"

namespace data::hdf5 {
namespace {

Handle text_type() {
    Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

Handle open_attribute(hid_t object, const std::string& name) {
    if (H5Aexists(object, name.c_str()) <= 0) return Handle();
    return Handle(H5Aopen(object, name.c_str(), H5P_DEFAULT));
}

std::vector<std::string> variable_texts(hid_t attribute, hid_t type, hid_t space, std::size_t n) {
    std::vector<char*> found(n, nullptr);
    std::vector<std::string> texts;
    const Handle memory(H5Tcopy(H5T_C_S1));
    H5Tset_size(memory, H5T_VARIABLE);
    H5Tset_cset(memory, H5Tget_cset(type));
    if (H5Aread(attribute, memory, found.data()) < 0) return texts;
    for (const char* one : found) texts.emplace_back(one ? one : "");
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, found.data());
    return texts;
}

std::vector<std::string> fixed_texts(hid_t attribute, hid_t type, std::size_t n) {
    const std::size_t size = H5Tget_size(type);
    std::vector<char> found(n * size);
    std::vector<std::string> texts;
    if (H5Aread(attribute, type, found.data()) < 0) return texts;
    for (std::size_t i = 0; i < n; ++i) {
        const char* start = found.data() + i * size;
        std::string text(start, std::find(start, start + size, '\0'));
        while (!text.empty() && text.back() == ' ') text.pop_back();
        texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace

void write_attribute(hid_t object, const std::string& name, hid_t file_type, hid_t memory_type,
                     const std::vector<hsize_t>& shape, const void* value, const Place& place) {
    const std::string what = "add attribute '" + name + "'";
    const Handle space(check(shape.empty()
                                 ? H5Screate(H5S_SCALAR)
                                 : H5Screate_simple(static_cast<int>(shape.size()), shape.data(),
                                                    nullptr),
                             place, what));
    const Handle attribute(check(
        H5Acreate2(object, name.c_str(), file_type, space, H5P_DEFAULT, H5P_DEFAULT), place, what));
    check(H5Awrite(attribute, memory_type, value), place, what);
}

void write_attribute(hid_t object, const std::string& name, const std::string& text,
                     const Place& place) {
    const Handle type = text_type();
    const char* value = text.c_str();
    write_attribute(object, name, type, type, {}, &value, place);
}

void write_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts,
                     const Place& place) {
    const Handle type = text_type();
    std::vector<const char*> values;
    for (const auto& text : texts) values.push_back(text.c_str());
    if (texts.empty()) values.push_back("");
    write_attribute(object, name, type, type, {texts.size()}, values.data(), place);
}

std::optional<std::vector<std::string>> read_texts(hid_t object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    if (attribute < 0) return std::nullopt;
    const Handle type(H5Aget_type(attribute));
    const Handle space(H5Aget_space(attribute));
    const hssize_t n = H5Sget_simple_extent_npoints(space);
    constexpr hssize_t most = 1 << 20;  // a damaged header may claim anything
    if (type < 0 || H5Tget_class(type) != H5T_STRING || n < 0 || n > most) return std::nullopt;
    const auto count = static_cast<std::size_t>(n);
    if (H5Tis_variable_str(type) > 0) return variable_texts(attribute, type, space, count);
    if (H5Tget_size(type) > std::size_t{64} << 20) return std::nullopt;
    return fixed_texts(attribute, type, count);
}

std::optional<std::string> read_text(hid_t object, const std::string& name) {
    const auto texts = read_texts(object, name);
    if (!texts || texts->empty()) return std::nullopt;
    return texts->front();
}

std::optional<std::uint64_t> read_count(hid_t object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    if (attribute < 0) return std::nullopt;
    const Handle type(H5Aget_type(attribute));
    const Handle space(H5Aget_space(attribute));
    const H5T_class_t kind = H5Tget_class(type);
    if (H5Sget_simple_extent_npoints(space) != 1) return std::nullopt;
    if (kind != H5T_INTEGER && kind != H5T_ENUM) return std::nullopt;
    const Handle base(kind == H5T_ENUM ? H5Tget_super(type) : H5Tcopy(H5T_NATIVE_UINT64));
    std::uint64_t value = 0;  // little-endian: a shorter enumeration fills the low bytes
    if (H5Tget_size(base) > sizeof value) return std::nullopt;
    if (H5Aread(attribute, kind == H5T_ENUM ? hid_t(type) : H5T_NATIVE_UINT64, &value) < 0)
        return std::nullopt;
    return value;
}

std::vector<std::string> attribute_names(hid_t object) {
    std::vector<std::string> found;
    const auto add = [](hid_t, const char* name, const H5A_info_t*, void* list) -> herr_t {
        static_cast<std::vector<std::string>*>(list)->emplace_back(name);
        return 0;
    };
    hsize_t from = 0;
    H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &from, add, &found);
    return found;
}

}  // namespace data::hdf5
