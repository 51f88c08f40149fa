// tokenizer.json's decoder. Declared in pipeline_json.h.

#include "engine/error.h"
#include "engine/text/pipeline_json.h"

#include <cstddef>
#include <utility>

namespace lora {

namespace {

constexpr std::int64_t most_stripped = 1 << 16;

MetaspaceDecoder metaspace_decoder_from_json(const JsonFields& fields) {
    const bool had_prefix = fields.boolean_or("add_prefix_space", true);
    const std::string scheme = fields.string_or("prepend_scheme", had_prefix ? "always" : "never");
    return {fields.string_or("replacement", "\xE2\x96\x81"), scheme != "never"};
}

StripDecoder strip_from_json(const JsonFields& fields) {
    return {fields.string("content"),
        static_cast<std::size_t>(fields.integer_or("start", 0, 0, most_stripped)),
        static_cast<std::size_t>(fields.integer_or("stop", 0, 0, most_stripped))};
}

void add_steps(std::vector<DecoderStep>& steps, const JsonFields& fields) {
    const std::string type = fields.string("type");
    if (type == "Sequence") {
        for (const Json& item : list_of(fields, "decoders")) {
            add_steps(steps, JsonFields(item, fields.where()));
        }
    } else if (type == "ByteLevel") {
        steps.emplace_back(ByteLevelDecoder{});
    } else if (type == "ByteFallback") {
        steps.emplace_back(ByteFallbackDecoder{});
    } else if (type == "Fuse") {
        steps.emplace_back(FuseDecoder{});
    } else if (type == "Strip") {
        steps.emplace_back(strip_from_json(fields));
    } else if (type == "Metaspace") {
        steps.emplace_back(metaspace_decoder_from_json(fields));
    } else if (type == "Replace") {
        steps.emplace_back(Replace{pattern_from_json(fields), fields.string("content")});
    } else if (type == "WordPiece") {
        steps.emplace_back(
            WordPieceDecoder{fields.string_or("prefix", "##"), fields.boolean_or("cleanup", true)});
    } else if (type == "BPEDecoder") {
        steps.emplace_back(SuffixDecoder{fields.string_or("suffix", "</w>")});
    } else if (type == "CTC") {
        steps.emplace_back(CtcDecoder{fields.string_or("pad_token", "<pad>"),
            fields.string_or("word_delimiter_token", "|"), fields.boolean_or("cleanup", true)});
    } else {
        fail(fields.where(), "type '" + shown(type) + "'",
            "Sequence, ByteLevel, ByteFallback, Fuse, Strip, Metaspace, Replace, WordPiece, BPEDecoder or "
            "CTC");
    }
}

} // namespace

TokenDecoder decoder_from_json(const Json* value, const std::string& where) {
    std::vector<DecoderStep> steps;
    if (value != nullptr) {
        add_steps(steps, JsonFields(*value, where));
    }
    return TokenDecoder(std::move(steps));
}

} // namespace lora
