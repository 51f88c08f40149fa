#pragma once
// One prompt answered by the base model and by the adapted one, a token each in turn. Trained weights take
// the place of the base's own in the model: there the base answers first, and they after it.

#include "engine/architectures/catalog.h"
#include "engine/methods/trained_weights.h"
#include "engine/models/generate.h"
#include "engine/text/text_stream.h"
#include "engine/worker/messages.h"
#include "engine/worker/worker.h"

#include <chrono>
#include <vector>

namespace lora {

class Conversation {
public:
    /// Both panes where `adapted`, or where there are trained weights, else the base's alone. What is given
    /// must outlive it. Throws Error for an empty prompt, one longer than the context, a chat where the
    /// model has no template or one that cannot be written.
    Conversation(const Generate& command, RequestId request, const LoadedModel& loaded, bool adapted,
        TrainedWeights* weights = nullptr);

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

    Speaker& next();
    void speak(Speaker& speaker, const Emit& emit);
    void end(Speaker& speaker, const Emit& emit) const;

    Request request_;
    std::vector<Speaker> speakers_;
    TrainedWeights* weights_;
    std::size_t turn_ = 0;
};

/// What a model is asked, and what ends its answer.
struct Prompt {
    std::vector<TokenId> ids;
    std::vector<TokenId> ends;
};

/// The request's prompt: raw, a begin token in front where the tokenizer adds one and the text has none; or
/// as a user's message in the model's chat template, as that writes it. Throws Error where there is no
/// template.
Prompt prompt_of(const std::string& prompt, bool chat, const Tokenizer& tokenizer);

} // namespace lora
