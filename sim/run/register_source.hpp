// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How a source model (sim/run/source_model.hpp) enters the catalogue.

#include "sim/run/background_adapter.hpp"
#include "sim/run/current_adapter.hpp"
#include "sim/run/train_adapter.hpp"

namespace sim {

template <class Adapter>
SourceFactory drive_factory() {
    SourceFactory factory;
    factory.drive = [](const SourceContext& context,
                       const DriveTarget& target) -> std::unique_ptr<Drive> {
        return std::make_unique<Adapter>(context, target);
    };
    return factory;
}

template <class M>
void register_source(Catalogue& catalogue) {
    static_assert(TrainModel<M> + CurrentModel<M> + BackgroundModel<M> == 1,
                  "a source has a Process of times, or one of pieces, or a mean");
    PartInfo info{PartKind::source,
                  std::string(M::name),
                  std::string(M::summary),
                  std::string(M::source),
                  describe<typename M::Params>(M::params()),
                  {},
                  {}};
    info.needs_to = !TrainModel<M>;
    info.is_current = CurrentModel<M>;
    SourceFactory factory;
    if constexpr (TrainModel<M>) {
        info.notes.emplace_back("spike trains: projections carry them");
        factory.train = [](const SourceContext& context) -> std::unique_ptr<Train> {
            return std::make_unique<TrainAdapter<M>>(context);
        };
    } else if constexpr (CurrentModel<M>) {
        info.notes.emplace_back("a current into every neuron of `to`");
        factory = drive_factory<CurrentAdapter<M>>();
    } else {
        info.notes.emplace_back("spikes for every neuron of `to`, each with its own train");
        factory = drive_factory<BackgroundAdapter<M>>();
    }
    if constexpr (requires { M::reads_trains; }) info.reads_trains = M::reads_trains;
    catalogue.add(std::move(info), std::move(factory));
}

}  // namespace sim
