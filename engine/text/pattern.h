#pragma once
// A regular expression from a file nobody vouches for: PCRE2 with Unicode classes and limits on its work.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pcre2_real_code_8;
struct pcre2_real_match_context_8;

namespace lora {

/// A half-open range of bytes.
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool operator==(const TextRange&) const = default;
};

/// A compiled expression. Immutable and cheap to copy; safe to use from several threads at once.
class Pattern {
public:
    /// `where` names the file and the place in it. Throws Error if PCRE2 refuses the expression.
    /// Before PCRE2 10.43, \w takes no combining marks, where Oniguruma's does.
    Pattern(std::string_view expression, std::string where);

    /// All matches from left to right, none overlapping; an empty match is kept unless it lies at the last
    /// one's end. Bytes that are not UTF-8 match nothing. Throws Error when the expression passes its limits
    /// on this text: steps at one place, or the processor's time for the whole.
    std::vector<TextRange> matches(std::string_view text) const;

private:
    std::string where_;
    std::shared_ptr<const pcre2_real_code_8> code_;
    std::shared_ptr<pcre2_real_match_context_8> limits_;
};

} // namespace lora
