// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Communities of a weighted network: modularity, and the partition that the Louvain method finds.
//
// Source: Newman 2004, Phys Rev E 70:056131, eq. 4 (modularity of weighted networks);
// Blondel, Guillaume, Lambiotte & Lefebvre 2008, J Stat Mech P10008 (the method)

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace protocols {

/// Q = sum over pairs of (A_ij - k_i k_j / 2m) / 2m within communities.
/// Shape:  network [node][node], symmetric, no weight negative; community [node]
double modularity(const Eigen::MatrixXd& network, const std::vector<std::size_t>& community);

struct Communities {
    std::vector<std::size_t> of;  ///< [node], numbered from 0 in the order of their first node
    std::size_t count = 0;
    double modularity = 0;
};

/// The best partition of several runs, which visit nodes in orders drawn from the seed.
/// Needs:  as modularity; a weight above 0
Communities find_communities(const Eigen::MatrixXd& network, int runs, std::uint64_t seed);

/// |W| + |W|^T without its diagonal.
Eigen::MatrixXd undirected(const Eigen::MatrixXd& weights);

/// The same weights, in random order above the diagonal and mirrored below.
Eigen::MatrixXd shuffled(const Eigen::MatrixXd& network, std::uint64_t seed);

}  // namespace protocols
