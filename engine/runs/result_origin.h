#pragma once
// Which run a result is of, and after how many steps: lora-workbench.json beside the result's own files,
// whose formats are others'.
//
//   {"run": "my-run", "step": 30, "evaluation_loss": 1.25}

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace lora {

struct ResultOrigin {
    std::string run; ///< the name of its folder
    std::int64_t step = 0;
    std::optional<double> evaluation_loss = {}; ///< of the evaluation after that step
    bool operator==(const ResultOrigin&) const = default;
};

/// Name and contents of the file.
std::pair<std::string, std::string> file_of(const ResultOrigin& origin);
/// None where the folder (or the folder of the file) has no such file. Throws Error for one that cannot be
/// understood.
std::optional<ResultOrigin> read_origin(const std::string& path);

} // namespace lora
