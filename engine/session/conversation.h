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
    /// model has no template or one that cannot be written, and as need_scalable() does.
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

/// Throws Error for a scale other than 1 where trained `weights` stand on the model.
void need_scalable(const GenerationSettings& settings, bool weights);

} // namespace lora
