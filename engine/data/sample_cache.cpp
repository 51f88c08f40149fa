#include "engine/data/sample_cache.h"

#include "engine/chats/chat_format.h"
#include "engine/data/sample_rules.h"
#include "engine/data/token_folder.h"
#include "engine/files/digest.h"
#include "engine/files/new_folder.h"
#include "engine/files/staging.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>

namespace lora {

namespace fs = std::filesystem;

namespace {

Json json_of_stamp(const FileStamp& stamp) {
    const auto& [device, inode, size_bytes, written_ns, changed_ns] = stamp;
    return Json::array({device, inode, size_bytes, written_ns, changed_ns});
}

/// Others have the same modification time by which they notice that a file they have open is written to.
void mark_used(const std::string& path) {
    const std::array<struct timespec, 2> times{{{0, UTIME_NOW}, {0, UTIME_OMIT}}};
    ::utimensat(
        AT_FDCWD, path.c_str(), times.data(), 0); // a folder that cannot be written has no order of use
}

std::string today() {
    const std::tm now = local_time();
    return std::to_string(now.tm_year + 1900) + '-' + std::to_string(now.tm_mon + 1) + '-'
           + std::to_string(now.tm_mday);
}

/// Calls it; any Error of the folder or the disk becomes CacheUnusable.
template <class Call>
auto or_unusable(Call call) {
    try {
        return call();
    } catch (const CacheUnusable&) {
        throw;
    } catch (const Error& error) {
        throw CacheUnusable(error.what());
    }
}

} // namespace

SampleCache::SampleCache(const DatasetFiles& files, const Tokenizer& tokenizer, std::int64_t max_length,
    const Goal& goal, SampleCacheSettings settings)
    : settings_(std::move(settings)) {
    if (settings_.folder.empty()) return;
    Json paths = Json::array();
    for (const std::string& path : files.paths()) {
        files_.push_back({fs::absolute(path).lexically_normal().string(), file_stamp_of(path)});
        paths.push_back(files_.back().path);
    }
    key_ = {{"files", std::move(paths)}, {"rules", sample_rules(tokenizer, max_length, goal)}};
    const std::string text = key_.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
    path_ = settings_.folder + "/" + sha256(text).substr(0, 32) + ".tokens";
}

std::shared_ptr<const SampleFile> SampleCache::find() {
    std::error_code failure;
    if (settings_.folder.empty() || !fs::exists(path_, failure)) return nullptr;
    try {
        auto file = std::make_shared<const SampleFile>(path_);
        if (!is_of_these_files(file->header())) return nullptr;
        mark_used(path_);
        return file;
    } catch (const Error& error) {
        fault_ = std::string("Tokens that were kept are damaged and are made anew: ") + error.what();
        return nullptr;
    }
}

bool SampleCache::is_of_these_files(const Json& header) const {
    const auto has = [&](const char* name) { return header.contains(name); };
    if (!has("key") || header["key"] != key_ || !has("files") || !header["files"].is_array()) return false;
    if (!has("day") || !header["day"].is_string()) return false;
    const auto& day = header["day"].get_ref<const std::string&>();
    if (!day.empty() && day != today()) return false;
    const Json& described = header["files"];
    if (described.size() != files_.size()) return false;
    for (std::size_t i = 0; i < files_.size(); ++i)
        if (!is_file(described[i], files_[i])) return false;
    return true;
}

bool SampleCache::is_file(const Json& described, const KnownFile& file) const {
    const JsonFields fields(described, path_);
    const std::string digest = fields.string("sha256");
    const Json* stamp = fields.find("stamp");
    if (fields.boolean_or("settled", false) && stamp != nullptr && *stamp == json_of_stamp(file.stamp)) {
        know_sha256(file.stamp, digest);
        return true;
    }
    return known_sha256_of_file(file.path) == digest;
}

Json SampleCache::described_files() const {
    Json described = Json::array();
    for (const KnownFile& file : files_) {
        const bool settled = file.stamp.is_settled();
        const std::string digest = known_sha256_of_file(file.path);
        if (file_stamp_of(file.path) != file.stamp)
            fail(file.path, "a file that was changed while it was read", "a file at rest", "read it again");
        described.push_back({{"sha256", digest}, {"stamp", json_of_stamp(file.stamp)}, {"settled", settled}});
    }
    return described;
}

std::unique_ptr<SampleWriter> SampleCache::begin(const std::stop_token& stop) {
    or_unusable([&] {
        make_folder(settings_.folder);
        lock_.emplace(open_file(
            path_ + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, "a folder that can be written"));
    });
    while (::flock(lock_->number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        if (stop.stop_requested()) throw Error("waiting for the tokens of the data was stopped");
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    // Whoever held the lock may just have made them.
    if (find()) return nullptr;
    return or_unusable([&] { return std::make_unique<SampleWriter>(path_); });
}

std::shared_ptr<const SampleFile> SampleCache::keep(
    SampleWriter& writer, Json header, const SampleBounds& bounds, bool dated) {
    header["key"] = key_;
    header["day"] = dated ? today() : "";
    header["files"] = described_files();
    auto file = or_unusable([&] {
        writer.commit(std::move(header), bounds);
        return std::make_shared<const SampleFile>(path_);
    });
    bound_token_files(settings_.folder, settings_.folder_bytes, path_);
    lock_.reset();
    return file;
}

} // namespace lora
