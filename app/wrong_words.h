#pragma once
// What is said of a command line that cannot be read.

#include <string>

#include <CLI/CLI.hpp>

namespace lora {

/// A line on what is wrong, and one on what to do: for a word that is unknown, the nearest that is known.
std::string wrong_words(const CLI::App* command, const CLI::Error& error);

} // namespace lora
