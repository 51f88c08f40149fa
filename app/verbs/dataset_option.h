#pragma once
// The dataset that a verb reads: its path, and what its columns are where their names do not say it.

#include "engine/data/column_mapping.h"

#include <string>

#include <CLI/CLI.hpp>

namespace lora {

struct DatasetOption {
    std::string path;
    std::string columns;
    std::string row_template;

    /// --data, --columns and --row-template; gives back the first. `what` begins its help.
    CLI::Option* add_to(CLI::App& verb, const std::string& what);
    /// Throws Error naming the option.
    ColumnMapping mapping() const { return {columns, row_template}; }
};

} // namespace lora
