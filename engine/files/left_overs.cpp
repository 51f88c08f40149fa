#include "engine/files/left_overs.h"

#include "engine/files/staging.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/file.h>
#include <sys/stat.h>

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

std::atomic<void (*)(const std::string&)>
    abandoned_told{}; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

constexpr std::string_view place_to_write = "a folder that can be written";

/// The claim of a process that is no more, taken over; no number where there is none to be had. Waits for
/// nobody, a pipe either.
Descriptor claim_of_nobody(const std::string& path) {
    Descriptor claim(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
    struct stat status = {};
    if (claim.number() < 0 || ::fstat(claim.number(), &status) != 0) return Descriptor(-1);
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return Descriptor(-1);
    return ::flock(claim.number(), LOCK_EX | LOCK_NB) == 0 ? std::move(claim) : Descriptor(-1);
}

/// Claims what was just made; false where another process took it for abandoned before, and removed it.
bool claim_new(const Descriptor& made, const std::string& path) {
    ::flock(made.number(), LOCK_EX);
    struct stat held = {}, named = {};
    return ::fstat(made.number(), &held) == 0 && ::stat(path.c_str(), &named) == 0
           && held.st_ino == named.st_ino && held.st_dev == named.st_dev;
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
    for (std::filesystem::directory_iterator entry(parent_of(path), failure), end; !failure && entry != end;
         entry.increment(failure)) {
        const std::string name = entry->path().filename().string();
        if (name.starts_with(beginning) && is_left_over(name)) found.push_back(entry->path());
    }
    for (const auto& left : found) {
        const Descriptor claim = claim_of_nobody(left.string()); // held until it is gone
        if (claim.number() < 0) continue;
        std::error_code kept;
        const bool gone = std::filesystem::remove_all(left, kept) > 0 && !kept;
        if (const auto tell = abandoned_told.load(); gone && tell != nullptr) tell(left.string());
    }
}

void tell_of_abandoned(void (*tell)(const std::string& path)) { abandoned_told = tell; }

Descriptor make_claimed_folder(const std::string& path) {
    for (;;) {
        if (::mkdir(path.c_str(), 0777) != 0) fail_system(parent_of(path), errno, place_to_write);
        Descriptor made(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        if (made.number() < 0 ? errno != ENOENT : claim_new(made, path)) return made;
    }
}

Descriptor make_claimed_file(const std::string& path) {
    for (;;) {
        Descriptor made = open_file(path, O_WRONLY | O_CREAT | O_EXCL, place_to_write, parent_of(path));
        if (claim_new(made, path)) return made;
    }
}

} // namespace lora
