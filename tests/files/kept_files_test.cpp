// What a save leaves alone of other people's files, and what it leaves lying about when it does not come to
// its end.

#include "engine/files/left_overs.h"
#include "tests/files/folders.h"

#include <QTest>
#include <csignal>

#include <sys/stat.h>
#include <sys/wait.h>

#include <unistd.h>

using namespace lora;

namespace fs = std::filesystem;

namespace {

bool has_others(const std::string& folder) {
    return fs::file_size(folder + "/README.md") == 5 && fs::file_size(folder + "/.git/config") == 10;
}
/// Writes half a folder in another process and ends that; how it ended.
int ended_in_mid_write(const std::string& path, int signal) {
    const pid_t child = ::fork();
    if (child == 0) {
        remove_temporaries_on_signals();
        StagedFolder folder(path);
        folder.write("a.txt", "words");
        folder.write("b.txt", "words");
        ::raise(signal);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

} // namespace

class KeptFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_others_put_into_a_folder_outlives_the_next_save() {
        const Scratch scratch;
        write_folder(scratch.path("run"), "old");
        put_others_into(scratch);
        {
            StagedFolder folder(scratch.path("run"));
            folder.write("a.txt", "new!");
            folder.commit();
        }
        QCOMPARE(state(scratch.path("run")), std::string("new"));
        QVERIFY(has_others(scratch.path("run")));
        QVERIFY(!fs::exists(scratch.path("run/b.txt"))); // of the old save
        QCOMPARE(names_in(scratch.path("")), std::vector<std::string>{"run"});
    }

    void a_folder_without_a_manifest_keeps_what_is_not_written() {
        const Scratch scratch;
        fs::create_directory(scratch.path("run"));
        scratch.write("run/a.txt", "of another program");
        put_others_into(scratch);
        write_folder(scratch.path("run"), "new");
        QCOMPARE(state(scratch.path("run")), std::string("new"));
        QVERIFY(has_others(scratch.path("run")));
    }

    void a_file_of_somebody_else_is_not_written_over_data() {
        QTest::addColumn<QString>("manifest");
        QTest::newRow("in a folder of ours") << QString();
        QTest::newRow("a manifest of another program") << QStringLiteral(R"({"manifest_version": 3})");
    }
    void a_file_of_somebody_else_is_not_written_over() {
        QFETCH(QString, manifest);
        const Scratch scratch;
        {
            StagedFolder folder(scratch.path("run"));
            folder.write("a.txt", "hi");
            folder.commit();
        }
        if (!manifest.isEmpty()) scratch.write("run/manifest.json", manifest.toStdString());
        scratch.write("run/b.txt", "words of somebody");
        const std::string told = message_of<Error>([&] { write_folder(scratch.path("run"), "new"); });
        const std::string name = manifest.isEmpty() ? "/run/b.txt" : "/run/manifest.json";
        QVERIFY2(contains(told, name + ": found a file that this program did not write"), told.c_str());
        QCOMPARE(scratch.read("run/a.txt"), std::string("hi"));
        QCOMPARE(scratch.read("run/b.txt"), std::string("words of somebody"));
        QCOMPARE(names_in(scratch.path("")), std::vector<std::string>{"run"});
    }

    void a_signal_takes_what_is_not_done_with_it_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGHUP") << SIGHUP;
    }
    void a_signal_takes_what_is_not_done_with_it() {
        QFETCH(int, signal);
        const Scratch scratch;
        write_folder(scratch.path("run"), "old");
        const int status = ended_in_mid_write(scratch.path("run"), signal);
        QVERIFY(WIFSIGNALED(status));
        QCOMPARE(WTERMSIG(status), signal);
        QCOMPARE(names_in(scratch.path("")), std::vector<std::string>{"run"});
        QCOMPARE(state(scratch.path("run")), std::string("old"));
    }

    void what_a_killed_process_left_goes_with_the_next_save() {
        const Scratch scratch;
        ended_in_mid_write(scratch.path("run"), SIGKILL);
        QCOMPARE(names_in(scratch.path("")).size(), std::size_t{1});
        {
            const StagedFolder alive(scratch.path("run")); // of a process that lives
            write_folder(scratch.path("run"), "new");
            QCOMPARE(names_in(scratch.path("")).size(), std::size_t{2});
        }
        QCOMPARE(names_in(scratch.path("")), std::vector<std::string>{"run"});
    }

    void what_was_left_of_one_file_goes_with_its_next_write_and_is_told() {
        const Scratch scratch;
        const std::string left = scratch.write("a.gguf.tmp-0123456789abcdef", "half");
        const std::string alive = scratch.path("a.gguf.tmp-fedcba9876543210");
        const Descriptor claim = make_claimed_file(alive); // of a process that lives
        scratch.write("a.gguf.tmp-notes", "of somebody");
        scratch.write("b.gguf.tmp-0123456789abcdef", "half of another file");
        QVERIFY(::mkfifo(scratch.path("a.gguf.tmp-aaaaaaaaaaaaaaaa").c_str(), 0600) == 0);

        static std::vector<std::string> told;
        told.clear();
        tell_of_abandoned([](const std::string& path) { told.push_back(path); });
        write_file(scratch.path("a.gguf"), "whole");
        tell_of_abandoned(nullptr);

        QCOMPARE(told, std::vector<std::string>{left});
        QCOMPARE(names_in(scratch.path("")),
            (std::vector<std::string>{"a.gguf", "a.gguf.tmp-aaaaaaaaaaaaaaaa", "a.gguf.tmp-fedcba9876543210",
                "a.gguf.tmp-notes", "b.gguf.tmp-0123456789abcdef"}));
    }
};

QTEST_GUILESS_MAIN(KeptFilesTest)
#include "kept_files_test.moc"
