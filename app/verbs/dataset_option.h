#pragma once
// The dataset that a verb reads: its path, and what its columns and labels are where they do not say it.

#include "engine/data/data_settings.h"
#include "engine/data/goal.h"

#include <map>
#include <string>

#include <CLI/CLI.hpp>

namespace lora {

class DatasetOption {
public:
    std::string path;

    /// --data, --columns, --row-template and --problem-type; gives back the first. `what` begins its help.
    CLI::Option* add_to(CLI::App& verb, const std::string& what);
    /// --eval-split and --split-seed too, for a verb that measures on what a run holds out.
    void add_split_to(CLI::App& verb);
    /// As a run has them. Throws Error naming the option.
    DataSettings settings() const;
    /// The goal of a model, or of an adapter's head, with what they say of the rows. Throws Error naming the
    /// option, also where the head was trained for another problem.
    Goal goal(const Goal& of_model) const { return training_goal(of_model, settings()); }

private:
    void add_row(CLI::App& verb, const std::string& place);

    CLI::Option* data_ = nullptr;              ///< --data, which the others need
    std::map<std::string, std::string> texts_; ///< of the settings, by path; empty: not given
};

} // namespace lora
