// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/tasks/symbol_tasks.hpp"

namespace protocols {
namespace {

constexpr std::size_t test_episodes = 256;

Episode empty_episode(const RateTask& task) {
    Episode episode;
    episode.inputs = task.inputs();
    episode.outputs = task.outputs();
    return episode;
}

void teach(Episode& episode, std::size_t symbol) {
    episode.last_target()[symbol] = 1;
    episode.taught.back() = 1;
}

}  // namespace

Episode CopyTask::draw(sim::RandomStream& draws, double rare_part) const {
    Episode episode = empty_episode(*this);
    std::size_t first = 0, choices = alphabet;
    if (rare_part >= 0) {
        choices = alphabet / 2;
        episode.kind = draws.uniform() < rare_part ? 1 : 0;
        first = episode.kind == 1 ? choices : 0;
    }
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < symbols; ++i) {
        shown.push_back(first + draws.below(choices));
        episode.add_step();
        episode.last_input()[shown.back()] = 1;
    }
    for (std::size_t i = 0; i < delay; ++i) episode.add_step();
    for (std::size_t i = 0; i < symbols; ++i) {
        episode.add_step();
        if (i == 0) episode.last_input()[alphabet] = 1;
        teach(episode, shown[i]);
    }
    return episode;
}

Episode CopyTask::episode(sim::RandomStream& draws) const { return draw(draws, rare); }

double CopyTask::score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const {
    CopyTask even = *this;
    if (rare >= 0) even.rare = 0.5;
    return symbol_accuracy(even, network, test_episodes, draws);
}

Episode CountingTask::episode(sim::RandomStream& draws) const {
    enum { mark, a, b };
    const std::size_t n = least + draws.below(most - least + 1);
    std::vector<std::size_t> symbols{mark};
    symbols.insert(symbols.end(), n, a);
    symbols.insert(symbols.end(), n, b);
    symbols.push_back(mark);
    Episode episode = empty_episode(*this);
    for (std::size_t t = 0; t + 1 < symbols.size(); ++t) {
        episode.add_step();
        episode.last_input()[symbols[t]] = 1;
        teach(episode, symbols[t + 1]);
    }
    return episode;
}

double CountingTask::score(const models::ReversibleNetwork& network,
                           sim::RandomStream& draws) const {
    std::vector<Episode> episodes;
    for (std::size_t i = 0; i < test_episodes; ++i) episodes.push_back(episode(draws));
    std::vector<int> wrong(episodes.size());
    visit_outputs(network, episodes,
                  [&](std::size_t which, std::size_t t, const double* out, std::size_t stride) {
                      if (episodes[which].target[t * 3 + argmax(out, 3, stride)] == 0)
                          ++wrong[which];
                  });
    const auto right = std::count_if(wrong.begin(), wrong.end(), [](int n) { return n <= 1; });
    return static_cast<double>(right) / static_cast<double>(test_episodes);
}

Episode SequenceTask::episode(sim::RandomStream&) const {
    sim::RandomStream own({seed, 0, sim::Purpose::source}, 0);
    Episode result = empty_episode(*this);
    std::size_t symbol = own.below(alphabet);
    for (std::size_t t = 0; t < length; ++t) {
        result.add_step();
        result.last_input()[symbol] = 1;
        symbol = own.below(alphabet);
        teach(result, symbol);
    }
    return result;
}

double SequenceTask::score(const models::ReversibleNetwork& network,
                           sim::RandomStream& draws) const {
    return symbol_accuracy(*this, network, 1, draws);
}

Episode EvidenceTask::episode(sim::RandomStream& draws) const {
    enum { left, right, go };
    constexpr double agreeing = 0.7;  // probability that a cue points to the favoured side
    const std::size_t favoured = draws.below(2);
    Episode result = empty_episode(*this);
    std::size_t rights = 0;
    for (std::size_t cue = 0; cue < cues; ++cue) {
        const std::size_t side = draws.uniform() < agreeing ? favoured : 1 - favoured;
        rights += side;
        for (std::size_t t = 0; t < cue_steps; ++t) {
            result.add_step();
            result.last_input()[side == 1 ? right : left] = 1;
        }
        for (std::size_t t = 0; t < gap; ++t) result.add_step();
    }
    const std::size_t delay = delay_min + draws.below(delay_max - delay_min + 1);
    for (std::size_t t = 0; t < delay; ++t) result.add_step();
    result.add_step();
    result.last_input()[go] = 1;
    teach(result, 2 * rights > cues ? right : left);
    return result;
}

double EvidenceTask::score(const models::ReversibleNetwork& network,
                           sim::RandomStream& draws) const {
    return symbol_accuracy(*this, network, test_episodes, draws);
}

Episode AddingTask::episode(sim::RandomStream& draws) const {
    const std::size_t half = length / 2;
    const std::size_t first = draws.below(half), second = half + draws.below(length - half);
    Episode result = empty_episode(*this);
    double sum = 0;
    for (std::size_t t = 0; t < length; ++t) {
        result.add_step();
        const double number = draws.uniform();
        result.last_input()[0] = number;
        if (t != first && t != second) continue;
        result.last_input()[1] = 1;
        sum += number;
    }
    result.last_target()[0] = sum;
    result.taught.back() = 1;
    return result;
}

double AddingTask::score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const {
    std::vector<Episode> episodes;
    for (std::size_t i = 0; i < test_episodes; ++i) episodes.push_back(episode(draws));
    double squares = 0;
    visit_outputs(network, episodes,
                  [&](std::size_t which, std::size_t, const double* out, std::size_t) {
                      const double error = out[0] - episodes[which].target.back();
                      squares += error * error;
                  });
    return squares / static_cast<double>(test_episodes);
}

}  // namespace protocols
