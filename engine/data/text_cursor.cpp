#include "engine/data/text_cursor.h"

#include "engine/data/text_bytes.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t piece_bytes = 256 << 10;

/// How many bytes at the end are the beginning of a letter of UTF-8 whose others are to come.
std::size_t begun_letter(std::string_view bytes) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((byte & 0xc0U) == 0x80U) continue; // neither the first nor the only one
        const std::size_t whole = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return whole > back ? back : 0;
    }
    return 0;
}

} // namespace

TextPieces::TextPieces(std::unique_ptr<ByteStream> bytes, std::string path)
    : bytes_(std::move(bytes)), path_(std::move(path)) {}

/// Reads behind what is left of the last piece.
std::size_t TextPieces::fill() {
    const std::size_t left = piece_.size();
    piece_.resize(left + piece_bytes);
    std::size_t read = 0, now = 1;
    while (read < piece_bytes && now > 0) {
        now = bytes_->read(std::span(piece_).subspan(left + read, piece_bytes - read));
        read += now;
    }
    piece_.resize(left + read);
    return read;
}

void TextPieces::check_end() const {
    check_text(piece_, path_, line_, given_);
    if (given_ == 0) refuse_empty(path_);
    if (only_blanks_) refuse_blank(path_);
}

bool TextPieces::append_to(std::string& text) {
    const std::size_t read = fill();
    if (read == 0) {
        check_end();
        return false;
    }
    const std::string_view ready = std::string_view(piece_).substr(0, piece_.size() - begun_letter(piece_));
    const bool first = given_ == 0;
    if (first) refuse_other_kinds(ready, path_);
    check_text(ready, path_, line_, given_);
    const std::string_view letters = first ? without_mark(ready) : ready;
    text += letters;
    only_blanks_ = only_blanks_ && is_blank(letters);
    line_ += std::count(ready.begin(), ready.end(), '\n');
    given_ += ready.size();
    piece_.erase(0, ready.size());
    return true;
}

void TextCursor::to_line_end(std::size_t most) {
    std::size_t end = text_.find('\n', at_);
    while (end == std::string_view::npos) {
        const std::size_t looked_at = text_.size() - mark_;
        if (looked_at > most || !grow()) break;
        end = text_.find('\n', mark_ + looked_at);
    }
    at_ = std::min({end, text_.size(), mark_ + most});
}

std::unique_ptr<TextCursor> TextCursor::copy() const {
    if (!is_whole()) return nullptr;
    auto other = std::make_unique<TextCursor>(text_);
    other->at_ = at_;
    other->mark_ = mark_;
    other->line_begin_ = line_begin_;
    other->line_ = line_;
    return other;
}

double TextCursor::done() const {
    if (!is_whole()) return 0;
    return text_.empty() ? 1 : static_cast<double>(at_) / static_cast<double>(text_.size());
}

bool TextCursor::grow() {
    if (!pieces_) return false;
    kept_.erase(0, mark_);
    before_ += mark_;
    at_ -= mark_;
    mark_ = 0;
    const std::size_t had = kept_.size();
    bool more = true;
    while (more && kept_.size() == had) more = pieces_->append_to(kept_);
    text_ = kept_;
    if (!more) pieces_.reset();
    return kept_.size() > had;
}

} // namespace lora
