#include "engine/models/sampling.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

namespace lora {

namespace {

/// Scores of tokens in the text, once each, divided by the penalty where positive and multiplied elsewhere.
at::Tensor penalized(const at::Tensor& scores, const std::vector<TokenId>& text, double penalty) {
    const at::Tensor seen = at::zeros({scores.size(0)}, at::kBool);
    auto* const flags = seen.mutable_data_ptr<bool>();
    for (const TokenId token : text)
        if (token >= 0 && token < scores.size(0)) flags[token] = true;
    return at::where(seen, at::where(scores > 0, scores / penalty, scores * penalty), scores);
}

/// How many of the scores, the largest first, may be drawn.
std::int64_t kept(const at::Tensor& descending, const GenerationSettings& settings) {
    std::int64_t count = descending.size(0);
    if (settings.top_k > 0) count = std::min(count, settings.top_k);
    if (settings.top_p < 1) {
        const at::Tensor p = at::softmax(descending.narrow(0, 0, count), 0);
        count = (p.cumsum(0) - p < settings.top_p).sum().item<std::int64_t>();
    }
    if (settings.min_p > 0) {
        const at::Tensor least = descending[0] + std::log(settings.min_p);
        count = std::min(count, (descending >= least).sum().item<std::int64_t>());
    }
    return std::max<std::int64_t>(1, count);
}

std::int64_t drawn(const at::Tensor& scores, const at::Generator& random) {
    return at::multinomial(at::softmax(scores, 0), 1, false, random).item<std::int64_t>();
}

} // namespace

TokenId choose_token(const at::Tensor& scores, const std::vector<TokenId>& text,
    const GenerationSettings& settings, const at::Generator& random) {
    const bool penalty = settings.repetition_penalty != 1;
    at::Tensor all = scores.to(at::kCPU);
    if (penalty || settings.temperature > 0) all = all.to(at::kDouble);
    if (penalty) all = penalized(all, text, settings.repetition_penalty);
    if (settings.temperature <= 0) return static_cast<TokenId>(all.argmax().item<std::int64_t>());
    all = all / settings.temperature;
    if (settings.top_k <= 0 && settings.top_p >= 1 && settings.min_p <= 0)
        return static_cast<TokenId>(drawn(all, random));
    const auto [descending, tokens] = all.sort(0, /*descending=*/true);
    const std::int64_t place = drawn(descending.narrow(0, 0, kept(descending, settings)), random);
    return static_cast<TokenId>(tokens[place].item<std::int64_t>());
}

} // namespace lora
