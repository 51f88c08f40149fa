#include "engine/data/sample_cache_settings.h"

#include "engine/error.h"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace lora {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::uint64_t number_of_variable(const char* name, std::uint64_t otherwise) {
    constexpr std::uint64_t most = 1 << 20;
    const std::string text = variable(name);
    if (text.empty()) return otherwise;
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number > most)
        fail(std::string("the environment's ") + name, "'" + shown(text, 60) + "'",
            "a whole number up to " + std::to_string(most));
    return number;
}

std::string cache_folder() {
    std::string caches = variable("XDG_CACHE_HOME");
    const std::string home = variable("HOME");
    if (caches.starts_with('/')) return caches; // the specification takes no other
    return home.empty() ? "" : home + "/.cache";
}

} // namespace

SampleCacheSettings sample_cache_settings() {
    SampleCacheSettings settings{.folder = variable("LORA_TOKENS"),
        .memory_bytes = number_of_variable("LORA_TOKENS_FROM_MB", 16) << 20,
        .folder_bytes = number_of_variable("LORA_TOKENS_MOST_GB", 64) << 30};
    if (settings.folder == "off")
        settings.folder.clear();
    else if (const std::string caches = cache_folder(); settings.folder.empty() && !caches.empty())
        settings.folder = caches + "/lora-workbench/tokens";
    return settings;
}

} // namespace lora
