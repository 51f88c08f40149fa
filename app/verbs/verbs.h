#pragma once
// The verbs of `lora`: each adds its options to the command and, once parsed, sets what is to be done.

#include <functional>
#include <memory>

#include <CLI/CLI.hpp>

namespace lora {

/// What the chosen verb does; gives the exit code. Throws Error and what torch throws.
using Action = std::function<int()>;

void add_inspect(CLI::App& command, Action& action);
void add_fetch(CLI::App& command, Action& action);
void add_search(CLI::App& command, Action& action);
void add_devices(CLI::App& command, Action& action);
void add_tokenize(CLI::App& command, Action& action);
void add_train(CLI::App& command, Action& action);
void add_evaluate(CLI::App& command, Action& action);
void add_logits(CLI::App& command, Action& action);
void add_generate(CLI::App& command, Action& action);
void add_classify(CLI::App& command, Action& action);
void add_spectrum(CLI::App& command, Action& action);
void add_compare(CLI::App& command, Action& action);
void add_advise(CLI::App& command, Action& action);
void add_health(CLI::App& command, Action& action);
void add_truncate(CLI::App& command, Action& action);
void add_initialize(CLI::App& command, Action& action);
void add_merge(CLI::App& command, Action& action);
void add_export(CLI::App& command, Action& action);
void add_sweep(CLI::App& command, Action& action);
void add_runs(CLI::App& command, Action& action);
void add_serve(CLI::App& command, Action& action);

} // namespace lora
