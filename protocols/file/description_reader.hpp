// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From the merged tree to a description; needs the catalogue for names and units of parameters.

#include <functional>

#include "protocols/file/section.hpp"
#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"

namespace protocols {

/// What a weight onto this port of a model is measured in; the first port if none has the name.
std::optional<sim::Unit> port_unit(const sim::PartInfo& part, const std::string& receptor);

class DescriptionReader {
public:
    DescriptionReader(const Node& root, Evaluator& evaluator, const sim::Catalogue& catalogue,
                      Diagnostics& diagnostics)
        : root_(root), evaluator_(evaluator), catalogue_(catalogue), diagnostics_(diagnostics) {}

    /// Mistakes go to the diagnostics; the result is only good if there are none.
    sim::Description read();

private:
    using ReadOne = std::function<void(Section, const std::string& name)>;
    void each(const std::string& key, const ReadOne& read_one);
    void each_item(const Node* list, const std::string& path, const ReadOne& read_one);
    Section section(const Node& node, const std::string& path);

    void read_run(Section run);
    void read_neurons(Section one, const std::string& name);
    void read_source(Section one, const std::string& name);
    void read_projection(Section one, const std::string& name);
    void read_connector(Section& one, sim::ProjectionSpec& spec);
    void read_edges(Section& one, sim::ProjectionSpec& spec);
    void read_trains(Section& one, sim::SourceSpec& spec);
    void read_record(Section record);
    void read_trace(Section one);
    void read_weights(Section one);
    sim::EdgeList read_pairs(const Section& one, const Node& list, const std::string& key);
    void read_modulator(Section one, const std::string& name);
    void read_homeostasis(Section one);
    void read_credit(Section one, const std::string& population);
    void read_weight_unit(Section& one, const std::string& key, const std::string& receptor,
                          double& out);
    void read_structure(Section one);
    sim::StopSpec read_stop(Section one);
    void read_phase(Section one);
    void read_phase_sum();

    /// The unit of weights onto these populations; empty if it cannot be known.
    std::optional<sim::Unit> weight_unit(const std::vector<std::string>& to,
                                         const std::string& receptor) const;

    const Node& root_;
    Evaluator& evaluator_;
    const sim::Catalogue& catalogue_;
    Diagnostics& diagnostics_;
    sim::Description result_;
};

}  // namespace protocols
