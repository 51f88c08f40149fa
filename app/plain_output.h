#pragma once
// Names, notes and texts of files may hold bytes that a terminal would obey: what is printed holds none.

#include <ostream>
#include <streambuf>

namespace lora {

/// While it lives, control characters but line feed and tab that go to a stream come out as \xNN. JSON has
/// none.
class PlainOutput : public std::streambuf {
public:
    explicit PlainOutput(std::ostream& stream);
    PlainOutput(const PlainOutput&) = delete;
    PlainOutput& operator=(const PlainOutput&) = delete;
    ~PlainOutput() override;

protected:
    int_type overflow(int_type letter) override;
    int sync() override;

private:
    bool put_escaped(unsigned char byte);
    bool put_held();

    std::ostream& stream_;
    std::streambuf* behind_;
    bool holds_c2_ = false; ///< the first byte of U+0080 … U+00BF, of which the first half are controls
};

} // namespace lora
