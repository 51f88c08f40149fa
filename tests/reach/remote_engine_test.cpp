// An engine in another process, as the window sees it: what crosses, and what becomes of it where the
// connection is cut, the engine dies, or what answers is no engine. The engine is this program itself,
// started anew.

#include "engine/error.h"
#include "engine/reach/remote_engine.h"
#include "tests/reach/scripted_engine.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

using namespace lora;

// Processes start late on a machine that is busy.
#define AWAIT(what) QTRY_VERIFY_WITH_TIMEOUT(what, 60'000)

namespace {

const std::string own_file = std::filesystem::read_symlink("/proc/self/exe").string();

/// A window's end that keeps all it was told.
class Window {
public:
    explicit Window(EnginePlace place) : engine(std::move(place)) {}

    void hear() {
        for (Event& each : engine.drain()) events.push_back(std::move(each));
        for (EngineNews& each : engine.news()) {
            if (const auto* changed = std::get_if<ConnectionChanged>(&each)) connection = *changed;
            was_cut = was_cut || connection.reach == Reach::Waiting;
            if (const auto* was_lost = std::get_if<EngineLost>(&each)) lost = *was_lost;
            if (const auto* was_listed = std::get_if<FolderListed>(&each)) listed = *was_listed;
        }
    }
    template <class E>
    std::vector<E> all() const {
        std::vector<E> found;
        for (const Event& each : events)
            if (const auto* one = std::get_if<E>(&each)) found.push_back(*one);
        return found;
    }
    template <class E>
    bool has() {
        hear();
        return !all<E>().empty();
    }
    bool is(Reach reach) {
        hear();
        return connection.reach == reach;
    }
    std::int64_t last_step() {
        hear();
        const auto steps = all<StepDone>();
        return steps.empty() ? 0 : steps.back().record.step;
    }
    /// Whether the steps that it was told from its `first` on follow each other.
    bool has_each_step_once(std::int64_t first = 1) const {
        for (const StepDone& each : all<StepDone>())
            if (each.record.step != first++) return false;
        return true;
    }

    RemoteEngine engine;
    std::vector<Event> events;
    ConnectionChanged connection;
    bool was_cut = false;
    std::optional<EngineLost> lost;
    std::optional<FolderListed> listed;
};

/// A server that is given to a shell as a script.
EnginePlace shell(const std::string& script) { return {.name = "box", .words = {"sh", "-c", script}}; }

bool says(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

} // namespace

class RemoteEngineTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        qunsetenv("TMPDIR");                         // or the next folder would lie in the last one
        folder_ = std::make_unique<QTemporaryDir>(); // no other test's engine is met there
        qputenv("TMPDIR", folder_->path().toUtf8());
    }
    // What a failing test left at work would wait for its window.
    void cleanup() {
        if (!QFile::exists(QString::fromStdString(socket_path(meeting_folder())))) return;
        Window window(own_process(own_file));
        AWAIT(window.is(Reach::Connected));
        ::kill(static_cast<pid_t>(window.connection.engine.process), SIGKILL);
    }

    void commands_and_events_cross() {
        Window window(own_process(own_file));
        const RequestId id = window.engine.post(LoadModel{"/models/tiny"});
        AWAIT(window.has<ModelLoaded>());
        QVERIFY(window.all<ModelLoaded>()[0].request == id);
        QCOMPARE(window.all<ModelLoaded>()[0].model->path, std::string("/models/tiny"));
        window.engine.post(LoadAdapter{"nothing"});
        AWAIT(window.has<Refused>());
        QVERIFY(says(window.all<Refused>()[0].why.what(), "nothing: found nothing"));
        QCOMPARE(window.connection.engine.runs, std::string("/runs/there"));
    }

    void folders_of_the_engine_are_listed() {
        QVERIFY(QDir(folder_->path()).mkpath(QStringLiteral("models/deep")));
        QFile file(folder_->path() + QStringLiteral("/models/a.gguf"));
        QVERIFY(file.open(QFile::WriteOnly) && file.write("four") == 4);
        file.close();
        Window window(own_process(own_file));
        AWAIT(window.is(Reach::Connected));
        window.engine.list_folder(folder_->path().toStdString() + "/models");
        AWAIT((window.hear(), window.listed));
        QCOMPARE(window.listed->entries.size(), std::size_t{2});
        QVERIFY(window.listed->entries[0].folder);
        QCOMPARE(window.listed->entries[1].name, std::string("a.gguf"));
        QCOMPARE(window.listed->entries[1].bytes, std::int64_t{4});
        window.listed.reset();
        window.engine.list_folder("/nowhere at all");
        AWAIT((window.hear(), window.listed));
        QVERIFY(says(window.listed->fault, "No such file"));
    }

    // tests/outside/over_ssh.sh names a real ssh.
    void a_run_goes_on_while_the_connection_is_cut() {
        const QString ssh = qEnvironmentVariable("LORA_TEST_SSH", QStringLiteral(FAKE_SSH));
        const QString bin = folder_->path() + QStringLiteral("/bin"),
                      log = folder_->path() + QStringLiteral("/log");
        QVERIFY(QDir().mkpath(bin) && QFile::link(ssh, bin + QStringLiteral("/ssh")));
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", bin.toUtf8() + ":" + path);
        qputenv("FAKE_SSH_LOG", log.toUtf8());
        Window window(on_host("box", own_file + " serve"));
        window.engine.post(StartRun{{}, "/runs/there/one"});
        AWAIT(window.last_step() > 20);
        QFile lines(log);
        QVERIFY(lines.open(QFile::ReadOnly));
        const QByteArray line = lines.readLine();
        QVERIFY2(line.contains(" -T "), line);
        QVERIFY2(line.contains(" -- box "), line);
        const std::int64_t at_cut = window.last_step();
        ::kill(line.split(' ')[0].toInt(), SIGKILL); // the script has become the front
        AWAIT((window.hear(), window.was_cut));
        window.engine.post(LoadAdapter{"nothing"}); // while nobody hears it
        AWAIT(window.has<Refused>());
        AWAIT(window.last_step() > at_cut + 300);
        QVERIFY(window.has_each_step_once());
        QVERIFY(!window.lost);
        window.engine.post(StopRun{});
        AWAIT(window.has<RunEnded>());
        qputenv("PATH", path);
    }

    void a_new_window_finds_the_run_and_its_curves() {
        std::int64_t seen = 0;
        {
            Window first(own_process(own_file));
            first.engine.post(LoadModel{"/models/tiny"});
            first.engine.post(StartRun{{}, "/runs/one"});
            AWAIT((seen = first.last_step()) > 20);
        } // it says goodbye, and the run goes on
        Window second(own_process(own_file));
        AWAIT(second.last_step() > 0);
        QVERIFY(second.has<ModelLoaded>());
        const RunStarted run = second.all<RunStarted>().at(0);
        QVERIFY(run.resumed && run.before);
        QCOMPARE(run.folder, std::string("/runs/one"));
        const auto told = static_cast<std::int64_t>(run.before->steps.size());
        QVERIFY(told >= seen);
        QVERIFY(second.has_each_step_once(told + 1));
        const RequestId stop = second.engine.post(StopRun{});
        QCOMPARE(stop.value, std::int64_t{1}); // its own numbers
        AWAIT(second.has<RunEnded>());
    }

    void an_engine_without_a_run_ends_with_its_window() {
        {
            Window window(own_process(own_file));
            AWAIT(window.is(Reach::Connected));
        }
        const QString socket = QString::fromStdString(socket_path(meeting_folder()));
        AWAIT(!QFile::exists(socket));
    }

    void an_engine_that_dies_takes_nothing_with_it_data() {
        QTest::addColumn<int>("signal");
        QTest::addColumn<QString>("words");
        QTest::newRow("memory ran out")
            << SIGKILL << QStringLiteral("signal 9 (Killed), as the system does where memory");
        QTest::newRow("a segmentation fault") << SIGSEGV << QStringLiteral("signal 11 (Segmentation fault)");
    }
    void an_engine_that_dies_takes_nothing_with_it() {
        QFETCH(int, signal);
        QFETCH(QString, words);
        Window window(own_process(own_file));
        window.engine.post(LoadModel{"/models/tiny"});
        window.engine.post(StartRun{{}, "/runs/one"});
        AWAIT(window.last_step() > 20);
        const std::int64_t process = window.connection.engine.process;
        if (signal == SIGKILL)
            ::kill(static_cast<pid_t>(process), SIGKILL);
        else
            window.engine.post(LoadAdapter{"crash"});
        AWAIT((window.hear(), window.lost));
        QCOMPARE(window.lost->run, std::string("/runs/one"));
        QVERIFY2(says(window.lost->why, words.toUtf8().constData()), window.lost->why.c_str());
        QCOMPARE(window.all<Failed>().size(), std::size_t{1});
        QCOMPARE(window.all<ModelClosed>().size(), std::size_t{1});
        QCOMPARE(window.all<Refused>().size(), std::size_t{signal == SIGKILL ? 0U : 1U});
        // The next one is there already.
        AWAIT(window.is(Reach::Connected));
        QVERIFY(window.connection.engine.process != process);
        window.events.clear();
        const RequestId id = window.engine.post(LoadModel{"/models/tiny"});
        AWAIT(window.has<ModelLoaded>());
        QVERIFY(window.all<ModelLoaded>()[0].request == id);
    }

    void a_second_window_is_told_of_the_first_and_can_take_over() {
        Window first(own_process(own_file));
        AWAIT(first.is(Reach::Connected));
        Window second(own_process(own_file));
        AWAIT(second.is(Reach::Occupied));
        QVERIFY(says(second.connection.why, "another window is connected"));
        second.engine.take_over();
        AWAIT(second.is(Reach::Connected));
        AWAIT(first.is(Reach::Occupied));
    }

    void what_is_no_engine_is_told_data() {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("words");
        const QString mark = QStringLiteral("printf '\\032LORA-DOOR-1\\n'; ");
        QTest::newRow("no such command")
            << QStringLiteral("no-such-command-here") << QStringLiteral("no-such-command-here");
        QTest::newRow("silent end") << QStringLiteral("exit 3") << QStringLiteral("exit code 3");
        QTest::newRow("words on the way")
            << QStringLiteral("echo 'Permission denied (publickey).' >&2; exit 255")
            << QStringLiteral("Permission denied (publickey).");
        QTest::newRow("other words") << QStringLiteral("yes") << QStringLiteral("the words of lora serve");
        QTest::newRow("garbage") << mark + QStringLiteral("printf '\\005\\0\\0\\0aaaaa'; sleep 20")
                                 << QStringLiteral("box: byte 2: found more bytes");
        QTest::newRow("a huge frame") << mark + QStringLiteral("printf '\\377\\377\\377\\377'; sleep 20")
                                      << QStringLiteral("found a message of 4294967295 bytes");
        QTest::newRow("events before a welcome")
            << mark + QStringLiteral("printf '\\016\\0\\0\\0\\202iAttempted\\201\\201\\001'; sleep 20")
            << QStringLiteral("expected a welcome first");
    }
    void what_is_no_engine_is_told() {
        QFETCH(QString, script);
        QFETCH(QString, words);
        Window window(shell(script.toStdString()));
        AWAIT(window.is(Reach::Failed));
        QVERIFY2(says(window.connection.why, words.toUtf8().constData()), window.connection.why.c_str());
        QVERIFY(window.events.empty());
    }

    void hosts_that_ssh_would_misunderstand_are_refused() {
        for (const char* host : {"", "-oProxyCommand=touch", "a b", "a\nb", "a\x7f"})
            QVERIFY_THROWS_EXCEPTION(Error, on_host(host));
        QVERIFY_THROWS_EXCEPTION(Error, on_host("box", "lora\nserve"));
        QCOMPARE(on_host("me@box").words.back(), std::string("lora serve"));
    }

private:
    std::unique_ptr<QTemporaryDir> folder_;
};

int main(int count, char** words) {
    if (const int end = serve_where_asked(count, words); end >= 0) return end;
    QCoreApplication application(count, words);
    RemoteEngineTest test;
    return QTest::qExec(&test, count, words);
}

#include "remote_engine_test.moc"
