// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What lies over a protocol file: the variants that its parameters choose, and `--set`.

#include <functional>
#include <optional>

#include "protocols/file/diagnostics.hpp"

namespace protocols {

/// Puts the overrides of known parameters into [parameters]; the others stay for later.
void apply_parameter_overrides(Node& root, Diagnostics& diagnostics);

/// Puts all overrides into the merged tree; one that leads nowhere is a mistake.
void apply_overrides(Node& root, Diagnostics& diagnostics);

/// The value that an override gives, at the place of override number `index`.
Node override_value(const Override& set, std::size_t index);

/// Puts a value in the place of a parameter, or of the default of one; a number stays a number.
void set_parameter(Node& parameter, const std::string& path, Node value, Diagnostics& diagnostics);

using Choose = std::function<std::optional<std::string>(const std::string& parameter)>;

/// Merges [variants.PARAMETER.VALUE] for the chosen values, in the order of the file, and drops
/// [variants]. Tables merge key by key, everything else is replaced, `remove` lists what goes.
void merge_variants(Node& root, const Choose& choose, Diagnostics& diagnostics);

/// Gives every `like = "other"` in [neurons.*], [sources.*] and [projections.*] the keys of the
/// other table that it does not have itself.
void resolve_likes(Node& root, Diagnostics& diagnostics);

/// The keys that make a table a distribution.
bool is_distribution(const Node& node);

}  // namespace protocols
