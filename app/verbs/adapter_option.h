#pragma once
// The adapter that a verb works on: its path as a word and --alpha, and how it is opened.

#include "engine/adapters/adapter.h"

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace lora {

struct AdapterOption {
    std::string path;
    std::optional<double> alpha;
    std::string checkpoint = {};

    /// `name` is the word's in the help.
    void add_to(CLI::App& verb, const std::string& name = "adapter");
    /// Where it lies; as chosen_result(). Throws Error.
    std::string place() const;
    /// On the CPU; what the user should know of how it was read goes out as warnings. Throws Error.
    Adapter open(bool json) const;
};

/// As a warning event, or a line on standard error.
void print_warning(const std::string& text, bool json);

} // namespace lora
