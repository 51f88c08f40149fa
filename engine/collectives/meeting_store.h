#pragma once
// The store behind a meeting. Apart from the meeting, since c10d's headers are long.

#include "engine/collectives/meeting.h"

#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace lora {

struct Meeting::Store {
    c10::intrusive_ptr<c10d::TCPStore> tcp;
};

} // namespace lora
