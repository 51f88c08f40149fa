#include "engine/files/mapping_guard.h"

#include "engine/error.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <map>
#include <mutex>

#include <sys/mman.h>
#include <sys/stat.h>

#include <unistd.h>

namespace lora {

namespace {

/// What the signal's handler may read. It stays in the list for ever and is used again: no lock is needed.
struct Range {
    std::atomic<std::uintptr_t> begin = 0; ///< 0: free
    std::atomic<std::size_t> size_bytes = 0;
    std::atomic<bool> lost = false; ///< some of it became zeros
    Range* next = nullptr;
};
std::atomic<Range*> ranges = nullptr;

struct Guarded {
    std::string path;
    Descriptor file;
    struct stat at_first;
    Range* range;
};

std::mutex& guard_lock() {
    static std::mutex lock;
    return lock;
}

std::map<const std::byte*, Guarded>& guarded() {
    static auto* all = new std::map<const std::byte*, Guarded>; // outlives whatever is mapped to the end
    return *all;
}

struct sigaction before_ours = {};
std::uintptr_t page_bytes = 0;

/// From the page that cannot be read to the mapping's end nothing is left of the file.
bool put_zeros(Range& range, std::uintptr_t address) {
    const std::uintptr_t begin = range.begin.load();
    const std::size_t size_bytes = range.size_bytes.load();
    if (begin == 0 || address < begin || address - begin >= size_bytes) return false;
    const std::uintptr_t page = address / page_bytes * page_bytes;
    void* place = reinterpret_cast<void*>(page); // NOLINT(performance-no-int-to-ptr): as the signal has it
    if (::mmap(place, begin + size_bytes - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
        == MAP_FAILED)
        return false;
    range.lost = true;
    return true;
}

void on_bus_error(int number, siginfo_t* info, void* /*context*/) {
    const int code = errno;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const bool read_somewhere = info->si_code == BUS_ADRERR; // else another process sent it
    for (Range* range = ranges.load(); read_somewhere && range != nullptr; range = range->next)
        if (put_zeros(*range, address)) {
            errno = code;
            return;
        }
    ::sigaction(SIGBUS, &before_ours, nullptr); // none of ours: whoever was there before us gets it
    if (!read_somewhere) ::raise(number);       // of a read it comes again by itself
    errno = code;
}

void watch_for_bus_errors() {
    page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action = {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigaction(SIGBUS, &action, &before_ours);
}

Range& free_range() {
    for (Range* range = ranges.load(); range != nullptr; range = range->next)
        if (range->begin.load() == 0) return *range;
    auto* made = new Range;
    made->next = ranges.load();
    ranges = made;
    return *made;
}

struct stat state_of(const Descriptor& file, const std::string& path) {
    struct stat state = {};
    if (::fstat(file.number(), &state) != 0) fail_system(path, errno, "a file that can be read");
    return state;
}

bool is_written_to(const struct stat& now, const struct stat& before) {
    return now.st_size != before.st_size || now.st_mtim.tv_sec != before.st_mtim.tv_sec
           || now.st_mtim.tv_nsec != before.st_mtim.tv_nsec;
}

} // namespace

void guard_mapping(std::span<const std::byte> bytes, Descriptor file, const std::string& path) {
    static std::once_flag watching;
    std::call_once(watching, watch_for_bus_errors);
    const struct stat state = state_of(file, path);
    const std::lock_guard held(guard_lock());
    Range& range = free_range();
    guarded().emplace(bytes.data(), Guarded{path, std::move(file), state, &range});
    range.lost = false;
    range.size_bytes = bytes.size();
    range.begin = reinterpret_cast<std::uintptr_t>(bytes.data());
}

void unguard_mapping(const std::byte* begin) noexcept {
    const std::lock_guard held(guard_lock());
    const auto found = guarded().find(begin);
    if (found == guarded().end()) return;
    found->second.range->begin = 0;
    guarded().erase(found);
}

void need_unchanged_files() {
    const std::lock_guard held(guard_lock());
    for (const auto& [begin, each] : guarded()) {
        const struct stat now = state_of(each.file, each.path);
        const bool shrunk = now.st_size < each.at_first.st_size || each.range->lost;
        if (!shrunk && !is_written_to(now, each.at_first)) continue;
        fail(each.path,
            shrunk ? "a file that was cut short while it was open"
                   : "a file that was written to while it was open",
            "the " + std::to_string(each.at_first.st_size) + " bytes that it had when it was opened",
            "what was read of it since does not count; put it back and open it again");
    }
}

bool files_are_unchanged() {
    try {
        need_unchanged_files();
        return true;
    } catch (const Error&) {
        return false;
    }
}

} // namespace lora
