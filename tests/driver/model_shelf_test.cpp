// The one model that is open: kept for whoever wants the same, however it is named, and let go of for
// another.

#include "engine/driver/model_shelf.h"
#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/files/store.h"
#include "tests/files/scratch.h"
#include "tests/tiny_model.h"

#include <QTest>
#include <filesystem>
#include <limits>

using namespace lora;

namespace fs = std::filesystem;

class ModelShelfTest : public QObject {
    Q_OBJECT

    Scratch scratch_;
    std::string model_ = tiny::write_model(scratch_.path("model"));
    std::string other_ = tiny::write_model(scratch_.path("other"), 2);
    int gone_ = 0;

    ModelShelf shelf(std::int64_t free_bytes = std::numeric_limits<std::int64_t>::max()) {
        gone_ = 0;
        return ModelShelf([this] { ++gone_; }, [free_bytes](const c10::Device&) { return free_bytes; });
    }
    static ModelWish wish(const std::string& path) { return {path, "cpu"}; }

private Q_SLOTS:
    void one_that_is_named_in_another_way_is_the_same_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("as it was") << QString::fromStdString(model_);
        QTest::newRow("with a slash") << QString::fromStdString(model_ + "/");
        QTest::newRow("by a detour") << QString::fromStdString(other_ + "/../model");
        const std::string link = scratch_.path("link");
        fs::create_directory_symlink(model_, link);
        QTest::newRow("by a link") << QString::fromStdString(link);
        const fs::path cache = scratch_.path("models--org--tiny");
        fs::create_directories(cache / "snapshots");
        fs::create_directories(cache / "refs");
        fs::copy(model_, cache / "snapshots" / "abc");
        scratch_.write("models--org--tiny/refs/main", "abc");
    }
    void one_that_is_named_in_another_way_is_the_same() {
        QFETCH(QString, name);
        ModelShelf models = shelf();
        const LoadedModel& first = models.get(wish(model_));
        QVERIFY(models.holds(wish(name.toStdString())));
        QCOMPARE(&models.get(wish(name.toStdString())), &first);
        QCOMPARE(gone_, 0);
    }

    void a_folder_of_the_hub_cache_stays_the_same_from_run_to_run() {
        ModelShelf models = shelf();
        const ModelWish cached = wish(scratch_.path("models--org--tiny"));
        const LoadedModel& first = models.get(cached);
        QCOMPARE(&models.get(cached), &first);
        QCOMPARE(&models.get(wish(first.summary.path)), &first);
        QCOMPARE(gone_, 0);
    }

    void one_whose_file_was_cut_short_is_opened_anew() {
        const std::string path = tiny::write_model(scratch_.path("short"));
        const std::string weights = read_text(path + "/model.safetensors", 1 << 24);
        ModelShelf models = shelf();
        models.get(wish(path));
        fs::resize_file(path + "/model.safetensors", 1'000);
        QVERIFY(!models.holds(wish(path)));
        write_file(path + "/model.safetensors", weights);
        models.get(wish(path));
        QVERIFY(models.holds(wish(path)));
        QCOMPARE(gone_, 1);
    }

    void another_model_number_type_or_device_is_not_the_same() {
        ModelShelf models = shelf();
        models.get(wish(model_));
        QVERIFY(!models.holds(wish(other_)));
        QVERIFY(!models.holds({model_, "cpu", NumberType::BFloat16}));
        QVERIFY(!models.holds({model_, "cuda:7"}));
        QVERIFY(!models.holds(wish(scratch_.path("absent"))));
        QVERIFY(!models.holds(wish("")));
        models.get(wish(other_));
        QCOMPARE(gone_, 1);
        QCOMPARE(models.current()->summary.path, other_);
    }

    void one_that_cannot_be_opened_leaves_the_one_that_is_open_data() {
        QTest::addColumn<bool>("room");
        QTest::newRow("memory holds both") << true;
        QTest::newRow("memory holds one") << false;
    }
    void one_that_cannot_be_opened_leaves_the_one_that_is_open() {
        QFETCH(bool, room);
        ModelShelf models = shelf(room ? std::numeric_limits<std::int64_t>::max() : 0);
        const LoadedModel& first = models.get(wish(model_));
        QVERIFY_THROWS_EXCEPTION(Error, models.open(wish(scratch_.path("absent"))));
        const std::string broken = scratch_.path("broken");
        fs::copy(model_, broken);
        fs::resize_file(broken + "/model.safetensors", 100);
        QVERIFY_THROWS_EXCEPTION(Error, models.open(wish(broken)));
        fs::remove_all(broken);
        QCOMPARE(models.current(), &first);
        QCOMPARE(gone_, 0);
    }

    void where_memory_does_not_hold_both_the_one_that_is_open_goes_first() {
        ModelShelf models = shelf(0);
        models.get(wish(model_));
        bool gone_before_the_load = false;
        models.open(wish(other_), [&](std::int64_t, std::int64_t) { gone_before_the_load = gone_ == 1; });
        QVERIFY(gone_before_the_load);
        QCOMPARE(models.current()->summary.path, other_);
    }

    void where_memory_holds_both_it_stays_until_the_other_is_whole() {
        ModelShelf models = shelf();
        models.get(wish(model_));
        bool there = true;
        models.open(wish(other_), [&](std::int64_t, std::int64_t) { there = there && gone_ == 0; });
        QVERIFY(there);
        QCOMPARE(gone_, 1);
    }
};

QTEST_GUILESS_MAIN(ModelShelfTest)
#include "model_shelf_test.moc"
