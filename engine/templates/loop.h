#pragma once
// A for loop on its way: what `loop` is inside it.

#include "engine/templates/value.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora::jinja {

/// Items are asked whether they are kept only when their turn comes, or when the loop is asked what follows,
/// as in Jinja: the answer may depend on what the loop has done before.
class Loop {
public:
    using Keep = std::function<bool(const Value&)>;

    /// `keep` may be empty: all are kept. Throws Refusal for what lies too deep.
    Loop(std::vector<Value> items, Keep keep);

    /// Goes on to the next item; false where there is none.
    bool advance();
    const Value& item() const { return current_; }
    /// index, last, nextitem and so on; nothing for a name that a loop has not.
    std::optional<Value> attribute(std::string_view name);
    /// loop.changed(…): whether it was called with other values the last time, or is called the first time.
    bool changed(std::vector<Value> values, Budget& budget);
    std::size_t index0() const { return passed_ - 1; }
    std::size_t depth() const { return depth_; }

private:
    const Value* peek();
    std::size_t length();

    std::vector<Value> items_;
    Keep keep_;
    std::size_t next_ = 0;   ///< in items_, the first not asked about
    std::size_t passed_ = 0; ///< items that the loop has been at
    std::optional<Value> after_;
    Value current_;
    Value before_;
    std::optional<std::vector<Value>> changed_;
    std::size_t depth_ = 0;
};

} // namespace lora::jinja
