#include "engine/serving/meeting_folder.h"

#include "engine/error.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

constexpr int waiting_windows = 8;

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        fail(path, std::to_string(path.size()) + " bytes", "a shorter path for a socket",
            "let TMPDIR name a folder nearer to the root");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

Descriptor new_socket(const std::string& path) {
    const int number = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (number < 0) fail_system(path, errno, "a socket");
    return Descriptor(number);
}

} // namespace

std::string meeting_folder() {
    std::string folder =
        std::filesystem::temp_directory_path() / ("lora-workbench-" + std::to_string(getuid()));
    if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) fail_system(folder, errno, "a new folder");
    const Descriptor opened =
        open_file(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, "a folder of this user's own");
    struct stat status {};
    if (fstat(opened.number(), &status) != 0) fail_system(folder, errno, "a folder");
    if (status.st_uid != getuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        fail(folder, "a folder of another user, or open to others", "one of this user alone",
            "remove it, or let TMPDIR name another place");
    return folder;
}

std::string socket_path(const std::string& folder) { return folder + "/engine.socket"; }
std::string log_path(const std::string& folder) { return folder + "/engine.log"; }

std::optional<Descriptor> hold_engine_lock(const std::string& folder) {
    const std::string path = folder + "/engine.lock";
    const int number = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (number < 0) fail_system(path, errno, "the engine's lock");
    Descriptor lock(number);
    if (flock(number, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK) fail_system(path, errno, "the engine's lock");
    return std::nullopt;
}

Descriptor listen_at(const std::string& path) {
    const sockaddr_un address = address_of(path);
    Descriptor listener = new_socket(path);
    unlink(path.c_str());
    if (bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || listen(listener.number(), waiting_windows) != 0)
        fail_system(path, errno, "a socket");
    return listener;
}

std::optional<Descriptor> connect_to(const std::string& path) {
    const sockaddr_un address = address_of(path);
    Descriptor socket = new_socket(path);
    if (connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return socket;
    if (errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN) return std::nullopt;
    fail_system(path, errno, "the engine's socket");
}

std::optional<Descriptor> accept_own_user(const Descriptor& listener) {
    const int number = accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (number < 0) return std::nullopt;
    Descriptor socket(number);
    ucred peer{};
    socklen_t length = sizeof peer;
    if (getsockopt(number, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid != getuid())
        return std::nullopt;
    return socket;
}

} // namespace lora
