#include "engine/session/conversation.h"

#include "engine/adapters/loralib.h"
#include "engine/adapters/tokens_in_place.h"
#include "engine/data/prompt.h"
#include "engine/devices/failure.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

// As many as one reads at a glance.
constexpr std::int64_t told_tokens = 5;
constexpr std::size_t most_beside = 8;

/// What a pane has heard and said so far, and what it is asked now.
Prompt prompt_of_pane(const Generate& asked, std::int64_t pane, const Tokenizer& tokenizer) {
    if (!asked.chat) return prompt_of(asked.prompt, /*chat=*/false, tokenizer);
    Chat chat;
    if (!asked.system.empty()) chat.messages.push_back(chat_message("system", asked.system));
    const auto place = static_cast<std::size_t>(pane);
    for (const Exchange& turn : asked.before) {
        if (place >= turn.answers.size() || turn.answers[place].empty()) continue;
        chat.messages.push_back(chat_message("user", turn.said));
        chat.messages.push_back(chat_message("assistant", turn.answers[place]));
    }
    chat.messages.push_back(chat_message("user", asked.prompt));
    return prompt_of(chat, tokenizer);
}

SaidToken said_token(const Generation& generation, const Tokenizer& tokenizer) {
    const auto told = [&](const LikelyToken& each) {
        return TokenChance{tokenizer.decode({each.token}, /*with_special=*/true), each.probability};
    };
    const TokenChances chances = generation.chances(told_tokens);
    SaidToken token{told(chances.said), {}};
    for (const LikelyToken& each : chances.likeliest) token.likeliest.push_back(told(each));
    return token;
}

} // namespace

void need_scalable(const GenerationSettings& settings, bool weights) {
    if (weights && settings.adapter_scale != 1)
        fail("the adapter's scale", number_text(settings.adapter_scale), "1",
            "trained weights stand in place of the base's; only an adapter beside them can be scaled");
}

Conversation::Conversation(const Generate& command, RequestId request, LoadedModel& loaded,
    const Adapter* placed, TrainedWeights* weights)
    : request_{request, command}, asked_(command), loaded_(loaded), placed_(placed), weights_(weights) {
    need_scalable(command.settings, weights != nullptr);
    if (command.beside.size() > most_beside)
        fail("adapters beside", std::to_string(command.beside.size()),
            "at most " + std::to_string(most_beside));
    add_speaker(base_pane, std::nullopt, loaded.tokenizer);
    for (std::size_t i = 0; i < command.beside.size(); ++i)
        add_beside(command.beside[i], first_pane_beside + static_cast<std::int64_t>(i));
    if (placed || weights) add_speaker(adapted_pane, std::nullopt, loaded.tokenizer);
}

void Conversation::add_speaker(
    std::int64_t pane, std::optional<Adapter> adapter, const Tokenizer& tokenizer) {
    const Prompt prompt = prompt_of_pane(asked_, pane, tokenizer);
    GenerationSettings settings = asked_.settings;
    settings.adapted = pane != base_pane;
    speakers_.push_back({.pane = pane,
        .adapter = std::move(adapter),
        .tokenizer = tokenizer,
        .generation = Generation(*loaded_.model, prompt.ids, prompt.ends, settings),
        .text = TextStream(tokenizer),
        .held = {}});
}

// On the model for a moment, which tells whether it fits and which tokens it knows.
void Conversation::add_beside(const std::string& path, std::int64_t pane) {
    Adapter adapter = with_widths_of(*loaded_.model, open_adapter(path, loaded_.model->device()).adapter);
    attach(adapter, loaded_);
    const Tokenizer tokenizer = loaded_.tokenizer;
    placed_ ? attach(*placed_, loaded_) : detach(loaded_);
    add_speaker(pane, std::move(adapter), tokenizer);
}

void Conversation::place(const Adapter* adapter) {
    adapter ? attach(*adapter, *loaded_.model) : detach(*loaded_.model);
}

std::optional<TokenId> Conversation::next_token(Speaker& speaker) {
    if (weights_) speaker.pane == adapted_pane ? weights_->show_trained() : weights_->show_original();
    if (!speaker.adapter) return speaker.generation.next();
    place(&*speaker.adapter);
    try {
        const std::optional<TokenId> token = speaker.generation.next();
        place(placed_);
        return token;
    } catch (...) {
        place(placed_);
        throw;
    }
}

void Conversation::speak(Speaker& speaker, const Emit& emit) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const std::optional<TokenId> token = next_token(speaker);
    speaker.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
    if (!token) return end(speaker, emit);
    ++speaker.tokens;
    speaker.held.push_back(said_token(speaker.generation, speaker.tokenizer));
    std::string text = speaker.text.add(*token);
    if (text.empty()) return;
    emit(TextGenerated{speaker.pane, std::move(text), std::exchange(speaker.held, {}), request_.id});
}

// In turn; with trained weights one after the other, so that they change places once.
Conversation::Speaker& Conversation::next() {
    if (weights_ == nullptr) return speakers_[turn_++ % speakers_.size()];
    const auto found =
        std::find_if(speakers_.begin(), speakers_.end(), [](const Speaker& each) { return !each.ended; });
    return found == speakers_.end() ? speakers_.back() : *found;
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
        emit(TextGenerated{speaker.pane, std::move(rest), std::move(speaker.held), request_.id});
    const double rate = speaker.seconds > 0 ? static_cast<double>(speaker.tokens) / speaker.seconds : 0;
    emit(GenerationEnded{speaker.pane, speaker.tokens, rate, request_.id});
}

} // namespace lora
