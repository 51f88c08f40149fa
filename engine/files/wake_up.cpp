#include "engine/files/wake_up.h"

#include <cerrno>

#include <sys/eventfd.h>

namespace lora {

namespace {

Descriptor new_event() {
    const int number = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (number < 0) fail_system("a thread's bell", errno, "one more descriptor");
    return Descriptor(number);
}

} // namespace

WakeUp::WakeUp() : event_(new_event()) {}

void WakeUp::ring() const { eventfd_write(event_.number(), 1); }

void WakeUp::quiet() const {
    eventfd_t rings = 0;
    eventfd_read(event_.number(), &rings);
}

} // namespace lora
