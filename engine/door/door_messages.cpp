#include "engine/door/door_messages.h"

#include "engine/door/coding.h"
#include "engine/door/message_fields.h"
#include "engine/door/soundness.h"
#include "engine/files/digest.h"

namespace lora {

LORA_FIELDS(Hello, version, messages, window, engine, next_event, take_over)
LORA_FIELDS(Posted, id, command)
LORA_FIELDS(ListFolder, question, path)
LORA_NO_FIELDS(Goodbye)
LORA_FIELDS(Welcome, engine, machine, process, posted, next_event, missed, devices, models, runs)
LORA_FIELDS(TurnedAway, why, occupied)
LORA_FIELDS(Told, number, event)
LORA_FIELDS(Attempted, id)
LORA_FIELDS(FolderEntry, name, folder, bytes)
LORA_FIELDS(FolderListed, question, path, entries, more, fault)

Json to_json(const WindowMessage& message) { return encoded(message); }
Json to_json(const EngineMessage& message) { return encoded(message); }

WindowMessage window_message(const Json& json, const std::string& where) {
    return decoded<WindowMessage>(json, {nullptr, where.c_str(), 0});
}

EngineMessage engine_message(const Json& json, const std::string& where) {
    EngineMessage message = decoded<EngineMessage>(json, {nullptr, where.c_str(), 0});
    if (const auto* told = std::get_if<Told>(&message))
        if (const std::string why = why_unsound(told->event); !why.empty())
            fail(where, "an event with " + why, "one that is whole");
    if (const auto* welcome = std::get_if<Welcome>(&message);
        welcome != nullptr && welcome->devices.found.empty())
        fail(where, "no devices", "the processor at least");
    return message;
}

const std::string& digest_of_messages() {
    static const std::string digest = [] {
        std::string all;
        Code<WindowMessage>::describe(all);
        Code<EngineMessage>::describe(all);
        return sha256(all).substr(0, 16);
    }();
    return digest;
}

std::string why_not_served(const Hello& hello) {
    if (hello.messages == digest_of_messages()) return {};
    return "the window is of LoRA Workbench " + shown(hello.version, 40) + " (messages "
           + shown(hello.messages, 40) + "), the engine of " LORA_VERSION " (messages " + digest_of_messages()
           + "): install the same version on both machines";
}

} // namespace lora
