#pragma once
// A place in the text of a dataset file that moves from its first letter to its last, whether the text lies
// there as a whole or is expanded while it is read. Of the latter only what is marked stays in memory.

#include "engine/files/compression.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lora {

/// Valid UTF-8 without its byte order mark, in pieces.
class TextPieces {
public:
    TextPieces(std::unique_ptr<ByteStream> bytes, std::string path);

    /// Appends the next piece; false at the end. Throws Error as checked_text does, with line and byte.
    bool append_to(std::string& text);

private:
    std::size_t fill();
    void check_end() const;

    std::unique_ptr<ByteStream> bytes_;
    std::string path_;
    std::string piece_;     // behind the last letter that was given: of a letter that is cut in two
    std::int64_t line_ = 1; // that the piece begins in
    std::size_t given_ = 0; // bytes before the piece
    bool only_blanks_ = true;
};

class TextCursor {
public:
    /// The text outlives the cursor.
    explicit TextCursor(std::string_view text) : text_(text) {}
    explicit TextCursor(TextPieces pieces) : pieces_(std::make_unique<TextPieces>(std::move(pieces))) {}
    TextCursor(TextCursor&& other) = delete;
    TextCursor& operator=(TextCursor&& other) = delete;
    ~TextCursor() = default;

    /// Another one at the same place; null for a text that is expanded while it is read.
    std::unique_ptr<TextCursor> copy() const;
    /// How much of a whole text lies before here, from 0 to 1; 0 of one that is expanded.
    double done() const;

    bool at_end() { return at_ == text_.size() && !grow(); }
    /// The letter here; not at the end.
    char letter() const { return text_[at_]; }
    char letter_or(char at_the_end) { return at_end() ? at_the_end : letter(); }
    /// What is there already of the text from here on: at least a piece, or all.
    std::string_view ahead() { return at_end() ? std::string_view() : text_.substr(at_); }
    bool is_at(std::string_view words) {
        while (text_.size() - at_ < words.size() && grow()) {
        }
        return text_.substr(at_).starts_with(words);
    }
    void step() {
        if (text_[at_++] != '\n') return;
        ++line_;
        line_begin_ = before_ + at_;
    }
    void step(std::size_t letters) {
        for (; letters > 0; --letters) step();
    }
    /// What lies before is let go of.
    void mark() { mark_ = at_; }
    /// From the mark to here; until the cursor moves.
    std::string_view marked() const { return text_.substr(mark_, at_ - mark_); }
    std::size_t marked_bytes() const { return at_ - mark_; }
    /// Moves to the end of the line, in front of its line break, or as far as `most` bytes behind the mark.
    void to_line_end(std::size_t most);

    std::int64_t line() const { return line_; }                        ///< from 1
    std::size_t column() const { return before_ + at_ - line_begin_; } ///< bytes of the line before here

private:
    bool is_whole() const { return !pieces_ && kept_.empty(); }
    bool grow();

    std::unique_ptr<TextPieces> pieces_; // none: the text is whole
    std::string kept_;
    std::string_view text_;
    std::size_t at_ = 0, mark_ = 0;
    std::size_t before_ = 0; // bytes of the file's text before text_
    std::size_t line_begin_ = 0;
    std::int64_t line_ = 1;
};

} // namespace lora
