#include "engine/run_settings/token_settings.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace lora {

namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string without_spaces_around(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(white_space);
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(white_space) + 1 - begin));
}

} // namespace

std::vector<std::string> listed_tokens(const std::string& list) {
    std::vector<std::string> tokens;
    for (std::size_t begin = 0; begin < list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        tokens.push_back(without_spaces_around(std::string_view(list).substr(begin, end - begin)));
        begin = end + 1;
        if (begin == list.size()) tokens.emplace_back(); // a comma with nothing behind it
    }
    return tokens;
}

std::string fault_of_token_list(const std::string& list) {
    const std::vector<std::string> tokens = listed_tokens(list);
    if (tokens.size() > most_new_tokens) return "at most " + std::to_string(most_new_tokens) + " tokens";
    std::set<std::string> seen;
    for (const std::string& token : tokens) {
        if (token.empty()) return "a text between all commas, <a>,<b>";
        if (token.size() > longest_new_token_bytes)
            return "tokens of at most " + std::to_string(longest_new_token_bytes) + " bytes";
        if (!seen.insert(token).second) return "each token once";
    }
    return {};
}

} // namespace lora
