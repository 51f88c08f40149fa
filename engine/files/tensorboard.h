#pragma once
// Scalars as TensorBoard reads them: an event file of TFRecords (length, data, and a masked CRC-32C of each)
// whose data are Event messages of protocol buffers. Formats: tensorflow/core/lib/io/record_writer.h,
// tensorboard/compat/proto/event.proto and summary.proto.

#include <cstdint>
#include <string>
#include <string_view>

namespace lora {

/// CRC-32C (Castagnoli).
std::uint32_t crc32c(std::string_view bytes);
/// As TFRecord stores it: rotated right by 15 bits, plus 0xa282ead8.
std::uint32_t masked_crc32c(std::string_view bytes);

/// An event file's bytes, made scalar by scalar.
class TensorBoardEvents {
public:
    /// Begins with the version record that readers ask for. `wall_time` in seconds since 1970.
    explicit TensorBoardEvents(double wall_time);

    /// One value of the curve `tag` ("train/loss"); TensorBoard keeps it as float32.
    void add(double wall_time, std::int64_t step, std::string_view tag, double value);

    const std::string& bytes() const { return bytes_; }

private:
    void record(std::string_view event);

    std::string bytes_;
};

} // namespace lora
