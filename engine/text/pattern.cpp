#define PCRE2_CODE_UNIT_WIDTH 8

#include "engine/text/pattern.h"

#include "engine/error.h"
#include "engine/text/unicode.h"

#include <array>
#include <cstdint>
#include <ctime>
#include <new>
#include <optional>
#include <utility>

#include <pcre2.h>

namespace lora {

namespace {

constexpr std::size_t most_expression_bytes = 1 << 16;
constexpr std::uint32_t match_limit = 1'000'000;
constexpr std::uint32_t depth_limit = 50'000;
constexpr std::uint32_t heap_limit_kib = 64 * 1024;
constexpr std::size_t places_a_call = 1024; // that a match may begin at, before the time is looked at
constexpr std::size_t matches_a_look = 1024;

std::string message_of(int code) {
    std::array<PCRE2_UCHAR8, 256> text{};
    pcre2_get_error_message_8(code, text.data(), text.size());
    std::string message;
    for (const PCRE2_UCHAR8* at = text.data(); *at != 0; ++at) {
        message.push_back(static_cast<char>(*at));
    }
    return message;
}

PCRE2_SPTR8 units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR8>(text.data()); }

/// Goes through an expression, and says whether a place is within a character class.
class Brackets {
public:
    explicit Brackets(std::string_view expression) : expression_(expression) {}

    bool are_open() const { return open_; }
    /// The unit at this place, which no backslash stands before. Returns the bytes that belong together: more
    /// than one of "[:alpha:]" in a class and of "[]" and "[^]", whose last is no end.
    std::size_t take(std::size_t at) {
        const std::string_view rest = expression_.substr(at);
        if (open_ && rest.starts_with("[:")) {
            const std::size_t end = rest.find(":]");
            return end == std::string_view::npos ? 1 : end + 2;
        }
        if (open_) {
            open_ = rest.front() != ']';
            return 1;
        }
        open_ = rest.front() == '[';
        if (rest.starts_with("[^]")) return 3;
        return rest.starts_with("[]") ? 2 : 1;
    }

private:
    std::string_view expression_;
    bool open_ = false;
};

// PCRE2's \s and \S count the Mongolian vowel separator U+180E among the spaces, which Unicode, and with it
// the expressions' authors, left in 2013. They are written out here.
std::string with_unicode_spaces(std::string_view expression) {
    const std::string spaces = R"(\t-\r\x{85}\p{Z})";
    std::string written;
    Brackets brackets(expression);
    for (std::size_t at = 0; at < expression.size();) {
        const bool is_escape = expression[at] == '\\';
        const std::string_view part = expression.substr(at, is_escape ? 2 : brackets.take(at));
        at += part.size();
        if (part == "\\s") {
            written += brackets.are_open() ? spaces : "[" + spaces + "]";
        } else if (part == "\\S") {
            written += brackets.are_open() ? R"(\S\x{180E})" : "[^" + spaces + "]";
        } else {
            written += part;
        }
    }
    return written;
}

std::shared_ptr<const pcre2_code_8> compile(std::string_view expression, const std::string& where) {
    const std::string written = with_unicode_spaces(expression);
    int code = 0;
    PCRE2_SIZE at = 0;
    const std::uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
    pcre2_code_8* compiled = pcre2_compile_8(units(written), written.size(), options, &code, &at, nullptr);
    if (compiled == nullptr) {
        fail(where, "the expression '" + shown(expression) + "'", "one that PCRE2 takes",
            message_of(code) + " at byte " + std::to_string(at));
    }
    pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE);
    return {compiled, [](const pcre2_code_8* gone) { pcre2_code_free_8(const_cast<pcre2_code_8*>(gone)); }};
}

using MatchData = std::unique_ptr<pcre2_match_data_8, decltype(&pcre2_match_data_free_8)>;

double processor_seconds() {
    timespec now = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A text's share of the processor, since PCRE2's own limit counts anew at every place that a match may begin
/// at: a long text is looked through some places at a time, and the clock is read between.
class WatchedContext {
public:
    WatchedContext(pcre2_match_context_8* limits, std::size_t bytes)
        : context_(limits), is_long_(bytes > places_a_call) {
        if (!is_long_) {
            return;
        }
        own_.reset(pcre2_match_context_copy_8(limits));
        if (own_ == nullptr) {
            throw std::bad_alloc();
        }
        context_ = own_.get();
        end_ = processor_seconds() + 1 + 5e-6 * static_cast<double>(bytes);
    }

    pcre2_match_context_8* get() const { return context_; }

    /// The last place where the next match may begin.
    std::size_t look_up_to(std::size_t from, std::size_t found) {
        reads_clock_ = is_long_ && (found % matches_a_look == 0 || from >= last_);
        last_ = from + places_a_call;
        if (is_long_) {
            pcre2_set_offset_limit_8(context_, last_);
        }
        return last_;
    }

    bool is_over() const { return reads_clock_ && processor_seconds() > end_; }

private:
    struct Free {
        void operator()(pcre2_match_context_8* context) const { pcre2_match_context_free_8(context); }
    };
    std::unique_ptr<pcre2_match_context_8, Free> own_;
    pcre2_match_context_8* context_;
    bool is_long_;
    bool reads_clock_ = false;
    std::size_t last_ = 0;
    double end_ = 0;
};

/// Where the next call begins that looks for matches beginning up to `last`.
std::size_t behind(std::string_view text, std::size_t last) {
    std::size_t at = last + 1;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    return at;
}

// The JIT's small stack can overflow where the interpreter's heap does not.
int match_at(const pcre2_code_8* code, std::string_view text, std::size_t from, pcre2_match_data_8* data,
    pcre2_match_context_8* limits) {
    const int rc = pcre2_match_8(code, units(text), text.size(), from, 0, data, limits);
    return rc == PCRE2_ERROR_JIT_STACKLIMIT
               ? pcre2_match_8(code, units(text), text.size(), from, PCRE2_NO_JIT, data, limits)
               : rc;
}

} // namespace

Pattern::Pattern(std::string_view expression, std::string where) : where_(std::move(where)) {
    if (expression.size() > most_expression_bytes) {
        fail(where_, "an expression of " + std::to_string(expression.size()) + " bytes",
            "at most " + std::to_string(most_expression_bytes));
    }
    code_ = compile(expression, where_);
    limits_ = {pcre2_match_context_create_8(nullptr), pcre2_match_context_free_8};
    if (limits_ == nullptr) {
        throw std::bad_alloc();
    }
    pcre2_set_match_limit_8(limits_.get(), match_limit);
    pcre2_set_depth_limit_8(limits_.get(), depth_limit);
    pcre2_set_heap_limit_8(limits_.get(), heap_limit_kib);
}

std::vector<TextRange> Pattern::matches(std::string_view text) const {
    const MatchData data(pcre2_match_data_create_8(1, nullptr), pcre2_match_data_free_8);
    if (data == nullptr) {
        throw std::bad_alloc();
    }
    WatchedContext context(limits_.get(), text.size());
    std::vector<TextRange> found;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t last = context.look_up_to(from, found.size());
        const int rc = match_at(code_.get(), text, from, data.get(), context.get());
        if (context.is_over()) {
            fail(where_,
                "an expression that takes too long on a text of " + std::to_string(text.size()) + " bytes",
                "one that answers within its limits", "the pattern is too costly for this text");
        }
        if (rc == PCRE2_ERROR_NOMATCH) {
            from = behind(text, last);
            continue;
        }
        if (rc < 0) {
            fail(where_, message_of(rc), "an expression that answers within its limits",
                "the pattern is too costly for this text");
        }
        const PCRE2_SIZE* range = pcre2_get_ovector_pointer_8(data.get());
        const TextRange match{range[0], range[1]};
        if (match.begin > match.end || match.end < from) {
            fail(where_, "a match that ends before it begins", "a range",
                "\\K inside a lookaround is not supported");
        }
        if (match.begin == match.end && !found.empty() && found.back().end == match.end) {
            from = match.end + (match.end < text.size() ? code_point_at(text, match.end).size_bytes : 1);
            continue;
        }
        found.push_back(match);
        from = match.end;
    }
    return found;
}

} // namespace lora
