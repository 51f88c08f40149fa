#include "engine/text/tokenizer.h"

#include "engine/text/piece_cache.h"
#include "engine/text/token_ends.h"
#include "engine/text/tokenizer_parts.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace lora {

namespace {

/// Where `part`, a beginning of a text, ends in the text's normalized form.
std::size_t end_in(std::string_view normalized, const std::string& part) {
    const auto [same, other] = std::mismatch(part.begin(), part.end(), normalized.begin(), normalized.end());
    static_cast<void>(other);
    return static_cast<std::size_t>(same - part.begin());
}

/// One call of encode(): the ids so far, and what it may use again from piece to piece.
class Encoding {
public:
    explicit Encoding(const TokenizerParts& parts)
        : parts_(parts),
          sink_([this](std::string_view piece, const Places& places) { add_piece(piece, places); }) {}

    /// Says of each id whether it has a byte in one of the ranges.
    Encoding(const TokenizerParts& parts, std::vector<TextRange> ranges) : Encoding(parts) {
        marking_ = true;
        ranges_ = std::move(ranges);
    }

    std::vector<TokenId> of(std::string_view text) {
        for (const TokenFinder::Part& part : parts_.added.raw().parts(text)) {
            if (part.id) {
                add_token(*part.id, {part.begin, part.end});
            } else {
                add_raw(text.substr(part.begin, part.end - part.begin), part.begin);
            }
        }
        return std::move(ids_);
    }

    std::vector<bool> marked() { return std::move(marked_); }

private:
    void add_token(TokenId id, TextRange range) {
        ids_.push_back(id);
        if (marking_) {
            mark(parts_.added.find(id)->content, range);
        }
    }

    void add_raw(std::string_view text, std::size_t begin) {
        if (parts_.normalizer.is_identity()) {
            add_normalized(text, begin, begin == 0);
            return;
        }
        const std::string normalized = parts_.normalizer.normalized(text, begin == 0);
        std::vector<TextRange> ranges = marking_ ? moved(text, begin, normalized) : std::vector<TextRange>();
        std::swap(ranges_, ranges);
        add_normalized(normalized, 0, begin == 0);
        std::swap(ranges_, ranges);
    }

    /// The ranges in the normalized form of the text that begins at `begin`.
    std::vector<TextRange> moved(
        std::string_view text, std::size_t begin, std::string_view normalized) const {
        const auto place = [&](std::size_t at) {
            if (at <= begin || at >= begin + text.size()) {
                return at <= begin ? 0 : normalized.size();
            }
            return end_in(normalized, parts_.normalizer.normalized(text.substr(0, at - begin), begin == 0));
        };
        std::vector<TextRange> moved;
        for (const TextRange& range : ranges_) {
            if (range.end > begin && range.begin < begin + text.size()) {
                moved.push_back({place(range.begin), place(range.end)});
            }
        }
        return moved;
    }

    void add_normalized(std::string_view text, std::size_t begin, bool at_start) {
        for (const TokenFinder::Part& part : parts_.added.normalized().parts(text)) {
            if (part.id) {
                add_token(*part.id, {begin + part.begin, begin + part.end});
            } else {
                parts_.pre_tokenizer.split(text.substr(part.begin, part.end - part.begin),
                    at_start && part.begin == 0, sink_, marking_ ? Places(begin + part.begin) : Places());
            }
        }
    }

    void add_piece(std::string_view piece, const Places& places) {
        const std::size_t before = ids_.size();
        if (const auto known = cache_.find(piece)) {
            ids_.insert(ids_.end(), known->begin(), known->end());
        } else {
            std::visit([&](const auto& model) { encode(model, piece); }, parts_.model);
            cache_.keep(piece, std::span(ids_).subspan(before));
        }
        if (!places.wanted()) {
            return;
        }
        std::size_t begin = 0;
        for (const std::size_t end : token_ends(parts_.model, piece, std::span(ids_).subspan(before))) {
            const std::size_t last = end > begin ? places.of(end - 1) + 1 : places.of(begin);
            mark(piece.substr(begin, end - begin), {places.of(begin), last});
            begin = end;
        }
    }

    /// `bytes`: the token's own; `range`: where they stand. `tokenizers` may leave spaces out of that range.
    void mark(std::string_view bytes, TextRange range) {
        if (parts_.trims_spaces) {
            const std::size_t front = std::min(bytes.find_first_not_of(' '), bytes.size());
            const std::size_t back = bytes.size() - (bytes.find_last_not_of(' ') + 1);
            range.begin = std::min(range.begin + front, range.end);
            range.end = std::max(range.end - std::min(back, range.end), range.begin);
        }
        const auto reached = std::partition_point(
            ranges_.begin(), ranges_.end(), [&](const TextRange& each) { return each.end <= range.begin; });
        marked_.push_back(reached != ranges_.end() && range.end > reached->begin);
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
    bool marking_ = false;
    std::vector<TextRange> ranges_;
    std::vector<bool> marked_;
};

} // namespace

Tokenizer::Tokenizer(std::shared_ptr<const TokenizerParts> parts) : parts_(std::move(parts)) {}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const { return Encoding(*parts_).of(text); }

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

std::string Tokenizer::chat_template() const {
    for (const NamedText& each : parts_->chat_templates) {
        if (each.name == "default") {
            return each.text;
        }
    }
    return "";
}

} // namespace lora
