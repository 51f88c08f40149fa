#include "engine/adapters/low_rank_pairs.h"

#include "engine/error.h"
#include "engine/files/safetensors.h"
#include "engine/models/safetensors_tensors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

// "base_model.model.PATH.lora_A.weight" or "PATH.lora_A" → PATH and 'A'.
std::optional<std::pair<std::string, char>> parse_name(std::string_view name) {
    constexpr std::string_view prefix = "base_model.model.", suffix = ".weight", half = ".lora_A";
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
    if (!name.ends_with(".lora_A") && !name.ends_with(".lora_B")) return std::nullopt;
    const char which = name.back();
    name.remove_suffix(half.size());
    return std::pair{std::string(name), which};
}

/// A tensor of the file and the half of a pair that it becomes.
struct Half {
    const TensorView* view;
    std::string place;
    at::Tensor* values;
};

at::Tensor read_half(const TensorView& view, const std::string& place, const at::Device& device) {
    at::Tensor values = owned_tensor(view).to(device, at::kFloat).contiguous();
    if (values.numel() == 0) return values;
    const auto [least, most] = at::aminmax(values); // a NaN is both
    if (!std::isfinite(least.item<float>()) || !std::isfinite(most.item<float>()))
        fail(place, "values that are not finite", "numbers");
    return values;
}

// One tensor a thread: a large adapter is read at the memory's speed.
void read_halves(const std::vector<Half>& halves, const at::Device& device) {
    at::parallel_for(
        0, static_cast<std::int64_t>(halves.size()), 1, [&](std::int64_t begin, std::int64_t end) {
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                *halves[i].values = read_half(*halves[i].view, halves[i].place, device);
        });
}

void check_pair(const std::string& place, const LowRankPair& pair) {
    if (!pair.A.defined() || !pair.B.defined())
        fail(place, pair.A.defined() ? "lora_A alone" : "lora_B alone", "both lora_A and lora_B");
    if (pair.A.size(0) == 0) fail(place, "rank 0", "at least 1");
    if (pair.B.size(1) != pair.A.size(0))
        fail(place,
            "lora_A of rank " + std::to_string(pair.A.size(0)) + " and lora_B of rank "
                + std::to_string(pair.B.size(1)),
            "one rank");
}

} // namespace

bool path_before(const std::string& a, const std::string& b) {
    std::size_t i = 0, j = 0;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    while (i < a.size() && j < b.size()) {
        if (digit(a[i]) && digit(b[j])) {
            std::size_t m = i, n = j;
            while (m < a.size() && digit(a[m])) ++m;
            while (n < b.size() && digit(b[n])) ++n;
            if (m - i != n - j) return m - i < n - j;
            if (const int order = a.compare(i, m - i, b, j, n - j); order != 0) return order < 0;
            i = m, j = n;
        } else if (a[i] != b[j]) {
            return a[i] < b[j];
        } else {
            ++i, ++j;
        }
    }
    return a.size() - i < b.size() - j;
}

LowRankPairs read_low_rank_pairs(const std::string& file, const at::Device& device) {
    const SafetensorsFile opened(file);
    std::map<std::string, LowRankPair> by_path;
    LowRankPairs read;
    std::vector<Half> halves;
    std::set<std::pair<std::string, char>> seen;
    for (const TensorView& view : opened.tensors()) {
        const auto name = parse_name(view.name);
        if (!name) {
            read.others.push_back(view.name);
            continue;
        }
        const std::string place = file + ": tensor '" + shown(view.name) + "'";
        if (!seen.insert(*name).second)
            fail(place, name->second == 'A' ? "lora_A a second time" : "lora_B a second time", "each once");
        if (view.shape.size() != 2) fail(place, std::to_string(view.shape.size()) + " dimensions", "2");
        LowRankPair& pair = by_path[name->first];
        halves.push_back({&view, place, name->second == 'A' ? &pair.A : &pair.B});
    }
    read_halves(halves, device);
    for (auto& [path, pair] : by_path) {
        check_pair(file + ": " + shown(path), pair);
        read.pairs.emplace_back(path, std::move(pair));
    }
    if (read.pairs.empty() && read.others.empty())
        fail(file, "no tensors", "lora_A and lora_B of each target");
    std::sort(read.pairs.begin(), read.pairs.end(),
        [](const auto& a, const auto& b) { return path_before(a.first, b.first); });
    return read;
}

} // namespace lora
