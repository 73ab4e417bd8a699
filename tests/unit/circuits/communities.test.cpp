// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/circuits/communities.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "sim/core/random.hpp"

using Eigen::Index;
using Eigen::MatrixXd;
using protocols::find_communities;
using protocols::modularity;
using Labels = std::vector<std::size_t>;

namespace {

MatrixXd of_edges(Index nodes, const std::vector<std::pair<int, int>>& edges) {
    MatrixXd network = MatrixXd::Zero(nodes, nodes);
    for (const auto& [a, b] : edges) network(a, b) = network(b, a) = 1;
    return network;
}

// Zachary 1977, J Anthropol Res 33:452: who met whom in a karate club, members from 1.
MatrixXd karate_club() {
    std::vector<std::pair<int, int>> edges{
        {2, 1},   {3, 1},   {3, 2},   {4, 1},   {4, 2},   {4, 3},   {5, 1},   {6, 1},   {7, 1},
        {7, 5},   {7, 6},   {8, 1},   {8, 2},   {8, 3},   {8, 4},   {9, 1},   {9, 3},   {10, 3},
        {11, 1},  {11, 5},  {11, 6},  {12, 1},  {13, 1},  {13, 4},  {14, 1},  {14, 2},  {14, 3},
        {14, 4},  {17, 6},  {17, 7},  {18, 1},  {18, 2},  {20, 1},  {20, 2},  {22, 1},  {22, 2},
        {26, 24}, {26, 25}, {28, 3},  {28, 24}, {28, 25}, {29, 3},  {30, 24}, {30, 27}, {31, 2},
        {31, 9},  {32, 1},  {32, 25}, {32, 26}, {32, 29}, {33, 3},  {33, 9},  {33, 15}, {33, 16},
        {33, 19}, {33, 21}, {33, 23}, {33, 24}, {33, 30}, {33, 31}, {33, 32}, {34, 9},  {34, 10},
        {34, 14}, {34, 15}, {34, 16}, {34, 19}, {34, 20}, {34, 21}, {34, 23}, {34, 24}, {34, 27},
        {34, 28}, {34, 29}, {34, 30}, {34, 31}, {34, 32}, {34, 33}};
    for (auto& [a, b] : edges) {
        --a;
        --b;
    }
    return of_edges(34, edges);
}

// Cliques in a ring, neighbours joined by one edge.
MatrixXd ring_of_cliques(Index cliques, Index size) {
    MatrixXd network = MatrixXd::Zero(cliques * size, cliques * size);
    for (Index c = 0; c < cliques; ++c) {
        network.block(c * size, c * size, size, size).setOnes();
        const Index last = c * size + size - 1;
        const Index next = (c + 1) % cliques * size;
        network(last, next) = network(next, last) = 1;
    }
    network.diagonal().setZero();
    return network;
}

MatrixXd random_network(Index nodes, std::uint64_t seed) {
    MatrixXd network = MatrixXd::Zero(nodes, nodes);
    sim::RandomStream random({seed}, 0);
    for (Index i = 0; i < nodes; ++i)
        for (Index j = 0; j < i; ++j)
            network(i, j) = network(j, i) = random.uniform() < 0.5 ? 0 : random.uniform();
    return network;
}

// Q by its other form: the part of the weights within communities, minus what chance gives.
double modularity_by_community(const MatrixXd& network, const Labels& labels) {
    const double all = network.sum();
    double q = 0;
    for (const std::size_t c : std::set(labels.begin(), labels.end())) {
        double within = 0;
        double strength = 0;
        for (Index i = 0; i < network.rows(); ++i) {
            if (labels[static_cast<std::size_t>(i)] != c) continue;
            strength += network.row(i).sum();
            for (Index j = 0; j < network.cols(); ++j)
                if (labels[static_cast<std::size_t>(j)] == c) within += network(i, j);
        }
        q += within / all - strength / all * (strength / all);
    }
    return q;
}

// The best of all partitions, by growth strings.
double best_of_all(const MatrixXd& network, Labels& labels, std::size_t node, std::size_t used) {
    if (node == labels.size()) return modularity_by_community(network, labels);
    double best = -1;
    for (std::size_t c = 0; c <= used; ++c) {
        labels[node] = c;
        best = std::max(best, best_of_all(network, labels, node + 1, std::max(used, c + 1)));
    }
    return best;
}

}  // namespace

TEST_CASE("modularity is the weight within communities beyond chance", "[communities]") {
    const auto club = karate_club();
    CHECK(club.sum() == 2 * 78);
    sim::RandomStream random({5}, 0);
    Labels labels(34);
    for (auto& one : labels) one = random.below(4);
    CHECK(modularity(club, labels) == Approx(modularity_by_community(club, labels)).epsilon(1e-12));
    CHECK(modularity(club, Labels(34, 0)) == Approx(0).margin(1e-14));
    // Two cliques of 5 with 20 of their 22 edge ends each within.
    const auto pair = ring_of_cliques(2, 5);
    Labels halves(10, 0);
    std::fill(halves.begin() + 5, halves.end(), 1);
    CHECK(modularity(pair, halves) == Approx(20.0 / 22 - 0.5).epsilon(1e-12));
}

TEST_CASE("known communities are found", "[communities]") {
    const auto found = find_communities(ring_of_cliques(8, 6), 1, 1);
    CHECK(found.count == 8);
    for (std::size_t i = 0; i < 48; ++i) CHECK(found.of[i] == i / 6);
    // Eight communities of 30 of 8 * 32 edge ends, each of strength 32.
    CHECK(found.modularity == Approx(8 * (30.0 / 256 - 1.0 / 64)).epsilon(1e-12));
}

// The optimum of this network is 0.4198, four communities: Brandes et al. 2008, IEEE TKDE 20:172.
TEST_CASE("the best partition of the karate club is found", "[communities]") {
    const auto found = find_communities(karate_club(), 20, 1);
    CHECK(found.count == 4);
    CHECK(found.modularity == Approx(0.4198).margin(1e-4));
    CHECK(modularity(karate_club(), found.of) == found.modularity);
}

// The method is a heuristic: it may miss the optimum of a network without communities, by little.
TEST_CASE("what is found in small random networks is the best there is, or nearly",
          "[communities]") {
    int optimal = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto network = random_network(8, seed);
        Labels labels(8, 0);
        const double best = best_of_all(network, labels, 1, 1);
        const double found = find_communities(network, 20, seed).modularity;
        CHECK(found < best + 1e-12);
        CHECK(found > best - 0.03);
        optimal += found > best - 1e-12 ? 1 : 0;
    }
    CHECK(optimal >= 7);
}

TEST_CASE("communities depend on the seed of the search alone", "[communities]") {
    const auto network = random_network(60, 3);
    const auto a = find_communities(network, 3, 9);
    const auto b = find_communities(network, 3, 9);
    CHECK(a.of == b.of);
    CHECK(a.modularity == b.modularity);
    CHECK(find_communities(network, 20, 9).modularity >= a.modularity);
}

TEST_CASE("the null model has the same weights in other places", "[communities]") {
    MatrixXd w = random_network(30, 1);
    w(3, 5) = -4;  // no longer symmetric
    w(7, 7) = 2;
    const MatrixXd network = protocols::undirected(w);
    CHECK(network == MatrixXd(network.transpose()));
    CHECK(network(3, 5) == 4 + std::abs(w(5, 3)));
    CHECK(network.diagonal().norm() == 0);
    const MatrixXd null = protocols::shuffled(network, 1);
    CHECK(null == MatrixXd(null.transpose()));
    CHECK(null != network);
    const auto sorted = [](const MatrixXd& m) {
        std::vector<double> all(m.data(), m.data() + m.size());
        std::sort(all.begin(), all.end());
        return all;
    };
    CHECK(sorted(null) == sorted(network));
    CHECK(protocols::shuffled(network, 2) != null);
}
