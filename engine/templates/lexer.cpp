#include "engine/templates/lexer.h"

#include "engine/templates/characters.h"
#include "engine/templates/tag_token.h"

namespace lora::jinja {

namespace {

class Lexer {
public:
    explicit Lexer(const Source& source) : source_(source), text_(source.text()) {}

    std::vector<Token> run() {
        while (at_ < text_.size()) data();
        add(Token::Kind::End, at_);
        return std::move(tokens_);
    }

private:
    std::string_view rest() const { return text_.substr(at_); }
    bool next_is(std::string_view what) const { return rest().substr(0, what.size()) == what; }

    Token& add(Token::Kind kind, std::size_t offset, std::string text = {}) {
        tokens_.push_back({.kind = kind, .text = std::move(text), .number = {}, .offset = offset});
        return tokens_.back();
    }

    void skip_space() { at_ = text_.size() - stripped_left(rest()).size(); }

    /// Behind a tag: `-` takes all white space, and where lines are trimmed one line end goes.
    void end_tag(char sign, bool trims) {
        if (sign == '-')
            skip_space();
        else if (sign != '+' && trims && next_is("\n"))
            ++at_;
        line_begins_ = at_ > 0 && text_[at_ - 1] == '\n';
    }

    std::size_t next_tag() const {
        for (std::size_t at = text_.find('{', at_); at != std::string_view::npos;
             at = text_.find('{', at + 1))
            if (at + 1 < text_.size()
                && (text_[at + 1] == '{' || text_[at + 1] == '%' || text_[at + 1] == '#'))
                return at;
        return std::string_view::npos;
    }

    /// What is left of the text before a tag.
    std::string_view trimmed(std::string_view before, char sign, bool is_output) const {
        if (sign == '-') return stripped_right(before);
        if (sign == '+' || is_output) return before;
        const std::size_t line_end = before.rfind('\n');
        const std::size_t line = line_end == std::string_view::npos ? 0 : line_end + 1;
        const bool blank = stripped_left(before.substr(line)).empty();
        return blank && (line > 0 || line_begins_) ? before.substr(0, line) : before;
    }

    void add_data(std::string_view text, std::size_t offset) {
        if (!text.empty()) add(Token::Kind::Data, offset, std::string(text));
    }

    void data() {
        const std::size_t begin = at_;
        const std::size_t tag = next_tag();
        if (tag == std::string_view::npos) {
            add_data(rest(), begin);
            at_ = text_.size();
            return;
        }
        at_ = tag + 2;
        const char sign = at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+') ? text_[at_++] : ' ';
        const char kind = text_[tag + 1];
        add_data(trimmed(text_.substr(begin, tag - begin), sign, kind == '{'), begin);
        if (kind == '#')
            comment(tag);
        else if (kind == '{')
            inside(tag, Token::Kind::OutputBegin, Token::Kind::OutputEnd, "}}");
        else if (!raw(tag))
            inside(tag, Token::Kind::StatementBegin, Token::Kind::StatementEnd, "%}");
    }

    void comment(std::size_t tag) {
        const std::size_t end = text_.find("#}", at_);
        if (end == std::string_view::npos) source_.refuse(tag, "a comment without an end", "#}");
        const char sign = end > at_ ? text_[end - 1] : ' ';
        at_ = end + 2;
        end_tag(sign, /*trims=*/true);
    }

    /// `name` and the end of its statement, from `at`; the sign before the end, or 0 where it is something
    /// else.
    char bare_statement(std::size_t& at, std::string_view name) const {
        const auto skip = [&] { at = text_.size() - stripped_left(text_.substr(at)).size(); };
        skip();
        if (text_.substr(at, name.size()) != name) return 0;
        at += name.size();
        skip();
        char sign = ' ';
        if (at < text_.size() && (text_[at] == '-' || text_[at] == '+')) sign = text_[at++];
        if (text_.substr(at, 2) != "%}") return 0;
        at += 2;
        return sign;
    }

    /// {% raw %}…{% endraw %}: text as it stands. False where the statement is another.
    bool raw(std::size_t tag) {
        std::size_t at = at_;
        const char sign = bare_statement(at, "raw");
        if (sign == 0 || sign == '+') return false;
        at_ = at;
        end_tag(sign, /*trims=*/false);
        const std::size_t begin = at_;
        for (std::size_t end = text_.find("{%", at_); end != std::string_view::npos;
             end = text_.find("{%", end + 2)) {
            std::size_t behind = end + 2;
            const char before = behind < text_.size() && (text_[behind] == '-' || text_[behind] == '+')
                                    ? text_[behind++]
                                    : ' ';
            const char after = bare_statement(behind, "endraw");
            if (after == 0) continue;
            add_data(trimmed(text_.substr(begin, end - begin), before, /*is_output=*/false), begin);
            at_ = behind;
            end_tag(after, /*trims=*/true);
            return true;
        }
        source_.refuse(tag, "raw text without an end", "{% endraw %}");
    }

    /// The tokens of one tag. Its end is no end within brackets.
    void inside(std::size_t tag, Token::Kind begin, Token::Kind end, std::string_view mark) {
        add(begin, tag);
        std::string open;
        for (skip_space(); at_ < text_.size(); skip_space()) {
            const bool signed_end =
                (next_is("-") || (next_is("+") && mark == "%}")) && rest().substr(1, 2) == mark;
            if (open.empty() && (signed_end || next_is(mark))) {
                add(end, at_);
                const char sign = signed_end ? text_[at_] : ' ';
                at_ += signed_end ? 3 : 2;
                return end_tag(sign, /*trims=*/mark == "%}");
            }
            tokens_.push_back(tag_token(source_, at_, open));
        }
        source_.refuse(tag, "a tag without an end", mark);
    }

    const Source& source_;
    std::string_view text_;
    std::size_t at_ = 0;
    bool line_begins_ = true;
    std::vector<Token> tokens_;
};

} // namespace

std::vector<Token> tokens_of(const Source& source) { return Lexer(source).run(); }

} // namespace lora::jinja
