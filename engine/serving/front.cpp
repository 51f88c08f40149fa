#include "engine/serving/front.h"

#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/serving/meeting_folder.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace lora {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr auto time_to_start = std::chrono::seconds(60);
constexpr auto time_to_die = std::chrono::seconds(1);
constexpr milliseconds a_moment(20);

// In the new process: nothing here may allocate. A session of its own, so that nothing that ends with the
// login or the terminal reaches it.
[[noreturn]] void become_engine(char** words, int nothing, int log) {
    setsid();
    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv("/proc/self/exe", words);
    _exit(127);
}

/// The last line of its log.
std::string last_words(const std::string& folder) {
    try {
        std::string words = read_text(log_path(folder), 1 << 20);
        while (words.ends_with('\n')) words.pop_back();
        if (const auto line = words.find_last_of('\n'); line != std::string::npos) words.erase(0, line + 1);
        return words.empty() ? "" : "; its last words: " + shown(words, 500);
    } catch (const Error&) {
        return {}; // an engine that wrote too much, or none at all, has no last words
    }
}

std::string words_of(int status) {
    if (!WIFSIGNALED(status)) return "ended with exit code " + std::to_string(WEXITSTATUS(status));
    const int signal = WTERMSIG(status);
    const char* const name = strsignal(signal);
    std::string words =
        "was ended by signal " + std::to_string(signal) + " (" + (name ? name : "unknown") + ")";
    if (signal == SIGKILL) words += ", as the system does where memory runs out";
    return words;
}

/// One way: bytes from one descriptor to another. It waits for the reader before it reads on.
struct Way {
    int from, to;
    std::string bytes = {};
    bool open = true;

    /// False where the receiver is gone.
    bool move(bool readable) {
        std::array<char, 1 << 16> some; // NOLINT(cppcoreguidelines-pro-type-member-init): it is read into
        if (bytes.empty() && readable) {
            const ssize_t count = read(from, some.data(), some.size());
            if (count > 0)
                bytes.assign(some.data(), static_cast<std::size_t>(count));
            else if (count == 0 || (errno != EAGAIN && errno != EINTR))
                open = false;
        }
        if (bytes.empty()) return true;
        const ssize_t count = write(to, bytes.data(), bytes.size());
        if (count > 0) bytes.erase(0, static_cast<std::size_t>(count));
        return count > 0 || errno == EAGAIN || errno == EINTR;
    }
};

} // namespace

Front::Front(std::string folder, const std::vector<std::string>& start) : folder_(std::move(folder)) {
    const auto late = Clock::now() + time_to_start;
    bool is_starting = false;
    for (;;) {
        if (auto reached = connect_to(socket_path(folder_))) {
            engine_.emplace(std::move(*reached));
            return;
        }
        if (!is_starting) is_starting = start_engine(start);
        int status = 0;
        // One that found another engine there, which has just begun, ends well.
        if (started_ != 0 && waitpid(started_, &status, WNOHANG) == started_) {
            started_ = 0;
            if (status != 0)
                throw Error("the engine could not start: it " + words_of(status) + last_words(folder_));
            is_starting = false;
        }
        if (Clock::now() > late) throw Error("the engine does not answer at " + socket_path(folder_));
        std::this_thread::sleep_for(a_moment);
    }
}

bool Front::start_engine(const std::vector<std::string>& start) {
    std::vector<std::string> words{"lora"};
    words.insert(words.end(), start.begin(), start.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const Descriptor nothing = open_file("/dev/null", O_RDWR, "the file of nothing");
    const std::string log_file = log_path(folder_);
    const int log_number =
        open(log_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log_number < 0) fail_system(log_file, errno, "the engine's log");
    const Descriptor log(log_number);
    started_ = fork();
    if (started_ == 0) become_engine(pointers.data(), nothing.number(), log.number());
    if (started_ < 0) fail_system("a process for the engine", errno, "one more process");
    return true;
}

std::string Front::carry(int input, int output) {
    signal(SIGPIPE, SIG_IGN); // the other end's going is told by what write says
    const int socket = engine_->number();
    Way in{input, socket}, out{socket, output};
    while (in.open && out.open) {
        std::array<pollfd, 3> watched{{{in.bytes.empty() ? input : -1, POLLIN, 0},
            {socket, static_cast<short>((out.bytes.empty() ? POLLIN : 0) | (in.bytes.empty() ? 0 : POLLOUT)),
                0},
            {out.bytes.empty() ? -1 : output, POLLOUT, 0}}};
        poll(watched.data(), watched.size(), -1);
        if (!out.move((watched[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0)) return {};
        if (!in.move((watched[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0)) out.open = false;
    }
    if (out.open) { // what was said last still goes to the engine
        while (!in.bytes.empty() && in.move(false)) std::this_thread::sleep_for(milliseconds(1));
        return {};
    }
    return words_of_end();
}

// A process that dies lets go of its sockets one after the other: for a moment it still seems to listen.
std::string Front::words_of_end() const {
    int status = 0;
    const auto late = Clock::now() + time_to_die;
    while (Clock::now() < late) {
        if (started_ != 0 && waitpid(started_, &status, WNOHANG) == started_)
            return status == 0 ? std::string() : "the engine " + words_of(status) + last_words(folder_);
        std::this_thread::sleep_for(a_moment);
    }
    return connect_to(socket_path(folder_)) ? std::string() : "the engine has ended" + last_words(folder_);
}

} // namespace lora
