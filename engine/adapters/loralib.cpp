#include "engine/adapters/loralib.h"

#include "engine/adapters/low_rank_pairs.h"
#include "engine/adapters/peft.h"
#include "engine/error.h"

#include <cmath>
#include <filesystem>

#include <ATen/core/Tensor.h>

namespace lora {

namespace {

namespace fs = std::filesystem;

// The one safetensors file that `path` is or holds; empty if there is none or more.
std::string loralib_file(const std::string& path) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
    std::string only;
    for (const auto& entry : fs::directory_iterator(path, ignored)) {
        if (entry.path().extension() != ".safetensors") continue;
        if (!only.empty()) return {};
        only = entry.path().string();
    }
    return only;
}

OpenedAdapter without_config(
    const std::string& file, const at::Device& device, const std::optional<double>& alpha) {
    if (alpha && !std::isfinite(*alpha)) fail("alpha", std::to_string(*alpha), "a number");
    LowRankPairs read = read_low_rank_pairs(file, device);
    if (read.pairs.empty())
        fail(file, "tensor '" + shown(read.others.front()) + "' and no update",
            "names that end with lora_A and lora_B");
    for (const std::string& other : read.others)
        if (other.find(".lora_magnitude_vector") != std::string::npos)
            fail(file + ": tensor '" + shown(other) + "'", "DoRA's magnitudes", "A and B alone",
                "an adapter_config.json with use_dora belongs beside the file");
    OpenedAdapter opened;
    for (auto& [path, pair] : read.pairs) {
        const auto rank = static_cast<double>(pair.A.size(0));
        const double own = alpha.value_or(rank);
        opened.adapter.targets.push_back(
            {path, own, {.A = std::move(pair.A), .B = std::move(pair.B), .scale = own / rank}});
    }
    if (!alpha)
        opened.notes.push_back(file
                               + ": no adapter_config.json says α, so α is taken as the rank and the scale "
                                 "as 1; sizes may be off by one factor, ranks are not");
    if (!read.others.empty())
        opened.notes.push_back(file + ": " + std::to_string(read.others.size())
                               + " tensors that are no part of an update are left aside, such as '"
                               + shown(read.others.front()) + "'");
    return opened;
}

} // namespace

OpenedAdapter open_adapter(
    const std::string& path, const at::Device& device, const std::optional<double>& alpha) {
    std::error_code ignored;
    if (fs::is_regular_file(fs::path(path) / "adapter_config.json", ignored)) {
        if (alpha) fail(path, "adapter_config.json, which says α", "no other α beside it");
        return {read_peft(path, device), {}};
    }
    const std::string file = loralib_file(path);
    if (file.empty()) return {read_peft(path, device), {}}; // says what is missing
    return without_config(file, device, alpha);
}

} // namespace lora
