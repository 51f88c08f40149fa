#pragma once
// The rows of plain texts: windows of so many tokens, one after the other. A text is tokenized block by
// block, on several threads ahead of the row that is asked for, so that its tokens never lie in memory whole.

#include "engine/data/dataset_file.h"
#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lora {

class TextWindows {
public:
    /// `width`: tokens of a row, at least 1.
    TextWindows(std::vector<std::string> paths, Tokenizer tokenizer, std::int64_t width);
    /// The same rows from here on, read apart. What was made ahead stays behind: a copy is small.
    TextWindows(const TextWindows& other);
    TextWindows(TextWindows&&) = default;
    TextWindows& operator=(TextWindows&&) = default;
    TextWindows& operator=(const TextWindows&) = delete;
    ~TextWindows() = default;

    /// The next row's ids; none after the last one. No row holds the end of one text and the beginning of the
    /// next. Throws Error for a file that is no text.
    std::optional<std::vector<TokenId>> next();
    /// How much of the texts is read, from 0 to 1.
    double done() const;
    /// Tokens behind the last whole row of each text so far.
    std::int64_t left_over() const { return left_over_; }
    /// Tokens of the longest text so far.
    std::int64_t longest() const { return longest_; }

private:
    struct Block {
        std::size_t begin = 0, end = 0;
        std::future<std::vector<TokenId>> ids;
    };
    bool open_next_text();
    bool load_next_block();
    void close_text();
    std::future<std::vector<TokenId>> ids_later(std::size_t begin, std::size_t end) const;
    std::vector<TokenId> ids_of(std::size_t begin, std::size_t end) const;
    void make_ahead();
    const std::vector<TokenId>& tokens();

    std::shared_ptr<const std::vector<std::string>> paths_;
    Tokenizer tokenizer_;
    std::size_t width_;
    std::size_t opened_ = 0; ///< texts
    std::shared_ptr<DatasetFile> file_;
    std::string_view text_;
    std::vector<TokenId> carried_;    ///< of the blocks before: too few for a row
    std::size_t begin_ = 0, end_ = 0; ///< of the block
    std::size_t at_ = 0;              ///< the next row's first token among carried_ and the block's
    std::int64_t of_text_ = 0;        ///< tokens of the blocks so far
    std::int64_t left_over_ = 0, longest_ = 0;
    std::optional<std::vector<TokenId>> tokens_; ///< carried_ and the block's, once they are needed
    std::deque<Block> ahead_;
};

} // namespace lora
