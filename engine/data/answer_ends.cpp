#include "engine/data/answer_ends.h"

#include "engine/chats/chat_format.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace lora {

namespace {

bool is_blank_token(TokenId id, const Tokenizer& tokenizer) {
    return tokenizer.decode({id}, /*with_special=*/true).find_first_not_of(" \t\r\n") == std::string::npos;
}

/// Where the marked tokens before `end` end but for white space: behind an end mark, or 0 where there is
/// none.
std::size_t behind_end_mark(const MarkedTokens& tokens, std::size_t end, const Tokenizer& tokenizer) {
    while (end > 0 && tokens.marked[end - 1] && is_blank_token(tokens.ids[end - 1], tokenizer)) --end;
    return end > 0 && tokens.marked[end - 1] && is_special(tokens.ids[end - 1], tokenizer) ? end : 0;
}

/// The places behind the last token of each marked run.
std::vector<std::size_t> run_ends(const MarkedTokens& tokens) {
    std::vector<std::size_t> ends;
    for (std::size_t end = 1; end <= tokens.ids.size(); ++end)
        if (tokens.marked[end - 1] && (end == tokens.ids.size() || !tokens.marked[end])) ends.push_back(end);
    return ends;
}

} // namespace

void leave_out_blanks(MarkedTokens& tokens, const Tokenizer& tokenizer) {
    for (const std::size_t end : run_ends(tokens))
        if (const std::size_t last = behind_end_mark(tokens, end, tokenizer); last > 0)
            std::fill(tokens.marked.begin() + static_cast<std::ptrdiff_t>(last),
                tokens.marked.begin() + static_cast<std::ptrdiff_t>(end), false);
}

bool leaves_out_end(const MarkedTokens& tokens, const Tokenizer& tokenizer) {
    const std::vector<std::size_t> ends = run_ends(tokens);
    return std::any_of(ends.begin(), ends.end(), [&](std::size_t end) {
        return end < tokens.ids.size() && is_special(tokens.ids[end], tokenizer)
               && behind_end_mark(tokens, end, tokenizer) == 0;
    });
}

} // namespace lora
