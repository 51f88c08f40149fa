#include "engine/data/text_windows.h"

#include "engine/data/example.h"
#include "engine/data/text_blocks.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace lora {

namespace {

std::size_t blocks_at_once() { return std::clamp(std::thread::hardware_concurrency(), 1U, 16U); }

} // namespace

TextWindows::TextWindows(std::vector<std::string> paths, Tokenizer tokenizer, std::int64_t width)
    : paths_(std::make_shared<const std::vector<std::string>>(std::move(paths))),
      tokenizer_(std::move(tokenizer)), width_(static_cast<std::size_t>(width)) {}

TextWindows::TextWindows(const TextWindows& other)
    : paths_(other.paths_), tokenizer_(other.tokenizer_), width_(other.width_), opened_(other.opened_),
      file_(other.file_), text_(other.text_), carried_(other.carried_), begin_(other.begin_),
      end_(other.end_), at_(other.at_), of_text_(other.of_text_), left_over_(other.left_over_),
      longest_(other.longest_) {}

std::vector<TokenId> TextWindows::ids_of(std::size_t begin, std::size_t end) const {
    const std::string_view block = text_.substr(begin, end - begin);
    return begin == 0 ? with_begin(tokenizer_.encode(block), tokenizer_) : tokenizer_.encode_further(block);
}

std::future<std::vector<TokenId>> TextWindows::ids_later(std::size_t begin, std::size_t end) const {
    // A block of its own, since this object may move meanwhile.
    return std::async(
        std::launch::async, [file = file_, block = text_.substr(begin, end - begin), tokenizer = tokenizer_] {
            return tokenizer.encode_further(block);
        });
}

void TextWindows::make_ahead() {
    while (ahead_.size() < blocks_at_once()) {
        const std::size_t begin = ahead_.empty() ? end_ : ahead_.back().end;
        if (begin == text_.size()) return;
        const std::size_t end = block_end(text_, begin, tokenizer_);
        ahead_.push_back({begin, end, ids_later(begin, end)});
    }
}

const std::vector<TokenId>& TextWindows::tokens() {
    if (tokens_) return *tokens_;
    tokens_ = carried_;
    const std::vector<TokenId> ids = ids_of(begin_, end_);
    tokens_->insert(tokens_->end(), ids.begin(), ids.end());
    return *tokens_;
}

bool TextWindows::open_next_text() {
    if (opened_ == paths_->size()) return false;
    file_ = std::make_shared<DatasetFile>(paths_->at(opened_++));
    text_ = file_->text();
    begin_ = 0;
    end_ = block_end(text_, 0, tokenizer_);
    at_ = 0;
    carried_.clear();
    tokens_.reset();
    of_text_ = static_cast<std::int64_t>(tokens().size());
    return true;
}

bool TextWindows::load_next_block() {
    if (end_ == text_.size()) return false;
    make_ahead();
    Block block = std::move(ahead_.front());
    ahead_.pop_front();
    const std::vector<TokenId> ids = block.ids.get();
    make_ahead();
    const std::vector<TokenId>& before = tokens();
    carried_ = std::vector<TokenId>(before.begin() + static_cast<std::ptrdiff_t>(at_), before.end());
    at_ = 0;
    begin_ = block.begin;
    end_ = block.end;
    tokens_ = carried_;
    tokens_->insert(tokens_->end(), ids.begin(), ids.end());
    of_text_ += static_cast<std::int64_t>(ids.size());
    return true;
}

void TextWindows::close_text() {
    left_over_ += static_cast<std::int64_t>(tokens().size() - at_);
    longest_ = std::max(longest_, of_text_);
    ahead_.clear();
    tokens_.reset();
    file_.reset();
    text_ = {};
}

std::optional<std::vector<TokenId>> TextWindows::next() {
    while (true) {
        if (!file_ && !open_next_text()) return std::nullopt;
        const std::vector<TokenId>& ids = tokens();
        if (ids.size() - at_ >= width_) {
            const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at_);
            at_ += width_;
            return std::vector<TokenId>(first, first + static_cast<std::ptrdiff_t>(width_));
        }
        if (!load_next_block()) close_text();
    }
}

double TextWindows::done() const {
    const double of_text =
        text_.empty() ? 0 : static_cast<double>(begin_) / static_cast<double>(text_.size());
    const double before = static_cast<double>(file_ ? opened_ - 1 : opened_);
    return (before + of_text) / static_cast<double>(paths_->size());
}

} // namespace lora
