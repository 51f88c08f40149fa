#include "engine/files/compression.h"

#include "engine/error.h"
#include "engine/files/gzip.h"
#include "engine/files/zstandard.h"

#include <algorithm>

namespace lora {

namespace {

// Rows that are nearly alike reach some hundred times their size; a file made to exhaust a machine, a
// thousand and more. Less than the first limit does no harm, however small the file was.
constexpr std::size_t harmless_bytes = std::size_t{64} << 20;
constexpr std::size_t most_times = 500;

} // namespace

const std::vector<Compression>& compressions() {
    static const std::vector<Compression> all{
        {"gzip", "gz", "\x1f\x8b", open_gzip},
        {"Zstandard", "zst", "\x28\xb5\x2f\xfd", open_zstandard},
    };
    return all;
}

const Compression* compression_of(std::string_view bytes) {
    const auto& all = compressions();
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Compression& each) { return bytes.starts_with(each.begins); });
    return found == all.end() ? nullptr : &*found;
}

void check_expansion(std::size_t compressed, std::size_t expanded, const std::string& path) {
    if (expanded <= harmless_bytes || expanded / most_times <= compressed) return;
    fail(path,
        "more than " + std::to_string(expanded >> 20) + " MB that came out of "
            + std::to_string(compressed >> 10) + " KB",
        "at most " + std::to_string(most_times) + " times the file's size where it is more than "
            + std::to_string(harmless_bytes >> 20) + " MB",
        "expand the file yourself if you trust it");
}

} // namespace lora
