// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/replay_tasks.hpp"

#include "data/digits/files.hpp"
#include "data/digits/generated.hpp"
#include "protocols/tasks/digit_rows.hpp"
#include "protocols/tasks/symbol_tasks.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

using Names = std::vector<std::string>;

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

// IDX files come in pairs, optdigits alone; without a path the digits are generated.
data::Digits read_digits(const std::string& images, const std::string& labels,
                         const data::GeneratedDigits& generated) {
    if (images.empty()) return data::generate_digits(generated);
    const auto all =
        labels.empty() ? data::read_optdigits(images) : data::read_idx_digits(images, labels);
    return data::first_digits(all, generated.count);
}

DigitRowsTask digits_task(const ReplayTasks::Params& p, std::uint64_t seed) {
    if (p.train_images.empty() != p.test_images.empty())
        throw sim::BadParameter(
            "train_images, test_images: one is given without the other; give both, or none for "
            "generated digits");
    data::GeneratedDigits setting;
    setting.seed = seed;
    setting.side = whole(p.side);
    setting.count = whole(p.digits);
    auto train = read_digits(p.train_images, p.train_labels, setting);
    setting.set = 1;
    setting.count = whole(p.test_digits);
    auto test = read_digits(p.test_images, p.test_labels, setting);
    return {std::move(train), std::move(test)};
}

}  // namespace

std::array<TextParam<ReplayTasks::Params>, 9> ReplayTasks::texts() {
    const auto own = learning::texts<Params>();
    return {{{"task", &Params::task,
              [](const sim::Catalogue&) {
                  return Names{"counting", "sequence", "evidence", "digits"};
              },
              "what is learned"},
             own[0],
             own[1],
             own[2],
             own[3],
             {"train_images", &Params::train_images, nullptr,
              "digits to learn from: IDX, or optdigits text; generated without (digits)"},
             {"train_labels", &Params::train_labels, nullptr, "labels of IDX images (digits)"},
             {"test_images", &Params::test_images, nullptr, "digits of the tests (digits)"},
             {"test_labels", &Params::test_labels, nullptr, "labels of IDX images (digits)"}}};
}

Json ReplayTasks::run(const Params& p, StudyContext& context) {
    if (p.task == "counting") {
        if (p.least > p.most)
            throw sim::BadParameter("least = " + sim::number(p.least) +
                                    ": above most = " + sim::number(p.most) + "; set both");
        CountingTask task;
        task.least = whole(p.least);
        task.most = whole(p.most);
        return run_learning(task, p, context);
    }
    if (p.task == "sequence") {
        SequenceTask task;
        task.alphabet = whole(p.alphabet);
        task.length = whole(p.length);
        task.seed = context.seed();
        return run_learning(task, p, context);
    }
    if (p.task == "evidence") {
        if (whole(p.cues) % 2 == 0)
            throw sim::BadParameter("cues = " + sim::number(p.cues) +
                                    ": even, so both sides may have as many; choose an odd number");
        EvidenceTask task;
        task.cues = whole(p.cues);
        return run_learning(task, p, context);
    }
    return run_learning(digits_task(p, context.seed()), p, context);
}

}  // namespace protocols
