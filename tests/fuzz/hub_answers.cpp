// What a hub answers: the description of a repository, the list that a search finds, and any bytes at all in
// place of an answer.

#include "engine/hub/file_offers.h"
#include "engine/hub/repository_info.h"
#include "engine/hub/search.h"
#include "engine/hub/wanted_files.h"
#include "tests/fuzz/answering_server.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/readers.h"

namespace lora::fuzz {

namespace {

struct AskedHub {
    AnsweringServer server;
    HubClient client{settings()};

    HubSettings settings() const {
        HubSettings settings;
        settings.endpoint = server.address();
        settings.token = "hf_secret";
        settings.attempts = 1;
        settings.pause = std::chrono::milliseconds(0);
        settings.stall = std::chrono::seconds(1);
        return settings;
    }

    void say(std::string_view json) {
        server.answer_with("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n"
                               + std::string(json),
            /*is_whole=*/true);
    }
};

AskedHub& hub() {
    static AskedHub asked;
    return asked;
}

} // namespace

void read_repository(std::string_view bytes) {
    hub().say(bytes);
    refusable([&] {
        RepositoryInfo info = repository_info(hub().client, {.name = "org/name"}, {});
        if (info.size_bytes() > 0 && info.files.empty()) throw std::logic_error("a size of nothing");
        for (const HubFile& file : info.files) {
            check_file_name(file.name, "the list");
            look_at(file_path(info, file.name));
        }
        if (info.files.size() % 2 == 1) info.repository.kind = RepositoryKind::Dataset;
        for (const FileOffer& offer : file_offers(info)) {
            if (offer.files.empty()) throw std::logic_error("an offer of nothing");
            look_at(offer.name);
        }
        for (const HubFile& file : wanted_files(info, {}).files) look_at(file.name);
    });
}

void read_found(std::string_view bytes) {
    hub().say(bytes);
    refusable([&] {
        for (const FoundRepository& found : search_hub(hub().client, RepositoryKind::Model, "words", 20, {}))
            if (!is_repository_name(found.name)) throw std::logic_error("a name that is none");
    });
}

void read_http_answer(std::string_view bytes) {
    hub().server.answer_with(std::string(bytes), /*is_whole=*/false);
    refusable([&] {
        const HttpAnswer answer =
            hub().client.get("/file", {{.name = "org/name"}, "file"}, {.url = {}, .etag = "abc"}, {});
        if (answer.status != 200 && answer.status != 206)
            throw std::logic_error("a refusal that is no Error");
    });
}

} // namespace lora::fuzz
