// tokenizer.json's pre_tokenizer. Declared in pipeline_json.h.

#include "engine/error.h"
#include "engine/text/pipeline_json.h"
#include "engine/text/unicode_scripts.h"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace lora {

namespace {

constexpr std::int64_t longest_piece = 1 << 20; // in characters, for FixedLength

SplitBehaviour behaviour_from_json(const JsonFields& fields, const std::string& wanted) {
    static constexpr std::array<std::pair<std::string_view, SplitBehaviour>, 5> names{{
        {"Removed", SplitBehaviour::Removed},
        {"Isolated", SplitBehaviour::Isolated},
        {"MergedWithPrevious", SplitBehaviour::MergedWithPrevious},
        {"MergedWithNext", SplitBehaviour::MergedWithNext},
        {"Contiguous", SplitBehaviour::Contiguous},
    }};
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
    const SplitBehaviour behaviour = behaviour_from_json(fields, fields.string("behavior"));
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

MetaspaceSplit metaspace_split_from_json(const JsonFields& fields) {
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

/// Runs of one script, with the spaces and the characters of no script in them; those before the first run
/// go.
PatternSplit scripts_split(const std::string& where) {
    std::string classes = R"(\p{sc:Han}\p{sc:Hiragana}\p{sc:Katakana}\p{sc:Common})";
    std::string runs = R"((?:[\p{sc:Han}\p{sc:Hiragana}\p{sc:Katakana}\x{30FC}](?&none)*)+)"
                       R"(|(?:(?![ \x{30FC}])\p{sc:Common}(?&none)*)+)";
    for (const std::string_view script : unicode_scripts()) {
        classes.append(R"(\p{sc:)").append(script).append("}");
        runs.append(R"(|(?:\p{sc:)").append(script).append("}(?&none)*)+");
    }
    const std::string expression = "(?(DEFINE)(?<none> |[^" + classes + "]))(?:" + runs + ")";
    return {Pattern(expression, where), SplitBehaviour::Removed, /*invert=*/true};
}

void add_byte_level(JsonPreTokenizer& plan, const JsonFields& fields) {
    plan.byte_level = true;
    if (fields.boolean_or("add_prefix_space", true)) {
        plan.steps.emplace_back(SpacePrefix{});
    }
    if (fields.boolean_or("use_regex", true)) {
        plan.steps.emplace_back(KnownSplit::Gpt2);
    }
}

std::optional<SplitStep> split_step_from_json(const std::string& type, const JsonFields& fields) {
    if (type == "Digits") {
        return DigitSplit{fields.boolean_or("individual_digits", false)};
    }
    if (type == "Split") {
        return split_from_json(fields);
    }
    if (type == "Metaspace") {
        return metaspace_split_from_json(fields);
    }
    if (type == "BertPreTokenizer") {
        return BertSplit{};
    }
    if (type == "WhitespaceSplit") {
        return SpaceSplit{};
    }
    if (type == "Whitespace") {
        return WordSplit{};
    }
    if (type == "Punctuation") {
        return PunctuationSplit{behaviour_from_json(fields, fields.string_or("behavior", "Isolated"))};
    }
    if (type == "CharDelimiterSplit") {
        const std::string where = fields.where() + ": delimiter";
        return PatternSplit{literal_pattern(fields.string("delimiter"), where), SplitBehaviour::Removed};
    }
    if (type == "UnicodeScripts") {
        return scripts_split(fields.where());
    }
    if (type == "FixedLength") {
        return LengthSplit{static_cast<std::size_t>(fields.integer_or("length", 5, 1, longest_piece))};
    }
    return std::nullopt;
}

void add_steps(JsonPreTokenizer& plan, const JsonFields& fields) {
    const std::string type = fields.string("type");
    if (type == "Sequence") {
        for (const Json& item : list_of(fields, "pretokenizers")) {
            add_steps(plan, JsonFields(item, fields.where()));
        }
        return;
    }
    if (plan.byte_level) { // what follows sees the alphabet's characters
        plan.steps.emplace_back(ByteLevelStep{});
        plan.byte_level = false;
    }
    if (type == "ByteLevel") {
        add_byte_level(plan, fields);
    } else if (auto step = split_step_from_json(type, fields)) {
        plan.steps.push_back(std::move(*step));
    } else {
        fail(fields.where(), "type '" + shown(type) + "'",
            "Sequence, ByteLevel, Digits, Split, Metaspace, BertPreTokenizer, Whitespace, WhitespaceSplit, "
            "Punctuation, CharDelimiterSplit, UnicodeScripts or FixedLength");
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
