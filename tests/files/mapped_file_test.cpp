// Files as bytes: what can be mapped or read, and what is refused without waiting.

#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/files/mapping_guard.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <utility>

#include <sys/stat.h>
#include <sys/wait.h>

#include <unistd.h>

using namespace lora;

class MappedFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_file_is_seen_as_it_is() {
        const Scratch scratch;
        const std::string path = scratch.write("f", "words");
        const MappedFile file(path);
        QCOMPARE(file.bytes().size(), std::size_t{5});
        QCOMPARE(std::memcmp(file.bytes().data(), "words", 5), 0);
        QCOMPARE(file.path(), path);
    }

    void an_empty_file_has_no_bytes() {
        const Scratch scratch;
        QVERIFY(MappedFile(scratch.write("f", "")).bytes().empty());
        QVERIFY(read_text(scratch.path("f"), 0).empty());
    }

    void what_a_file_loses_reads_as_zeros_and_is_told_by_its_name() {
        const Scratch scratch;
        const std::string path = scratch.write("f", std::string(100'000, 'x'));
        {
            const MappedFile file(path);
            need_unchanged_files();
            std::filesystem::resize_file(path, 5'000);
            QCOMPARE(file.bytes()[4'999], std::byte{'x'});
            QCOMPARE(file.bytes()[70'000], std::byte{0});
            QCOMPARE(file.bytes()[99'999], std::byte{0});
            std::filesystem::resize_file(path, 100'000);
            const std::string told = message_of<Error>([] { need_unchanged_files(); });
            QVERIFY2(contains(told, path
                                        + ": found a file that was cut short while it was open, expected the "
                                          "100000 bytes"),
                told.c_str());
        }
        need_unchanged_files(); // which is closed by now
    }

    void what_is_written_over_a_file_is_told_and_what_takes_its_name_is_not() {
        const Scratch scratch;
        const std::string path = scratch.write("f", "words");
        const MappedFile file(path);
        scratch.write("g", "other");
        std::filesystem::rename(scratch.path("g"), path);
        need_unchanged_files();
        QCOMPARE(file.bytes()[0], std::byte{'w'});
        const MappedFile other(path);
        std::filesystem::last_write_time(
            path, std::filesystem::file_time_type::clock::now() + std::chrono::seconds(5));
        const std::string told = message_of<Error>([] { need_unchanged_files(); });
        QVERIFY2(contains(told, path + ": found a file that was written to while it was open"), told.c_str());
    }

    void a_signal_of_something_else_is_left_as_it_was() {
        const Scratch scratch;
        const MappedFile file(scratch.write("f", "words")); // the handler is there
        const pid_t child = ::fork();
        if (child == 0) {
            ::raise(SIGBUS);
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
    }

    void moving_keeps_the_address() {
        const Scratch scratch;
        MappedFile first(scratch.write("f", "words"));
        const std::byte* address = first.bytes().data();
        MappedFile second = std::move(first);
        QCOMPARE(second.bytes().data(), address);
        MappedFile third(scratch.write("g", "other"));
        third = std::move(second);
        QCOMPARE(third.bytes().data(), address);
    }

    void what_is_no_regular_file_is_refused_at_once_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("message");
        QTest::newRow("absent") << QStringLiteral("absent")
                                << QStringLiteral("expected a file that can be read");
        QTest::newRow("folder") << QStringLiteral(".") << QStringLiteral("found a folder");
        QTest::newRow("pipe") << QStringLiteral("pipe") << QStringLiteral("found a device, pipe or socket");
        QTest::newRow("zero byte") << QStringLiteral("f") + QChar(0) + QStringLiteral("g")
                                   << QStringLiteral("a zero byte in the path");
    }
    void what_is_no_regular_file_is_refused_at_once() {
        QFETCH(QString, name);
        QFETCH(QString, message);
        const Scratch scratch;
        scratch.write("f", "words");
        ::mkfifo(scratch.path("pipe").c_str(), 0600);
        const std::string path = scratch.path(name.toStdString());
        for (const std::string& told :
            {message_of<Error>([&] { MappedFile{path}; }), message_of<Error>([&] { read_text(path, 100); })})
            QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

    void a_device_without_end_is_refused() {
        QVERIFY(contains(message_of<Error>([] { read_text("/dev/zero", 100); }), "found a device"));
    }

    void a_text_above_the_limit_is_refused() {
        const Scratch scratch;
        const std::string path = scratch.write("f", "words");
        QCOMPARE(read_text(path, 5), std::string("words"));
        QVERIFY(
            contains(message_of<Error>([&] { read_text(path, 4); }), "found 5 bytes, expected at most 4"));
    }
};

QTEST_GUILESS_MAIN(MappedFileTest)
#include "mapped_file_test.moc"
