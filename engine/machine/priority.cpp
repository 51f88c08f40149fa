#include "engine/machine/priority.h"

#include <sys/resource.h>

#include <unistd.h>

namespace lora {

void yield_to_other_threads() {
    constexpr int niceness = 5;
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
}

} // namespace lora
