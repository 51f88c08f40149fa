// Loads lora-arrow.so when the first file of columns is opened, and gives it the file.

#include "engine/columns/columns.h"

#include "engine/columns/arrow_door.h"
#include "engine/error.h"

#include <memory>
#include <vector>

#include <dlfcn.h>

namespace lora {

namespace {

constexpr const char* library_name = "lora-arrow.so";

/// The folders in which this program's libraries are looked for, in their order. Asked for instead of left to
/// dlopen, which would take those of whoever calls it: under a sanitizer that is the sanitizer.
std::vector<std::string> library_folders() {
    void* const program = dlopen(nullptr, RTLD_LAZY);
    Dl_serinfo size{};
    if (program == nullptr || dlinfo(program, RTLD_DI_SERINFOSIZE, &size) != 0) return {};
    const std::unique_ptr<std::byte[]> room = std::make_unique<std::byte[]>(size.dls_size);
    auto* const found = new (room.get()) Dl_serinfo(size);
    if (dlinfo(program, RTLD_DI_SERINFO, found) != 0) return {};
    std::vector<std::string> folders;
    for (unsigned i = 0; i < found->dls_cnt; ++i) folders.emplace_back(found->dls_serpath[i].dls_name);
    return folders;
}

/// Never unloaded: rows live in it as long as somebody holds them.
void* load_library(const std::string& path) {
    std::string faults;
    for (const std::string& folder : library_folders()) {
        const std::string file = folder + "/" + library_name;
        if (void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_NODELETE)) return library;
        const std::string fault = dlerror();
        if (!fault.ends_with("No such file or directory") || faults.empty()) faults = fault;
    }
    fail(path, "no reader of Parquet and Arrow files beside this program (" + shown(faults) + ")",
        std::string(library_name) + " of the same installation", "install or build the program anew");
}

using Open = void(std::string_view, const std::string&, std::unique_ptr<ColumnRows>&);

std::unique_ptr<ColumnRows> open_columns(
    const char* function, std::string_view bytes, const std::string& path) {
    auto* const open = reinterpret_cast<Open*>(dlsym(load_library(path), function));
    if (open == nullptr)
        fail(path, std::string(library_name) + " without " + function, "the one of this program",
            "install or build the program anew");
    std::unique_ptr<ColumnRows> rows;
    open(bytes, path, rows);
    return rows;
}

} // namespace

std::unique_ptr<ColumnRows> open_parquet_columns(std::string_view bytes, const std::string& path) {
    return open_columns("lora_open_parquet", bytes, path);
}

std::unique_ptr<ColumnRows> open_arrow_columns(std::string_view bytes, const std::string& path) {
    return open_columns("lora_open_arrow", bytes, path);
}

} // namespace lora
