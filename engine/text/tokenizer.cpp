#include "engine/text/tokenizer.h"

#include "engine/text/encoding.h"
#include "engine/text/tokenizer_parts.h"

#include <algorithm>
#include <utility>

namespace lora {

Tokenizer::Tokenizer(std::shared_ptr<const TokenizerParts> parts) : parts_(std::move(parts)) {}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const { return Encoding(*parts_).of(text); }

std::vector<TokenId> Tokenizer::encode_further(std::string_view text) const {
    return Encoding(*parts_).of(text, /*at_start=*/false);
}

MarkedTokens Tokenizer::encode_marked(std::string_view text, std::vector<TextRange> ranges) const {
    Encoding encoding(*parts_, std::move(ranges));
    std::vector<TokenId> ids = encoding.of(text);
    return {std::move(ids), encoding.marked()};
}

std::string Tokenizer::decode(const std::vector<TokenId>& ids, bool with_special) const {
    std::vector<std::string> tokens;
    tokens.reserve(ids.size());
    for (const TokenId id : ids) {
        const AddedToken* added = parts_->added.find(id);
        const bool is_known = added != nullptr || parts_->vocabulary().has(id);
        if (is_known && (with_special || added == nullptr || !added->special)) {
            tokens.emplace_back(token(id));
        }
    }
    return parts_->decoder.decoded(std::move(tokens));
}

std::int64_t Tokenizer::size() const { return std::max(parts_->added.size(), parts_->vocabulary().size()); }

std::string_view Tokenizer::token(TokenId id) const {
    const AddedToken* added = parts_->added.find(id);
    return added != nullptr ? std::string_view(added->content) : parts_->vocabulary().text(id);
}

std::optional<TokenId> Tokenizer::find(std::string_view token) const {
    const AddedToken* added = parts_->added.find(token);
    return added != nullptr ? std::optional(added->id) : parts_->vocabulary().find(token);
}

std::optional<TokenId> Tokenizer::eos() const { return parts_->eos; }

std::optional<TokenId> Tokenizer::bos() const { return parts_->bos; }

bool Tokenizer::adds_bos() const { return parts_->adds_bos; }

std::optional<TokenId> Tokenizer::closing() const { return parts_->closing; }
const std::optional<PairFrame>& Tokenizer::pair_frame() const { return parts_->pair_frame; }

const std::vector<TokenId>& Tokenizer::ends() const { return parts_->ends; }

const std::vector<NamedText>& Tokenizer::special_tokens() const { return parts_->special_tokens; }

const std::vector<NamedText>& Tokenizer::chat_templates() const { return parts_->chat_templates; }

const std::string& Tokenizer::sha256() const { return parts_->sha256; }

std::string Tokenizer::chat_template() const {
    for (const NamedText& each : parts_->chat_templates) {
        if (each.name == "default") {
            return each.text;
        }
    }
    return "";
}

} // namespace lora
