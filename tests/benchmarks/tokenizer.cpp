// Tokenizing a text on one thread, the file and the tokenizer already in memory.
// usage: benchmark-tokenizer MODEL TEXT; prints one JSON object.

#include "engine/text/tokenizer.h"

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/mapped_file.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

// FNV-1a, so that two programs' ids can be compared.
std::uint64_t digest(const std::vector<lora::TokenId>& ids) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const lora::TokenId id : ids) hash = (hash ^ static_cast<std::uint32_t>(id)) * 0x100000001b3U;
    return hash;
}

} // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    constexpr std::size_t most_bytes = std::size_t{1} << 30;
    try {
        const std::string path = words[1];
        const auto tokenizer = path.ends_with(".gguf") ? lora::Tokenizer::from_gguf(lora::GgufFile(path))
                                                       : lora::Tokenizer::from_folder(path);
        const std::string text = lora::read_text(words[2], most_bytes);
        const auto begin = std::chrono::steady_clock::now();
        const std::vector<lora::TokenId> ids = tokenizer.encode(text);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        std::printf("{\"mb_per_s\": %.2f, \"tokens\": %zu, \"digest\": \"%016llx\"}\n",
            1e-6 * static_cast<double>(text.size()) / seconds, ids.size(),
            static_cast<unsigned long long>(digest(ids)));
    } catch (const lora::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
