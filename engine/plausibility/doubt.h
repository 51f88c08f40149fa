#pragma once
// What is allowed and hardly meant: a sentence, and what would mend it. Beside faults, which are told by the
// settings alone, doubts ask the model, the data and the machine.

#include "engine/files/json.h"
#include "engine/run_settings/run_settings.h"

#include <string>
#include <vector>

namespace lora {

enum class DoubtKind {
    Warning, ///< it works, most likely not as meant
    Refusal, ///< it cannot work
};

/// A setting's path and the value that it should get.
struct SettingChange {
    std::string setting;
    Json value;
    bool operator==(const SettingChange&) const = default;
};

struct Doubt {
    std::string setting;                  ///< the one to look at: "lora.rank"
    std::string sentence;                 ///< settings in it stand in braces, see engine/settings/wording.h
    std::vector<SettingChange> mend = {}; ///< all of them together end the doubt; empty: none is known
    DoubtKind kind = DoubtKind::Warning;
    bool operator==(const Doubt&) const = default;
};

/// The settings as they are once the mend is made, with what follows from each edit in a form.
RunSettings mended(RunSettings settings, const std::vector<SettingChange>& mend);

/// For the command: "--rank 192 --alpha 384"; an option to leave out is "no --eval".
std::string mend_options(const std::vector<SettingChange>& mend);

/// {"event": "doubt", "setting", "text", "refused", "mend": {path: value}}; the text speaks of options.
Json doubt_event(const Doubt& doubt);

} // namespace lora
