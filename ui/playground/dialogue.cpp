#include "ui/playground/dialogue.h"

#include <utility>

namespace lora {

void Dialogue::answer(std::size_t pane, const std::string& piece) {
    if (!now_) return;
    if (now_->answers.size() <= pane) now_->answers.resize(pane + 1);
    now_->answers[pane] += piece;
}

void Dialogue::endTurn() {
    if (now_) before_.push_back(*std::exchange(now_, std::nullopt));
}

void Dialogue::clear() {
    before_.clear();
    now_.reset();
}

} // namespace lora
