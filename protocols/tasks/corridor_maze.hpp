// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A maze of stretches passed one after the other, step by step: places to wait, corridors,
// junctions.
//
// What the animal senses at a step is its last action, a reward or its absence, and where it is.
// Invariant: an action that cannot be done leaves the animal where it is.

#include <cstddef>
#include <optional>
#include <vector>

namespace protocols {

enum class Action { left, forward, right, stay };
inline constexpr std::size_t actions = 4;

enum class Side { left, right };

struct Stretch {
    enum class Kind {
        wait,      ///< passes whatever is done
        corridor,  ///< passed by forward
        junction,  ///< left by left or right
        goal,      ///< one step; rewarded if the choices since the last goal were right
    };
    Kind kind = Kind::corridor;
    std::size_t observation = 0;
    std::size_t length = 1;
    /// At a junction: the side that is rewarded. Nothing: the other one than at the last junction.
    std::optional<Side> rewarded = std::nullopt;
    bool is_forced = false;  ///< the other side is closed; earns no score
};

class CorridorMaze {
public:
    /// Needs: every length at least 1; the first junction says which side is rewarded
    explicit CorridorMaze(std::vector<Stretch> stretches, bool ends_at_error = false)
        : stretches_(std::move(stretches)), ends_at_error_(ends_at_error) {}

    bool is_over() const { return at_ >= stretches_.size(); }
    /// Where the animal is; the last place once it is over.
    std::size_t observation() const;
    /// Of the step that led here: 1 rewarded, -1 not rewarded at a goal, 0 elsewhere.
    int reward() const { return reward_; }
    Action correct_action() const;
    void act(Action action);

    std::size_t right_choices() const { return right_; }  ///< at junctions that are not forced
    std::size_t choices() const { return choices_; }

private:
    Side rewarded_side() const;
    bool choose(Action action);
    void pass();

    std::vector<Stretch> stretches_;
    bool ends_at_error_;
    std::size_t at_ = 0, offset_ = 0;
    std::optional<Side> last_choice_;
    bool all_right_ = true;
    int reward_ = 0;
    std::size_t right_ = 0, choices_ = 0;
};

}  // namespace protocols
