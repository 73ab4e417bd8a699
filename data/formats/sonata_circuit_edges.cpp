// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_edges.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace data::circuit {
namespace {

/// One end of all edges.
struct Side {
    const NodePopulation* population = nullptr;
    std::vector<std::uint64_t> ids;
};

// NEST's defaults of a static synapse, ms and the unit of the target.
constexpr double standard_delay = 1;
constexpr double standard_weight = 1;

class EdgeReader {
public:
    EdgeReader(const Items& edges, const Nodes& nodes, Places& places, Mistakes& mistakes,
               std::vector<std::string>& notes)
        : edges_(edges), nodes_(nodes), places_(places), mistakes_(mistakes), notes_(notes) {}

    std::vector<sim::ProjectionSpec> read() {
        source_ = side("source_node_id");
        target_ = side("target_node_id");
        if (source_.population == nullptr || target_.population == nullptr) return {};
        check_templates();
        check_dynamics();
        weight_ = weight_or_delay("syn_weight", "weight", standard_weight);
        delay_ = weight_or_delay("delay", "delay", standard_delay);
        multiply_weights();
        sort_into_pairs();
        return take();
    }

private:
    struct Pair {
        sim::EdgeList edges;
        std::vector<double> weight, delay;
    };

    Side side(const std::string& column) {
        Side side;
        side.ids = read_naturals(edges_.file(), edges_.path(column));
        if (side.ids.size() != edges_.size())
            throw sim::BadFile(edges_.place(column) + ": has " + std::to_string(side.ids.size()) +
                               " entries, but there are " + std::to_string(edges_.size()) +
                               " edges");
        const auto set =
            hdf5::open_object(edges_.file().handle, edges_.path(column), edges_.file().place);
        const auto name = hdf5::read_text(set, "node_population");
        if (!name) throw sim::BadFile(edges_.place(column) + ": has no attribute node_population");
        side.population = find_population(nodes_, *name);
        std::vector<std::string> known;
        for (const auto& one : nodes_) known.push_back(one.name());
        if (side.population == nullptr)
            mistakes_.add(edges_.place(column), "node_population = " + *name +
                                                    ": no such population" +
                                                    sim::suggestion(*name, known));
        return side;
    }

    /// Refuses what some edges say, once for each text.
    template <class IsGood>
    void check_words(const std::string& name, const std::string& why, IsGood is_good) {
        const Words words = edges_.words(name);
        std::set<std::string> bad;
        for (std::size_t e = 0; e < edges_.size(); ++e)
            if (!is_good(words[e])) bad.insert(words[e]);
        for (const auto& word : bad) mistakes_.add(edges_.place(name), "= " + word + ": " + why);
    }

    void check_templates() {
        check_words("model_template", "cannot be mapped; static_synapse can", [](const auto& word) {
            return word.empty() || word == "static_synapse" || word == "nest:static_synapse";
        });
        check_words("weight_function", "is a function of another program; store the weights",
                    [](const auto& word) { return word.empty() || word == "wmax"; });
    }

    void check_dynamics() {
        for (const auto& name : edges_.dynamics()) {
            if (name == "weight" || name == "delay" || name == "sign" || name == "level_of_detail")
                continue;
            if (name == "receptor_type" && is_zero(*edges_.dynamics(name))) continue;
            mistakes_.add(edges_.dynamics_place(name), "no parameter '" + name +
                                                           "' of a static synapse can be mapped; "
                                                           "weight and delay can");
        }
    }

    static bool is_zero(const Numbers& numbers) {
        return std::all_of(numbers.values.begin(), numbers.values.end(),
                           [](double x) { return std::isnan(x) || x == 0; });
    }

    /// What the first layer that says something says; NaN if none does.
    Numbers layered(const std::string& name,
                    const std::vector<std::optional<Numbers>>& layers) const {
        Numbers result{std::vector<double>(edges_.size(), NAN), ""};
        for (const auto& layer : layers) {
            if (!layer) continue;
            if (result.place.empty()) result.place = layer->place;
            for (std::size_t e = 0; e < edges_.size(); ++e)
                if (std::isnan(result.values[e])) result.values[e] = layer->values[e];
        }
        if (result.place.empty()) result.place = edges_.place(name);
        return result;
    }

    Numbers weight_or_delay(const std::string& name, const std::string& dynamic, double standard) {
        Numbers result =
            layered(name, {edges_.stored(name), edges_.dynamics(dynamic), edges_.typed(name)});
        std::size_t missing = 0;
        for (double& x : result.values)
            if (std::isnan(x)) {
                x = standard;
                ++missing;
            }
        if (missing > 0)
            notes_.push_back(edges_.place() + ": " + std::to_string(missing) + " edges without " +
                             name + " take " + sim::number(standard));
        return result;
    }

    template <class IsGood>
    void multiply_weights(const Numbers& factor, const std::string& rule, IsGood is_good) {
        for (std::size_t e = 0; e < edges_.size(); ++e) {
            const double x = factor.values[e];
            if (std::isnan(x)) continue;
            if (!is_good(x))
                return mistakes_.add(factor.place, "= " + sim::number(x) + ": must be " + rule);
            weight_.values[e] *= x;
        }
    }

    void multiply_weights() {
        multiply_weights(layered("nsyns", {edges_.stored("nsyns"), edges_.typed("nsyns")}),
                         "a number of synapses",
                         [](double n) { return n >= 0 && std::floor(n) == n; });
        multiply_weights(layered("sign", {edges_.dynamics("sign")}), "1 or -1",
                         [](double sign) { return sign == 1 || sign == -1; });
    }

    std::optional<NodeHome> home(const Side& side, std::size_t e, const std::string& column) {
        const auto id = side.ids[e];
        if (const auto home = side.population->home(id)) return home;
        if (!side.population->row(id))
            throw sim::BadFile(edges_.place(column) + ": edge " + std::to_string(e) +
                               ": population " + side.population->name() + " has no node " +
                               std::to_string(id));
        return std::nullopt;  // a node that was refused: reported there
    }

    void sort_into_pairs() {
        const std::size_t targets = target_.population->parts().size();
        pairs_.resize(source_.population->parts().size() * targets);
        for (std::size_t e = 0; e < edges_.size(); ++e) {
            const auto source = home(source_, e, "source_node_id");
            const auto target = home(target_, e, "target_node_id");
            if (!source || !target) continue;
            if (target_.population->parts()[target->part].is_virtual())
                throw sim::BadFile(edges_.place("target_node_id") + ": edge " + std::to_string(e) +
                                   ": node " + std::to_string(target_.ids[e]) + " of " +
                                   target_.population->name() + " is virtual and takes no input");
            Pair& pair = pairs_[source->part * targets + target->part];
            pair.edges.source.push_back(source->index);
            pair.edges.target.push_back(target->index);
            pair.weight.push_back(weight_.values[e]);
            pair.delay.push_back(delay_.values[e]);
        }
    }

    std::vector<sim::ProjectionSpec> take() {
        std::vector<sim::ProjectionSpec> result;
        const auto& sources = source_.population->parts();
        const auto& targets = target_.population->parts();
        for (std::size_t p = 0; p < pairs_.size(); ++p) {
            Pair& pair = pairs_[p];
            if (pair.weight.empty()) continue;
            const auto& from = sources[p / targets.size()];
            const auto& to = targets[p % targets.size()];
            sim::ProjectionSpec one;
            one.name = valid_name(edges_.population());
            if (pairs_.size() > 1) one.name += "_" + from.name + "_" + to.name;
            one.from = {from.name};
            one.to = {to.name};
            one.connector = "edge_list";
            one.edges = std::make_shared<const sim::EdgeList>(std::move(pair.edges));
            one.weight = to_value(std::move(pair.weight));
            one.delay = to_value(std::move(pair.delay));
            places_["projections." + one.name] = edges_.place();
            places_["projections." + one.name + ".weight"] = weight_.place;
            places_["projections." + one.name + ".delay"] = delay_.place;
            result.push_back(std::move(one));
        }
        return result;
    }

    const Items& edges_;
    const Nodes& nodes_;
    Places& places_;
    Mistakes& mistakes_;
    std::vector<std::string>& notes_;
    Side source_, target_;
    Numbers weight_, delay_;
    std::vector<Pair> pairs_;
};

}  // namespace

std::vector<sim::ProjectionSpec> projections_of(const Items& edges, const Nodes& nodes,
                                                Places& places, Mistakes& mistakes,
                                                std::vector<std::string>& notes) {
    return EdgeReader(edges, nodes, places, mistakes, notes).read();
}

}  // namespace data::circuit
