// What a hub, a network or a disk can do wrong: each a sentence that says what to do, and nothing wrong in
// the cache.

#include "engine/files/store.h"
#include "engine/hub/hub_cache.h"
#include "tests/hub/test_hub.h"

#include <QElapsedTimer>
#include <QTest>
#include <csignal>
#include <filesystem>

#include <sys/resource.h>

using namespace lora;

namespace fs = std::filesystem;

namespace {

std::function<std::optional<TestReply>(const TestRequest&)> always(const TestReply& reply) {
    return [reply](const TestRequest&) { return std::optional(reply); };
}

std::function<std::optional<TestReply>(const TestRequest&)> for_weights(const TestReply& reply) {
    return [reply](const TestRequest& request) {
        return TestHub::asks_weights(request) ? std::optional(reply) : std::nullopt;
    };
}

/// A hub that lists one file, as a server that means harm would.
std::string refusal_of_list(const Json& file, const std::string& commit = TestHub::commit) {
    TestHub hub;
    hub.instead = always({.body = Json{{"sha", commit}, {"siblings", {file}}}.dump()});
    const std::string said = hub.refusal();
    for (const TestRequest& request : hub.server.requests())
        if (contains(request.path, "/resolve/")) return "the file was asked for";
    return said;
}

Json listed(const std::string& name) {
    return {{"rfilename", name}, {"size", 3}, {"blobId", blob_id("abc")}};
}

} // namespace

class FailuresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        for (const char* proxy : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
            qunsetenv(proxy);
    }

    void a_refusal_says_what_to_do_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("header");
        QTest::addColumn<bool>("token");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, int status, const char* header, bool token, const char* words) {
            QTest::newRow(name) << status << QString::fromUtf8(header) << token << QString::fromUtf8(words);
        };
        row("401", 401, "X-Error-Code: RepoNotFound", false, "no public model of this name (401)");
        row("401 with a token", 401, "X-Error-Message: Invalid credentials", true,
            "a token that the hub does not take for it (401, 'Invalid credentials')");
        row("gated", 403, "X-Error-Code: GatedRepo", true,
            "see that the token in use is one of that account");
        row("gated, no token", 401, "X-Error-Code: GatedRepo", false, "in a browser, then set HF_TOKEN");
        row("403", 403, "X: y", true, "the token that is set has too few rights");
        row("404", 404, "X-Error-Code: RepoNotFound", true, "whether it is a dataset");
        row("no revision", 404, "X-Error-Code: RevisionNotFound", true, "no revision 'main' (404)");
        row("429", 429, "Retry-After: 300", false,
            "try again in 300 seconds; what has come is kept; with HF_TOKEN");
        row("500", 500, "X: y", true, "a server in trouble (500)");
        row("503", 503, "X: y", true, "a server in trouble (503)");
        row("418", 418, "X: y", true, "found the answer 418");
    }

    void a_refusal_says_what_to_do() {
        QFETCH(int, status);
        QFETCH(QString, header);
        QFETCH(bool, token);
        QFETCH(QString, words);
        TestHub hub;
        hub.instead = always({.status = status, .headers = {header.toStdString()}, .body = "no"});
        HubSettings settings = hub.settings();
        if (!token) settings.token.clear();
        const std::string said = message_of<Error>([&] { hub.fetch(settings); });
        QVERIFY2(contains(said, words.toStdString()), said.c_str());
        QVERIFY2(!contains(said, TestHub::token), said.c_str());
    }

    void a_gated_file_is_refused_when_it_is_asked_for() {
        TestHub hub;
        hub.instead = for_weights({.status = 403, .headers = {"X-Error-Code: GatedRepo"}});
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "org/tiny: model.safetensors: found a gated repository"), said.c_str());
        QVERIFY(!fs::exists(hub.folder() + "/refs"));
    }

    void a_busy_hub_is_asked_again() {
        for (const int status : {429, 500, 503, 408}) {
            TestHub hub;
            std::atomic<int> refusals = 3;
            hub.instead = [&](const TestRequest&) -> std::optional<TestReply> {
                if (refusals-- <= 0) return std::nullopt;
                return TestReply{.status = status, .headers = {"Retry-After: 0"}};
            };
            hub.fetch();
            QVERIFY(fs::exists(hub.folder() + "/refs/main"));
        }
    }

    void a_wait_that_the_hub_asks_for_is_waited() {
        TestHub hub;
        std::atomic<int> refusals = 1;
        hub.instead = [&](const TestRequest&) -> std::optional<TestReply> {
            if (refusals-- <= 0) return std::nullopt;
            return TestReply{.status = 429, .headers = {"Retry-After: 1"}};
        };
        QElapsedTimer clock;
        clock.start();
        hub.fetch();
        QVERIFY(clock.elapsed() >= 1'000);
    }

    void corrupt_contents_are_thrown_away() {
        TestHub hub;
        std::string wrong = TestHub::weights();
        wrong[wrong.size() / 2] ^= 1;
        hub.storage.handle_by([&](const TestRequest&) { return TestReply{.body = wrong}; });
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "contents of digest " + sha256(wrong)), said.c_str());
        QVERIFY(!fs::exists(hub.incomplete()));
        QVERIFY(!fs::exists(hub.folder() + "/snapshots"));
    }

    void a_small_file_is_checked_too() {
        TestHub hub;
        hub.instead = [](const TestRequest& request) -> std::optional<TestReply> {
            if (!request.path.ends_with("/config.json")) return std::nullopt;
            return TestReply{.body = R"({"model_type": "evil!"})"};
        };
        QVERIFY2(contains(hub.refusal(), "org/tiny: config.json: found contents of digest"), "");
    }

    void a_file_that_ends_early_is_told() {
        TestHub hub;
        hub.storage.handle_by([](const TestRequest& request) { // its Content-Length fits what it sends
            return request.first_byte() == 0
                       ? TestReply{.body = TestHub::weights().substr(0, 1'000'000)}
                       : TestReply{.status = 206,
                           .headers = {"Content-Range: bytes " + std::to_string(request.first_byte()) + "-"}};
        });
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "the end of the connection after 1000000 bytes"), said.c_str());
        QVERIFY(fs::file_size(hub.incomplete()) == 1'000'000);
    }

    void a_file_that_does_not_end_is_told() {
        TestHub hub;
        hub.storage.handle_by(
            [](const TestRequest&) { return TestReply{.body = TestHub::weights() + "more"}; });
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "more bytes than the hub's list says"), said.c_str());
    }

    void bytes_of_another_place_are_not_taken() {
        TestHub hub;
        fs::create_directories(hub.folder() + "/blobs");
        hub.scratch.write(
            "cache/models--org--tiny/blobs/" + sha256(TestHub::weights()) + ".incomplete", "0,1,");
        hub.storage.handle_by([](const TestRequest&) {
            return TestReply{.status = 206, .headers = {"Content-Range: bytes 2-9/10"}, .body = "1,2,3"};
        });
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "found 'bytes 2-9/10', expected bytes 4-"), said.c_str());
    }

    void a_server_that_falls_silent_is_given_up() {
        TestHub hub;
        hub.storage.handle_by([&](const TestRequest& request) {
            TestReply reply = hub.stored(request);
            reply.breaks_after = 0;
            reply.stalls = true;
            return reply;
        });
        HubSettings settings = hub.settings();
        settings.attempts = 1;
        const std::string said = message_of<Error>([&] { hub.fetch(settings); });
        QVERIFY2(contains(said, "silent for 1 seconds"), said.c_str());
    }

    void nobody_at_the_address_is_told() {
        TestHub hub;
        HubSettings settings = hub.settings();
        settings.endpoint = "http://127.0.0.1:1";
        settings.attempts = 2;
        const std::string said = message_of<Error>([&] { hub.fetch(settings); });
        QVERIFY2(contains(said, "a connection that failed"), said.c_str());
        QVERIFY2(contains(said, "look at the network and the proxy's settings"), said.c_str());
    }

    void a_hub_that_contradicts_its_list_is_told() {
        TestHub hub;
        hub.instead = [&](const TestRequest& request) {
            std::optional<TestReply> reply;
            if (!TestHub::asks_weights(request)) return reply;
            reply = hub.usual(request);
            reply->headers[1] = "X-Linked-Etag: \"" + sha256("other") + "\"";
            return reply;
        };
        QVERIFY2(contains(hub.refusal(), "the hub contradicts itself"), "");
    }

    void redirects_stay_with_http_and_have_an_end() {
        TestHub hub;
        hub.instead = for_weights({.status = 302, .headers = {"Location: file:///etc/passwd"}});
        std::string said = hub.refusal();
        QVERIFY2(contains(said, "an address that begins with https:// or http://"), said.c_str());
        hub.instead = [&](const TestRequest& request) {
            return for_weights({.status = 302, .headers = {"Location: " + request.path}})(request);
        };
        said = hub.refusal();
        QVERIFY2(contains(said, "more than ten redirects"), said.c_str());
        hub.instead = for_weights({.status = 302, .headers = {"Location: http://me:word@127.0.0.1:1/x"}});
        said = hub.refusal();
        QVERIFY2(
            contains(said, "an address with a user's name in it") && !contains(said, "word"), said.c_str());
    }

    void an_answer_that_is_no_list_is_told() {
        TestHub hub;
        hub.instead = always({.body = "<html>Welcome to the airport</html>"});
        QVERIFY2(contains(hub.refusal(), "org/tiny: the hub's answer"), "");
        hub.instead = always({.body = "[" + std::string(100, '[')});
        QVERIFY2(contains(hub.refusal(), "org/tiny: the hub's answer"), "");
    }

    void an_answer_without_end_is_cut_off() {
        TestHub hub;
        hub.instead = always({.body = std::string(33 << 20, ' '), .tells_length = false});
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "an answer of more than"), said.c_str());
    }

    void names_that_lead_elsewhere_are_refused_before_anything_is_written_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("up") << QByteArray("../../../.bashrc");
        QTest::newRow("up in the middle") << QByteArray("a/../../x");
        QTest::newRow("absolute") << QByteArray("/etc/cron.d/x");
        QTest::newRow("dot") << QByteArray("./x");
        QTest::newRow("empty part") << QByteArray("a//b");
        QTest::newRow("folder") << QByteArray("a/");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("backslash") << QByteArray("..\\x");
        QTest::newRow("escape") << QByteArray("a\x1b[2Jb");
        QTest::newRow("zero") << QByteArray("a\0b", 3);
        QTest::newRow("long part") << QByteArray(256, 'a');
        QTest::newRow("long path") << QByteArray("a/").repeated(600) + "b";
    }

    void names_that_lead_elsewhere_are_refused_before_anything_is_written() {
        QFETCH(QByteArray, name);
        const std::string said = refusal_of_list(listed(name.toStdString()));
        QVERIFY2(contains(said, "nothing of it is downloaded"), said.c_str());
    }

    void ids_and_sizes_that_cannot_be_are_refused() {
        Json file = listed("config.json");
        file["blobId"] = "../../../../tmp/x";
        QVERIFY2(contains(refusal_of_list(file), "expected the id of a git blob"), "");
        file = listed("config.json");
        file["size"] = -1;
        QVERIFY2(contains(refusal_of_list(file), "-1"), "");
        file["size"] = 1e300;
        QVERIFY(contains(refusal_of_list(file), "config.json"));
        file = listed("model.safetensors");
        file["lfs"] = {{"sha256", "abc"}};
        QVERIFY2(contains(refusal_of_list(file), "expected a SHA-256"), "");
        QVERIFY2(contains(refusal_of_list(listed("config.json"), "../../x"), "expected a commit"), "");
    }

    void a_disk_without_room_is_told_before_the_first_byte() {
        TestHub hub;
        Json file = listed("model.safetensors");
        file["size"] = std::int64_t{1} << 46;
        hub.instead = always({.body = Json{{"sha", TestHub::commit}, {"siblings", {file}}}.dump()});
        const std::string said = message_of<DiskFull>([&] { hub.fetch(); });
        QVERIFY2(contains(said, "67108865 MiB for what is to come"), said.c_str());
        QCOMPARE(hub.server.requests().size(), std::size_t{1});
    }

    void a_disk_that_fills_up_meanwhile_keeps_what_came() {
        const TestHub hub;
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        rlimit small = before;
        small.rlim_cur = 1'000'000; // as far as a file may grow
        setrlimit(RLIMIT_FSIZE, &small);
        const std::string said = message_of<DiskFull>([&] { hub.fetch(); });
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY2(contains(said, "make room on this disk and go on"), said.c_str());
        QVERIFY(fs::file_size(hub.incomplete()) == 1'000'000);
        hub.fetch();
        QCOMPARE(hub.storage.requests().back().first_byte(), std::size_t{1'000'000});
    }

    void a_repository_of_pickles_alone_is_refused_by_name() {
        TestHub hub;
        hub.files.erase("model.safetensors");
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "weights as pickle only (pytorch_model.bin)"), said.c_str());
        for (const TestRequest& request : hub.server.requests())
            QVERIFY(!contains(request.path, "/resolve/"));
    }

    void one_of_several_gguf_files_has_to_be_named() {
        TestHub hub;
        hub.files = {{"a.Q4_0.gguf", "GGUF a"}, {"a.Q8_0.gguf", "GGUF b"}};
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "2 GGUF files (a.Q4_0.gguf, a.Q8_0.gguf), expected one"), said.c_str());
        QVERIFY(fs::exists(hub.fetch(hub.settings(), {"*Q8_0*"}) + "/a.Q8_0.gguf"));
    }
};

QTEST_GUILESS_MAIN(FailuresTest)
#include "failures_test.moc"
