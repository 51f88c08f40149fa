#pragma once
// A chat in the making: what was said so far, and what each pane answered to it.

#include "engine/worker/commands.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

class Dialogue {
public:
    /// The turns that have ended.
    const std::vector<Exchange>& before() const { return before_; }
    bool isEmpty() const { return before_.empty() && !now_; }

    /// A new turn; one that has not ended is dropped.
    void say(const std::string& words) { now_ = Exchange{words}; }
    /// A piece of a pane's answer to it.
    void answer(std::size_t pane, const std::string& piece);
    /// The turn is part of the chat. Nothing where none was begun.
    void endTurn();
    /// As if it had not been said.
    void dropTurn() { now_.reset(); }
    void clear();

private:
    std::vector<Exchange> before_;
    std::optional<Exchange> now_;
};

} // namespace lora
