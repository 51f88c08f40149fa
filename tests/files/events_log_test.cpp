// A run's events.jsonl: whole lines, also after a crash.

#include "engine/error.h"
#include "engine/files/events_log.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <filesystem>

#include <sys/stat.h>

using namespace lora;

namespace {

const std::string three = "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n";

std::vector<std::int64_t> steps(const std::string& path) {
    std::vector<std::int64_t> numbers;
    for (const Json& event : read_events(path).events)
        numbers.push_back(event.at("step").get<std::int64_t>());
    return numbers;
}

using Steps = std::vector<std::int64_t>;

} // namespace

class EventsLogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void each_event_is_in_the_file_when_append_returns() {
        const Scratch scratch;
        EventsLog log(scratch.path("events.jsonl"));
        log.append({{"step", 1}, {"loss", 0.5}});
        QCOMPARE(scratch.read("events.jsonl"), std::string("{\"step\":1,\"loss\":0.5}\n"));
        log.append({{"step", 2}});
        QCOMPARE(steps(scratch.path("events.jsonl")), (Steps{1, 2}));
    }

    void text_with_newlines_and_broken_utf8_stays_one_line() {
        const Scratch scratch;
        EventsLog log(scratch.path("events.jsonl"));
        log.append({{"step", 1}, {"text", "a\nb\xff"}});
        log.append({{"step", 2}});
        QCOMPARE(steps(scratch.path("events.jsonl")), (Steps{1, 2}));
        QCOMPARE(read_events(scratch.path("events.jsonl")).events[0].at("text").get<std::string>(),
            std::string("a\nb\xef\xbf\xbd"));
    }

    void a_last_line_cut_off_anywhere_is_left_out() {
        const Scratch scratch;
        for (std::size_t length = 0; length <= three.size(); ++length) {
            const std::string path = scratch.write("events.jsonl", three.substr(0, length));
            const std::size_t whole = length / 11; // each line has 11 bytes
            QCOMPARE(steps(path).size(), whole);
        }
    }

    void a_log_that_goes_on_drops_the_line_that_was_cut_off() {
        const Scratch scratch;
        const std::string path = scratch.write("events.jsonl", three.substr(0, three.size() - 4));
        EventsLog(path).append({{"step", 4}});
        QCOMPARE(steps(path), (Steps{1, 2, 4}));
    }

    void a_last_line_of_zeros_is_left_out() {
        // What some file systems show of a write that the power failure overtook.
        const Scratch scratch;
        const std::string path = scratch.write("events.jsonl", three + std::string(5, '\0') + "\n");
        QCOMPARE(steps(path), (Steps{1, 2, 3}));
    }

    void any_other_damaged_line_ends_what_is_sound_and_is_named_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("cut off") << QByteArray("{\"step\":");
        QTest::newRow("no JSON") << QByteArray("step 2");
        QTest::newRow("two values") << QByteArray("{} {}");
        QTest::newRow("a key twice") << QByteArray("{\"step\":1,\"step\":2}");
        QTest::newRow("blank") << QByteArray("");
    }
    void any_other_damaged_line_ends_what_is_sound_and_is_named() {
        QFETCH(QByteArray, line);
        const Scratch scratch;
        const std::string path =
            scratch.write("events.jsonl", "{\"step\":1}\n" + line.toStdString() + "\n{\"step\":3}\n");
        const SoundEvents sound = read_events(path);
        QCOMPARE(sound.events, (std::vector<Json>{{{"step", 1}}}));
        QVERIFY2(contains(sound.fault, "events.jsonl: line 2, column "), sound.fault.c_str());
        QCOMPARE(keep_events(path, [](const Json&) { return true; }), sound.fault);
        QCOMPARE(scratch.read("events.jsonl"), std::string("{\"step\":1}\n"));
    }

    void events_after_a_checkpoint_are_cut() {
        const Scratch scratch;
        const std::string path = scratch.write("events.jsonl", three + "{\"st");
        keep_events(path, [](const Json& event) { return event.at("step") < 3; });
        QCOMPARE(scratch.read("events.jsonl"), three.substr(0, 22)); // the kept lines as they were
        QCOMPARE(std::distance(std::filesystem::directory_iterator(scratch.path("")), {}), 1);
    }

    void a_file_that_is_absent_has_no_events() {
        const Scratch scratch;
        QVERIFY(read_events(scratch.path("events.jsonl")).events.empty());
        keep_events(scratch.path("events.jsonl"), [](const Json&) { return true; });
        QVERIFY(!std::filesystem::exists(scratch.path("events.jsonl")));
    }

    void a_place_that_is_no_file_is_refused_at_once() {
        const Scratch scratch;
        QVERIFY_THROWS_EXCEPTION(Error, EventsLog{scratch.path("")});
        QVERIFY_THROWS_EXCEPTION(Error, EventsLog{scratch.path("absent/events.jsonl")});
        QVERIFY_THROWS_EXCEPTION(Error, read_events(scratch.path("")));
        ::mkfifo(scratch.path("pipe").c_str(), 0600);
        QVERIFY_THROWS_EXCEPTION(Error, EventsLog{scratch.path("pipe")});
        QVERIFY_THROWS_EXCEPTION(Error, read_events(scratch.path("pipe")));
    }
};

QTEST_GUILESS_MAIN(EventsLogTest)
#include "events_log_test.moc"
