// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/circuits/communities.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "sim/core/random.hpp"

namespace protocols {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Labels = std::vector<std::size_t>;

Index index(std::size_t i) { return static_cast<Index>(i); }

// Numbers from 0 on, in the order of the first node of each. Returns how many there are.
std::size_t renumber(Labels& labels) {
    std::map<std::size_t, std::size_t> numbers;
    for (auto& one : labels) one = numbers.try_emplace(one, numbers.size()).first->second;
    return numbers.size();
}

void shuffle(Labels& order, sim::RandomStream& random) {
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(i))]);
}

// First phase: every node goes where Q grows most, until none moves. Self-loops of the network
// stay with their node whatever it does.
class LocalMoves {
public:
    explicit LocalMoves(const MatrixXd& network)
        : network_(network),
          strength_(network.rowwise().sum()),
          total_(strength_.sum()),
          community_strength_(strength_.begin(), strength_.end()),
          community_(static_cast<std::size_t>(network.rows())) {
        std::iota(community_.begin(), community_.end(), 0);
    }

    Labels settle(sim::RandomStream& random) {
        Labels order = community_;
        shuffle(order, random);
        for (bool has_moved = true; has_moved;) {
            has_moved = false;
            for (const auto node : order) has_moved = move(node) || has_moved;
        }
        return community_;
    }

private:
    // Gain in Q of joining, times m, but for what is the same for all communities.
    double gain(std::size_t node, std::size_t community, double weight) const {
        return weight - community_strength_[community] * strength_(index(node)) / total_;
    }

    bool move(std::size_t node) {
        constexpr double least_gain = 1e-12;
        const std::size_t own = community_[node];
        std::vector<double> weight_to(community_.size(), 0.0);
        for (std::size_t j = 0; j < community_.size(); ++j)
            if (j != node) weight_to[community_[j]] += network_(index(node), index(j));
        community_strength_[own] -= strength_(index(node));
        std::size_t best = own;
        double most = gain(node, own, weight_to[own]) + least_gain * total_;
        for (std::size_t c = 0; c < weight_to.size(); ++c)
            if (weight_to[c] > 0 && gain(node, c, weight_to[c]) > most) {
                most = gain(node, c, weight_to[c]);
                best = c;
            }
        community_strength_[best] += strength_(index(node));
        community_[node] = best;
        return best != own;
    }

    const MatrixXd& network_;
    VectorXd strength_;
    double total_;
    std::vector<double> community_strength_;
    Labels community_;
};

// Second phase: communities become nodes; weights within one become its self-loop.
MatrixXd merged(const MatrixXd& network, const Labels& community, std::size_t count) {
    MatrixXd result = MatrixXd::Zero(index(count), index(count));
    for (std::size_t i = 0; i < community.size(); ++i)
        for (std::size_t j = 0; j < community.size(); ++j)
            result(index(community[i]), index(community[j])) += network(index(i), index(j));
    return result;
}

Labels louvain(const MatrixXd& network, sim::RandomStream& random) {
    Labels result(static_cast<std::size_t>(network.rows()));
    std::iota(result.begin(), result.end(), 0);
    MatrixXd coarse = network;
    for (;;) {
        auto labels = LocalMoves(coarse).settle(random);
        const auto count = renumber(labels);
        if (count == labels.size()) return result;
        for (auto& one : result) one = labels[one];
        coarse = merged(coarse, labels, count);
    }
}

}  // namespace

double modularity(const MatrixXd& network, const Labels& community) {
    const VectorXd strength = network.rowwise().sum();
    const double total = strength.sum();  // 2m
    double q = 0;
    for (std::size_t i = 0; i < community.size(); ++i)
        for (std::size_t j = 0; j < community.size(); ++j)
            if (community[i] == community[j])
                q += network(index(i), index(j)) - strength(index(i)) * strength(index(j)) / total;
    return q / total;
}

Communities find_communities(const MatrixXd& network, int runs, std::uint64_t seed) {
    Communities best;
    for (int run = 0; run < runs; ++run) {
        sim::RandomStream random({seed, 0, sim::Purpose::model}, static_cast<std::uint64_t>(run));
        auto labels = louvain(network, random);
        const double q = modularity(network, labels);
        if (!best.of.empty() && q <= best.modularity) continue;
        best.count = renumber(labels);
        best.of = std::move(labels);
        best.modularity = q;
    }
    return best;
}

MatrixXd undirected(const MatrixXd& weights) {
    MatrixXd result = weights.cwiseAbs() + weights.cwiseAbs().transpose();
    result.diagonal().setZero();
    return result;
}

MatrixXd shuffled(const MatrixXd& network, std::uint64_t seed) {
    std::vector<double> values;
    for (Index i = 0; i < network.rows(); ++i)
        for (Index j = i + 1; j < network.cols(); ++j) values.push_back(network(i, j));
    Labels order(values.size());
    std::iota(order.begin(), order.end(), 0);
    sim::RandomStream random({seed, 1, sim::Purpose::rewiring}, 0);
    shuffle(order, random);
    MatrixXd result = MatrixXd::Zero(network.rows(), network.cols());
    std::size_t next = 0;
    for (Index i = 0; i < network.rows(); ++i)
        for (Index j = i + 1; j < network.cols(); ++j)
            result(i, j) = result(j, i) = values[order[next++]];
    return result;
}

}  // namespace protocols
