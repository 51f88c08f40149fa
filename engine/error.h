#pragma once
// The one exception of the project: what the user's world did wrong, said so that the user can mend it.

#include <stdexcept>
#include <string>
#include <string_view>

namespace lora {

/// `where: found …, expected …; advice`. `where` names the file and the place in it.
/// Caught at the edges only: the worker, the command, a dialog.
class Error : public std::runtime_error {
public:
    /// A message that is not of the form found/expected.
    explicit Error(const std::string& message);
    Error(std::string_view where, std::string_view found, std::string_view expected,
        std::string_view advice = {});

    const std::string& where() const { return where_; }
    const std::string& found() const { return found_; }
    const std::string& expected() const { return expected_; }

private:
    std::string where_;
    std::string found_;
    std::string expected_;
};

/// Throws Error{where, found, expected, advice}.
[[noreturn]] void fail(
    std::string_view where, std::string_view found, std::string_view expected, std::string_view advice = {});

/// Text that came from a file, made safe to show: control bytes become \xNN, and at most `limit` bytes are
/// kept.
std::string shown(std::string_view untrusted, std::size_t limit = 200);

} // namespace lora
