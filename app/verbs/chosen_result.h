#pragma once
// Which of a run's results a verb is to take, where a run's folder is given in the place of an adapter.

#include <optional>
#include <string>

namespace lora {

inline constexpr const char* checkpoint_help = "Of a run's folder: last (the result as the run left it), "
                                               "best (of the best evaluation), or the step of a "
                                               "checkpoint";

/// The folder that `path` and the word of --checkpoint name; `path` itself where it is no run's. Throws Error
/// for a checkpoint that is not there, and for one of what is no run.
std::string chosen_result(const std::string& path, const std::string& checkpoint);

/// The folder of the run that `path` is, or is a result or checkpoint of; none where it lies in no run.
std::optional<std::string> run_of(const std::string& path);

} // namespace lora
