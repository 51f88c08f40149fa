#pragma once
// What wakes a thread that waits in poll(2).

#include "engine/files/descriptor.h"

namespace lora {

class WakeUp {
public:
    WakeUp();
    /// To be watched for POLLIN.
    int descriptor() const { return event_.number(); }
    /// From any thread.
    void ring() const;
    /// Takes back all rings so far.
    void quiet() const;

private:
    Descriptor event_;
};

} // namespace lora
