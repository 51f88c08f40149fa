#include "engine/session/conversation.h"

#include "engine/data/prompt.h"
#include "engine/devices/failure.h"
#include "engine/error.h"

#include <algorithm>

namespace lora {

void need_scalable(const GenerationSettings& settings, bool weights) {
    if (weights && settings.adapter_scale != 1)
        fail("the adapter's scale", number_text(settings.adapter_scale), "1",
            "trained weights stand in place of the base's; only an adapter beside them can be scaled");
}

Conversation::Conversation(const Generate& command, RequestId request, const LoadedModel& loaded,
    bool adapted, TrainedWeights* weights)
    : request_{request, command}, weights_(weights) {
    const Prompt prompt = prompt_of(command.prompt, command.chat, loaded.tokenizer);
    GenerationSettings settings = command.settings;
    need_scalable(settings, weights != nullptr);
    for (const Pane pane : {Pane::Base, Pane::Adapted}) {
        settings.adapted = pane == Pane::Adapted;
        if (settings.adapted && !adapted && weights == nullptr) continue;
        speakers_.push_back({.pane = pane,
            .generation = Generation(*loaded.model, prompt.ids, prompt.ends, settings),
            .text = TextStream(loaded.tokenizer)});
    }
}

void Conversation::speak(Speaker& speaker, const Emit& emit) {
    using Clock = std::chrono::steady_clock;
    if (weights_) speaker.pane == Pane::Base ? weights_->show_original() : weights_->show_trained();
    const auto begin = Clock::now();
    const std::optional<TokenId> token = speaker.generation.next();
    speaker.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
    if (!token) return end(speaker, emit);
    ++speaker.tokens;
    std::string text = speaker.text.add(*token);
    if (!text.empty()) emit(TextGenerated{speaker.pane, std::move(text), request_.id});
}

// In turn; with trained weights one after the other, so that they change places once.
Conversation::Speaker& Conversation::next() {
    if (weights_ == nullptr) return speakers_[turn_++ % speakers_.size()];
    return speakers_.front().ended ? speakers_.back() : speakers_.front();
}

bool Conversation::advance(const Emit& emit) {
    Speaker& speaker = next();
    try {
        if (!speaker.ended) speak(speaker, emit);
    } catch (const std::exception& failure) {
        emit(Refused{request_, error_of(failure)});
        return false;
    }
    return !std::all_of(speakers_.begin(), speakers_.end(), [](const Speaker& each) { return each.ended; });
}

void Conversation::stop(const Emit& emit) {
    for (Speaker& speaker : speakers_)
        if (!speaker.ended) end(speaker, emit);
}

void Conversation::end(Speaker& speaker, const Emit& emit) const {
    speaker.ended = true;
    if (std::string rest = speaker.text.rest(); !rest.empty())
        emit(TextGenerated{speaker.pane, std::move(rest), request_.id});
    const double rate = speaker.seconds > 0 ? static_cast<double>(speaker.tokens) / speaker.seconds : 0;
    emit(GenerationEnded{speaker.pane, speaker.tokens, rate, request_.id});
}

} // namespace lora
