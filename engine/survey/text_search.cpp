#include "engine/survey/text_search.h"

#include "engine/templates/characters.h"

#include <algorithm>

namespace lora {

TextSearch::TextSearch(const Survey& survey, const std::string& words, std::int64_t from)
    : survey_(survey), words_(jinja::lower(words)), count_(survey.counts().rows),
      next_(std::clamp<std::int64_t>(from + 1, 0, count_)) {}

bool TextSearch::advance() {
    if (found_ || looked_at_ == count_) return false;
    if (next_ == count_) {
        next_ = 0;
        rows_.reset();
    }
    if (!rows_) rows_ = survey_.rows_from(next_);
    const std::optional<FedRow> row = rows_->next();
    if (!row) return false;
    ++looked_at_;
    if (jinja::lower(whole_text(*row, survey_.tokenizer())).find(words_) != std::string::npos) found_ = next_;
    ++next_;
    return !found_ && looked_at_ < count_;
}

} // namespace lora
