#include "engine/text/sentence_piece_tokenizer.h"

#include "engine/text/model_json.h"

#include <memory>
#include <utility>
#include <vector>

namespace lora {

namespace {

using PieceType = SentencePiece::Type;

TokenTable table_of(const SentencePieceModel& model) {
    TokenTable table;
    table.reserve(model.pieces.size());
    for (const SentencePiece& piece : model.pieces) {
        table.add(piece.text, table.size());
    }
    return table;
}

std::vector<ScoredToken> tokens_of(const SentencePieceModel& model) {
    std::vector<ScoredToken> tokens;
    tokens.reserve(model.pieces.size());
    for (const SentencePiece& piece : model.pieces) {
        const TokenUse use = piece.type == PieceType::Normal        ? TokenUse::Scored
                             : piece.type == PieceType::UserDefined ? TokenUse::Always
                                                                    : TokenUse::Never;
        tokens.push_back({piece.score, use});
    }
    return tokens;
}

std::shared_ptr<const ByteTrie> user_symbols(const SentencePieceModel& model, const std::string& where) {
    std::vector<std::pair<std::string_view, std::int32_t>> texts;
    std::int32_t id = 0;
    for (const SentencePiece& piece : model.pieces) {
        if (piece.type == PieceType::UserDefined) {
            texts.emplace_back(piece.text, id);
        }
        ++id;
    }
    return texts.empty() ? nullptr : std::make_shared<const ByteTrie>(std::move(texts), where);
}

std::vector<AddedToken> added_of(const SentencePieceModel& model) {
    std::vector<AddedToken> added;
    TokenId id = 0;
    for (const SentencePiece& piece : model.pieces) {
        if (piece.type == PieceType::Control || piece.type == PieceType::Unknown) {
            AddedToken token;
            token.content = piece.text;
            token.id = id;
            token.special = true;
            added.push_back(std::move(token));
        }
        ++id;
    }
    return added;
}

TokenModel model_of(const SentencePieceModel& model, const std::shared_ptr<const ByteTrie>& symbols,
    const std::string& where) {
    if (model.kind == SentencePieceModel::Kind::Bpe) {
        return SentencePieceBpe(
            table_of(model), tokens_of(model), {model.unknown, model.byte_fallback, symbols});
    }
    UnigramOptions options;
    options.unknown = model.unknown;
    options.byte_fallback = model.byte_fallback;
    options.sums = UnigramSums::Single;
    return Unigram(table_of(model), tokens_of(model), options, where);
}

TokenDecoder decoder_of(const SentencePieceModel& model) {
    std::vector<DecoderStep> steps{Replace{std::string(space_mark), " "}};
    if (model.byte_fallback) {
        steps.emplace_back(ByteFallbackDecoder{});
    }
    steps.emplace_back(FuseDecoder{});
    if (model
            .adds_space) { // also where it adds it behind: SentencePiece leaves that one, and drops the first
        steps.emplace_back(StripDecoder{" ", 1, 0});
    }
    return TokenDecoder(std::move(steps));
}

} // namespace

TokenizerParts sentence_piece_tokenizer(
    const SentencePieceModel& model, bool only_at_start, const std::string& where) {
    SentencePieceText text;
    text.kept = user_symbols(model, where);
    if (!model.replacements.empty()) {
        text.replacements = std::make_shared<const CharsMap>(
            model.replacements, where + ": normalizer_spec: precompiled_charsmap");
    }
    text.removes_extra_spaces = model.removes_extra_spaces;
    text.marks_spaces = model.marks_spaces;
    text.adds_space = model.adds_space;
    text.adds_behind = model.space_behind;
    text.only_at_start = only_at_start;
    TokenizerParts parts;
    parts.model = model_of(model, text.kept, where);
    if (words_can_be_apart(parts.model, /*byte_level=*/false)) {
        parts.pre_tokenizer = PreTokenizer({MarkSplit{}});
    }
    parts.normalizer = Normalizer({std::move(text)});
    parts.added = AddedTokens(added_of(model), Normalizer(), where);
    parts.decoder = decoder_of(model);
    return parts;
}

} // namespace lora
