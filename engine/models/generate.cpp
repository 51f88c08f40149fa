#include "engine/models/generate.h"

#include "engine/error.h"
#include "engine/files/mapping_guard.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

namespace lora {

Generation::Generation(
    const Model& model, std::vector<TokenId> prompt, std::vector<TokenId> ends, GenerationSettings settings)
    : model_(model), ends_(std::move(ends)), settings_(settings),
      random_(at::make_generator<at::CPUGeneratorImpl>(settings.seed)), text_(prompt),
      unread_(std::move(prompt)) {
    if (model.task() != Task::NextToken)
        fail("the model", "a classifier", "one that predicts the next token",
            "a classifier gives labels, it does not generate");
    if (unread_.empty()) fail("the prompt", "no tokens", "at least one");
    if (static_cast<std::int64_t>(unread_.size()) > model.context_length())
        fail("the prompt", std::to_string(unread_.size()) + " tokens",
            "at most the model's context of " + std::to_string(model.context_length()));
}

std::optional<TokenId> Generation::next() {
    const c10::NoGradGuard no_gradient;
    if (made_ >= settings_.max_new_tokens || cache_.length + 1 > model_.context_length()) return std::nullopt;
    PackedTokens tokens = PackedTokens::pack({unread_}, model_.device());
    tokens.positions.add_(cache_.length);
    Pass pass;
    pass.adapted = settings_.adapted && settings_.adapter_scale != 0;
    pass.update_scale = settings_.adapter_scale;
    pass.cache = &cache_;
    const at::Tensor hidden = model_.hidden(tokens, pass);
    scores_ = model_.logits(hidden.narrow(0, hidden.size(0) - 1, 1), pass)[0];
    const TokenId token = choose_token(scores_, text_, settings_, random_);
    need_unchanged_files();
    unread_ = {token};
    text_.push_back(token);
    if (std::find(ends_.begin(), ends_.end(), token) != ends_.end()) {
        made_ = settings_.max_new_tokens;
        return std::nullopt;
    }
    ++made_;
    return token;
}

TokenChances Generation::chances(std::int64_t count) const {
    const at::Tensor probabilities = at::softmax(scores_.to(at::kFloat), 0);
    const auto [best, tokens] = probabilities.topk(std::min(count, probabilities.size(0)));
    const at::Tensor values = best.cpu(), ids = tokens.cpu();
    TokenChances chances{{text_.back(), probabilities[text_.back()].item<double>()}, {}};
    for (std::int64_t i = 0; i < ids.size(0); ++i)
        chances.likeliest.push_back(
            {static_cast<TokenId>(ids[i].item<std::int64_t>()), values[i].item<double>()});
    return chances;
}

} // namespace lora
