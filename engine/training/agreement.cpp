#include "engine/training/agreement.h"

#include "engine/files/digest.h"
#include "engine/ranks/claims.h"

#include <string_view>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

at::ScalarType integer_of_width(std::size_t bytes) {
    switch (bytes) {
    case 1: return at::kChar;
    case 2: return at::kShort;
    case 4: return at::kInt;
    default: return at::kLong;
    }
}

// The sum of the values' bits as whole numbers: no rounding, so that it does not depend on the order.
std::uint64_t digest_of_values(const at::Tensor& values) {
    const at::Tensor flat = values.detach().contiguous().view({-1});
    const at::Tensor bits = flat.view(integer_of_width(flat.element_size()));
    return static_cast<std::uint64_t>(bits.sum(at::kLong).item<std::int64_t>());
}

template <class Number>
std::string_view bytes_of_number(const Number& number) {
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::string digest_of_examples(const Dataset& data) {
    Digest digest(DigestKind::Sha256);
    for (const Example& example : data.examples) {
        digest.add(bytes_of_number(example.ids.size()));
        digest.add(bytes_of_number(label_key(example)));
        digest.add({reinterpret_cast<const char*>(example.ids.data()), example.ids.size() * sizeof(TokenId)});
        std::string learned(example.ids.size(), '0');
        for (std::size_t i = 0; i < example.learned.size(); ++i)
            if (example.learned[i]) learned[i] = '1';
        digest.add(learned);
    }
    return digest.hex();
}

Json settings_of_all(RunSettings settings) {
    const RunSettings unset;
    settings.device = unset.device;
    settings.threads = unset.threads;
    for (std::string* path :
        {&settings.model, &settings.data.train, &settings.data.eval, &settings.lora.adapter})
        path->clear();
    return to_json(settings);
}

// Of what is trained, its shape alone: the values are made the same.
Json shape_of_method(const Method& method) {
    Json shape{{"numbers", Json::array()}, {"targets", Json::object()}};
    for (const ParameterGroup& group : method.parameters()) shape["numbers"].push_back(group.values.numel());
    for (const auto& target : method.adapter().targets) shape["targets"][target.path] = target.update.rank();
    return shape;
}

Json claims_of(const RankStart& start) {
    Json claims{{"version", LORA_VERSION}, {"settings", settings_of_all(start.settings)},
        {"tokens of the training data", digest_of_examples(start.data.train)},
        {"weights of the model", start.weights}, {"steps done", start.steps_done},
        {"parameters", shape_of_method(start.method)}};
    if (start.data.eval) claims["tokens of the evaluation data"] = digest_of_examples(*start.data.eval);
    return claims;
}

std::vector<at::Tensor> trained_tensors(const RankStart& start) {
    std::vector<at::Tensor> all;
    for (const ParameterGroup& group : start.method.parameters()) all.push_back(group.values);
    if (start.optimizer != nullptr)
        for (const AdamW::Moments& moments : start.optimizer->moments)
            all.insert(all.end(), {moments.first, moments.second});
    return all;
}

} // namespace

std::int64_t weights_digest(Model& model) {
    constexpr std::uint64_t factor = 1'000'003;
    const c10::NoGradGuard no_gradient;
    std::uint64_t digest = 0;
    for (const NamedParameter& parameter : model.named_parameters())
        digest = digest * factor + digest_of_values(parameter.whole());
    return static_cast<std::int64_t>(digest);
}

void agree_on_start(RankGroup& ranks, const RankStart& start) {
    constexpr JsonLimits limits{.size_bytes = 64 << 20};
    if (ranks.is_alone()) return;
    const Json own = claims_of(start);
    const std::string leaders = text_of_leader(ranks, own.dump());
    refuse_other_claims(own, parse_json(leaders, "what rank 0 says", limits), ranks.name());

    const std::vector<at::Tensor> trained = trained_tensors(start);
    std::uint64_t digest = 0;
    for (const at::Tensor& tensor : trained) digest = digest * 31 + digest_of_values(tensor);
    const std::string own_digest = std::to_string(digest);
    if (!any_rank(ranks, text_of_leader(ranks, own_digest) != own_digest)) return;
    for (const at::Tensor& tensor : trained) take_values_of_leader(ranks, tensor);
    start.method.apply();
}

} // namespace lora
