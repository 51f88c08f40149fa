#include "engine/data/held_out.h"

#include "engine/data/dataset_reading.h"
#include "engine/data/order.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace lora {

namespace {

/// The places of all samples: those that stay, and those that are held out.
std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> parted(
    std::size_t samples, std::size_t wanted, std::uint64_t seed) {
    constexpr std::uint64_t of_a_split = 0x5b117;
    std::vector<bool> held(samples, false);
    const auto order = permutation(samples, seed, of_a_split);
    for (std::size_t i = 0; i < wanted; ++i) held[order[i]] = true;
    std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> places;
    places.first.reserve(samples - wanted);
    places.second.reserve(wanted);
    for (std::size_t i = 0; i < samples; ++i)
        (held[i] ? places.second : places.first).push_back(static_cast<std::uint32_t>(i));
    return places;
}

} // namespace

Dataset hold_out(Dataset& train, double share, std::uint64_t seed, const Tokenizer& tokenizer) {
    const std::size_t samples = train.examples.size();
    const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(samples)));
    if (wanted == 0 || wanted >= samples)
        fail(train.summary.path, std::to_string(samples) + " samples",
            "enough that a split of " + std::to_string(share) + " leaves both sides one");
    auto places = parted(samples, wanted, seed);
    Dataset eval;
    eval.summary.path = train.summary.path;
    eval.summary.plain_text = train.summary.plain_text;
    eval.summary.has_lines = train.summary.has_lines;
    eval.summary.read_as = train.summary.read_as;
    eval.summary.labels = train.summary.labels;
    eval.summary.problem = train.summary.problem;
    eval.summary.label_flags = train.summary.label_flags;
    eval.examples = train.examples.some(std::move(places.second));
    train.examples = train.examples.some(std::move(places.first));
    eval.summary.rows = eval.summary.samples = train.summary.held_out = static_cast<std::int64_t>(wanted);
    for (const Example& example : eval.examples) {
        eval.summary.tokens += static_cast<std::int64_t>(example.ids.size());
        eval.summary.learned_tokens += example.learned_tokens();
    }
    train.summary.samples -= eval.summary.samples;
    train.summary.tokens -= eval.summary.tokens;
    train.summary.learned_tokens -= eval.summary.learned_tokens;
    make_preview(train, tokenizer);
    make_preview(eval, tokenizer);
    return eval;
}

std::int64_t count_shared(const Samples& some, const Samples& others) {
    std::vector<std::uint64_t> keys(some.size());
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = some.key(i);
    std::sort(keys.begin(), keys.end());
    std::vector<bool> shared(keys.size(), false);
    for (std::size_t i = 0; i < others.size(); ++i) {
        const std::uint64_t key = others.key(i);
        auto at = std::lower_bound(keys.begin(), keys.end(), key);
        for (; at != keys.end() && *at == key && !shared[static_cast<std::size_t>(at - keys.begin())]; ++at)
            shared[static_cast<std::size_t>(at - keys.begin())] = true;
    }
    return std::count(shared.begin(), shared.end(), true);
}

} // namespace lora
