#include "engine/hub/hub_settings.h"

#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/hub/origin.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>

namespace lora {

namespace {

std::string variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? "" : value;
}

std::string first_of(const std::string& one, const std::string& other) { return one.empty() ? other : one; }

bool is_on(const std::string& name) {
    std::string value = variable(name);
    std::transform(value.begin(), value.end(), value.begin(),
        [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

/// A path as huggingface_hub reads it from a variable: "~/" and "$NAME" are written out.
std::string written_out(const std::string& path) {
    std::string text = path == "~" || path.starts_with("~/") ? variable("HOME") + path.substr(1) : path;
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const bool braced = text.compare(i, 2, "${") == 0;
        const std::size_t begin = i + (braced ? 2 : 1);
        std::size_t end = begin;
        while (end < text.size()
               && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
            ++end;
        const bool names =
            text[i] == '$' && end > begin && (!braced || (end < text.size() && text[end] == '}'));
        if (!names || std::getenv(text.substr(begin, end - begin).c_str()) == nullptr) {
            out += text[i++];
            continue;
        }
        out += variable(text.substr(begin, end - begin));
        i = end + (braced ? 1 : 0);
    }
    return out;
}

std::string home_folder() {
    const std::string caches = first_of(variable("XDG_CACHE_HOME"), "~/.cache");
    return written_out(first_of(variable("HF_HOME"), caches + "/huggingface"));
}

std::string token_of_file() {
    constexpr std::size_t longest = 4096;
    const std::string path = written_out(first_of(variable("HF_TOKEN_PATH"), home_folder() + "/token"));
    std::error_code absent;
    return std::filesystem::is_regular_file(path, absent) ? read_text(path, longest) : "";
}

/// Without the white space that files and shells add; a line break inside would become a header of its own.
std::string checked_token(const std::string& text, const std::string& where) {
    static constexpr std::string_view white = " \t\r\n";
    const auto begin = text.find_first_not_of(white);
    if (begin == std::string::npos) return "";
    std::string token = text.substr(begin, text.find_last_not_of(white) + 1 - begin);
    const auto is_plain = [](char letter) { return letter > 0x20 && letter < 0x7f; };
    if (!std::all_of(token.begin(), token.end(), is_plain))
        fail(where, "characters that no token has", "a token, hf_…",
            "make a new one on the hub's settings page");
    return token;
}

std::string token() {
    const std::string given = first_of(variable("HF_TOKEN"), variable("HUGGING_FACE_HUB_TOKEN"));
    if (!given.empty()) return checked_token(given, "HF_TOKEN");
    return is_on("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? "" : checked_token(token_of_file(), "the token's file");
}

std::string checked_endpoint(std::string endpoint) {
    while (endpoint.ends_with('/')) endpoint.pop_back();
    origin_of(endpoint, "HF_ENDPOINT");
    return endpoint;
}

std::chrono::seconds stall_or(std::chrono::seconds usual) {
    const std::string text = variable("HF_HUB_DOWNLOAD_TIMEOUT");
    if (text.empty()) return usual;
    constexpr std::size_t most_digits = 4;
    const bool whole =
        text.size() <= most_digits && text.find_first_not_of("0123456789") == std::string::npos;
    const int seconds = whole ? std::atoi(text.c_str()) : 0;
    if (seconds < 1) fail("HF_HUB_DOWNLOAD_TIMEOUT", "'" + shown(text) + "'", "whole seconds from 1 to 9999");
    return std::chrono::seconds(seconds);
}

} // namespace

std::string hub_cache_folder() {
    const std::string given = first_of(variable("HF_HUB_CACHE"), variable("HUGGINGFACE_HUB_CACHE"));
    return given.empty() ? home_folder() + "/hub" : written_out(given);
}

HubSettings hub_settings() {
    HubSettings settings;
    settings.endpoint = checked_endpoint(first_of(variable("HF_ENDPOINT"), settings.endpoint));
    settings.cache = hub_cache_folder();
    settings.token = token();
    settings.offline = is_on("HF_HUB_OFFLINE") || is_on("TRANSFORMERS_OFFLINE");
    settings.stall = stall_or(settings.stall);
    return settings;
}

} // namespace lora
