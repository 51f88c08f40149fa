#pragma once
// One prompt to the base model and to the adapted one, token by token in turn.

#include "engine/messages.h"
#include "engine/models/catalog.h"
#include "engine/models/generate.h"
#include "engine/text/text_stream.h"
#include "engine/worker.h"

#include <chrono>
#include <vector>

namespace lora {

class Conversation {
public:
    /// Both panes where `adapted`, else the base's alone. `loaded` must outlive it.
    /// Throws Error for an empty prompt, one longer than the context, a chat without a ChatML template.
    Conversation(const Generate& request, const LoadedModel& loaded, bool adapted);

    /// The next token of the pane whose turn it is; false once both have ended, or it failed, which is told
    /// as Refused.
    bool advance(const Emit& emit);
    /// Ends both panes where they are.
    void stop(const Emit& emit);

private:
    struct Speaker {
        Pane pane;
        Generation generation;
        TextStream text;
        std::int64_t tokens = 0;
        double seconds = 0;
        bool ended = false;
    };

    static void speak(Speaker& speaker, const Emit& emit);
    static void end(Speaker& speaker, const Emit& emit);

    std::vector<Speaker> speakers_;
    std::size_t turn_ = 0;
};

/// The request's prompt as token ids: raw, or as a user's message in the model's chat template.
/// A begin token stands in front where the tokenizer adds one.
std::vector<TokenId> prompt_tokens(const std::string& prompt, bool chat, const Tokenizer& tokenizer);

} // namespace lora
