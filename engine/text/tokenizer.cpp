#include "engine/text/tokenizer.h"

#include "engine/text/piece_cache.h"
#include "engine/text/tokenizer_parts.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace lora {

namespace {

/// One call of encode(): the ids so far, and what it may use again from piece to piece.
class Encoding {
public:
    explicit Encoding(const TokenizerParts& parts)
        : parts_(parts), sink_([this](std::string_view piece) { add_piece(piece); }) {}

    std::vector<TokenId> of(std::string_view text) {
        for (const TokenFinder::Part& part : parts_.added.raw().parts(text)) {
            if (part.id) {
                ids_.push_back(*part.id);
            } else {
                add_raw(text.substr(part.begin, part.end - part.begin), part.begin == 0);
            }
        }
        return std::move(ids_);
    }

private:
    void add_raw(std::string_view text, bool at_start) {
        if (parts_.normalizer.is_identity()) {
            add_normalized(text, at_start);
        } else {
            add_normalized(parts_.normalizer.normalized(text, at_start), at_start);
        }
    }

    void add_normalized(std::string_view text, bool at_start) {
        for (const TokenFinder::Part& part : parts_.added.normalized().parts(text)) {
            if (part.id) {
                ids_.push_back(*part.id);
            } else {
                parts_.pre_tokenizer.split(
                    text.substr(part.begin, part.end - part.begin), at_start && part.begin == 0, sink_);
            }
        }
    }

    void add_piece(std::string_view piece) {
        if (const auto known = cache_.find(piece)) {
            ids_.insert(ids_.end(), known->begin(), known->end());
            return;
        }
        const std::size_t before = ids_.size();
        std::visit([&](const auto& model) { encode(model, piece); }, parts_.model);
        cache_.keep(piece, std::span(ids_).subspan(before));
    }

    void encode(const Bpe& model, std::string_view piece) { model.encode(piece, ids_, merging_); }
    void encode(const SentencePieceBpe& model, std::string_view piece) {
        model.encode(piece, ids_, merging_);
    }
    void encode(const Unigram& model, std::string_view piece) { model.encode(piece, ids_, sums_); }
    void encode(const WordPiece& model, std::string_view piece) { model.encode(piece, ids_); }
    void encode(const WordLevel& model, std::string_view piece) { model.encode(piece, ids_); }

    const TokenizerParts& parts_;
    PreTokenizer::Sink sink_;
    std::vector<TokenId> ids_;
    BpeScratch merging_;
    UnigramScratch sums_;
    PieceCache cache_;
};

} // namespace

Tokenizer::Tokenizer(std::shared_ptr<const TokenizerParts> parts) : parts_(std::move(parts)) {}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const { return Encoding(*parts_).of(text); }

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

const std::string& Tokenizer::chat_template() const { return parts_->chat_template; }

} // namespace lora
