#pragma once
// The options of `lora train`, and the run's settings they mean: one option for each row of the table of
// settings.

#include "engine/run_settings/setting.h"
#include "engine/training/resume_wish.h"

#include <memory>
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
    bool other_files = false;
    int ranks = 0;         ///< processes to start; 0: none, this one trains
    int rank_timeout = 60; ///< seconds that a rank may be silent

    void add_to(CLI::App& verb);
    /// Throws CLI::ParseError where options are missing or do not go together.
    void check() const;
    /// The settings of --config, or the defaults, with the options given put over them. Throws Error.
    RunSettings settings() const;
    /// What --resume is to change; `settings` are the run's own. Throws Error.
    ResumeWish wish(const RunSettings& settings) const;

private:
    struct Option {
        const Setting* setting;
        CLI::Option* option;
        std::shared_ptr<std::string> text; ///< what was given; of a flag nothing
    };

    void add(CLI::App& verb, const Setting& setting);
    const Option& option_of(const std::string& path) const;
    bool is_given(const std::string& path) const;
    /// Where no file says what the run is: what its method begins with.
    RunSettings beginning() const;

    std::vector<Option> options_;
};

} // namespace lora
