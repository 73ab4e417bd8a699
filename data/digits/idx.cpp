// SPDX-License-Identifier: BSD-3-Clause
#include <zlib.h>

#include <array>
#include <string>

#include "data/digits/files.hpp"
#include "sim/core/error.hpp"

namespace data {
namespace {

// A file, plain or compressed: zlib tells them apart.
class IdxFile {
public:
    explicit IdxFile(const std::filesystem::path& path) : path_(path.string()) {
        if (!std::filesystem::is_regular_file(path) ||
            (in_ = gzopen(path_.c_str(), "rb")) == nullptr)
            throw sim::BadFile(path_ +
                               ": cannot be read; give the path of an IDX file (.gz or not)");
    }
    ~IdxFile() { gzclose(in_); }
    IdxFile(const IdxFile&) = delete;
    IdxFile& operator=(const IdxFile&) = delete;

    const std::string& path() const { return path_; }

    /// The sizes that the header tells of `dimensions` dimensions of unsigned bytes.
    template <std::size_t dimensions>
    std::array<std::size_t, dimensions> header(const std::string& what) {
        constexpr std::uint32_t unsigned_bytes = 8;
        const auto wanted = (unsigned_bytes << 8U) + static_cast<std::uint32_t>(dimensions);
        const auto magic = word();
        if (magic != wanted)
            fail("the magic number is " + std::to_string(magic) + ", not " +
                 std::to_string(wanted) + "; must be an IDX file of " + what);
        std::array<std::size_t, dimensions> sizes{};
        for (auto& size : sizes) size = word();
        return sizes;
    }

    /// The rest of the file.
    std::vector<std::uint8_t> bytes(std::size_t count) {
        constexpr std::size_t most = std::size_t{1} << 20U;
        std::vector<std::uint8_t> all;
        // By pieces: a header may promise more than there is.
        while (all.size() < count) {
            const auto begin = all.size();
            all.resize(begin + std::min(most, count - begin));
            read(all.data() + begin, all.size() - begin);
        }
        std::uint8_t more = 0;
        const int got = gzread(in_, &more, 1);  // only here zlib looks at the checksum
        if (got < 0) fail_reading();
        if (got > 0)
            fail("goes on after the " + std::to_string(count) +
                 " bytes that its header promises; is it damaged?");
        return all;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw sim::BadFile(path_ + ", byte " + std::to_string(at_) + ": " + what);
    }

private:
    // Sizes are unsigned words, the most significant byte first.
    std::uint32_t word() {
        std::array<std::uint8_t, 4> bytes{};
        read(bytes.data(), bytes.size());
        std::uint32_t value = 0;
        for (const auto byte : bytes) value = (value << 8U) | byte;
        return value;
    }

    void read(std::uint8_t* to, std::size_t count) {
        const int got = gzread(in_, to, static_cast<unsigned>(count));
        if (got < 0) fail_reading();
        at_ += static_cast<std::size_t>(got);
        if (static_cast<std::size_t>(got) < count) fail("ends too early; fetch the file again");
    }

    [[noreturn]] void fail_reading() const {
        int number = 0;
        fail("cannot be read: " + std::string(gzerror(in_, &number)) + "; fetch the file again");
    }

    std::string path_;
    gzFile in_ = nullptr;
    std::size_t at_ = 0;
};

std::vector<std::uint8_t> read_labels(const std::filesystem::path& path, std::size_t images) {
    IdxFile file(path);
    const auto [count] = file.header<1>("labels (idx1-ubyte)");
    if (count != images)
        file.fail(std::to_string(count) + " labels for " + std::to_string(images) +
                  " images; give the two files of one set");
    auto labels = file.bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        if (labels[i] >= Digits::classes)
            file.fail("label " + std::to_string(i) + " = " + std::to_string(labels[i]) +
                      ": must be in [0, 9]; is it a file of digits?");
    return labels;
}

}  // namespace

Digits read_idx_digits(const std::filesystem::path& images, const std::filesystem::path& labels) {
    constexpr float white = 255;
    constexpr std::size_t widest = 1024;
    IdxFile file(images);
    Digits digits;
    const auto [count, rows, columns] = file.header<3>("images (idx3-ubyte)");
    if (count == 0 || rows == 0 || columns == 0 || rows > widest || columns > widest)
        file.fail(std::to_string(count) + " images of " + std::to_string(rows) + " x " +
                  std::to_string(columns) + " pixels; must be at least one of at most 1024 x 1024");
    digits.rows = rows;
    digits.columns = columns;
    digits.labels = read_labels(labels, count);
    const auto bytes = file.bytes(count * digits.size());
    digits.pixels.reserve(bytes.size());
    for (const auto byte : bytes) digits.pixels.push_back(static_cast<float>(byte) / white);
    return digits;
}

}  // namespace data
