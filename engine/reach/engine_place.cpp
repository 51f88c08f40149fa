#include "engine/reach/engine_place.h"

#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

constexpr std::size_t longest_host = 255;

bool has_control(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return byte < 0x20 || byte == 0x7f;
    });
}

} // namespace

EnginePlace own_process(const std::string& lora) {
    return {.name = "a process of its own", .words = {lora, "serve"}};
}

std::string why_no_host(const std::string& host) {
    if (host.empty()) return "a host needs a name";
    if (host.front() == '-') return "a host's name does not begin with a hyphen";
    if (host.size() > longest_host) return "a host's name is shorter";
    if (has_control(host) || host.find(' ') != std::string::npos)
        return "a host's name has no spaces and no control characters";
    return {};
}

EnginePlace on_host(const std::string& host, const std::string& command) {
    if (const std::string why = why_no_host(host); !why.empty()) throw Error(shown(host) + ": " + why);
    if (command.empty() || has_control(command))
        fail("the command on " + host, shown(command), "one line such as “lora serve”");
    // Without a terminal, which would change bytes. A dead link is noticed within a minute.
    return {.name = host,
        .words = {"ssh", "-T", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3", "--", host,
            command},
        .is_here = false};
}

} // namespace lora
