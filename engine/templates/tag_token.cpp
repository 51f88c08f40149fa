#include "engine/templates/tag_token.h"

#include "engine/templates/number_text.h"
#include "engine/templates/string_literal.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace lora::jinja {

namespace {

bool is_name_letter(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return std::isalnum(byte) != 0 || letter == '_' || byte >= 0x80;
}

class TagToken {
public:
    TagToken(const Source& source, std::size_t& at, std::string& open)
        : source_(source), text_(source.text()), at_(at), open_(open) {}

    Token take() {
        const char letter = text_[at_];
        if (std::isdigit(static_cast<unsigned char>(letter)) != 0)
            number();
        else if (letter == '\'' || letter == '"')
            string(letter);
        else if (is_name_letter(letter))
            name();
        else
            sign();
        return std::move(token_);
    }

private:
    std::string_view rest() const { return text_.substr(at_); }
    bool next_is(std::string_view what) const { return rest().substr(0, what.size()) == what; }

    Token& add(Token::Kind kind, std::size_t offset, std::string text = {}) {
        token_ = {.kind = kind, .text = std::move(text), .number = {}, .offset = offset};
        return token_;
    }

    void name() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_name_letter(text_[at_])) ++at_;
        add(Token::Kind::Name, begin, std::string(text_.substr(begin, at_ - begin)));
    }

    void string(char quote) {
        const std::size_t begin = at_++;
        while (at_ < text_.size() && text_[at_] != quote) at_ += text_[at_] == '\\' ? 2 : 1;
        if (at_ >= text_.size()) source_.refuse(begin, "a string without an end", std::string(1, quote));
        try {
            add(Token::Kind::String, begin, unescaped(text_.substr(begin + 1, at_ - begin - 1)));
        } catch (const Refusal& refusal) {
            source_.refuse(begin, refusal.found, refusal.expected);
        }
        ++at_;
    }

    void digits() {
        while (at_ < text_.size()
               && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
            ++at_;
    }

    bool digit_at(std::size_t at) const {
        return at < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at])) != 0;
    }

    void number() {
        const std::size_t begin = at_;
        const bool behind_dot = begin > 0 && text_[begin - 1] == '.';
        digits();
        bool is_real = false;
        if (!behind_dot && next_is(".") && digit_at(at_ + 1)) {
            is_real = true;
            ++at_;
            digits();
        }
        if (!behind_dot && (next_is("e") || next_is("E"))) {
            const std::size_t exponent =
                at_ + (rest().substr(1, 1) == "-" || rest().substr(1, 1) == "+" ? 2 : 1);
            if (digit_at(exponent)) {
                is_real = true;
                at_ = exponent;
                digits();
            }
        }
        try {
            const std::string_view written = text_.substr(begin, at_ - begin);
            Value value;
            if (const auto real_number = is_real ? real_in(written) : std::nullopt)
                value = real(*real_number);
            if (const auto whole_number = is_real ? std::nullopt : integer_in(written, 10))
                value = integer(*whole_number);
            const bool odd = is_undefined(value) || (at_ < text_.size() && is_name_letter(text_[at_]))
                             || (!is_real && written.size() > 1 && written[0] == '0'
                                 && written.find_first_not_of("0_") != std::string_view::npos);
            if (odd) throw Refusal{"'" + std::string(written) + "'", "a decimal number"};
            add(Token::Kind::Number, begin).number = value;
        } catch (const Refusal& refusal) {
            source_.refuse(begin, refusal.found, refusal.expected);
        }
    }

    void sign() {
        static constexpr std::array<std::string_view, 6> doubles{"//", "**", "==", "!=", ">=", "<="};
        static constexpr std::string_view singles = "+-/*%~[](){}><=.:|,;";
        const auto* const found = std::find_if(
            doubles.begin(), doubles.end(), [&](std::string_view each) { return next_is(each); });
        const std::size_t length = found != doubles.end() ? 2 : 1;
        const std::string_view written = text_.substr(at_, length);
        if (length == 1 && singles.find(written) == std::string_view::npos)
            source_.refuse(at_, "'" + std::string(written) + "'", "an expression or the end of the tag");
        balance(written[0]);
        add(Token::Kind::Sign, at_, std::string(written));
        at_ += length;
    }

    void balance(char written) {
        static constexpr std::string_view opening = "([{";
        static constexpr std::string_view closing = ")]}";
        if (const std::size_t kind = opening.find(written); kind != std::string_view::npos)
            open_ += closing[kind];
        if (closing.find(written) == std::string_view::npos) return;
        if (open_.empty() || open_.back() != written)
            source_.refuse(at_, "'" + std::string(1, written) + "'",
                open_.empty() ? "no closing bracket" : "'" + std::string(1, open_.back()) + "'");
        open_.pop_back();
    }

    const Source& source_;
    std::string_view text_;
    std::size_t& at_;
    std::string& open_;
    Token token_;
};

} // namespace

Token tag_token(const Source& source, std::size_t& at, std::string& open) {
    return TagToken(source, at, open).take();
}

} // namespace lora::jinja
