#include "app/plain_output.h"

#include <string_view>

namespace lora {

namespace {

constexpr unsigned char lead_of_controls = 0xC2;

} // namespace

PlainOutput::PlainOutput(std::ostream& stream) : stream_(stream), behind_(stream.rdbuf(this)) {}

PlainOutput::~PlainOutput() {
    put_held();
    stream_.rdbuf(behind_);
}

bool PlainOutput::put_escaped(unsigned char byte) {
    static constexpr std::string_view digits = "0123456789abcdef";
    const char text[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    return behind_->sputn(text, sizeof text) == sizeof text;
}

bool PlainOutput::put_held() {
    if (!holds_c2_) return true;
    holds_c2_ = false;
    return behind_->sputc(static_cast<char>(lead_of_controls)) != traits_type::eof();
}

PlainOutput::int_type PlainOutput::overflow(int_type letter) {
    if (traits_type::eq_int_type(letter, traits_type::eof())) return traits_type::not_eof(letter);
    const auto byte = static_cast<unsigned char>(letter);
    if (holds_c2_ && byte >= 0x80 && byte < 0xA0) {
        holds_c2_ = false;
        return put_escaped(lead_of_controls) && put_escaped(byte) ? letter : traits_type::eof();
    }
    if (!put_held()) return traits_type::eof();
    holds_c2_ = byte == lead_of_controls;
    if (holds_c2_) return letter;
    const bool is_control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    const bool written =
        is_control ? put_escaped(byte) : behind_->sputc(static_cast<char>(byte)) != traits_type::eof();
    return written ? letter : traits_type::eof();
}

int PlainOutput::sync() { return put_held() ? behind_->pubsync() : -1; }

} // namespace lora
