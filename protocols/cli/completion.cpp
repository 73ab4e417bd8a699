// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/completion.hpp"

#include <CLI/App.hpp>

#include "protocols/cli/bench/networks.hpp"
#include "sim/core/text.hpp"

namespace protocols::cli {
namespace {

constexpr const char* script = R"bash(# Completion for bash:  source <(sharpwave completion)
_sharpwave() {
    local words="" word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"
    if [ "$COMP_CWORD" -eq 1 ]; then
        words="@COMMANDS@"
    elif [[ $word == -* ]]; then
        case "${COMP_WORDS[1]}" in
@OPTIONS@        esac
    else
        case "$before" in
            run | validate) words="$("${COMP_WORDS[0]}" list protocols --names 2>/dev/null)" ;;
            bench) words="@NETWORKS@" ;;
            show) words="$("${COMP_WORDS[0]}" list --names 2>/dev/null)" ;;
            list) words="models sources synapses connectors protocols" ;;
            --timing) words="exact grid" ;;
            --progress) words="auto plain json none" ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _sharpwave sharpwave
)bash";

std::string replaced(std::string text, const std::string& mark, const std::string& by) {
    return text.replace(text.find(mark), mark.size(), by);
}

}  // namespace

std::vector<std::string> long_options(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
    return names;
}

std::string bash_completion(const CLI::App& app) {
    std::string options;
    for (const auto* command : app.get_subcommands({}))
        options += "            " + command->get_name() + ") words=\"" +
                   sim::join(long_options(*command), " ") + "\" ;;\n";
    std::vector<std::string> networks;
    for (const auto& one : standard_networks()) networks.push_back(one.name);
    std::string text = replaced(script, "@OPTIONS@", options);
    text = replaced(text, "@NETWORKS@", sim::join(networks, " "));
    return replaced(text, "@COMMANDS@", sim::join(command_names(app), " "));
}

}  // namespace protocols::cli
