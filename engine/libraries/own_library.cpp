#include "engine/libraries/own_library.h"

#include "engine/error.h"

#include <cstddef>
#include <memory>
#include <vector>

#include <dlfcn.h>

namespace lora {

namespace {

constexpr const char* mend = "install or build the program anew";

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

/// Never unloaded: what it made may live to the program's end.
void* load(const OwnLibrary& library, const std::string& where) {
    std::string faults;
    for (const std::string& folder : library_folders()) {
        const std::string file = folder + "/" + library.name;
        if (void* const loaded = dlopen(file.c_str(), RTLD_NOW | RTLD_NODELETE)) return loaded;
        const std::string fault = dlerror();
        if (!fault.ends_with("No such file or directory") || faults.empty()) faults = fault;
    }
    fail(where, std::string("no ") + library.gives + " beside this program (" + shown(faults) + ")",
        std::string(library.name) + " of the same installation", mend);
}

} // namespace

void* own_function(const OwnLibrary& library, const char* function, const std::string& where) {
    void* const found = dlsym(load(library, where), function);
    if (found == nullptr)
        fail(where, std::string(library.name) + " without " + function, "the one of this program", mend);
    return found;
}

} // namespace lora
