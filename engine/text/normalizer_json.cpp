// tokenizer.json's normalizer. Declared in pipeline_json.h.

#include "engine/error.h"
#include "engine/text/pipeline_json.h"
#include "engine/text/step_limits.h"

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

void add_steps(std::vector<NormalizerStep>& steps, const JsonFields& fields) {
    const std::string type = fields.string("type");
    if (type == "Sequence") {
        for (const Json& item : list_of(fields, "normalizers")) {
            add_steps(steps, JsonFields(item, fields.where()));
        }
    } else if (type == "NFC") {
        steps.emplace_back(UnicodeForm::Nfc);
    } else if (type == "NFD") {
        steps.emplace_back(UnicodeForm::Nfd);
    } else if (type == "NFKC") {
        steps.emplace_back(UnicodeForm::Nfkc);
    } else if (type == "NFKD") {
        steps.emplace_back(UnicodeForm::Nfkd);
    } else if (type == "Prepend") {
        steps.emplace_back(Prepend{fields.string("prepend")});
    } else if (type == "Replace") {
        steps.emplace_back(Replace{pattern_from_json(fields), fields.string("content")});
    } else if (type == "Lowercase") {
        steps.emplace_back(Lowercase{});
    } else if (type == "Strip") {
        steps.emplace_back(
            Strip{fields.boolean_or("strip_left", true), fields.boolean_or("strip_right", true)});
    } else if (type == "BertNormalizer") {
        add_bert_steps(steps, fields);
    } else {
        fail(fields.where(), "type '" + shown(type) + "'",
            "Sequence, NFC, NFD, NFKC, NFKD, Prepend, Replace, Lowercase, Strip or BertNormalizer");
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
