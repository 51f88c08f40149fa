#include "engine/ranks/rank_processes.h"

#include "engine/error.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <utility>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace lora {

namespace {

constexpr const char* own_program = "/proc/self/exe";
constexpr std::size_t kept_words = 4096;

/// Strings as exec wants them; what it points to must live as long.
std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (std::string& string : strings) pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_with(const RankProcesses::Variables& variables) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string line = *each;
        if (!variables.contains(line.substr(0, line.find('=')))) all.push_back(line);
    }
    for (const auto& [name, value] : variables) all.emplace_back(name).append("=").append(value);
    return all;
}

std::pair<Descriptor, Descriptor> new_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail_system("a pipe", errno, "one for each rank");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// In the new process: nothing here may allocate, since other threads of the old one may have held locks.
[[noreturn]] void become_rank(char** words, char** variables, int errors, int nothing, bool leads) {
    setpgid(0, 0); // a terminal's Ctrl-C reaches the one that watches, which passes it on once
    // Where the watching process dies, each of its threads may send this once: of the signals that make a
    // training save and end, this is the one whose repetition does not end it at once.
    prctl(PR_SET_PDEATHSIG, SIGPIPE);
    dup2(nothing, STDIN_FILENO);
    if (!leads) dup2(nothing, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execve(own_program, words, variables);
    _exit(127);
}

} // namespace

std::string words_of(const RankEnd& end) {
    const std::string who =
        "rank " + std::to_string(end.rank) + " (process " + std::to_string(end.process) + ")";
    if (end.signal == 0) return who + " ended with exit code " + std::to_string(end.code);
    const char* const name = strsignal(end.signal);
    return who + " was killed by signal " + std::to_string(end.signal) + " (" + (name ? name : "unknown")
           + ")";
}

RankProcesses::RankProcesses(const std::vector<std::string>& words, const std::vector<Variables>& variables) {
    for (std::size_t rank = 0; rank < variables.size(); ++rank) start(words, variables[rank], rank == 0);
}

void RankProcesses::start(const std::vector<std::string>& words, const Variables& variables, bool leads) {
    std::vector<std::string> all_words{"lora"}, all_variables = environment_with(variables);
    all_words.insert(all_words.end(), words.begin(), words.end());
    std::vector<char*> word_pointers = pointers_to(all_words), variable_pointers = pointers_to(all_variables);
    auto [read_end, write_end] = new_pipe();
    const Descriptor nothing = open_file("/dev/null", O_RDWR, "the file of nothing");
    const pid_t id = fork();
    if (id == 0)
        become_rank(
            word_pointers.data(), variable_pointers.data(), write_end.number(), nothing.number(), leads);
    if (id < 0) fail_system("a process for a rank", errno, "one more process");
    fcntl(read_end.number(), F_SETFL, O_NONBLOCK);
    processes_.push_back({id, std::move(read_end)});
}

RankProcesses::~RankProcesses() {
    send(SIGKILL);
    for (const Process& process : processes_)
        if (!process.ended) waitpid(process.id, nullptr, 0);
}

void RankProcesses::send(int signal, std::size_t from) const {
    for (std::size_t rank = from; rank < processes_.size(); ++rank)
        if (!processes_[rank].ended) kill(processes_[rank].id, signal);
}

std::size_t RankProcesses::left() const {
    std::size_t count = 0;
    for (const Process& process : processes_) count += process.ended ? 0 : 1;
    return count;
}

// False where there is nothing to read for now, or nothing any more.
bool RankProcesses::hear(std::size_t rank) {
    std::array<char, 4096> bytes{};
    Process& process = processes_[rank];
    const ssize_t count = read(process.errors.number(), bytes.data(), bytes.size());
    if (count <= 0) return count < 0 && errno == EINTR;
    const auto heard = static_cast<std::size_t>(count);
    if (rank == 0) std::cerr.write(bytes.data(), count).flush();
    process.last_words.append(bytes.data(), heard);
    if (process.last_words.size() > kept_words)
        process.last_words.erase(0, process.last_words.size() - kept_words);
    return true;
}

std::vector<RankEnd> RankProcesses::wait(std::chrono::milliseconds at_most) {
    std::vector<pollfd> watched;
    for (const Process& process : processes_)
        watched.push_back({process.ended ? -1 : process.errors.number(), POLLIN, 0});
    poll(watched.data(), watched.size(), static_cast<int>(at_most.count()));
    std::vector<RankEnd> ends;
    for (std::size_t rank = 0; rank < processes_.size(); ++rank) {
        Process& process = processes_[rank];
        if (process.ended) continue;
        int status = 0;
        const bool ended = waitpid(process.id, &status, WNOHANG) == process.id;
        while (hear(rank)) {
        } // after it ended, what it wrote last is still there
        if (!ended) continue;
        process.ended = true;
        const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        ends.push_back({.rank = static_cast<int>(rank),
            .process = process.id,
            .code = signal != 0 ? 128 + signal : WEXITSTATUS(status),
            .signal = signal,
            .last_words = process.last_words});
    }
    return ends;
}

} // namespace lora
