// The cache on the disk: one that huggingface_hub wrote opens here, by the model's name.

#include "engine/checkpoints/checkpoint_files.h"
#include "engine/hub/hub_cache.h"
#include "tests/hub/test_hub.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace fs = std::filesystem;

namespace {

constexpr const char* fixture_commit = "89abcdef0123456789abcdef0123456789abcdef";

void take_cache(const std::string& folder) { qputenv("HF_HUB_CACHE", QByteArray::fromStdString(folder)); }

std::string refusal_of(const std::string& path) {
    return message_of<Error>([&] { find_checkpoint(path); });
}

} // namespace

class CacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_cache_of_huggingface_hub_opens_by_the_models_name() {
        take_cache(FIXTURES "/hub/cache");
        const std::string snapshot =
            std::string(FIXTURES "/hub/cache/models--org--tiny/snapshots/") + fixture_commit;
        QCOMPARE(cached_snapshot(FIXTURES "/hub/cache", {.name = "org/tiny"}).value_or(""), snapshot);
        QCOMPARE(cached_snapshot(FIXTURES "/hub/cache", {.name = "org/tiny", .revision = fixture_commit})
                     .value_or(""),
            snapshot);
        QCOMPARE(local_model("org/tiny"), snapshot);
        const CheckpointFiles files = find_checkpoint("org/tiny");
        QCOMPARE(files.path, snapshot);
        QCOMPARE(files.config, snapshot + "/config.json");
        QCOMPARE(files.shards, std::vector<std::string>{snapshot + "/model.safetensors"});
    }

    void what_huggingface_hub_fetched_is_not_fetched_again() {
        TestHub hub;
        fs::copy(FIXTURES "/hub/cache", hub.scratch.path("cache"),
            fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        hub.files.clear();
        for (const char* name : {"config.json", "model.safetensors"})
            hub.files[name] = hub.scratch.read(
                "cache/models--org--tiny/snapshots/" + std::string(fixture_commit) + "/" + name);
        const std::string snapshot = hub.fetch(); // a newer commit with the same files
        QCOMPARE(fs::path(snapshot).filename().string(), std::string(TestHub::commit));
        QCOMPARE(hub.server.requests().size(), std::size_t{1}); // the list alone
        take_cache(hub.scratch.path("cache"));
        QCOMPARE(local_model("org/tiny"), snapshot);
        QVERIFY(cached_snapshot(hub.scratch.path("cache"), {.name = "org/tiny", .revision = fixture_commit}));
    }

    void a_folder_of_that_name_comes_first() {
        const Scratch scratch;
        take_cache(FIXTURES "/hub/cache");
        const fs::path before = fs::current_path();
        fs::create_directories(scratch.path("org/tiny"));
        fs::current_path(scratch.path(""));
        const std::string opened = local_model("org/tiny");
        fs::current_path(before);
        QCOMPARE(opened, std::string("org/tiny"));
    }

    void a_model_that_is_not_there_is_told_with_what_fetches_it() {
        const Scratch scratch;
        take_cache(scratch.path("empty"));
        QVERIFY2(contains(refusal_of("org/other"), "lora fetch org/other downloads it"),
            refusal_of("org/other").c_str());
        QVERIFY2(!contains(refusal_of("/org/other"), "lora fetch"), "");
        QVERIFY2(!contains(refusal_of("other.gguf"), "lora fetch"), "");
        QVERIFY2(!contains(refusal_of("../org/other"), "lora fetch"), "");
    }

    void a_reference_that_leads_elsewhere_is_refused() {
        const Scratch scratch;
        take_cache(scratch.path("cache"));
        fs::create_directories(scratch.path("cache/models--org--tiny/refs"));
        scratch.write("cache/models--org--tiny/refs/main", "../../../etc");
        QVERIFY2(contains(refusal_of("org/tiny"), "found '../../../etc', expected a commit"), "");
    }

    void a_lock_is_waited_for_until_a_stop() {
        const Scratch scratch;
        const std::string path = scratch.path(".locks/models--org--tiny/etag.lock");
        const BlobLock held(path, {});
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(contains(
            message_of<Error>([&] { BlobLock(path, stop.get_token()); }), "the download was stopped"));
    }
};

QTEST_GUILESS_MAIN(CacheTest)
#include "cache_test.moc"
