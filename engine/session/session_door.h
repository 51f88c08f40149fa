#pragma once
// What crosses between the window's program and lora-engine.so, which holds all of the engine that needs
// LibTorch: one function by name, that the library has and the program looks up. Both are built together.

#include "engine/worker/worker.h"

extern "C" {
/// open_session() of session.h.
void lora_open_session(lora::Emit emit, lora::Work& work);
}
