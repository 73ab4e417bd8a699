// SPDX-License-Identifier: BSD-3-Clause
#include "data/digits/generated.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/core/random.hpp"

namespace data {
namespace {

struct Point {
    double x, y;
};

using Strokes = std::vector<std::vector<Point>>;  // corners that the pen passes, by stroke

// In a box of width and height 1, y down.
const std::array<Strokes, Digits::classes>& glyphs() {
    static const std::array<Strokes, Digits::classes> all{{
        {{{0.5, 0},
          {0.85, 0.15},
          {0.95, 0.5},
          {0.85, 0.85},
          {0.5, 1},
          {0.15, 0.85},
          {0.05, 0.5},
          {0.15, 0.15},
          {0.5, 0}}},
        {{{0.2, 0.25}, {0.55, 0}, {0.55, 1}}},
        {{{0.1, 0.2}, {0.35, 0}, {0.7, 0}, {0.9, 0.25}, {0.75, 0.5}, {0.1, 1}, {0.95, 1}}},
        {{{0.1, 0.1}, {0.5, 0}, {0.85, 0.2}, {0.75, 0.42}, {0.45, 0.48}},
         {{0.45, 0.48}, {0.8, 0.58}, {0.9, 0.8}, {0.5, 1}, {0.1, 0.88}}},
        {{{0.7, 1}, {0.7, 0}, {0.05, 0.65}, {0.95, 0.65}}},
        {{{0.9, 0}, {0.2, 0}, {0.15, 0.45}, {0.6, 0.4}, {0.9, 0.65}, {0.75, 0.95}, {0.1, 0.95}}},
        {{{0.8, 0},
          {0.3, 0.3},
          {0.1, 0.7},
          {0.35, 1},
          {0.75, 0.97},
          {0.9, 0.7},
          {0.6, 0.5},
          {0.15, 0.65}}},
        {{{0.05, 0}, {0.95, 0}, {0.4, 1}}},
        {{{0.5, 0.47},
          {0.15, 0.25},
          {0.5, 0},
          {0.85, 0.25},
          {0.5, 0.47},
          {0.1, 0.75},
          {0.5, 1},
          {0.9, 0.75},
          {0.5, 0.47}}},
        {{{0.88, 0.3},
          {0.6, 0.5},
          {0.2, 0.45},
          {0.12, 0.2},
          {0.4, 0},
          {0.75, 0.03},
          {0.9, 0.3},
          {0.8, 0.7},
          {0.5, 1}}},
    }};
    return all;
}

double distance(Point p, Point a, Point b) {
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy);
    const double t = std::clamp(along, 0.0, 1.0);
    const double ex = p.x - a.x - t * dx;
    const double ey = p.y - a.y - t * dy;
    return std::sqrt(ex * ex + ey * ey);
}

// The glyph as this image has it, in pixels.
Strokes placed(const Strokes& glyph, const GeneratedDigits& setting, sim::RandomStream& random) {
    const double side = static_cast<double>(setting.side);
    const double turn = setting.turn * random.normal();
    const double slant = setting.slant * random.normal();
    const double width = 0.55 * side * std::exp(setting.stretch * random.normal());
    const double height = 0.75 * side * std::exp(setting.stretch * random.normal());
    const double to_right = setting.shift * side * random.normal();
    const double down = setting.shift * side * random.normal();
    const double cosine = std::cos(turn);
    const double sine = std::sin(turn);
    Strokes strokes = glyph;
    for (auto& stroke : strokes)
        for (auto& [x, y] : stroke) {
            const double v = (y - 0.5) * height + setting.wobble * side * random.normal();
            const double u =
                (x - 0.5) * width - slant * v + setting.wobble * side * random.normal();
            x = 0.5 * side + to_right + cosine * u - sine * v;
            y = 0.5 * side + down + sine * u + cosine * v;
        }
    return strokes;
}

// Full ink within half the width of the pen, none a pixel further out.
double ink_at(Point p, const Strokes& strokes, double half_width) {
    double nearest = half_width + 1;
    for (const auto& stroke : strokes)
        for (std::size_t i = 0; i + 1 < stroke.size(); ++i)
            nearest = std::min(nearest, distance(p, stroke[i], stroke[i + 1]));
    return std::clamp(half_width + 1 - nearest, 0.0, 1.0);
}

void draw(const GeneratedDigits& setting, std::size_t label, sim::RandomStream& random,
          float* pixels) {
    const auto strokes = placed(glyphs()[label], setting, random);
    const double half_width =
        static_cast<double>(setting.side) / 8 * (0.1 + 0.3 * random.uniform());
    const double ink = 0.7 + 0.3 * random.uniform();
    for (std::size_t row = 0; row < setting.side; ++row)
        for (std::size_t column = 0; column < setting.side; ++column) {
            const Point centre{static_cast<double>(column) + 0.5, static_cast<double>(row) + 0.5};
            const double grey =
                ink * ink_at(centre, strokes, half_width) + setting.noise * random.normal();
            *pixels++ = static_cast<float>(std::clamp(grey, 0.0, 1.0));
        }
}

}  // namespace

Digits generate_digits(const GeneratedDigits& setting) {
    Digits digits;
    digits.rows = digits.columns = setting.side;
    digits.pixels.resize(setting.count * digits.size());
    digits.labels.resize(setting.count);
    const sim::RandomKey key{setting.seed, setting.set, sim::Purpose::model};
    for (std::size_t i = 0; i < setting.count; ++i) {
        sim::RandomStream random(key, i);
        const std::size_t label = i % Digits::classes;
        digits.labels[i] = static_cast<std::uint8_t>(label);
        draw(setting, label, random, digits.pixels.data() + i * digits.size());
    }
    return digits;
}

}  // namespace data
