#pragma once
// One prompt answered by the base model, by the adapted one and by further adapters, a token each in turn.
// Trained weights take the place of the base's own in the model: they answer once all others have.

#include "engine/adapters/adapter.h"
#include "engine/architectures/catalog.h"
#include "engine/methods/trained_weights.h"
#include "engine/models/generate.h"
#include "engine/text/text_stream.h"
#include "engine/worker/messages.h"
#include "engine/worker/worker.h"

#include <chrono>
#include <optional>
#include <vector>

namespace lora {

class Conversation {
public:
    /// `placed`: what stands on the model, which `weights` may do in its place; null: nothing. What is given
    /// must outlive it. Throws Error for an empty prompt, one longer than the context, a chat where the
    /// model has no template or one that cannot be written, an adapter beside that does not fit, and as
    /// need_scalable() does.
    Conversation(const Generate& command, RequestId request, LoadedModel& loaded, const Adapter* placed,
        TrainedWeights* weights = nullptr);

    /// The next token of the pane whose turn it is; false once all have ended, or one failed, which is told
    /// as Refused. What stands on the model stands there before and after.
    bool advance(const Emit& emit);
    /// Ends all panes where they are.
    void stop(const Emit& emit);

private:
    struct Speaker {
        std::int64_t pane;
        std::optional<Adapter> adapter; ///< its own, on the model only while it speaks
        Tokenizer tokenizer;
        Generation generation;
        TextStream text;
        std::vector<SaidToken> held; ///< tokens whose text is not whole yet
        std::int64_t tokens = 0;
        double seconds = 0;
        bool ended = false;
    };

    void add_speaker(std::int64_t pane, std::optional<Adapter> adapter, const Tokenizer& tokenizer);
    void add_beside(const std::string& path, std::int64_t pane);
    void place(const Adapter* adapter);
    Speaker& next();
    std::optional<TokenId> next_token(Speaker& speaker);
    void speak(Speaker& speaker, const Emit& emit);
    void end(Speaker& speaker, const Emit& emit) const;

    Request request_;
    Generate asked_;
    LoadedModel& loaded_;
    const Adapter* placed_;
    TrainedWeights* weights_;
    std::vector<Speaker> speakers_;
    std::size_t turn_ = 0;
};

/// Throws Error for a scale other than 1 where trained `weights` stand on the model.
void need_scalable(const GenerationSettings& settings, bool weights);

} // namespace lora
