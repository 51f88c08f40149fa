#pragma once
// Where an engine works, and the command whose standard input and output lead to it.

#include <string>
#include <vector>

namespace lora {

struct EnginePlace {
    std::string name;               ///< for people: "box", "a process of its own"
    std::vector<std::string> words; ///< of the command; its first is a program's file, or sought on PATH
    bool is_here = true;            ///< on this machine, whose files are the engine's
    bool operator==(const EnginePlace&) const = default;
};

/// `lora`: the command's file on this machine.
EnginePlace own_process(const std::string& lora);

/// A machine that the user's own ssh reaches, with the user's configuration, keys and known hosts. `host` is
/// what ssh takes: a name, user@name, or one of its configuration. `command` is what the host's shell is
/// given, such as "lora serve", "~/lora-workbench/build/lora serve" or "srun --gpus 1 lora serve". Throws
/// Error for a host that ssh would take for an option, or for control characters.
EnginePlace on_host(const std::string& host, const std::string& command = "lora serve");

/// Why it cannot be a host; empty: it can.
std::string why_no_host(const std::string& host);

} // namespace lora
