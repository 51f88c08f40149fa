#include "engine/adapters/gguf_adapter_file.h"

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/store.h"

#include <filesystem>

namespace lora {

namespace {

bool is_gguf_adapter(const std::string& path) {
    try {
        return GgufFile(path).string_or("general.type", "") == "adapter";
    } catch (const Error&) {
        return false;
    }
}

} // namespace

void write_gguf_adapter(const std::string& path, std::string_view bytes) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) && !is_gguf_adapter(path))
        fail(path, "a file that is no GGUF adapter", "nothing, or an adapter to replace",
            "choose another name");
    write_file(path, bytes);
}

} // namespace lora
