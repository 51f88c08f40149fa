// lora-engine.so: the engine, for the window to load on the engine's thread.

#include "engine/session/session.h"
#include "engine/session/session_door.h"

#include <utility>

void lora_open_session(lora::Emit emit, lora::Work& work) { work = lora::open_session(std::move(emit)); }
