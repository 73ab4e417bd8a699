// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/tasks/digit_rows.hpp"

#include "sim/core/error.hpp"

namespace protocols {

DigitRowsTask::DigitRowsTask(data::Digits train, data::Digits test)
    : train_(std::move(train)), test_(std::move(test)) {
    if (train_.count() == 0 || test_.count() == 0)
        throw sim::BadParameter(
            "digits: no images; give at least one to learn from and to test with");
    if (train_.columns != test_.columns || train_.rows != test_.rows)
        throw sim::BadParameter("digits: images to learn from have " + std::to_string(train_.rows) +
                                " x " + std::to_string(train_.columns) +
                                " pixels, those of the test " + std::to_string(test_.rows) + " x " +
                                std::to_string(test_.columns) + "; give images of one size");
}

Episode DigitRowsTask::show(const data::Digits& digits, std::size_t which) const {
    Episode episode;
    episode.inputs = digits.columns;
    episode.outputs = outputs();
    const auto image = digits.image(which);
    for (std::size_t row = 0; row < digits.rows; ++row) {
        episode.add_step();
        for (std::size_t column = 0; column < digits.columns; ++column)
            episode.last_input()[column] =
                static_cast<double>(image[row * digits.columns + column]);
    }
    episode.last_target()[digits.labels[which]] = 1;
    episode.taught.back() = 1;
    episode.kind = digits.labels[which];
    return episode;
}

Episode DigitRowsTask::episode(sim::RandomStream& draws) const {
    return show(train_, draws.below(train_.count()));
}

double DigitRowsTask::score(const models::ReversibleNetwork& network, sim::RandomStream&) const {
    std::vector<Episode> episodes;
    for (std::size_t i = 0; i < test_.count(); ++i) episodes.push_back(show(test_, i));
    double right = 0;
    for (const auto& one : judge_episodes(network, episodes, loss())) right += one.right;
    return right / static_cast<double>(test_.count());
}

}  // namespace protocols
