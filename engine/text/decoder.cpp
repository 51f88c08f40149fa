#include "engine/text/decoder.h"

#include "engine/text/byte_level.h"
#include "engine/text/byte_token.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace lora {

namespace {

using Tokens = std::vector<std::string>;

void apply(const ByteLevelDecoder&, Tokens& tokens) {
    for (std::string& token : tokens) {
        if (auto bytes = from_byte_level(token)) {
            token = std::move(*bytes);
        }
    }
}

void apply(const ByteFallbackDecoder&, Tokens& tokens) {
    for (std::string& token : tokens) {
        if (const auto byte = byte_of_token(token)) {
            token.assign(1, static_cast<char>(*byte));
        }
    }
}

std::string joined(const Tokens& tokens, std::string_view between) {
    std::string text;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i > 0) {
            text += between;
        }
        text += tokens[i];
    }
    return text;
}

void apply(const FuseDecoder&, Tokens& tokens) { tokens = {joined(tokens, "")}; }

void apply(const StripDecoder& strip, Tokens& tokens) {
    if (strip.content.empty()) {
        return;
    }
    for (std::string& token : tokens) {
        std::string_view rest = token;
        for (std::size_t i = 0; i < strip.start && rest.starts_with(strip.content); ++i) {
            rest.remove_prefix(strip.content.size());
        }
        for (std::size_t i = 0; i < strip.stop && rest.ends_with(strip.content); ++i) {
            rest.remove_suffix(strip.content.size());
        }
        token = std::string(rest);
    }
}

void apply(const MetaspaceDecoder& metaspace, Tokens& tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool at_prefix = i == 0 && metaspace.has_prefix;
        tokens[i] = replaced(tokens[i], {metaspace.replacement, at_prefix ? "" : " "});
    }
}

std::string cleaned(std::string text) {
    static constexpr std::array<std::pair<const char*, const char*>, 11> changes{
        {{" .", "."}, {" ?", "?"}, {" !", "!"}, {" ,", ","}, {" ' ", "'"}, {" n't", "n't"}, {" 'm", "'m"},
            {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}}};
    for (const auto& [from, to] : changes) {
        text = replaced(text, {from, to});
    }
    return text;
}

void apply(const WordPieceDecoder& pieces, Tokens& tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i > 0 && !pieces.prefix.empty() && tokens[i].starts_with(pieces.prefix)) {
            tokens[i].erase(0, pieces.prefix.size());
        } else if (i > 0) {
            tokens[i].insert(0, " ");
        }
        if (pieces.cleanup) {
            tokens[i] = cleaned(std::move(tokens[i]));
        }
    }
}

void apply(const SuffixDecoder& words, Tokens& tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        tokens[i] = replaced(tokens[i], {words.suffix, i + 1 == tokens.size() ? "" : " "});
    }
}

void apply(const CtcDecoder& ctc, Tokens& tokens) {
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    for (std::string& token : tokens) {
        token = replaced(token, {ctc.padding, ""});
        if (ctc.cleanup) {
            token = replaced(cleaned(std::move(token)), {ctc.delimiter, " "});
        }
    }
}

void apply(const Replace& replace, Tokens& tokens) {
    for (std::string& token : tokens) {
        token = replaced(token, replace);
    }
}

} // namespace

TokenDecoder::TokenDecoder(std::vector<DecoderStep> steps) : steps_(std::move(steps)) {}

std::string TokenDecoder::decoded(std::vector<std::string> tokens) const {
    for (const DecoderStep& step : steps_) {
        std::visit([&](const auto& kind) { apply(kind, tokens); }, step);
    }
    return joined(tokens, steps_.empty() ? " " : "");
}

} // namespace lora
