// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/tasks/corridor_maze.hpp"

#include <algorithm>

namespace protocols {

std::size_t CorridorMaze::observation() const {
    return stretches_[std::min(at_, stretches_.size() - 1)].observation;
}

Side CorridorMaze::rewarded_side() const {
    const auto& rewarded = stretches_[at_].rewarded;
    if (rewarded) return *rewarded;
    return last_choice_ == Side::left ? Side::right : Side::left;
}

Action CorridorMaze::correct_action() const {
    if (is_over()) return Action::stay;
    switch (stretches_[at_].kind) {
        case Stretch::Kind::corridor: return Action::forward;
        case Stretch::Kind::junction:
            return rewarded_side() == Side::left ? Action::left : Action::right;
        default: return Action::stay;
    }
}

// Whether the animal leaves the junction.
bool CorridorMaze::choose(Action action) {
    if (action != Action::left && action != Action::right) return false;
    const Side side = action == Action::left ? Side::left : Side::right;
    const bool is_right = side == rewarded_side();
    if (stretches_[at_].is_forced) {
        if (!is_right) return false;
    } else {
        ++choices_;
        right_ += is_right ? 1 : 0;
        all_right_ = all_right_ && is_right;
    }
    last_choice_ = side;
    return true;
}

void CorridorMaze::pass() {
    if (++offset_ < stretches_[at_].length) return;
    offset_ = 0;
    if (stretches_[at_].kind == Stretch::Kind::goal) all_right_ = true;
    ++at_;
    if (!is_over() && stretches_[at_].kind == Stretch::Kind::goal) reward_ = all_right_ ? 1 : -1;
}

void CorridorMaze::act(Action action) {
    if (is_over()) return;
    reward_ = 0;
    switch (stretches_[at_].kind) {
        case Stretch::Kind::wait:
        case Stretch::Kind::goal: return pass();
        case Stretch::Kind::corridor:
            if (action == Action::forward) pass();
            return;
        case Stretch::Kind::junction:
            if (!choose(action)) return;
            if (ends_at_error_ && !all_right_) at_ = stretches_.size();
            else pass();
    }
}

}  // namespace protocols
