#pragma once
// One text on its way to token ids: added tokens first, then normalizer, pre-tokenizer and model, piece by
// piece.

#include "engine/text/piece_cache.h"
#include "engine/text/tokenizer_parts.h"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

/// One call of encode(): the ids so far, and what it may use again from piece to piece.
class Encoding {
public:
    /// `parts` must outlive it.
    explicit Encoding(const TokenizerParts& parts)
        : parts_(parts),
          sink_([this](std::string_view piece, const Places& places) { add_piece(piece, places); }) {}

    /// Says of each id whether it has a byte in one of the ranges.
    Encoding(const TokenizerParts& parts, std::vector<TextRange> ranges);
    Encoding(const Encoding&) = delete; // the sink calls this one
    Encoding& operator=(const Encoding&) = delete;

    /// `at_start`: no other text stands before it.
    std::vector<TokenId> of(std::string_view text, bool at_start = true);
    /// One for each id.
    std::vector<bool> marked() { return std::move(marked_); }

private:
    bool is_start(std::size_t begin) const { return at_start_ && begin == 0; }
    void add_token(TokenId id, TextRange range);
    void add_raw(std::string_view text, std::size_t begin);
    /// The ranges in the normalized form of the text that begins at `begin`.
    std::vector<TextRange> moved(std::string_view text, std::size_t begin, std::string_view normalized) const;
    void add_normalized(std::string_view text, std::size_t begin, bool at_start);
    void add_piece(std::string_view piece, const Places& places);
    /// `bytes`: the token's own; `range`: where they stand. `tokenizers` may leave spaces out of that range.
    void mark(std::string_view bytes, TextRange range);

    void encode(const Bpe& model, std::string_view piece) { model.encode(piece, ids_, merging_); }
    void encode(const SentencePieceBpe& model, std::string_view piece) {
        model.encode(piece, ids_, merging_);
    }
    void encode(const Unigram& model, std::string_view piece) { model.encode(piece, ids_, sums_); }
    void encode(const WordPiece& model, std::string_view piece) { model.encode(piece, ids_); }
    void encode(const WordLevel& model, std::string_view piece) { model.encode(piece, ids_); }

    const TokenizerParts& parts_;
    bool at_start_ = true;
    PreTokenizer::Sink sink_;
    std::vector<TokenId> ids_;
    BpeScratch merging_;
    UnigramScratch sums_;
    PieceCache cache_;
    bool marking_ = false;
    std::vector<TextRange> ranges_;
    std::vector<bool> marked_;
};

} // namespace lora
