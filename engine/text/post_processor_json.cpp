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
        return {named(fields, "cls"), named(fields, "sep"), trims};
    }
    if (type == "TemplateProcessing") {
        return frame_of_template(fields);
    }
    if (type != "ByteLevel") {
        fail(where, "type '" + shown(type) + "'",
            "Sequence, ByteLevel, BertProcessing, RobertaProcessing or TemplateProcessing");
    }
    return {.first = {}, .last = {}, .trims_spaces = fields.boolean_or("trim_offsets", true)};
}

} // namespace lora
