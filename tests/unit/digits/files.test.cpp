// SPDX-License-Identifier: BSD-3-Clause
#include "data/digits/files.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "sim/core/error.hpp"
#include "tests/unit/formats/recordings.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

std::string word(std::uint32_t x) {
    std::string text;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) text += static_cast<char>((x >> shift) & 255U);
    return text;
}

/// `count` images of 2 x 3 pixels, whose grey values count up.
std::string images(std::uint32_t count) {
    std::string text = word(2051) + word(count) + word(2) + word(3);
    for (std::uint32_t i = 0; i < 6 * count; ++i) text += static_cast<char>(i);
    return text;
}

std::string labels(const std::string& values) {
    return word(2049) + word(static_cast<std::uint32_t>(values.size())) + values;
}

class Files {
public:
    std::filesystem::path write(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }
    std::filesystem::path compress(const std::string& name, const std::string& bytes) const {
        const gzFile out = gzopen((folder_ / name).c_str(), "wb");
        gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
        gzclose(out);
        return folder_ / name;
    }
    std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

private:
    recordings::Folder folder_;
};

template <class Read>
std::string complaint(const Read& read) {
    try {
        read();
    } catch (const sim::BadFile& error) {
        return error.what();
    }
    return "no complaint";
}

const std::string three_labels{'\7', '\0', '\11'};

std::string idx_complaint(const std::string& image_bytes, const std::string& label_bytes) {
    const Files files;
    const auto i = files.write("images", image_bytes);
    const auto l = files.write("labels", label_bytes);
    return complaint([&] { data::read_idx_digits(i, l); });
}

std::string digit_line(int pixel, const std::string& label) {
    std::string line;
    for (int i = 0; i < 64; ++i) line += std::to_string(i == 5 ? pixel : 0) + ",";
    return line + label + "\n";
}

std::string optdigits_complaint(const std::string& text) {
    const Files files;
    const auto file = files.write("digits.tra", text);
    return complaint([&] { data::read_optdigits(file); });
}

}  // namespace

TEST_CASE("IDX files are read plain and compressed", "[digits]") {
    const Files files;
    for (const bool is_compressed : {false, true}) {
        const auto put = [&](const std::string& name, const std::string& bytes) {
            return is_compressed ? files.compress(name, bytes) : files.write(name, bytes);
        };
        const auto digits =
            data::read_idx_digits(put("images", images(3)), put("labels", labels(three_labels)));
        CHECK(digits.rows == 2);
        CHECK(digits.columns == 3);
        CHECK(digits.labels == std::vector<std::uint8_t>{7, 0, 9});
        REQUIRE(digits.pixels.size() == 18);
        for (std::size_t i = 0; i < 18; ++i) CHECK(digits.pixels[i] == static_cast<float>(i) / 255);
        CHECK(digits.image(1)[0] == 6.0F / 255);
    }
}

TEST_CASE("a damaged IDX file is refused with its name, the place and a remedy", "[digits]") {
    const auto good_images = images(3);
    const auto good_labels = labels(three_labels);
    CHECK(idx_complaint(good_images, good_labels) == "no complaint");
    CHECK_THAT(idx_complaint(good_labels, good_images),
               Contains("/images, byte 4: the magic number is 2049, not 2051") &&
                   Contains("must be an IDX file of images"));
    CHECK_THAT(idx_complaint(good_images, good_images), Contains("/labels, byte 4: the magic"));
    CHECK_THAT(idx_complaint("", good_labels), Contains("/images, byte 0: ends too early"));
    CHECK_THAT(idx_complaint(good_images.substr(0, 20), good_labels),
               Contains("/images, byte 20: ends too early; fetch the file again"));
    CHECK_THAT(idx_complaint(good_images + "x", good_labels),
               Contains("goes on after the 18 bytes that its header promises"));
    CHECK_THAT(idx_complaint(good_images, labels("\1\2")),
               Contains("/labels, byte 8: 2 labels for 3 images; give the two files of one set"));
    CHECK_THAT(idx_complaint(good_images, labels("\1\12\2")),
               Contains("label 1 = 10: must be in [0, 9]"));
    CHECK_THAT(idx_complaint(word(2051) + word(0) + word(2) + word(3), good_labels),
               Contains("0 images of 2 x 3 pixels; must be at least one"));
    // A header that promises 2^32 images may not cost their memory.
    CHECK_THAT(idx_complaint(word(2051) + word(0xFFFFFFFF) + word(1024) + word(1024),
                             word(2049) + word(0xFFFFFFFF) + "\1"),
               Contains("/labels, byte 9: ends too early"));
}

TEST_CASE("a compressed file that is cut off or broken is refused", "[digits]") {
    const Files files;
    const auto good = files.compress("images.gz", images(3));
    const auto label_file = files.write("labels", labels(three_labels));
    std::ifstream in(good, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto cut = files.write("cut.gz", bytes.substr(0, bytes.size() / 2));
    CHECK_THAT(complaint([&] { data::read_idx_digits(cut, label_file); }),
               Contains("/cut.gz, byte ") && EndsWith("fetch the file again"));
    bytes[bytes.size() - 5] = static_cast<char>(bytes[bytes.size() - 5] ^ 0x55);  // its checksum
    const auto broken = files.write("broken.gz", bytes);
    CHECK_THAT(complaint([&] { data::read_idx_digits(broken, label_file); }),
               Contains("/broken.gz, byte ") && EndsWith("fetch the file again"));
}

TEST_CASE("optdigits files are read", "[digits]") {
    const Files files;
    const auto digits = data::read_optdigits(
        files.write("a.tra", digit_line(16, "3") + "\n" + digit_line(4, " 9\r")));
    CHECK(digits.rows == 8);
    CHECK(digits.columns == 8);
    CHECK(digits.labels == std::vector<std::uint8_t>{3, 9});
    REQUIRE(digits.pixels.size() == 128);
    CHECK(digits.image(0)[5] == 1);
    CHECK(digits.image(1)[5] == 0.25);
    CHECK(digits.image(1)[6] == 0);
}

TEST_CASE("a damaged optdigits file is refused with its line and a remedy", "[digits]") {
    const auto good = digit_line(3, "1");
    CHECK(optdigits_complaint(good) == "no complaint");
    CHECK_THAT(optdigits_complaint(good + digit_line(17, "1")),
               Contains("digits.tra:2: field 6 = '17': must be a whole number in [0, 16]") &&
                   EndsWith("; mend or remove this line"));
    CHECK_THAT(optdigits_complaint(digit_line(3, "10")),
               Contains("digits.tra:1: field 65 = '10': must be a whole number in [0, 9]"));
    CHECK_THAT(optdigits_complaint(digit_line(3, "")), Contains("field 65 = ''"));
    CHECK_THAT(optdigits_complaint(digit_line(-1, "1")), Contains("field 6 = '-1'"));
    CHECK_THAT(optdigits_complaint("1,2.5\n"), Contains("field 2 = '2.5'"));
    CHECK_THAT(optdigits_complaint(good + "1,2,3\n"),
               Contains("digits.tra:2: 3 fields; must be 64 pixels and the label"));
    CHECK_THAT(optdigits_complaint("0," + good), Contains("66 fields"));
    CHECK_THAT(optdigits_complaint("\n\n"), Contains("holds no images"));
}

TEST_CASE("files of digits that are not there are named", "[digits]") {
    const Files files;
    const auto label_file = files.write("labels", labels(three_labels));
    CHECK_THAT(complaint([&] { data::read_idx_digits(files / "gone", label_file); }),
               Contains("/gone: cannot be read; give the path of an IDX file"));
    CHECK_THAT(complaint([&] { data::read_idx_digits(files / "", label_file); }),
               Contains("cannot be read"));
    CHECK_THAT(complaint([&] { data::read_optdigits(files / "gone"); }),
               Contains("/gone: cannot be read; give the path of an optdigits file"));
}
