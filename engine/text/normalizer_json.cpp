// tokenizer.json's normalizer. Declared in pipeline_json.h.

#include "engine/error.h"
#include "engine/text/base64.h"
#include "engine/text/pipeline_json.h"
#include "engine/text/step_limits.h"

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace lora {

namespace {

void add_bert_steps(std::vector<NormalizerStep>& steps, const JsonFields& fields) {
    const bool lowercase = fields.boolean_or("lowercase", true);
    if (fields.boolean_or("clean_text", true)) {
        steps.emplace_back(CleanText{});
    }
    if (fields.boolean_or("handle_chinese_chars", true)) {
        steps.emplace_back(SpacedIdeographs{});
    }
    if (fields.boolean_or("strip_accents", lowercase)) {
        steps.emplace_back(UnicodeForm::Nfd);
        steps.emplace_back(WithoutAccents{});
    }
    if (lowercase) {
        steps.emplace_back(Lowercase{});
    }
}

std::optional<UnicodeForm> form_named(std::string_view type) {
    static constexpr std::array<std::pair<std::string_view, UnicodeForm>, 4> forms{{{"NFC", UnicodeForm::Nfc},
        {"NFD", UnicodeForm::Nfd}, {"NFKC", UnicodeForm::Nfkc}, {"NFKD", UnicodeForm::Nfkd}}};
    for (const auto& [name, form] : forms) {
        if (name == type) {
            return form;
        }
    }
    return std::nullopt;
}

Precompiled precompiled_from_json(const JsonFields& fields) {
    const std::string where = fields.where() + ": precompiled_charsmap";
    const auto blob = from_base64(fields.string("precompiled_charsmap"));
    if (!blob) {
        fail(where, "a text that is not base64", "base64");
    }
    return {std::make_shared<const CharsMap>(*blob, where)};
}

std::optional<NormalizerStep> normalizer_step_from_json(const std::string& type, const JsonFields& fields) {
    if (const auto form = form_named(type)) {
        return *form;
    }
    if (type == "Prepend") {
        return Prepend{fields.string("prepend")};
    }
    if (type == "Replace") {
        return Replace{pattern_from_json(fields), fields.string("content")};
    }
    if (type == "Lowercase") {
        return Lowercase{};
    }
    if (type == "Strip") {
        return Strip{fields.boolean_or("strip_left", true), fields.boolean_or("strip_right", true)};
    }
    if (type == "StripAccents") {
        return WithoutMarks{};
    }
    if (type == "Nmt") {
        return NmtSpaces{};
    }
    if (type == "Precompiled") {
        return precompiled_from_json(fields);
    }
    if (type == "ByteLevel") {
        return ByteLevelText{};
    }
    return std::nullopt;
}

void add_steps(std::vector<NormalizerStep>& steps, const JsonFields& fields) {
    const std::string type = fields.string("type");
    if (type == "Sequence") {
        for (const Json& item : list_of(fields, "normalizers")) {
            add_steps(steps, JsonFields(item, fields.where()));
        }
    } else if (type == "BertNormalizer") {
        add_bert_steps(steps, fields);
    } else if (auto step = normalizer_step_from_json(type, fields)) {
        steps.push_back(std::move(*step));
    } else {
        fail(fields.where(), "type '" + shown(type) + "'",
            "Sequence, NFC, NFD, NFKC, NFKD, Prepend, Replace, Lowercase, Strip, StripAccents, Nmt, "
            "Precompiled, ByteLevel or BertNormalizer");
    }
}

} // namespace

Normalizer normalizer_from_json(const Json* value, const std::string& where) {
    std::vector<NormalizerStep> steps;
    if (value != nullptr) {
        add_steps(steps, JsonFields(*value, where));
        check_steps(steps.size(), where);
    }
    return Normalizer(std::move(steps));
}

void check_steps(std::size_t steps, const std::string& where) {
    if (steps > most_steps)
        fail(where, std::to_string(steps) + " steps", "at most " + std::to_string(most_steps));
}

const Json& list_of(const JsonFields& owner, const std::string& key) {
    const Json* list = owner.find(key);
    if (list == nullptr || !list->is_array()) {
        fail(owner.where() + ": " + key, list == nullptr ? "nothing" : "another kind of value", "a list");
    }
    return *list;
}

std::variant<std::string, Pattern> pattern_from_json(const JsonFields& owner) {
    const JsonFields pattern = owner.object("pattern");
    if (pattern.has("String")) {
        return pattern.string("String");
    }
    return Pattern(pattern.string("Regex"), pattern.where());
}

} // namespace lora
