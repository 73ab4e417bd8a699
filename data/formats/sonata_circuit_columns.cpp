// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_columns.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace data::circuit {

using hdf5::Handle;

namespace {

[[noreturn]] void fail(const OpenFile& file, const std::string& path, const std::string& text) {
    throw sim::BadFile(file.at(path) + (text.starts_with('=') ? " " : ": ") + text);
}

Handle open_column(const OpenFile& file, const std::string& path) {
    if (!file.has(path)) fail(file, path, "is missing");
    Handle set = hdf5::open_object(file.handle, path, file.place);
    if (!hdf5::is_dataset(set)) fail(file, path, "must be a dataset");
    return set;
}

H5T_class_t class_of(hid_t set) { return H5Tget_class(Handle(H5Dget_type(set))); }

bool is_signed(hid_t set) {
    const Handle type(H5Dget_type(set));
    return H5Tget_sign(type) == H5T_SGN_2;
}

template <class T>
std::vector<T> rows_of(hid_t set, hid_t type, const OpenFile& file) {
    std::vector<T> values(hdf5::row_count(set, file.place));
    hdf5::read_rows(set, type, 0, values.size(), values.data(), file.place);
    return values;
}

std::vector<std::string> texts_of(hid_t set, const OpenFile& file) {
    const Handle type(H5Dget_type(set));
    std::vector<std::string> texts(hdf5::row_count(set, file.place));
    if (H5Tis_variable_str(type) > 0) {
        std::vector<char*> found(texts.size(), nullptr);
        hdf5::read_rows(set, type, 0, found.size(), found.data(), file.place);
        for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = found[i] ? found[i] : "";
        H5Dvlen_reclaim(type, Handle(H5Dget_space(set)), H5P_DEFAULT, found.data());
        return texts;
    }
    const std::size_t width = H5Tget_size(type);
    std::vector<char> found(texts.size() * width);
    hdf5::read_rows(set, type, 0, texts.size(), found.data(), file.place);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto start = found.begin() + static_cast<std::ptrdiff_t>(i * width);
        texts[i].assign(start, std::find(start, start + static_cast<std::ptrdiff_t>(width), '\0'));
    }
    return texts;
}

}  // namespace

std::vector<std::string> OpenFile::children(const std::string& path) const {
    return hdf5::names(hdf5::open_object(handle, path, place), place);
}

std::uint64_t column_length(const OpenFile& file, const std::string& path) {
    return hdf5::row_count(open_column(file, path), file.place);
}

std::vector<std::uint64_t> read_naturals(const OpenFile& file, const std::string& path) {
    const Handle set = open_column(file, path);
    if (class_of(set) != H5T_INTEGER) fail(file, path, "must hold natural numbers");
    if (!is_signed(set)) return rows_of<std::uint64_t>(set, H5T_NATIVE_UINT64, file);
    const auto values = rows_of<std::int64_t>(set, H5T_NATIVE_INT64, file);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] < 0)
            fail(file, path,
                 "= " + std::to_string(values[i]) + " in entry " + std::to_string(i) +
                     ": must be >= 0");
    return {values.begin(), values.end()};
}

std::vector<double> read_reals(const OpenFile& file, const std::string& path) {
    const Handle set = open_column(file, path);
    const H5T_class_t kind = class_of(set);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) fail(file, path, "must hold numbers");
    auto values = rows_of<double>(set, H5T_NATIVE_DOUBLE, file);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            fail(file, path,
                 "= " + sim::number(values[i]) + " in entry " + std::to_string(i) +
                     ": must be any finite number");
    return values;
}

std::vector<std::string> read_words(const OpenFile& file, const std::string& path) {
    const Handle set = open_column(file, path);
    if (class_of(set) == H5T_STRING) return texts_of(set, file);
    const auto slash = path.rfind('/');
    const std::string library = path.substr(0, slash) + "/@library" + path.substr(slash);
    std::vector<std::string> words;
    if (!file.has(library)) {
        for (const double x : read_reals(file, path)) words.push_back(sim::number(x));
        return words;
    }
    const auto terms = read_words(file, library);
    for (const auto term : read_naturals(file, path)) {
        if (term >= terms.size())
            fail(file, path,
                 "= " + std::to_string(term) + ": must be below " + std::to_string(terms.size()) +
                     ", the number of terms in @library");
        words.push_back(terms[term]);
    }
    return words;
}

}  // namespace data::circuit
