#pragma once
// A template's text, and where in it something is.

#include <cstddef>
#include <string>
#include <string_view>

namespace lora::jinja {

class Source {
public:
    /// Line ends become \n, and one at the very end is left off, as in Jinja. `where` names it in messages.
    Source(std::string_view text, std::string where);

    const std::string& text() const { return text_; }
    /// "chat_template.jinja: line 3, column 5".
    std::string place(std::size_t offset) const;
    /// Throws Error.
    [[noreturn]] void refuse(std::size_t offset, std::string_view found, std::string_view expected) const;

private:
    std::string text_;
    std::string where_;
};

} // namespace lora::jinja
