#pragma once
// Looking for words in the rows of a survey, a row at a time.

#include "engine/survey/survey.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lora {

/// Through the rows behind `from` to the last one read when it began, then from the first one to `from`.
/// Upper and lower case are the same. What the limit cuts off is searched too.
class TextSearch {
public:
    /// The survey outlives it.
    TextSearch(const Survey& survey, const std::string& words, std::int64_t from);

    /// Looks at one more row; false once the words are found or no row is left. Throws Error where the file
    /// has changed.
    bool advance();
    /// The row that has them; none while they are not found.
    std::optional<std::int64_t> found() const { return found_; }
    std::int64_t looked_at() const { return looked_at_; }
    std::int64_t rows() const { return count_; }

private:
    const Survey& survey_;
    std::string words_; ///< lower case
    std::int64_t count_;
    std::int64_t next_ = 0;
    std::int64_t looked_at_ = 0;
    std::optional<FedRows> rows_;
    std::optional<std::int64_t> found_;
};

} // namespace lora
