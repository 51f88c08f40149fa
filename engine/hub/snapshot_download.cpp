#include "engine/hub/snapshot_download.h"

#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/hub/blob_download.h"
#include "engine/hub/download_stop.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

namespace lora {

namespace {

/// How far all files are, from several threads.
class Tally {
public:
    Tally(const std::vector<HubFile>& files, const CachedRepository& cached, const ShowProgress& show)
        : show_(show), here_(files.size()) {
        progress_.total_files = files.size();
        for (std::size_t i = 0; i < files.size(); ++i) {
            here_[i] = bytes_here(cached, files[i]);
            progress_.done_bytes += here_[i];
            progress_.total_bytes += files[i].size_bytes;
        }
    }

    void set(std::size_t file, const std::string& name, std::uint64_t bytes) {
        const std::lock_guard guard(mutex_);
        progress_.done_bytes += bytes - here_[file]; // modulo 2^64, which is right for a fall too
        here_[file] = bytes;
        progress_.file = name;
        const auto now = std::chrono::steady_clock::now();
        if (now - shown_ < std::chrono::milliseconds(100)) return;
        shown_ = now;
        show();
    }

    void finish_one() {
        const std::lock_guard guard(mutex_);
        ++progress_.done_files;
        show();
    }

private:
    void show() const {
        if (show_) show_(progress_);
    }

    const ShowProgress& show_;
    std::mutex mutex_;
    std::vector<std::uint64_t> here_;
    DownloadProgress progress_;
    std::chrono::steady_clock::time_point shown_;
};

void check_room(const std::vector<HubFile>& files, const CachedRepository& cached) {
    std::uint64_t needed = 0;
    std::set<std::string> counted;
    for (const HubFile& file : files)
        if (counted.insert(file.etag).second) needed += file.size_bytes - bytes_here(cached, file);
    std::error_code unknown;
    const auto space = std::filesystem::space(cached.cache, unknown);
    if (!unknown && space.available < needed)
        throw DiskFull(cached.cache, std::to_string(space.available >> 20) + " MiB free",
            std::to_string((needed >> 20) + 1) + " MiB for what is to come",
            "make room on this disk, or set HF_HUB_CACHE to a folder on another");
}

/// Workers that each take the next file until there is none, or one has failed.
class Workers {
public:
    Workers(const HubSettings& settings, const RepositoryInfo& info, std::vector<HubFile> files,
        const CachedRepository& cached, const ShowProgress& show)
        : settings_(settings), info_(info), files_(std::move(files)), cached_(cached),
          tally_(files_, cached, show) {}

    void run(const std::stop_token& stop) {
        const std::stop_callback forward(stop, [&] { stop_.request_stop(); });
        {
            std::vector<std::jthread> threads;
            const auto wanted =
                std::clamp<std::size_t>(files_.size(), 1, static_cast<std::size_t>(settings_.connections));
            for (std::size_t i = 0; i < wanted; ++i) threads.emplace_back([this] { work(); });
        }
        if (failure_) std::rethrow_exception(failure_);
        check_not_stopped(stop);
    }

private:
    void work() noexcept {
        try {
            HubClient hub(settings_);
            for (std::size_t i = next_++; i < files_.size() && !stop_.stop_requested(); i = next_++) {
                const HubFile& file = files_[i];
                download_blob(
                    hub, info_, file, cached_, [&](std::uint64_t bytes) { tally_.set(i, file.name, bytes); },
                    stop_.get_token());
                tally_.finish_one();
            }
        } catch (...) {
            const std::lock_guard guard(mutex_);
            if (!failure_) failure_ = std::current_exception(); // those behind it were stopped by it
            stop_.request_stop();
        }
    }

    const HubSettings& settings_;
    const RepositoryInfo& info_;
    std::vector<HubFile> files_;
    const CachedRepository& cached_;
    Tally tally_;
    std::atomic<std::size_t> next_ = 0;
    std::stop_source stop_;
    std::mutex mutex_;
    std::exception_ptr failure_;
};

std::string fetched_before(const HubSettings& settings, const Repository& repository) {
    const auto snapshot = cached_snapshot(settings.cache, repository);
    if (!snapshot)
        fail(repository.name,
            "HF_HUB_OFFLINE set, and no " + shown(repository.revision) + " of it in " + settings.cache,
            "one that was fetched before", "unset HF_HUB_OFFLINE to download it");
    return *snapshot;
}

} // namespace

std::string download_snapshot(const HubSettings& settings, const RepositoryInfo& info,
    const std::vector<HubFile>& files, const ShowProgress& show, const std::stop_token& stop) {
    const CachedRepository cached(settings.cache, info.repository);
    tag_cache(settings.cache);
    check_room(files, cached);
    // The largest first, so that none of them is left alone at the end.
    std::vector<HubFile> ordered = files;
    std::stable_sort(ordered.begin(), ordered.end(),
        [](const HubFile& one, const HubFile& other) { return one.size_bytes > other.size_bytes; });
    Workers(settings, info, std::move(ordered), cached, show).run(stop);
    put_into_snapshot(cached, info, files);
    return cached.snapshot(info.commit);
}

std::string fetch_repository(const HubSettings& settings, const Repository& repository,
    const std::vector<std::string>& patterns, const FetchNews& news, const std::stop_token& stop) {
    check_repository(repository);
    if (settings.offline) return fetched_before(settings, repository);
    HubClient hub(settings);
    const RepositoryInfo info = repository_info(hub, repository, stop);
    const WantedFiles wanted = wanted_files(info, patterns);
    if (news.begins) news.begins(info, wanted);
    return download_snapshot(settings, info, wanted.files, news.progress, stop);
}

} // namespace lora
