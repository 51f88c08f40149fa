#pragma once
// What crosses between the program and lora-curl.so: two functions by name, that the library has and the
// program looks up. Both are built together.

#include "engine/hub/connection.h"
#include "engine/hub/origin.h"

#include <chrono>
#include <memory>
#include <string>

extern "C" {
/// connect() of connection.h and origin_of() of origin.h, what they give by way of the last argument. Throw
/// lora::Error.
void lora_connect(std::chrono::seconds stall, std::unique_ptr<lora::Connection>& connection);
void lora_origin_of(const std::string& address, const std::string& where, lora::Origin& origin);
}
