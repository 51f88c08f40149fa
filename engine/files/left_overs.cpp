#include "engine/files/left_overs.h"

#include "engine/files/staging.h"

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <vector>

#include <sys/file.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

// A handler reaches nothing but objects of static storage, and may allocate nothing. What finds no place here
// is left to remove_abandoned().
constexpr std::size_t most = 1024;
std::array<std::atomic<const char*>, most>
    paths{}; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void remove_and_end(int signal) {
    // Later ones first: files before their folder. What has been moved into place is no longer at its path.
    for (std::size_t i = most; i-- > 0;)
        if (const char* path = paths[i].load())
            if (::unlink(path) != 0) ::rmdir(path);
    std::signal(signal, SIG_DFL);
    ::raise(signal);
}

bool is_abandoned(const std::filesystem::path& folder) {
    const int descriptor = claim_staged(folder.string());
    if (descriptor < 0) return false;
    ::close(descriptor);
    return true;
}

} // namespace

Temporary::Temporary(const std::string& path) : path_(std::make_unique<const std::string>(path)) {
    for (auto& place : paths) {
        const char* none = nullptr;
        if (place.compare_exchange_strong(none, path_->c_str())) return;
    }
}

Temporary::Temporary(Temporary&& other) noexcept = default;

Temporary::~Temporary() {
    if (!path_) return;
    for (auto& place : paths) {
        const char* own = path_->c_str();
        if (place.compare_exchange_strong(own, nullptr)) return;
    }
}

void remove_temporaries_on_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, remove_and_end);
}

void remove_abandoned(const std::string& path) {
    const std::string beginning = std::filesystem::path(path).filename().string() + ".tmp-";
    std::error_code failure;
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(parent_of(path), failure)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(beginning) && is_left_over(name) && is_abandoned(entry.path()))
            found.push_back(entry.path());
    }
    for (const auto& folder : found) std::filesystem::remove_all(folder, failure);
}

int claim_staged(const std::string& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
    if (descriptor >= 0) ::close(descriptor);
    return -1;
}

} // namespace lora
