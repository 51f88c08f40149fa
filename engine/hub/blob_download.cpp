#include "engine/hub/blob_download.h"

#include "engine/error.h"
#include "engine/files/digest.h"
#include "engine/files/staging.h"
#include "engine/files/store.h"
#include "engine/hub/download_stop.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace fs = std::filesystem;

namespace {

std::string incomplete_of(const std::string& blob) { return blob + ".incomplete"; }

std::uint64_t size_or_none(const std::string& path) {
    std::error_code absent;
    const auto size = fs::file_size(path, absent);
    return absent ? 0 : size;
}

bool is_whole(const std::string& blob, const HubFile& file) {
    std::error_code absent;
    return fs::is_regular_file(blob, absent) && size_or_none(blob) == file.size_bytes;
}

/// The file that grows, and the digest of what is in it.
class GrowingFile {
public:
    GrowingFile(const std::string& path, const HubFile& file, const std::stop_token& stop)
        : path_(path), file_(file),
          descriptor_(open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, "a file that can be written")) {
        forget();
        read_what_is_there(stop);
    }

    std::uint64_t size() const { return size_; }

    /// At its own place: what another program appends meanwhile is overwritten by the same bytes.
    void add(std::string_view bytes) {
        if (bytes.size() > file_.size_bytes - size_)
            fail(shown(file_.name), "more bytes than the hub's list says", std::to_string(file_.size_bytes));
        seek(size_);
        write_all(descriptor_.number(), bytes, path_);
        digest_->add(bytes);
        size_ += bytes.size();
    }

    void begin_anew() {
        forget();
        cut();
    }

    std::string digest() { return digest_->hex(); }

    /// Makes what was added last.
    void finish() {
        cut();
        sync(descriptor_.number(), path_);
    }

private:
    void forget() {
        digest_.emplace(file_.is_large() ? DigestKind::Sha256 : DigestKind::Sha1);
        if (!file_.is_large()) { // as git names its blobs
            const std::string head = "blob " + std::to_string(file_.size_bytes);
            digest_->add(std::string_view(head.c_str(), head.size() + 1));
        }
        size_ = 0;
    }

    /// Ends the file where what was added ends.
    void cut() const {
        if (::ftruncate(descriptor_.number(), static_cast<off_t>(size_)) != 0)
            fail_system(path_, errno, "a file that can be written");
    }

    void seek(std::uint64_t place) const {
        if (::lseek(descriptor_.number(), static_cast<off_t>(place), SEEK_SET) < 0)
            fail_system(path_, errno, "a file that can be written");
    }

    void read_what_is_there(const std::stop_token& stop) {
        constexpr std::size_t piece_bytes = 1 << 20;
        const std::uint64_t there = size_or_none(path_);
        if (there > file_.size_bytes) return cut();
        seek(0);
        while (size_ < there) {
            check_not_stopped(stop);
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, there - size_));
            const std::string piece = read_up_to(descriptor_.number(), wanted, path_);
            if (piece.empty()) return;
            digest_->add(piece);
            size_ += piece.size();
        }
    }

    std::string path_;
    HubFile file_;
    Descriptor descriptor_;
    std::optional<Digest> digest_;
    std::uint64_t size_ = 0;
};

/// A server that knows no ranges answers with the whole file.
void check_place(const HttpAnswer& answer, GrowingFile& growing, const std::string& place) {
    if (answer.status != 206) return growing.size() > 0 ? growing.begin_anew() : void();
    const std::string range = answer.header("content-range");
    const std::string expected = "bytes " + std::to_string(growing.size()) + "-";
    if (!range.starts_with(expected)) fail(place, "'" + shown(range) + "'", expected + "…, as was asked for");
}

/// One answer's bytes into the file.
void receive_once(HubClient& hub, const std::string& path, const Subject& subject, const HubFile& file,
    GrowingFile& growing, const ShowBytes& show, const std::stop_token& stop) {
    bool begun = false;
    const auto receive = [&](const HttpAnswer& answer, std::string_view bytes) {
        if (!begun) check_place(answer, growing, subject.place());
        begun = true;
        growing.add(bytes);
        show(growing.size());
    };
    hub.get(path, subject, {.url = {}, .first_byte = growing.size(), .etag = file.etag, .receive = receive},
        stop);
    if (growing.size() < file.size_bytes)
        throw TryAgain(Error(subject.place(),
                           "the end of the connection after " + std::to_string(growing.size()) + " bytes",
                           std::to_string(file.size_bytes) + " bytes", "try again; what has come is kept"),
            std::chrono::seconds(0));
}

void receive_all(HubClient& hub, const std::string& path, const Subject& subject, const HubFile& file,
    GrowingFile& growing, const ShowBytes& show, const std::stop_token& stop) {
    int attempt = 1;
    while (growing.size() < file.size_bytes) {
        const std::uint64_t before = growing.size();
        try {
            receive_once(hub, path, subject, file, growing, show, stop);
        } catch (const TryAgain& failure) {
            if (growing.size() > before) attempt = 1; // it does go on, if in pieces
            hub.wait_after(failure, attempt++, stop);
        }
    }
}

/// Whether the file is whole and what it is to be. A wrong one is removed.
bool fetch_checked(HubClient& hub, const std::string& path, const Subject& subject, const HubFile& file,
    const std::string& incomplete, const ShowBytes& show, const std::stop_token& stop) {
    GrowingFile growing(incomplete, file, stop);
    const bool from_earlier = growing.size() > 0;
    show(growing.size());
    receive_all(hub, path, subject, file, growing, show, stop);
    const std::string digest = growing.digest();
    if (digest == file.etag) {
        growing.finish();
        return true;
    }
    std::error_code failure;
    fs::remove(incomplete, failure);
    if (from_earlier) return false;
    fail(subject.place(), "contents of digest " + digest, file.etag + ", as the hub's list says",
        "what came was thrown away; try again, and mind proxies that change what passes through them");
}

} // namespace

std::uint64_t bytes_here(const CachedRepository& cached, const HubFile& file) {
    const std::string blob = cached.blob(file.etag);
    if (is_whole(blob, file)) return file.size_bytes;
    const std::uint64_t part = size_or_none(incomplete_of(blob));
    return part > file.size_bytes ? 0 : part;
}

void download_blob(HubClient& hub, const RepositoryInfo& info, const HubFile& file,
    const CachedRepository& cached, const ShowBytes& show, const std::stop_token& stop) {
    const std::string blob = cached.blob(file.etag);
    const BlobLock lock(cached.lock(file.etag), stop);
    if (is_whole(blob, file)) return show(file.size_bytes);
    const Subject subject{info.repository, file.name};
    const std::string path = file_path(info, file.name);
    std::error_code failure;
    fs::create_directories(parent_of(blob), failure);
    if (!fetch_checked(hub, path, subject, file, incomplete_of(blob), show, stop))
        fetch_checked(hub, path, subject, file, incomplete_of(blob), show, stop);
    if (::rename(incomplete_of(blob).c_str(), blob.c_str()) != 0)
        fail_system(blob, errno, "a folder that can be written");
    sync_folder(parent_of(blob));
}

} // namespace lora
