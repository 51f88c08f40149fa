#include "app/open_engine.h"

#include "engine/libraries/own_library.h"
#include "engine/session/session_door.h"

#include <chrono>
#include <utility>

namespace lora {

Work open_engine(Emit emit) {
    const OwnLibrary engine{"lora-engine.so", "engine"};
    auto* const open = reinterpret_cast<decltype(&lora_open_session)>(
        own_function(engine, "lora_open_session", "the engine"));
    Work work;
    open(std::move(emit), work);
    return work;
}

std::function<Work(Emit)> open_engine_after(std::shared_future<void> moment) {
    return [moment = std::move(moment)](Emit emit) {
        moment.wait_for(std::chrono::seconds(1));
        return open_engine(std::move(emit));
    };
}

} // namespace lora
