#include "engine/machine/host_name.h"

#include <unistd.h>

namespace lora {

std::string host_name() {
    std::string name(256, '\0');
    return gethostname(name.data(), name.size() - 1) == 0 ? name.c_str() : "this machine";
}

} // namespace lora
