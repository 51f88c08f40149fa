#pragma once
// One example as a dataset file has it, before its tokens.

#include "engine/chats/chat.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

struct RowShape;

/// Which members are filled follows from the kind.
struct Row {
    enum class Kind {
        Text,             ///< text, perhaps with its pair; with labels where it has them
        PromptCompletion, ///< completion follows prompt as it stands
        Exchange,         ///< prompt is asked and completion answered: a chat where the model has a template
        Messages
    };
    Kind kind = Kind::Text;
    std::int64_t number = 0; ///< of the line, or of the row in a list, from 1
    std::string place;       ///< the same in words: "line 3", "row 3 (line 17)"
    std::string text;
    std::optional<std::string> pair;  ///< a second text that belongs to it
    std::optional<std::string> label; ///< a string, a whole number, or a boolean as 1 and 0
    std::string no_label;             ///< what stands in the label's place and is no class: "0.5", "[1]"
    bool several = false;             ///< whether that is a list, or several columns
    std::vector<std::string> labels;  ///< of several each: as `label` has them, numbers as they are
    std::vector<std::string> label_columns; ///< of several columns their names
    std::string prompt;
    std::string completion;
    Chat chat;
    std::vector<bool> learned;       ///< for each message whether it is
    std::size_t asked = 0;           ///< so many messages are a prompt, which is only read
    const RowShape* shape = nullptr; ///< which of row_shapes() it has
};

} // namespace lora
