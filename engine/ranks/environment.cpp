#include "engine/ranks/environment.h"

#include "engine/error.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>

namespace lora {

namespace {

constexpr std::int64_t most_ranks = 65'536, most_ports = 65'535;

std::optional<std::int64_t> whole_number(
    const Environment& environment, const char* name, std::int64_t lowest, std::int64_t highest) {
    const std::optional<std::string> text = environment(name);
    if (!text) return std::nullopt;
    std::int64_t number = 0;
    const char* const end = text->data() + text->size();
    const auto [stopped, fault] = std::from_chars(text->data(), end, number);
    if (fault != std::errc() || stopped != end || number < lowest || number > highest)
        fail(name, "'" + shown(*text) + "'",
            "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    return number;
}

std::int64_t needed_number(
    const Environment& environment, const char* name, std::int64_t lowest, std::int64_t highest) {
    const auto number = whole_number(environment, name, lowest, highest);
    if (!number)
        fail(name, "nothing", "a whole number",
            "torchrun sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT together; for a run of one process "
            "unset them all");
    return *number;
}

std::optional<int> local_rank(const Environment& environment, const char* name) {
    const auto number = whole_number(environment, name, 0, most_ranks);
    return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

RankPlace place_of_torchrun(const Environment& environment) {
    RankPlace place;
    place.size = static_cast<int>(needed_number(environment, "WORLD_SIZE", 1, most_ranks));
    place.rank = static_cast<int>(needed_number(environment, "RANK", 0, place.size - 1));
    place.local_rank = local_rank(environment, "LOCAL_RANK");
    if (place.size == 1) return place; // there is nobody to meet
    place.port = static_cast<std::uint16_t>(needed_number(environment, "MASTER_PORT", 1, most_ports));
    const auto host = environment("MASTER_ADDR");
    if (!host || host->empty())
        fail("MASTER_ADDR", "nothing", "the name or address of the machine where the ranks meet");
    place.host = *host;
    place.leader_hosts = environment("TORCHELASTIC_USE_AGENT_STORE").value_or("") != "True";
    place.attempt = environment("TORCHELASTIC_RESTART_COUNT").value_or("0");
    place.one_machine = environment("LOCAL_WORLD_SIZE") == environment("WORLD_SIZE");
    return place;
}

std::optional<std::string> machines_of_slurm(const Environment& environment) {
    for (const char* name : {"SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST"})
        if (auto list = environment(name); list && !list->empty()) return list;
    return std::nullopt;
}

// Below the ports that systems give away by themselves; another one for each job and step of a machine.
std::uint16_t port_of_slurm(const Environment& environment) {
    constexpr std::int64_t first = 16'384, count = 16'000, most = 4'000'000'000;
    if (const auto given = whole_number(environment, "MASTER_PORT", 1, most_ports))
        return static_cast<std::uint16_t>(*given);
    const std::int64_t job = whole_number(environment, "SLURM_JOB_ID", 0, most).value_or(0);
    const std::int64_t step = whole_number(environment, "SLURM_STEP_ID", 0, most).value_or(0);
    return static_cast<std::uint16_t>(first + (job * 7 + step) % count);
}

std::optional<RankPlace> place_of_slurm(const Environment& environment) {
    auto size = whole_number(environment, "SLURM_STEP_NUM_TASKS", 1, most_ranks);
    if (!size) size = whole_number(environment, "SLURM_NTASKS", 1, most_ranks);
    if (!size || *size == 1) return std::nullopt;
    const auto rank = whole_number(environment, "SLURM_PROCID", 0, *size - 1);
    if (!rank) return std::nullopt; // a shell inside an allocation, not a task of srun
    RankPlace place;
    place.size = static_cast<int>(*size);
    place.rank = static_cast<int>(*rank);
    place.local_rank = local_rank(environment, "SLURM_LOCALID");
    const auto machines = machines_of_slurm(environment);
    place.host = environment("MASTER_ADDR").value_or("");
    if (place.host.empty() && !machines)
        fail("SLURM_STEP_NODELIST", "nothing", "the list of the job's machines",
            "or set MASTER_ADDR to the first one's name");
    if (place.host.empty()) place.host = first_host(*machines);
    place.one_machine = machines && machines->find_first_of(",[") == std::string::npos;
    place.port = port_of_slurm(environment);
    place.attempt = environment("SLURM_JOB_ID").value_or("") + "." + environment("SLURM_STEP_ID").value_or("")
                    + "." + environment("SLURM_RESTART_COUNT").value_or("0");
    return place;
}

} // namespace

Environment own_environment() {
    return [](const char* name) -> std::optional<std::string> {
        const char* const value = std::getenv(name);
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
    };
}

std::optional<RankPlace> place_in(const Environment& environment) {
    if (!environment("RANK") && !environment("WORLD_SIZE")) return place_of_slurm(environment);
    const RankPlace place = place_of_torchrun(environment);
    return place.size > 1 ? std::optional(place) : std::nullopt;
}

std::string first_host(const std::string& list) {
    std::string host;
    for (std::size_t at = 0; at < list.size() && list[at] != ','; ++at) {
        if (list[at] != '[') {
            host += list[at];
            continue;
        }
        const std::size_t close = list.find(']', at), number = list.find_first_of(",-]", at);
        if (close == std::string::npos || number == at + 1) {
            host.clear();
            break;
        }
        host.append(list, at + 1, number - at - 1);
        at = close;
    }
    if (host.empty() || host.find_first_of("[] \t/") != std::string::npos)
        fail("the list of Slurm's machines", "'" + shown(list) + "'", "names, such as node[07-09],gpu1");
    return host;
}

} // namespace lora
