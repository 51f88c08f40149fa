#pragma once
// A hub with one small model, as the real one answers: the list of its files, small ones sent at once, large
// ones behind a redirect.

#include "engine/files/digest.h"
#include "engine/files/json.h"
#include "engine/hub/snapshot_download.h"
#include "tests/files/scratch.h"
#include "tests/hub/test_server.h"

#include <atomic>
#include <map>
#include <optional>

/// How huggingface_hub and git name contents.
inline std::string blob_id(const std::string& bytes) {
    lora::Digest digest(lora::DigestKind::Sha1);
    digest.add("blob " + std::to_string(bytes.size()) + std::string(1, '\0'));
    digest.add(bytes);
    return digest.hex();
}

class TestHub {
public:
    static constexpr const char* commit = "0123456789abcdef0123456789abcdef01234567";
    static constexpr const char* token = "hf_secretOfTheTest";

    std::map<std::string, std::string> files{{"config.json", R"({"model_type": "llama"})"},
        {"tokenizer.json", "{}"}, {"README.md", "---\nlicense: apache-2.0\n---\nA model.\n"},
        {"pytorch_model.bin", "a pickle"}, {"model.safetensors", weights()}};
    /// In place of the usual answer, where it gives one.
    std::function<std::optional<TestReply>(const TestRequest&)> instead = nullptr;

    TestServer storage{[this](const TestRequest& request) { return stored(request); }}; ///< another host
    TestServer server{[this](const TestRequest& request) {
        const auto other = instead ? instead(request) : std::nullopt;
        return other ? *other : usual(request);
    }};
    Scratch scratch;

    lora::HubSettings settings() const {
        lora::HubSettings settings;
        settings.endpoint = server.address();
        settings.cache = scratch.path("cache");
        settings.token = token;
        settings.stall = std::chrono::seconds(1);
        settings.pause = std::chrono::milliseconds(1);
        return settings;
    }

    std::string fetch(const lora::HubSettings& settings, const std::vector<std::string>& patterns = {},
        const lora::FetchNews& news = {}, const std::stop_token& stop = {}) const {
        return lora::fetch_repository(settings, {.name = "org/tiny"}, patterns, news, stop);
    }
    std::string fetch() const { return fetch(settings()); }

    /// The sentence in which a fetch fails.
    std::string refusal() const {
        return message_of<lora::Error>([&] { fetch(); });
    }

    std::string folder() const { return scratch.path("cache/models--org--tiny"); }
    std::string incomplete() const { return folder() + "/blobs/" + lora::sha256(weights()) + ".incomplete"; }

    static bool is_large(const std::string& name) {
        return name.ends_with(".safetensors") || name.ends_with(".bin");
    }
    static bool asks_weights(const TestRequest& request) {
        return request.path.ends_with("/model.safetensors");
    }

    static std::string weights() {
        std::string bytes;
        for (int i = 0; bytes.size() < 3'000'000; ++i) bytes += std::to_string(i) + ",";
        return bytes;
    }

    std::string list() const {
        lora::Json siblings = lora::Json::array();
        for (const auto& [name, bytes] : files) {
            lora::Json file{{"rfilename", name}, {"size", bytes.size()}, {"blobId", blob_id(bytes)}};
            if (is_large(name)) file["lfs"] = {{"sha256", lora::sha256(bytes)}, {"size", bytes.size()}};
            siblings.push_back(file);
        }
        return lora::Json{{"id", "org/tiny"}, {"sha", commit}, {"private", false}, {"gated", "auto"},
            {"downloads", 7}, {"likes", 3}, {"tags", {"license:mit"}},
            {"cardData", {{"license", "apache-2.0"}}}, {"siblings", siblings}}
            .dump();
    }

    TestReply usual(const TestRequest& request) const {
        static constexpr std::string_view of_file =
            "/org/tiny/resolve/0123456789abcdef0123456789abcdef01234567/";
        if (request.path == "/api/models/org/tiny/revision/main?blobs=true") return {.body = list()};
        const auto file =
            request.path.starts_with(of_file) ? files.find(request.path.substr(of_file.size())) : files.end();
        if (file == files.end()) return {.status = 404, .headers = {"X-Error-Code: EntryNotFound"}};
        if (!is_large(file->first)) return ranged(request, file->second);
        return {.status = 302,
            .headers = {"Location: " + storage.address("localhost") + "/" + file->first + "?signed=1",
                "X-Linked-Etag: \"" + lora::sha256(file->second) + "\""},
            .body = "Found. Redirecting"};
    }

    TestReply stored(const TestRequest& request) const {
        return ranged(request, files.at(request.path.substr(1, request.path.find('?') - 1)));
    }

    static TestReply ranged(const TestRequest& request, const std::string& bytes) {
        const std::size_t from = request.first_byte();
        if (from == 0) return {.body = bytes};
        const std::string last = std::to_string(bytes.size() - 1) + "/" + std::to_string(bytes.size());
        return {.status = 206,
            .headers = {"Content-Range: bytes " + std::to_string(from) + "-" + last},
            .body = bytes.substr(from)};
    }
};
