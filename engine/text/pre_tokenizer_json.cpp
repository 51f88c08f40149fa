// tokenizer.json's pre_tokenizer. Declared in pipeline_json.h.

#include "engine/error.h"
#include "engine/text/pipeline_json.h"

#include <array>
#include <utility>

namespace lora {

namespace {

SplitBehaviour behaviour_from_json(const JsonFields& fields) {
    static constexpr std::array<std::pair<std::string_view, SplitBehaviour>, 5> names{{
        {"Removed", SplitBehaviour::Removed},
        {"Isolated", SplitBehaviour::Isolated},
        {"MergedWithPrevious", SplitBehaviour::MergedWithPrevious},
        {"MergedWithNext", SplitBehaviour::MergedWithNext},
        {"Contiguous", SplitBehaviour::Contiguous},
    }};
    const std::string wanted = fields.string("behavior");
    for (const auto& [name, behaviour] : names) {
        if (name == wanted) {
            return behaviour;
        }
    }
    fail(fields.where() + ": behavior", "'" + shown(wanted) + "'",
        "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
}

Pattern literal_pattern(std::string_view text, const std::string& where) {
    std::string expression;
    for (const char byte : text) {
        const bool is_plain = static_cast<unsigned char>(byte) >= 0x80 || (byte >= 'a' && byte <= 'z')
                              || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == ' '
                              || byte == '\n';
        expression += is_plain ? std::string(1, byte) : std::string{'\\', byte};
    }
    return Pattern(expression, where);
}

SplitStep split_from_json(const JsonFields& fields) {
    const SplitBehaviour behaviour = behaviour_from_json(fields);
    const bool invert = fields.boolean_or("invert", false);
    const JsonFields pattern = fields.object("pattern");
    if (pattern.has("String")) {
        return PatternSplit{literal_pattern(pattern.string("String"), pattern.where()), behaviour, invert};
    }
    const std::string expression = pattern.string("Regex");
    // A known pattern leaves nothing between its matches, so these two mean the same.
    const bool keeps_matches =
        behaviour == SplitBehaviour::Isolated || (behaviour == SplitBehaviour::Removed && invert);
    if (const auto known = known_split(expression); known && keeps_matches) {
        return *known;
    }
    return PatternSplit{Pattern(expression, pattern.where()), behaviour, invert};
}

MetaspaceSplit metaspace_from_json(const JsonFields& fields) {
    MetaspaceSplit metaspace;
    metaspace.replacement = fields.string_or("replacement", metaspace.replacement);
    metaspace.split = fields.boolean_or("split", true);
    const bool had_prefix = fields.boolean_or("add_prefix_space", true);
    const std::string scheme = fields.string_or("prepend_scheme", had_prefix ? "always" : "never");
    if (metaspace.replacement.empty() || metaspace.replacement.size() > 4) {
        fail(fields.where() + ": replacement", "'" + shown(metaspace.replacement) + "'", "one character");
    }
    if (scheme == "always") {
        metaspace.prefix = MetaspaceSplit::Prefix::Always;
    } else if (scheme == "first") {
        metaspace.prefix = MetaspaceSplit::Prefix::First;
    } else if (scheme == "never") {
        metaspace.prefix = MetaspaceSplit::Prefix::Never;
    } else {
        fail(fields.where() + ": prepend_scheme", "'" + shown(scheme) + "'", "always, first or never");
    }
    return metaspace;
}

void add_steps(JsonPreTokenizer& plan, const JsonFields& fields) {
    const std::string type = fields.string("type");
    if (type == "Sequence") {
        for (const Json& item : list_of(fields, "pretokenizers")) {
            add_steps(plan, JsonFields(item, fields.where()));
        }
        return;
    }
    if (plan.byte_level) {
        fail(fields.where(), "type '" + shown(type) + "' after ByteLevel", "ByteLevel as the last one");
    }
    if (type == "ByteLevel") {
        plan.byte_level = true;
        if (fields.boolean_or("add_prefix_space", true)) {
            plan.steps.emplace_back(SpacePrefix{});
        }
        if (fields.boolean_or("use_regex", true)) {
            plan.steps.emplace_back(KnownSplit::Gpt2);
        }
    } else if (type == "Digits") {
        plan.steps.emplace_back(DigitSplit{fields.boolean_or("individual_digits", false)});
    } else if (type == "Split") {
        plan.steps.push_back(split_from_json(fields));
    } else if (type == "Metaspace") {
        plan.steps.emplace_back(metaspace_from_json(fields));
    } else if (type == "BertPreTokenizer") {
        plan.steps.emplace_back(BertSplit{});
    } else {
        fail(fields.where(), "type '" + shown(type) + "'",
            "Sequence, ByteLevel, Digits, Split, Metaspace or BertPreTokenizer");
    }
}

} // namespace

JsonPreTokenizer pre_tokenizer_from_json(const Json* value, const std::string& where) {
    JsonPreTokenizer plan;
    if (value != nullptr) {
        add_steps(plan, JsonFields(*value, where));
        check_steps(plan.steps.size(), where);
    }
    return plan;
}

} // namespace lora
