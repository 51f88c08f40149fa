#include "engine/reach/piped_process.h"

#include "engine/error.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace lora {

namespace {

constexpr std::size_t most_words = 4000;
constexpr int gone = 127; ///< a shell's exit code for a command that is not there

/// A pair of connected sockets, of which ours never waits: unlike a pipe's, writing to one whose reader is
/// gone can be told to raise no signal.
std::pair<Descriptor, Descriptor> new_ends() {
    std::array<int, 2> both{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0)
        fail_system("a way to another process", errno, "one more");
    fcntl(both[1], F_SETFL, O_NONBLOCK);
    return {Descriptor(both[0]), Descriptor(both[1])};
}

/// Signals as a program finds them that a shell starts, whatever this program does about them.
void use_usual_signals(posix_spawnattr_t& attributes) {
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) sigaddset(&usual, signal);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

pid_t start(std::vector<std::string>& words, const std::array<int, 3>& streams) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int i = 0; i < 3; ++i)
        posix_spawn_file_actions_adddup2(&actions, streams.at(static_cast<std::size_t>(i)), i);
    use_usual_signals(attributes);
    pid_t id = 0;
    const int code = posix_spawnp(&id, pointers[0], &actions, &attributes, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code != 0) fail_system(words[0], code, "a program that can be started");
    return id;
}

/// False at the end; what is there goes behind `text`.
bool hear_all(int descriptor, std::string& text, std::size_t most) {
    std::array<char, 1 << 16> some; // NOLINT(cppcoreguidelines-pro-type-member-init): it is read into
    for (std::size_t heard = 0; heard < most;) {
        const ssize_t count = read(descriptor, some.data(), some.size());
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        if (count == 0) return false;
        text.append(some.data(), static_cast<std::size_t>(count));
        heard += static_cast<std::size_t>(count);
    }
    return true;
}

} // namespace

PipedProcess::PipedProcess(std::vector<std::string> words)
    : PipedProcess(std::move(words), new_ends(), new_ends(), new_ends()) {}

PipedProcess::PipedProcess(std::vector<std::string> words, Ends input, Ends output, Ends errors)
    : input_(std::move(input.second)), output_(std::move(output.second)), errors_(std::move(errors.second)),
      id_(start(words, {input.first.number(), output.first.number(), errors.first.number()})) {}

PipedProcess::~PipedProcess() { await_end(); }

void PipedProcess::await_end() {
    if (id_ == 0) return;
    constexpr auto step = std::chrono::milliseconds(5);
    constexpr int moments = 200;
    for (int moment = 0; moment <= 2 * moments; ++moment) {
        if (moment == moments / 10) kill(id_, SIGTERM);
        if (moment == moments) kill(id_, SIGKILL);
        if (waitpid(id_, &status_, WNOHANG) == id_) break;
        hear_errors();
        std::this_thread::sleep_for(step);
    }
    id_ = 0;
}

bool PipedProcess::hear(std::string& output) { return hear_all(output_.number(), output, 4 << 20); }

bool PipedProcess::hear_errors() {
    const bool is_open = hear_all(errors_.number(), words_, 1 << 20);
    if (words_.size() > most_words) words_.erase(0, words_.size() - most_words);
    return is_open;
}

bool PipedProcess::send(std::string& bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(input_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        bytes.erase(0, static_cast<std::size_t>(count));
    }
    return true;
}

std::string PipedProcess::last_words() {
    await_end();
    hear_errors();
    std::string words = words_;
    while (!words.empty() && (words.back() == '\n' || words.back() == '\r')) words.pop_back();
    const auto line = words.find_last_of('\n');
    if (line != std::string::npos) words.erase(0, line + 1);
    if (!words.empty()) return shown(words, 600);
    if (WIFSIGNALED(status_))
        return std::string("it was ended by signal ") + std::to_string(WTERMSIG(status_));
    const int code = WEXITSTATUS(status_);
    return code == gone ? "there is no such command" : "it ended with exit code " + std::to_string(code);
}

} // namespace lora
