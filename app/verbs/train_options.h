#pragma once
// The options of `lora train`, and the run's settings they mean.

#include "engine/settings/settings.h"

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace lora {

struct TrainOptions {
    std::string out;
    std::string resume;
    std::string config; ///< a run.json whose settings count where no option says otherwise
    bool json = false;
    bool profile = false;
    bool dry_run = false;

    void add_to(CLI::App& verb);
    /// Throws CLI::ParseError where options are missing or do not go together.
    void check() const;
    /// The settings of --config, or the defaults, with the options given put over them. Throws Error.
    RunSettings settings() const;

private:
    struct Option {
        CLI::Option* option;
        std::function<void(RunSettings&)> apply;
    };

    template <typename Value>
    void add(CLI::App& verb, const std::string& name, Value initial, const std::string& help,
        std::function<void(RunSettings&, const Value&)> apply);

    std::vector<Option> options_;
};

} // namespace lora
