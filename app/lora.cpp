// The command `lora`: verbs, options, exit codes. Knows no Qt.

#include "app/output.h"
#include "app/plain_output.h"
#include "app/verbs/verbs.h"
#include "app/wrong_words.h"
#include "engine/devices/failure.h"
#include "engine/error.h"
#include "engine/files/left_overs.h"
#include "engine/files/store.h"
#include "engine/runs/run_events.h"
#include "engine/settings/wording.h"
#include "engine/training/run.h"

#include <cstring>
#include <iostream>

namespace {

using namespace lora;

bool wants_json(int count, char** words) {
    for (int i = 1; i < count; ++i)
        if (std::strcmp(words[i], "--json") == 0) return true;
    return false;
}

int report(const std::exception& failure, bool json) {
    const std::string text = in_options(message_of(failure));
    std::cerr << "lora: " << text << std::endl;
    if (json) print_event(error_event(text));
    const bool halted = dynamic_cast<const NotFinite*>(&failure) != nullptr
                        || dynamic_cast<const DiskFull*>(&failure) != nullptr;
    return halted ? exit_halted : exit_fault;
}

void tell_of_left_over(const std::string& path) {
    std::cerr << "lora: removed what a write that was cut off had left: " << path << std::endl;
}

} // namespace

int main(int count, char** words) {
    const PlainOutput out(std::cout), err(std::cerr);
    CLI::App command("Fine-tunes language models with LoRA and shows what the update is.", "lora");
    command.set_version_flag("--version", "lora " LORA_VERSION);
    command.require_subcommand(1);
    command.failure_message(wrong_words);
    Action action;
    for (const auto add : {add_inspect, add_tokenize, add_train, add_evaluate, add_logits, add_generate,
             add_classify, add_spectrum, add_compare, add_health, add_advise, add_truncate, add_merge,
             add_export, add_initialize, add_sweep, add_runs, add_serve, add_fetch, add_search, add_devices})
        add(command, action);
    try {
        command.parse(count, words);
    } catch (const CLI::ParseError& error) {
        return command.exit(error) == 0 ? exit_done : exit_usage;
    }
    remove_temporaries_on_signals();
    tell_of_abandoned(tell_of_left_over);
    try {
        return action();
    } catch (const std::exception& failure) {
        return report(failure, wants_json(count, words));
    }
}
