#include "engine/text/sentence_piece_model.h"

#include "engine/error.h"
#include "engine/text/protobuf.h"
#include "engine/text/token_table.h"

#include <cmath>
#include <unordered_set>

namespace lora {

namespace {

// Field numbers of ModelProto, SentencePiece, TrainerSpec and NormalizerSpec.
enum ModelField : std::uint32_t { Pieces = 1, Trainer = 2, NormalizerSpec = 3, Denormalizer = 5 };
enum PieceField : std::uint32_t { Text = 1, Score = 2, Type = 3 };
enum TrainerField : std::uint32_t {
    ModelKind = 3,
    SpaceBehind = 24,
    ByteFallback = 35,
    BeginId = 41,
    EndId = 42,
};
enum NormalizerField : std::uint32_t { Replacements = 2, AddsSpace = 3, RemovesSpaces = 4, MarksSpaces = 5 };

struct Reading {
    SentencePieceModel model;
    std::int32_t begin = 1;
    std::int32_t end = 2;
};

SentencePiece::Type type_from(std::uint64_t value, const std::string& where) {
    if (value < 1 || value > 6) {
        fail(where, "type " + std::to_string(value), "1 to 6");
    }
    return static_cast<SentencePiece::Type>(value);
}

void read_piece(SentencePieceModel& model, std::string_view bytes, const std::string& file) {
    if (model.pieces.size() >= static_cast<std::size_t>(most_token_ids)) {
        fail(file, "more pieces", "at most " + std::to_string(most_token_ids));
    }
    ProtobufReader fields(bytes, file + ": piece " + std::to_string(model.pieces.size()));
    SentencePiece piece;
    while (fields.next()) {
        switch (fields.field()) {
        case PieceField::Text: piece.text = fields.bytes(); break;
        case PieceField::Score: piece.score = fields.number(); break;
        case PieceField::Type: piece.type = type_from(fields.integer(), fields.where()); break;
        default: break;
        }
    }
    if (piece.text.empty()) {
        fail(fields.where(), "no text", "a text");
    }
    if (!std::isfinite(piece.score)) {
        fail(fields.where(), "a score that is no number", "a number");
    }
    model.pieces.push_back(std::move(piece));
}

SentencePieceModel::Kind kind_from(std::uint64_t value, const std::string& where) {
    if (value != 1 && value != 2) {
        fail(where,
            value == 3   ? "model_type Word"
            : value == 4 ? "model_type Char"
                         : "an unknown model_type",
            "Unigram or BPE");
    }
    return static_cast<SentencePieceModel::Kind>(value);
}

void read_trainer(Reading& reading, std::string_view bytes, const std::string& file) {
    ProtobufReader fields(bytes, file + ": trainer_spec");
    while (fields.next()) {
        switch (fields.field()) {
        case ModelKind: reading.model.kind = kind_from(fields.integer(), fields.where()); break;
        case SpaceBehind: reading.model.space_behind = fields.boolean(); break;
        case ByteFallback: reading.model.byte_fallback = fields.boolean(); break;
        case BeginId: reading.begin = fields.signed_integer(); break;
        case EndId: reading.end = fields.signed_integer(); break;
        default: break;
        }
    }
}

void read_normalizer(SentencePieceModel& model, std::string_view bytes, const std::string& file) {
    ProtobufReader fields(bytes, file + ": normalizer_spec");
    while (fields.next()) {
        switch (fields.field()) {
        case Replacements: model.replacements = fields.bytes(); break;
        case AddsSpace: model.adds_space = fields.boolean(); break;
        case RemovesSpaces: model.removes_extra_spaces = fields.boolean(); break;
        case MarksSpaces: model.marks_spaces = fields.boolean(); break;
        default: break;
        }
    }
}

// Only decoding would need it, and no published model has one.
void refuse_replacements(std::string_view bytes, const std::string& file) {
    SentencePieceModel denormalizer;
    read_normalizer(denormalizer, bytes, file);
    if (!denormalizer.replacements.empty()) {
        fail(file + ": denormalizer_spec", "replacements", "none");
    }
}

/// An id that may be absent: -1, or one that no piece has.
std::optional<TokenId> id_of(const SentencePieceModel& model, std::int32_t id) {
    const bool exists = id >= 0 && static_cast<std::size_t>(id) < model.pieces.size();
    return exists ? std::optional<TokenId>(id) : std::nullopt;
}

void check_pieces(SentencePieceModel& model, const std::string& file) {
    std::unordered_set<std::string_view> seen;
    std::optional<TokenId> unknown;
    TokenId id = 0;
    for (const SentencePiece& piece : model.pieces) {
        const bool is_unknown = piece.type == SentencePiece::Type::Unknown;
        if (!seen.insert(piece.text).second || (is_unknown && unknown)) {
            fail(file + ": piece " + std::to_string(id),
                is_unknown && unknown ? "a second unknown piece" : "'" + shown(piece.text) + "' again",
                "every piece once");
        }
        if (is_unknown) {
            unknown = id;
        }
        ++id;
    }
    if (!unknown) {
        fail(file, "no piece of type Unknown", "one", "the file may be of another format");
    }
    model.unknown = *unknown;
}

} // namespace

SentencePieceModel sentence_piece_model(std::string_view bytes, const std::string& where) {
    ProtobufReader fields(bytes, where);
    Reading reading;
    while (fields.next()) {
        switch (fields.field()) {
        case Pieces: read_piece(reading.model, fields.bytes(), where); break;
        case Trainer: read_trainer(reading, fields.bytes(), where); break;
        case ModelField::NormalizerSpec: read_normalizer(reading.model, fields.bytes(), where); break;
        case Denormalizer: refuse_replacements(fields.bytes(), where); break;
        default: break;
        }
    }
    check_pieces(reading.model, where);
    reading.model.begin = id_of(reading.model, reading.begin);
    reading.model.end = id_of(reading.model, reading.end);
    return std::move(reading.model);
}

} // namespace lora
