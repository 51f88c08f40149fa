#include "engine/hub/repository_info.h"

#include "engine/error.h"

#include <algorithm>
#include <limits>
#include <set>

namespace lora {

namespace {

constexpr std::int64_t largest_count = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t largest_file = std::int64_t{1}
                                      << 46; // 64 TiB: so many that their sum is still a number
constexpr std::size_t most_files = 100'000;

std::string etag_of(const JsonFields& file) {
    constexpr std::size_t sha256_digits = 64, sha1_digits = 40;
    const bool large = file.has("lfs");
    std::string etag = large ? file.object("lfs").string("sha256") : file.string("blobId");
    if (!is_hex(etag, large ? sha256_digits : sha1_digits))
        fail(file.where(), "'" + shown(etag) + "'", large ? "a SHA-256" : "the id of a git blob");
    return etag;
}

HubFile file_of(const Json& json, const std::string& where) {
    const std::string name = JsonFields(json, where).string("rfilename");
    check_file_name(name, where);
    const JsonFields fields(json, where + ": " + shown(name));
    const std::int64_t size = fields.integer("size", 0, largest_file);
    return {name, static_cast<std::uint64_t>(size), etag_of(fields)};
}

std::vector<HubFile> files_of(const JsonFields& fields) {
    const Json* list = fields.find("siblings");
    if (list == nullptr || !list->is_array())
        fail(fields.where(), "no list siblings", "the repository's files");
    if (list->size() > most_files)
        fail(
            fields.where(), std::to_string(list->size()) + " files", "at most " + std::to_string(most_files));
    std::vector<HubFile> files;
    std::set<std::string> names;
    for (const Json& each : *list) {
        files.push_back(file_of(each, fields.where()));
        if (!names.insert(files.back().name).second)
            fail(fields.where(), "the file '" + shown(files.back().name) + "' twice", "each once");
    }
    return files;
}

/// `gated` is false, or says how access is granted.
std::string gate_of(const JsonFields& fields) {
    const Json* gated = fields.find("gated");
    if (gated == nullptr || gated->is_null() || *gated == false) return "";
    return gated->is_string() ? shown(gated->get<std::string>(), 40) : "manual";
}

/// The card's own words, which are one licence or a list of them.
std::string license_of(const JsonFields& fields) {
    const Json* card = fields.find("cardData");
    const Json* license =
        card != nullptr && card->is_object() && card->contains("license") ? &(*card)["license"] : nullptr;
    if (license != nullptr && license->is_array() && !license->empty()) license = &license->front();
    if (license != nullptr && license->is_string()) return shown(license->get<std::string>());
    return fields.has("tags") ? license_of_tags(fields.strings("tags")) : "";
}

} // namespace

std::uint64_t RepositoryInfo::size_bytes() const {
    std::uint64_t sum = 0;
    for (const HubFile& file : files) sum += file.size_bytes;
    return sum;
}

std::string license_of_tags(const std::vector<std::string>& tags) {
    static constexpr std::string_view beginning = "license:";
    const auto found = std::find_if(
        tags.begin(), tags.end(), [](const std::string& tag) { return tag.starts_with(beginning); });
    return found == tags.end() ? "" : shown(found->substr(beginning.size()));
}

RepositoryInfo repository_info(HubClient& hub, const Repository& repository, const std::stop_token& stop) {
    check_repository(repository);
    const Subject subject{repository};
    const Json json =
        hub.json(api_path(repository) + "/revision/" + percent_encoded(repository.revision) + "?blobs=true",
            subject, stop);
    const JsonFields fields(json, subject.place() + ": the hub's answer");
    RepositoryInfo info;
    info.repository = repository;
    info.commit = fields.string("sha");
    if (!is_commit(info.commit)) fail(fields.where() + ": sha", "'" + shown(info.commit) + "'", "a commit");
    if (is_commit(repository.revision) && info.commit != repository.revision)
        fail(fields.where() + ": sha", info.commit, "the commit that was asked for");
    info.license = license_of(fields);
    info.gate = gate_of(fields);
    info.is_private = fields.boolean_or("private", false);
    info.downloads = fields.integer_or("downloads", 0, 0, largest_count);
    info.likes = fields.integer_or("likes", 0, 0, largest_count);
    info.files = files_of(fields);
    return info;
}

std::string repository_card(HubClient& hub, const RepositoryInfo& info, const std::stop_token& stop) {
    static constexpr std::string_view card = "README.md";
    constexpr std::size_t limit_bytes = 1 << 20;
    const bool has_one = std::any_of(
        info.files.begin(), info.files.end(), [](const HubFile& file) { return file.name == card; });
    if (!has_one) return "";
    const std::string name(card);
    return hub.text(file_path(info, name), {info.repository, name}, limit_bytes, stop);
}

std::string file_path(const RepositoryInfo& info, const std::string& file) {
    return page_path(info.repository) + "/resolve/" + info.commit + "/"
           + percent_encoded(file, /*keeps_slashes=*/true);
}

} // namespace lora
