#include "engine/data/sample_bytes.h"

#include "engine/data/order.h"
#include "engine/data/samples.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

namespace lora {

namespace {

struct Head {
    std::uint32_t tokens = 0;
    std::uint32_t check = 0;
    std::int64_t line = 0;
    std::int64_t label = -1;
    std::int64_t second = 0;
    std::uint32_t problem = 0;
    std::uint32_t values = 0;
};
static_assert(sizeof(Head) == 40 && std::is_trivially_copyable_v<Head>);

constexpr std::size_t bits = 32;

std::vector<std::uint32_t> mask_of(const std::vector<bool>& learned) {
    std::vector<std::uint32_t> mask((learned.size() + bits - 1) / bits, 0);
    for (std::size_t i = 0; i < learned.size(); ++i)
        if (learned[i]) mask[i / bits] |= std::uint32_t{1} << (i % bits);
    return mask;
}

/// Of what the key says nothing of.
std::uint32_t check_of(std::uint64_t key, const Head& head, const std::vector<std::uint32_t>& mask) {
    std::uint64_t sum = mixed(key, static_cast<std::uint64_t>(head.line));
    sum = mixed(sum, mixed(head.problem, head.values));
    for (const std::uint32_t word : mask) sum = mixed(sum, word);
    return static_cast<std::uint32_t>(sum);
}

template <class Number>
void append(std::string& bytes, const Number* numbers, std::size_t count) {
    bytes.append(reinterpret_cast<const char*>(numbers), count * sizeof(Number));
}

template <class Number>
void copy_to(std::vector<Number>& numbers, std::span<const std::byte> bytes, std::size_t begin) {
    if (!numbers.empty()) std::memcpy(numbers.data(), &bytes[begin], numbers.size() * sizeof(Number));
}

} // namespace

void append_sample(std::string& bytes, const Example& example) {
    // A further member has to lie in the file too.
    const auto& [ids, learned, label, values, problem, second, line] = example;
    const std::vector<std::uint32_t> mask = mask_of(learned);
    Head head{.tokens = static_cast<std::uint32_t>(ids.size()),
        .line = line,
        .label = label,
        .second = second,
        .problem = static_cast<std::uint32_t>(problem),
        .values = static_cast<std::uint32_t>(values.size())};
    head.check = check_of(sample_key(example), head, mask);
    append(bytes, &head, 1);
    append(bytes, ids.data(), ids.size());
    append(bytes, values.data(), values.size());
    append(bytes, mask.data(), mask.size());
}

std::optional<Example> sample_in(
    std::span<const std::byte> bytes, std::uint64_t key, const SampleBounds& bounds) {
    Head head;
    if (bytes.size() < sizeof head) return std::nullopt;
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.label != -1 && (head.label < 0 || head.label >= bounds.labels)) return std::nullopt;
    if (head.values != 0 && head.values != bounds.labels) return std::nullopt;
    if (head.problem > static_cast<std::uint32_t>(Problem::Regression) || head.second < 0
        || head.second > head.tokens)
        return std::nullopt;
    // A label's text has no mask.
    const std::size_t words =
        head.label >= 0 || head.values > 0 ? 0 : (std::size_t{head.tokens} + bits - 1) / bits;
    const std::size_t ids_end = sizeof head + std::size_t{head.tokens} * sizeof(TokenId);
    const std::size_t values_end = ids_end + std::size_t{head.values} * sizeof(float);
    if (bytes.size() < values_end + words * sizeof(std::uint32_t)) return std::nullopt;
    Example example{.ids = std::vector<TokenId>(head.tokens),
        .learned = {},
        .label = head.label,
        .values = std::vector<float>(head.values),
        .problem = static_cast<Problem>(head.problem),
        .second = head.second,
        .line = head.line};
    copy_to(example.ids, bytes, sizeof head);
    copy_to(example.values, bytes, ids_end);
    std::vector<std::uint32_t> mask(words);
    copy_to(mask, bytes, values_end);
    const bool inside = std::all_of(
        example.ids.begin(), example.ids.end(), [&](TokenId id) { return id >= 0 && id < bounds.ids; });
    if (!inside || sample_key(example) != key || check_of(key, head, mask) != head.check) return std::nullopt;
    if (words > 0) example.learned.resize(example.ids.size());
    for (std::size_t i = 0; i < example.learned.size(); ++i)
        example.learned[i] = (mask[i / bits] >> (i % bits) & 1U) != 0;
    return example;
}

} // namespace lora
