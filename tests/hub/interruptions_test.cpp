// What can happen in the middle of a large file: its first third has come, then the server does something
// else once. Either the download goes on, or it says why not and keeps what has come.

#include "tests/hub/test_hub.h"

#include <QTest>
#include <filesystem>
#include <fstream>

using namespace lora;

namespace fs = std::filesystem;

namespace {

constexpr std::size_t third = 1'000'000;

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The weights from a place on, with one byte changed.
std::string wrong_from(std::size_t place) {
    std::string bytes = TestHub::weights().substr(place);
    bytes[bytes.size() / 2] ^= 1;
    return bytes;
}

TestReply rest(const std::string& bytes) {
    const std::string last = std::to_string(TestHub::weights().size() - 1);
    return {.status = 206,
        .headers = {"Content-Range: bytes " + std::to_string(third) + "-" + last + "/"
                    + std::to_string(TestHub::weights().size())},
        .body = bytes};
}

/// A storage that sends the first third, then this reply, then what it is asked for.
void interrupt(TestHub& hub, const TestReply& reply) {
    hub.storage.handle_by(
        [&hub, reply, asked = std::make_shared<std::atomic<int>>(0)](const TestRequest& request) {
            const int before = (*asked)++;
            if (before == 1) return reply;
            TestReply usual = hub.stored(request);
            if (before == 0) usual.breaks_after = third;
            return usual;
        });
}

} // namespace

class InterruptionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_passes_is_gone_on_with_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("stalls");
        QTest::newRow("dropped before a byte") << 206 << false;
        QTest::newRow("stalled") << 206 << true;
        for (const int status : {401, 403, 408, 429, 500, 502, 503, 504})
            QTest::addRow("%d", status) << status << false;
    }

    /// 401 and 403 of the host that stores the files are of an address whose time has run out.
    void what_passes_is_gone_on_with() {
        QFETCH(int, status);
        QFETCH(bool, stalls);
        TestHub hub;
        TestReply reply = rest(TestHub::weights().substr(third));
        if (status == 206)
            reply.breaks_after = 0;
        else
            reply = {.status = status, .headers = {"X: y"}, .body = "no"};
        reply.stalls = stalls;
        interrupt(hub, reply);
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        const std::vector<TestRequest> asked = hub.storage.requests();
        QCOMPARE(asked.size(), std::size_t{3});
        QCOMPARE(asked[1].first_byte(), third);
        QCOMPARE(asked[2].first_byte(), third);
    }

    void an_answer_with_all_of_it_is_taken_from_its_beginning() {
        TestHub hub;
        interrupt(hub, {.body = TestHub::weights()});
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().size(), std::size_t{2});
    }

    void a_truncated_answer_is_gone_on_with() {
        TestHub hub;
        interrupt(hub, rest(TestHub::weights().substr(third, third)));
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().back().first_byte(), 2 * third);
    }

    void a_redirect_is_followed_with_the_place() {
        TestHub hub;
        const TestServer mirror([&](const TestRequest& request) { return hub.stored(request); });
        interrupt(hub,
            {.status = 307, .headers = {"Location: " + mirror.address() + "/model.safetensors?signed=2"}});
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(mirror.requests().front().first_byte(), third);
    }

    void corrupt_bytes_are_told_and_nothing_of_them_is_kept() {
        TestHub hub;
        interrupt(hub, rest(wrong_from(third)));
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "what came was thrown away"), said.c_str());
        QVERIFY(!fs::exists(hub.incomplete()));
        QVERIFY(!fs::exists(hub.folder() + "/snapshots"));
    }

    /// The storage's refusal that stays is told as one of the storage, not of the token.
    void a_storage_that_goes_on_refusing_is_told_and_what_came_is_kept() {
        TestHub hub;
        hub.storage.handle_by([&hub](const TestRequest& request) {
            if (request.first_byte() > 0) return TestReply{.status = 403};
            TestReply reply = hub.stored(request);
            reply.breaks_after = third;
            return reply;
        });
        const std::string said = hub.refusal();
        QVERIFY2(contains(said, "a refusal (403) of localhost"), said.c_str());
        QVERIFY2(!contains(said, "HF_TOKEN"), said.c_str());
        QCOMPARE(fs::file_size(hub.incomplete()), third);
        hub.storage.handle_by([&hub](const TestRequest& request) { return hub.stored(request); });
        QCOMPARE(contents(hub.fetch() + "/model.safetensors"), TestHub::weights());
        QCOMPARE(hub.storage.requests().back().first_byte(), third);
    }
};

QTEST_GUILESS_MAIN(InterruptionsTest)
#include "interruptions_test.moc"
