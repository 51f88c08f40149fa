#pragma once
// What is wrong with one setting. Who shows it puts it into words of its own: the window beside the field by
// its label, the command with its option.

#include <string>

namespace lora {

struct Fault {
    std::string setting; ///< its place in run.json: "training.lr"
    std::string found;   ///< "0"
    std::string
        expected; ///< "a number above 0"; settings in it stand in braces, see engine/settings/wording.h
    bool operator==(const Fault&) const = default;
};

} // namespace lora
