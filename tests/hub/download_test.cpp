// Downloads that end well: what is asked of whom, what lies in the cache, and how an interrupted one goes on.

#include "engine/hub/hub_cache.h"
#include "engine/hub/search.h"
#include "tests/hub/test_hub.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QTest>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace lora;

namespace fs = std::filesystem;

namespace {

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t count_of(const TestServer& server, const std::function<bool(const TestRequest&)>& that) {
    const auto requests = server.requests();
    return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), that));
}

/// The other program: this test, started to download alone.
int fetch_alone(char** words) {
    HubSettings settings;
    settings.endpoint = words[2];
    settings.cache = words[3];
    fetch_repository(settings, {.name = "org/tiny"}, {}, {}, {});
    return 0;
}

} // namespace

class DownloadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_model_lies_in_the_cache_as_other_programs_keep_it() {
        const TestHub hub;
        const fs::path snapshot = hub.fetch();
        QCOMPARE(snapshot.string(), hub.folder() + "/snapshots/" + TestHub::commit);
        QCOMPARE(contents(hub.folder() + "/refs/main"), std::string(TestHub::commit));
        for (const char* name : {"config.json", "tokenizer.json", "README.md", "model.safetensors"}) {
            const std::string& bytes = hub.files.at(name);
            const std::string etag = TestHub::is_large(name) ? sha256(bytes) : blob_id(bytes);
            QCOMPARE(fs::read_symlink(snapshot / name).string(), "../../blobs/" + etag);
            QCOMPARE(contents((snapshot / name).string()), bytes);
        }
        QVERIFY(!fs::exists(snapshot / "pytorch_model.bin"));
        QVERIFY(fs::exists(hub.scratch.path("cache/CACHEDIR.TAG")));
    }

    void the_token_goes_to_the_hub_and_not_to_where_it_redirects() {
        const TestHub hub;
        hub.fetch();
        QCOMPARE(count_of(hub.server,
                     [](const TestRequest& request) {
                         return request.header("authorization") != std::string("Bearer ") + TestHub::token;
                     }),
            std::size_t{0});
        QCOMPARE(hub.storage.requests().size(), std::size_t{1});
        QCOMPARE(hub.storage.requests().front().headers.count("authorization"), std::size_t{0});
    }

    void the_same_host_at_another_port_is_another_host() {
        TestHub hub;
        hub.instead = [&](const TestRequest& request) -> std::optional<TestReply> {
            if (!TestHub::asks_weights(request)) return std::nullopt;
            return TestReply{
                .status = 307, .headers = {"Location: " + hub.storage.address() + "/model.safetensors"}};
        };
        hub.fetch();
        QCOMPARE(hub.storage.requests().front().headers.count("authorization"), std::size_t{0});
    }

    void a_redirect_on_the_hub_itself_keeps_the_token() {
        TestHub hub;
        hub.instead = [](const TestRequest& request) -> std::optional<TestReply> {
            if (!request.path.starts_with("/api/models/org/tiny/revision/main?")) return std::nullopt;
            return TestReply{.status = 307, .headers = {"Location: /api/models/org/renamed?blobs=true"}};
        };
        const auto usual = hub.instead;
        const std::string list = hub.list();
        hub.instead = [=](const TestRequest& request) -> std::optional<TestReply> {
            if (request.path == "/api/models/org/renamed?blobs=true") return TestReply{.body = list};
            return usual(request);
        };
        hub.fetch();
        QCOMPARE(
            hub.server.requests().at(1).header("authorization"), std::string("Bearer ") + TestHub::token);
    }

    void nothing_is_fetched_twice() {
        const TestHub hub;
        hub.fetch();
        const std::size_t asked = hub.server.requests().size();
        hub.fetch();
        QCOMPARE(hub.server.requests().size(), asked + 1); // the list alone
        QCOMPARE(hub.storage.requests().size(), std::size_t{1});
    }

    void files_are_chosen_by_pattern() {
        const TestHub hub;
        std::size_t left_out = 0;
        const fs::path snapshot = hub.fetch(hub.settings(), {"*.md", "*.bin"},
            {.begins = [&](const RepositoryInfo&, const WantedFiles& wanted) {
                left_out = wanted.pickles.size();
            }});
        QVERIFY(fs::exists(snapshot / "README.md"));
        QVERIFY(!fs::exists(snapshot / "config.json"));
        QVERIFY(!fs::exists(snapshot / "pytorch_model.bin"));
        QCOMPARE(left_out, std::size_t{1});
    }

    void a_file_in_a_folder_is_linked_from_there() {
        TestHub hub;
        hub.files["parts/one/a.json"] = "[1]";
        const fs::path snapshot = hub.fetch(hub.settings(), {"parts/*"});
        QCOMPARE(contents((snapshot / "parts/one/a.json").string()), std::string("[1]"));
        QVERIFY(fs::read_symlink(snapshot / "parts/one/a.json").string().starts_with("../../../../blobs/"));
    }

    void an_empty_file_is_there_without_being_asked_for() {
        TestHub hub;
        hub.files["NOTICE"] = "";
        QVERIFY(fs::is_regular_file(hub.fetch() + "/NOTICE"));
    }

    void a_connection_that_breaks_again_and_again_is_gone_on_with() {
        TestHub hub;
        hub.storage.handle_by([&](const TestRequest& request) {
            TestReply reply = hub.stored(request);
            reply.breaks_after = 400'000; // more breaks than attempts: each brings something
            return reply;
        });
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        std::vector<std::size_t> beginnings;
        for (const TestRequest& request : hub.storage.requests()) beginnings.push_back(request.first_byte());
        QVERIFY(beginnings.size() >= 8);
        QVERIFY(std::is_sorted(beginnings.begin(), beginnings.end()));
        QVERIFY(beginnings.back() > 2'000'000);
    }

    void a_server_without_ranges_sends_all_again() {
        TestHub hub;
        fs::create_directories(hub.folder() + "/blobs");
        std::ofstream(hub.incomplete()) << TestHub::weights().substr(0, 1'000'000);
        hub.storage.handle_by([](const TestRequest&) { return TestReply{.body = TestHub::weights()}; });
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().front().first_byte(), std::size_t{1'000'000});
    }

    void a_part_that_is_damaged_is_fetched_once_more_from_the_beginning() {
        const TestHub hub;
        fs::create_directories(hub.folder() + "/blobs");
        std::ofstream(hub.incomplete()) << std::string(1'000'000, 'x');
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().size(), std::size_t{2});
        QCOMPARE(hub.storage.requests().back().first_byte(), std::size_t{0});
    }

    void a_part_that_is_too_long_is_begun_anew() {
        const TestHub hub;
        fs::create_directories(hub.folder() + "/blobs");
        std::ofstream(hub.incomplete()) << TestHub::weights() << "and more";
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
    }

    void a_blob_of_another_size_is_replaced() {
        const TestHub hub;
        fs::create_directories(hub.folder() + "/blobs");
        std::ofstream(hub.folder() + "/blobs/" + sha256(TestHub::weights())) << "cut off";
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
    }

    void a_stopped_download_ends_soon_and_goes_on_later() {
        TestHub hub;
        hub.storage.handle_by([&](const TestRequest& request) {
            TestReply reply = hub.stored(request);
            reply.breaks_after = 1'000'000;
            reply.stalls = true;
            return reply;
        });
        HubSettings settings = hub.settings();
        settings.stall = std::chrono::seconds(60);
        std::stop_source stop;
        QElapsedTimer clock;
        const std::jthread person([&] {
            while (!fs::exists(hub.incomplete()) || fs::file_size(hub.incomplete()) < 1'000'000)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            clock.start();
            stop.request_stop();
        });
        const std::string said = message_of<Error>([&] { hub.fetch(settings, {}, {}, stop.get_token()); });
        QVERIFY2(contains(said, "stopped; what has come is kept"), said.c_str());
        QVERIFY(clock.elapsed() < 5'000);
        QVERIFY(!fs::exists(hub.folder() + "/snapshots"));
        const auto part = fs::file_size(hub.incomplete());
        QVERIFY(part > 0);

        hub.storage.handle_by([&](const TestRequest& request) { return hub.stored(request); });
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().back().first_byte(), std::size_t{part});
    }

    void a_download_that_was_killed_goes_on() {
        TestHub hub;
        hub.storage.handle_by([&](const TestRequest& request) {
            TestReply reply = hub.stored(request);
            reply.breaks_after = 1'500'000;
            reply.stalls = true;
            return reply;
        });
        QProcess other;
        other.start(QCoreApplication::applicationFilePath(),
            {QStringLiteral("--fetch"), QString::fromStdString(hub.server.address()),
                QString::fromStdString(hub.scratch.path("cache"))});
        QTRY_VERIFY_WITH_TIMEOUT(
            fs::exists(hub.incomplete()) && fs::file_size(hub.incomplete()) == 1'500'000, 20'000);
        other.kill();
        QVERIFY(other.waitForFinished());

        hub.storage.handle_by([&](const TestRequest& request) { return hub.stored(request); });
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().back().first_byte(), std::size_t{1'500'000});
    }

    void two_that_fetch_the_same_fetch_it_once() {
        const TestHub hub;
        std::string one, other;
        {
            const std::jthread first([&] { one = hub.fetch(); });
            const std::jthread second([&] { other = hub.fetch(); });
        }
        QCOMPARE(one, other);
        QCOMPARE(contents(one + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().size(), std::size_t{1});
    }

    void progress_ends_with_all_bytes_and_files() {
        const TestHub hub;
        DownloadProgress last;
        hub.fetch(hub.settings(), {}, {.progress = [&](const DownloadProgress& at) { last = at; }});
        QCOMPARE(last.done_bytes, last.total_bytes);
        QCOMPARE(last.done_files, std::size_t{4});
        QCOMPARE(last.total_files, std::size_t{4});
    }

    void the_list_tells_licence_gate_and_sizes() {
        const TestHub hub;
        HubClient client(hub.settings());
        const RepositoryInfo info = repository_info(client, {.name = "org/tiny"}, {});
        QCOMPARE(info.license, std::string("apache-2.0"));
        QCOMPARE(info.gate, std::string("auto"));
        QCOMPARE(info.downloads, 7);
        QCOMPARE(info.files.size(), std::size_t{5});
        QVERIFY(info.size_bytes() > 3'000'000);
        QVERIFY(contains(repository_card(client, info, {}), "A model."));
    }

    void a_dataset_is_asked_for_at_its_own_address() {
        TestHub hub;
        hub.files = {{"train.jsonl", "{}\n"}, {"loader.py", "import os"}};
        hub.instead = [&](const TestRequest& request) -> std::optional<TestReply> {
            if (request.path == "/api/datasets/org/tiny/revision/v1%2Fa?blobs=true")
                return TestReply{.body = hub.list()};
            if (request.path.starts_with("/datasets/org/tiny/resolve/")) return TestReply{.body = "{}\n"};
            return std::nullopt;
        };
        const Repository wanted{RepositoryKind::Dataset, "org/tiny", "v1/a"};
        const fs::path snapshot = fetch_repository(hub.settings(), wanted, {}, {}, {});
        QVERIFY(contains(snapshot.string(), "/datasets--org--tiny/snapshots/"));
        QVERIFY(fs::exists(hub.scratch.path("cache/datasets--org--tiny/refs/v1/a")));
        QVERIFY(!fs::exists(snapshot / "loader.py"));
    }

    void a_search_lists_names_with_their_licence() {
        TestHub hub;
        hub.instead = [](const TestRequest& request) -> std::optional<TestReply> {
            if (!request.path.starts_with("/api/models?search=tiny%20llama&")) return std::nullopt;
            return TestReply{.body = R"([{"id": "org/tiny", "downloads": 9, "likes": 1, "gated": false,
                "tags": ["pytorch", "license:mit"]}, {"id": "org/other", "gated": "manual"}])"};
        };
        HubClient client(hub.settings());
        const auto found = search_hub(client, RepositoryKind::Model, "tiny llama", 20, {});
        QCOMPARE(found.size(), std::size_t{2});
        QCOMPARE(found[0].name, std::string("org/tiny"));
        QCOMPARE(found[0].license, std::string("mit"));
        QVERIFY(!found[0].is_gated && found[1].is_gated);
    }

    void a_proxy_is_taken_from_the_environment() {
        const TestHub hub;
        qputenv("http_proxy", QByteArray::fromStdString(hub.server.address()));
        HubSettings settings = hub.settings();
        settings.endpoint = "http://hub.invalid";
        HubClient client(settings);
        const std::string said =
            message_of<Error>([&] { repository_info(client, {.name = "org/tiny"}, {}); });
        qunsetenv("http_proxy");
        QCOMPARE(hub.server.requests().front().path,
            std::string("http://hub.invalid/api/models/org/tiny/revision/main?blobs=true"));
    }

    void with_offline_set_nobody_is_asked() {
        const TestHub hub;
        HubSettings settings = hub.settings();
        settings.offline = true;
        const std::string said = message_of<Error>([&] { hub.fetch(settings); });
        QVERIFY2(contains(said, "HF_HUB_OFFLINE set"), said.c_str());
        QCOMPARE(hub.server.requests().size(), std::size_t{0});
        const std::string snapshot = hub.fetch();
        QCOMPARE(hub.fetch(settings), snapshot);
    }
};

int main(int count, char** words) {
    for (const char* proxy : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
        qunsetenv(proxy);
    if (count == 4 && std::string(words[1]) == "--fetch") return fetch_alone(words);
    QCoreApplication application(count, words);
    DownloadTest test;
    return QTest::qExec(&test, count, words);
}

#include "download_test.moc"
