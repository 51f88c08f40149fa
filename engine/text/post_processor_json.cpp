// tokenizer.json's post_processor. Declared in pipeline_json.h.

#include "engine/error.h"
#include "engine/text/pipeline_json.h"

#include <utility>

namespace lora {

namespace {

std::string special_token(const Json& item, const std::string& where) {
    const JsonFields fields(item, where);
    return fields.has("SpecialToken") ? fields.object("SpecialToken").string("id") : "";
}

/// The text with at most one token on each side.
FrameTokens frame_of_template(const JsonFields& fields) {
    const std::string where = fields.where() + ": single";
    FrameTokens frame;
    bool behind = false;
    for (const Json& item : list_of(fields, "single")) {
        const std::string token = special_token(item, where);
        std::string& place = behind ? frame.last : frame.first;
        if (token.empty() ? behind : !place.empty()) {
            fail(where, token.empty() ? "the text twice" : "'" + shown(token) + "' beside another token",
                "the text, with at most one token in front and one behind");
        }
        behind = behind || token.empty();
        place = token.empty() ? place : token;
    }
    return frame;
}

/// A part of a template: a special token, or one of the two texts, and its type.
struct PairPart {
    std::string token; ///< empty: a text
    std::string text;  ///< "A" or "B"
    std::int64_t type = 0;
};

PairPart pair_part(const Json& item, const std::string& where) {
    const JsonFields fields(item, where);
    const bool special = fields.has("SpecialToken");
    const JsonFields part = fields.object(special ? "SpecialToken" : "Sequence");
    PairPart made{.token = {}, .text = {}, .type = part.integer_or("type_id", 0, 0, 255)};
    (special ? made.token : made.text) = part.string("id");
    return made;
}

/// None where the texts stand otherwise than first and second, or types otherwise than first 0, then 1.
std::optional<PairTokens> pair_of_template(const JsonFields& fields) {
    if (!fields.has("pair")) {
        return std::nullopt;
    }
    PairTokens pair;
    std::vector<std::string>* place = &pair.before;
    std::int64_t type = 0;
    for (const Json& item : list_of(fields, "pair")) {
        const PairPart part = pair_part(item, fields.where() + ": pair");
        const bool in_order = part.token.empty()
                                  ? place != &pair.behind && part.text == (place == &pair.before ? "A" : "B")
                                  : true;
        const bool too_early = part.type == 1 && place == &pair.before;
        if (!in_order || too_early || part.type < type || part.type > 1) {
            return std::nullopt;
        }
        if (part.type > type) {
            if (place == &pair.behind) {
                return std::nullopt;
            }
            pair.first_type = pair.between.size();
        }
        type = part.type;
        if (!part.token.empty()) {
            place->push_back(part.token);
        } else {
            place = place == &pair.before ? &pair.between : &pair.behind;
        }
    }
    return place == &pair.behind ? std::optional(std::move(pair)) : std::nullopt;
}

// "cls": ["[CLS]", 101]
std::string named(const JsonFields& fields, const char* key) {
    const Json& pair = list_of(fields, key);
    if (pair.empty() || !pair.front().is_string()) {
        fail(fields.where() + ": " + key, "no token", "a token and its id");
    }
    return pair.front().get<std::string>();
}

/// The first of them that puts tokens around the text.
FrameTokens frame_of_sequence(const JsonFields& fields) {
    FrameTokens whole;
    for (const Json& item : list_of(fields, "processors")) {
        FrameTokens frame = frame_tokens_from_json(&item, fields.where());
        whole.trims_spaces = whole.trims_spaces || frame.trims_spaces;
        if (whole.first.empty() && whole.last.empty()) {
            whole.first = std::move(frame.first);
            whole.last = std::move(frame.last);
            whole.pair = std::move(frame.pair);
        }
    }
    return whole;
}

} // namespace

FrameTokens frame_tokens_from_json(const Json* value, const std::string& where) {
    if (value == nullptr) {
        return {};
    }
    const JsonFields fields(*value, where);
    const std::string type = fields.string("type");
    if (type == "Sequence") {
        return frame_of_sequence(fields);
    }
    if (type == "BertProcessing" || type == "RobertaProcessing") {
        const bool trims = type == "RobertaProcessing" && fields.boolean_or("trim_offsets", true);
        const std::string first = named(fields, "cls"), last = named(fields, "sep");
        PairTokens pair{.before = {first}, .between = {last}, .behind = {last}};
        if (type == "BertProcessing") {
            pair.first_type = 1;
        } else {
            pair.between.push_back(last);
        }
        return {first, last, std::move(pair), trims};
    }
    if (type == "TemplateProcessing") {
        FrameTokens frame = frame_of_template(fields);
        frame.pair = pair_of_template(fields);
        return frame;
    }
    if (type != "ByteLevel") {
        fail(where, "type '" + shown(type) + "'",
            "Sequence, ByteLevel, BertProcessing, RobertaProcessing or TemplateProcessing");
    }
    return {.first = {}, .last = {}, .pair = {}, .trims_spaces = fields.boolean_or("trim_offsets", true)};
}

} // namespace lora
