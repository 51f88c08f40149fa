// Writing that survives a crash: the system calls of a write are replaced here by ones that die or fail at a
// chosen step.

#include "engine/files/digest.h"
#include "engine/files/json.h"
#include "engine/files/staging.h"
#include "engine/files/store.h"
#include "tests/files/folders.h"

#include <QTest>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <thread>

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <unistd.h>

using namespace lora;

namespace fs = std::filesystem;

namespace {

struct Fault {
    int step = 0;          ///< the call that is struck, counted from 1; 0: none
    int code = 0;          ///< errno of the failing call; 0: the process dies in its place
    bool exchanges = true; ///< whether the disk can exchange two folders in one step
    int calls = 0;
} fault;

constexpr int crashed = 77;

bool strikes() {
    if (fault.step == 0 || ++fault.calls != fault.step) return false;
    if (fault.code == 0) ::_exit(crashed);
    errno = fault.code;
    return true;
}

} // namespace

extern "C" {
int fsync(int) { return strikes() ? -1 : 0; } // these files need not outlive the machine

ssize_t write(int descriptor, const void* bytes, size_t size) {
    // A crash leaves half of the bytes.
    if (fault.step == fault.calls + 1 && fault.code == 0) ::syscall(SYS_write, descriptor, bytes, size / 2);
    return strikes() ? -1 : ::syscall(SYS_write, descriptor, bytes, size);
}

int mkdir(const char* path, mode_t mode) noexcept {
    return strikes() ? -1 : static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int unlinkat(int folder, const char* path, int flags) noexcept {
    return strikes() ? -1 : static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) noexcept {
    if (strikes()) return -1;
    if (flags != 0 && !fault.exchanges) {
        errno = EINVAL;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int rename(const char* from, const char* to) noexcept {
    return strikes() ? -1 : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
}

namespace {

/// Runs `action` in a process of its own with the fault; its exit status.
int status_with(const Fault& next, const std::function<void()>& action) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        fault = next;
        action();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Where the old folder is while the new one takes its place on a disk that cannot exchange them.
std::string state_set_aside(const std::string& parent) {
    for (const auto& name : names_in(parent))
        if (name.starts_with("run.old-")) return state(parent + "/" + name);
    return "absent";
}

} // namespace

class StoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { fault = {}; }

    void a_crash_at_any_step_leaves_the_old_or_the_new_folder_whole_data() { disks(); }
    void a_crash_at_any_step_leaves_the_old_or_the_new_folder_whole() {
        QFETCH(bool, exchanges);
        int step = 1, status = crashed;
        for (; status == crashed; ++step) {
            const Scratch scratch;
            const std::string path = scratch.path("run");
            write_folder(path, "old");
            status = status_with({.step = step, .exchanges = exchanges}, [&] { write_folder(path, "new"); });
            const std::string found = state(path);
            const bool set_aside = found == "absent" && state_set_aside(scratch.path("")) == "old";
            QVERIFY2(found == "old" || found == "new" || (set_aside && !exchanges), found.c_str());
            if (status == 0) QCOMPARE(found, std::string("new"));
            write_folder(path, "next"); // what the crash left lying about is in nobody's way
            QCOMPARE(state(path), std::string("next"));
        }
        QCOMPARE(status, 0);
        QVERIFY(step > 10);
    }

    void a_crash_at_any_step_of_a_first_write_leaves_nothing_or_all() {
        int step = 1, status = crashed;
        for (; status == crashed; ++step) {
            const Scratch scratch;
            const std::string path = scratch.path("run");
            status = status_with({.step = step}, [&] { write_folder(path, "new"); });
            QVERIFY(state(path) == "new" || state(path) == "absent");
        }
        QVERIFY(status == 0 && step > 10);
    }

    void a_failing_step_is_told_and_leaves_a_whole_folder_data() { disks(); }
    void a_failing_step_is_told_and_leaves_a_whole_folder() {
        QFETCH(bool, exchanges);
        int step = 1;
        for (bool struck = true; struck; ++step) {
            const Scratch scratch;
            const std::string path = scratch.path("run");
            write_folder(path, "old");
            fault = {.step = step, .code = ENOSPC, .exchanges = exchanges};
            const std::string told = message_of<DiskFull>([&] { write_folder(path, "new"); });
            struck = fault.calls >= step;
            fault = {};
            const bool failed = told != "nothing was thrown";
            QVERIFY2(!failed || contains(told, "make room on this disk"), told.c_str());
            const std::string found = state(path);
            QVERIFY2(found == "new" || (found == "old" && failed), found.c_str());
            if (!struck) QCOMPARE(names_in(scratch.path("")), std::vector<std::string>{"run"});
        }
        QVERIFY(step > 10);
    }

    void a_crash_while_a_folder_is_removed_leaves_all_of_it_or_a_left_over() {
        int step = 1, status = crashed;
        for (; status == crashed; ++step) {
            const Scratch scratch;
            const std::string path = scratch.path("run");
            write_folder(path, "old");
            status = status_with({.step = step}, [&] { remove_at_once(path); });
            QVERIFY(state(path) == "absent" || (state(path) == "old" && step == 1));
            remove_left_overs(scratch.path(""));
            QCOMPARE(names_in(scratch.path("")).size(), std::size_t(step == 1 ? 1 : 0));
        }
        QVERIFY(status == 0 && step > 4);
    }

    void a_crash_at_any_step_leaves_the_old_or_the_new_file() {
        int step = 1, status = crashed;
        for (; status == crashed; ++step) {
            const Scratch scratch;
            scratch.write("run.json", "old");
            status = status_with({.step = step}, [&] { write_file(scratch.path("run.json"), "new"); });
            QCOMPARE(scratch.read("run.json").size(), std::size_t{3});
            if (status == 0) QCOMPARE(scratch.read("run.json"), std::string("new"));
            write_file(scratch.path("run.json"), "newest"); // nothing of the first stays beside it
            QCOMPARE(names_in(scratch.path("")), std::vector<std::string>{"run.json"});
        }
        QVERIFY(status == 0 && step > 4);
    }

    void a_crash_at_any_step_loses_nothing_of_others() {
        int step = 1, status = crashed;
        for (; status == crashed; ++step) {
            const Scratch scratch;
            write_folder(scratch.path("run"), "old");
            put_others_into(scratch);
            status = status_with({.step = step}, [&] { write_folder(scratch.path("run"), "new"); });
            int found = 0;
            for (const auto& name : names_in(scratch.path("")))
                for (const char* other : {"README.md", ".git/config"})
                    found += !is_left_over(name) && fs::exists(scratch.path(name + "/" + other));
            QCOMPARE(found, 2);
        }
        QVERIFY(status == 0 && step > 10);
    }

    void a_file_in_pieces_is_the_pieces_one_after_the_other() {
        const Scratch scratch;
        StagedFolder staged(scratch.path("folder"));
        const std::vector<std::string_view> pieces{"one ", "", "two"};
        staged.write("words.txt", pieces);
        staged.commit();
        QCOMPARE(scratch.read("folder/words.txt"), std::string("one two"));
        QVERIFY(manifest_holds(scratch.path("folder")));
    }

    void a_folder_without_commit_leaves_nothing() {
        const Scratch scratch;
        {
            StagedFolder folder(scratch.path("run"));
            folder.write("a.txt", "words");
            QCOMPARE(names_in(scratch.path("")).size(), std::size_t{1});
        }
        QVERIFY(names_in(scratch.path("")).empty());
    }

    void a_manifest_that_does_not_hold_is_not_taken_data() {
        QTest::addColumn<QString>("manifest");
        const QString good =
            QStringLiteral(R"({"version": 1, "files": {"a.txt": {"size": 2, "sha256": "%1"}}})")
                .arg(QString::fromStdString(sha256("hi")));
        const auto changed = [&](const char* from, const char* to) {
            return QString(good).replace(QLatin1String(from), QLatin1String(to));
        };
        QTest::newRow("no JSON") << QStringLiteral("x");
        QTest::newRow("empty") << QString();
        QTest::newRow("no files") << QStringLiteral(R"({"version": 1})");
        QTest::newRow("no file in it") << QStringLiteral(R"({"version": 1, "files": {}})");
        QTest::newRow("another version") << changed("1,", "2,");
        QTest::newRow("no version") << changed("version", "versio");
        QTest::newRow("a wrong size") << changed(": 2,", ": 3,");
        QTest::newRow("a negative size") << changed(": 2,", ": -2,");
        QTest::newRow("a wrong hash") << changed("sha256\": \"", "sha256\": \"0");
        QTest::newRow("no hash") << changed("sha256", "sha1");
        QTest::newRow("a file that is absent") << changed("a.txt", "b.txt");
        QTest::newRow("a path out of the folder") << changed("a.txt", "../outside.txt");
        QTest::newRow("a path with a detour") << changed("a.txt", "../run/a.txt");
        QTest::newRow("a link out of the folder") << changed("a.txt", "link.txt");
        QTest::newRow("a folder") << changed("a.txt", "folder");
    }
    void a_manifest_that_does_not_hold_is_not_taken() {
        QFETCH(QString, manifest);
        const Scratch scratch;
        write_hi(scratch);
        QVERIFY(manifest_holds(scratch.path("run")));
        scratch.write("run/manifest.json", manifest.toStdString());
        QVERIFY(!manifest_holds(scratch.path("run")));
    }

    void weights_that_no_manifest_lists_are_noticed() {
        const Scratch scratch;
        write_hi(scratch);
        scratch.write("run/notes.txt", "of somebody");
        QVERIFY(manifest_holds(scratch.path("run")));
        scratch.write("run/optimizer.safetensors", "of somebody");
        QVERIFY(!manifest_holds(scratch.path("run")));
    }

    void a_file_changed_after_the_commit_is_noticed() {
        const Scratch scratch;
        write_hi(scratch);
        scratch.write("run/a.txt", "ho");
        QVERIFY(!manifest_holds(scratch.path("run")));
        QVERIFY(!manifest_holds(scratch.path("absent")));
    }

    void a_place_that_cannot_be_written_is_told_data() {
        QTest::addColumn<QString>("path");
        QTest::newRow("no parent") << QStringLiteral("absent/run");
        QTest::newRow("a file as parent") << QStringLiteral("file.txt/run");
        QTest::newRow("a file in its place") << QStringLiteral("file.txt");
    }
    void a_place_that_cannot_be_written_is_told() {
        QFETCH(QString, path);
        const Scratch scratch;
        scratch.write("file.txt", "words");
        const std::string told =
            message_of<Error>([&] { write_folder(scratch.path(path.toStdString()), "new"); });
        QVERIFY2(contains(told, "expected a folder"), told.c_str());
        QCOMPARE(names_in(scratch.path("")), std::vector<std::string>{"file.txt"});
    }

    void a_file_that_cannot_be_written_is_told_by_its_folder() {
        const Scratch scratch;
        const std::string told =
            message_of<Error>([&] { write_file(scratch.path("absent/logits.safetensors"), "words"); });
        QVERIFY2(contains(told, "/absent: found No such file"), told.c_str());
        QVERIFY2(!contains(told, ".tmp-"), told.c_str());
    }

    void a_name_that_is_no_plain_file_name_is_refused_data() {
        QTest::addColumn<QString>("name");
        for (const char* name :
            {"", ".", "..", "../a", "a/b", "/etc/passwd", ".hidden", "C:\\a", "a b", "manifest.json"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void a_name_that_is_no_plain_file_name_is_refused() {
        QFETCH(QString, name);
        const Scratch scratch;
        StagedFolder folder(scratch.path("run"));
        QVERIFY_THROWS_EXCEPTION(Error, folder.write(name.toStdString(), "words"));
    }

    void a_locked_folder_is_refused_by_its_process() {
        const Scratch scratch;
        {
            const FolderLock lock(scratch.path(""));
            const std::string told = message_of<Error>([&] { FolderLock{scratch.path("")}; });
            QVERIFY2(contains(told, "process " + std::to_string(::getpid())), told.c_str());
        }
        const FolderLock again(scratch.path(""));
    }

    void a_look_at_a_lock_is_no_claim() {
        const Scratch scratch;
        { const FolderLock made(scratch.path("")); }
        const int looked = ::open(scratch.path(".lock").c_str(), O_RDONLY | O_CLOEXEC);
        QCOMPARE(::flock(looked, LOCK_SH), 0);
        const std::jthread leaves([looked] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            ::close(looked);
        });
        const FolderLock lock(scratch.path(""));
    }

private:
    static void disks() {
        QTest::addColumn<bool>("exchanges");
        QTest::newRow("a disk that exchanges folders") << true;
        QTest::newRow("a disk that cannot") << false;
    }

    static void write_hi(const Scratch& scratch) {
        StagedFolder folder(scratch.path("run"));
        folder.write("a.txt", "hi");
        folder.commit();
        scratch.write("outside.txt", "hi");
        fs::create_symlink(scratch.path("outside.txt"), scratch.path("run/link.txt"));
        fs::create_directory(scratch.path("run/folder"));
    }
};

QTEST_GUILESS_MAIN(StoreTest)
#include "store_test.moc"
