// The hub in the window: nothing is asked unless a person asks, what the hub has is shown before it is
// fetched, and a download is held, broken off, gone on with and opened.

#include "tests/hub/test_hub.h"
#include "ui/elements/note.h"
#include "ui/hub/hub_dialog.h"
#include "ui/hub/hub_words.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTableView>
#include <QtTest>
#include <filesystem>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

/// The dialog on a hub of the test's own, used as a person does.
class Desk {
public:
    explicit Desk(TestHub& hub) : hub_(hub) {
        usual_ = [](const TestRequest& request) -> std::optional<TestReply> {
            if (!request.path.starts_with("/api/models?search=tiny&")) return std::nullopt;
            return TestReply{.body = R"([{"id": "org/tiny", "downloads": 1234, "usedStorage": 3000000,
                "tags": ["license:mit"], "gated": "auto"}, {"id": "org/other"}])"};
        };
        if (!hub_.instead) hub_.instead = usual_;
        open();
    }

    void open() {
        const auto settings = [this] {
            HubSettings patient = hub_.settings();
            patient.stall = std::chrono::seconds(60); // on a busy machine too
            return patient;
        };
        dialog_ = std::make_unique<HubDialog>(settings, nullptr);
        dialog_->setUsable(true, true);
        dialog_->bringUp();
    }
    /// As when the window is closed.
    void close() { dialog_.reset(); }

    HubDialog& dialog() const { return *dialog_; }
    template <class T>
    T* find(const char* name) const {
        T* found = dialog_->findChild<T*>(QLatin1StringView(name));
        if (!found) qFatal("no widget is named %s", name);
        return found;
    }
    QPushButton* button(const char* name) const { return find<QPushButton>(name); }
    void press(const char* name) const { QTest::mouseClick(button(name), Qt::LeftButton); }
    QString note(const char* name) const { return find<Note>(name)->text(); }
    QString title() const { return find<QLabel>("hubDownloadName")->text(); }

    void search(const QString& words) const {
        auto* field = find<QLineEdit>("hubWords");
        field->clear();
        QTest::keyClicks(field, words);
        QTest::keyClick(field, Qt::Key_Return);
    }
    /// Until the repository is shown and can be downloaded.
    void look(const QString& name = u"org/tiny"_s) const {
        search(name);
        [&] { QTRY_VERIFY(button("hubFetch")->isEnabled()); }();
    }

private:
    TestHub& hub_;
    std::function<std::optional<TestReply>(const TestRequest&)> usual_;
    std::unique_ptr<HubDialog> dialog_;
};

std::size_t asked(const TestHub& hub) { return hub.server.requests().size() + hub.storage.requests().size(); }

} // namespace

class WindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(u"lora-workbench-tests"_s);
        QCoreApplication::setApplicationName(u"hub-window"_s);
    }
    void init() { QSettings().clear(); }

    void nothing_is_asked_while_one_types() {
        TestHub hub;
        const Desk desk(hub);
        QTest::keyClicks(desk.find<QLineEdit>("hubWords"), u"tiny"_s);
        desk.find<QComboBox>("hubKind")->setCurrentIndex(1);
        QTest::qWait(50);
        QCOMPARE(asked(hub), std::size_t{0});
    }

    void what_is_found_is_listed_and_looked_up_by_enter() {
        TestHub hub;
        const Desk desk(hub);
        const auto* nothing = desk.find<QLabel>("emptyWords");
        QVERIFY(nothing->isVisible());
        desk.search(u"tiny"_s);
        auto* list = desk.find<QTableView>("hubFound");
        QTRY_COMPARE(list->model()->rowCount(), 2);
        QVERIFY(!nothing->isVisible());
        const auto cell = [&](int column) { return list->model()->index(0, column).data().toString(); };
        QCOMPARE(cell(0), u"org/tiny"_s);
        QCOMPARE(cell(1), u"1,234"_s);
        QCOMPARE(cell(2), u"3.00 MB"_s);
        QCOMPARE(cell(3), u"mit"_s);
        QCOMPARE(cell(4), u"gated"_s);
        QCOMPARE(asked(hub), std::size_t{1});

        list->setCurrentIndex(list->model()->index(0, 0));
        QTest::qWait(50); // the arrows ask nothing
        QCOMPARE(asked(hub), std::size_t{1});
        QTest::keyClick(list, Qt::Key_Return);
        QTRY_VERIFY(desk.button("hubFetch")->isEnabled());
        QVERIFY(desk.note("hubFacts").contains("apache-2.0"_L1));
        QVERIFY(desk.note("hubFacts").contains("gated"_L1));
        QVERIFY(desk.note("hubGate").contains("/org/tiny in a browser"_L1));
        QCOMPARE(desk.find<QPlainTextEdit>("hubCard")->toPlainText(), u"A model."_s);
        QVERIFY(hub.storage.requests().empty());
    }

    void a_download_is_opened_once_it_is_there() {
        TestHub hub;
        const Desk desk(hub);
        QSignalSpy opened(&desk.dialog(), &HubDialog::openWanted);
        desk.look();
        QVERIFY(desk.find<QComboBox>("hubOffers")->currentText().startsWith("safetensors: 4 files, 3"_L1));
        desk.press("hubFetch");
        QTRY_COMPARE(opened.size(), 1);
        const QString folder =
            QString::fromStdString(hub.folder() + "/snapshots/" + std::string(TestHub::commit));
        QCOMPARE(opened.first().at(1).toString(), folder);
        QCOMPARE(desk.title(), u"Downloaded: org/tiny"_s);
        QVERIFY(!QSettings().contains(u"hub/download/name"_s));
    }

    void while_a_run_is_active_it_waits_to_be_opened() {
        TestHub hub;
        const Desk desk(hub);
        desk.dialog().setUsable(false, false);
        QSignalSpy opened(&desk.dialog(), &HubDialog::openWanted);
        desk.look();
        desk.press("hubFetch");
        QTRY_COMPARE(desk.title(), u"Downloaded: org/tiny"_s);
        QVERIFY(opened.isEmpty() && !desk.button("hubOpen")->isEnabled());
        desk.dialog().setUsable(true, true);
        desk.press("hubOpen");
        QCOMPARE(opened.size(), 1);
    }

    void a_download_is_held_and_goes_on_after_the_window_was_closed() {
        TestHub hub;
        hub.storage.handle_by([&](const TestRequest& request) {
            TestReply reply = hub.stored(request);
            reply.breaks_after = 1'000'000;
            reply.stalls = true;
            return reply;
        });
        Desk desk(hub);
        desk.look();
        desk.press("hubFetch");
        QTRY_VERIFY(desk.note("hubProgress").contains(" of 3.00 MB"_L1));
        const auto has_begun = [&] {
            std::error_code missing;
            const std::uintmax_t size = std::filesystem::file_size(hub.incomplete(), missing);
            return !missing && size > 0;
        };
        QTRY_VERIFY(has_begun());
        QVERIFY(!desk.button("hubFetch")->isEnabled());
        desk.press("hubHold");
        QTRY_COMPARE(desk.title(), u"Paused: org/tiny"_s);
        const QString far = desk.note("hubProgress").section(u" · "_s, 0, 0);
        const std::uint64_t come = std::filesystem::file_size(hub.incomplete());
        QVERIFY(come > 0 && come <= 1'000'000);
        desk.close();
        hub.storage.handle_by([&](const TestRequest& request) { return hub.stored(request); });
        const std::size_t before = asked(hub);

        desk.open();
        QCOMPARE(desk.title(), u"Paused: org/tiny"_s);
        QCOMPARE(desk.note("hubProgress"), far);
        QTest::qWait(50);
        QCOMPARE(asked(hub), before);
        desk.press("hubHold");
        QTRY_COMPARE(desk.title(), u"Downloaded: org/tiny"_s);
        QCOMPARE(hub.storage.requests().back().first_byte(), come);
    }

    void a_fault_is_told_and_the_download_goes_on_after_it() {
        TestHub hub;
        hub.instead = [](const TestRequest& request) -> std::optional<TestReply> {
            if (TestHub::asks_weights(request))
                return TestReply{.status = 403, .headers = {"X-Error-Code: GatedRepo"}};
            return std::nullopt;
        };
        const Desk desk(hub);
        desk.look();
        desk.press("hubFetch");
        QTRY_COMPARE(desk.title(), u"Broken off: org/tiny"_s);
        QVERIFY2(
            desk.note("hubProgress").contains("ask for access on"_L1), qPrintable(desk.note("hubProgress")));
        desk.press("hubForget");
        QVERIFY(!desk.find<QWidget>("hubDownload")->isVisible());
        QVERIFY(!QSettings().contains(u"hub/download/name"_s));
    }

    void what_the_hub_refuses_is_told_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("said");
        QTest::newRow("401") << 401 << u"a token that the hub does not take"_s;
        QTest::newRow("404") << 404 << u"look at the name"_s;
        QTest::newRow("503") << 503 << u"try again in some minutes"_s;
    }

    void what_the_hub_refuses_is_told() {
        QFETCH(int, status);
        QFETCH(QString, said);
        TestHub hub;
        hub.instead = [status](const TestRequest&) { return TestReply{.status = status}; };
        const Desk desk(hub);
        desk.search(u"org/tiny"_s);
        QTRY_VERIFY2(desk.note("hubNote").contains(said), qPrintable(desk.note("hubNote")));
        QVERIFY(!desk.note("hubNote").contains(QLatin1StringView(TestHub::token)));
        QVERIFY(!desk.button("hubFetch")->isEnabled());
    }

    void a_question_is_given_up_at_once() {
        TestHub hub;
        hub.instead = [](const TestRequest&) { return TestReply{.breaks_after = 0, .stalls = true}; };
        const Desk desk(hub);
        desk.search(u"tiny"_s);
        QCOMPARE(desk.button("hubSearch")->text(), u"&Stop"_s);
        desk.press("hubSearch");
        QCOMPARE(desk.button("hubSearch")->text(), u"&Search"_s);
        QCOMPARE(desk.note("hubNote"), QString());
    }

    void each_control_has_help_and_a_name() {
        TestHub hub;
        const Desk desk(hub);
        for (const QWidget* each : desk.dialog().findChildren<QWidget*>()) {
            const bool isControl =
                qobject_cast<const QPushButton*>(each) || qobject_cast<const QComboBox*>(each)
                || qobject_cast<const QPlainTextEdit*>(each) || qobject_cast<const QTableView*>(each)
                || (qobject_cast<const QLineEdit*>(each));
            if (!isControl || each->objectName().isEmpty() || each->objectName().startsWith("qt_"_L1))
                continue;
            QVERIFY2(!each->toolTip().isEmpty() && !each->accessibleName().isEmpty(),
                qPrintable(each->objectName()));
        }
    }

    void a_card_is_shown_as_bounded_plain_text() {
        QCOMPARE(cardText("---\nlicense: mit\n---\n# Title\r\n<b>x</b>"), u"# Title\n<b>x</b>"_s);
        QCOMPARE(cardText("---\nno end"), u"---\nno end"_s);
        QCOMPARE(cardText("a\x1b[31mb\u202ec"), u"a[31mbc"_s);
        QCOMPARE(cardText(std::string(30'000, 'x')).size(), 20'002);
    }

    void a_whole_name_is_told_from_words() {
        const auto named = repositoryNamed(RepositoryKind::Dataset, u" org/name@v1 "_s);
        QVERIFY(named && named->kind == RepositoryKind::Dataset);
        QCOMPARE(named->name, std::string("org/name"));
        QCOMPARE(named->revision, std::string("v1"));
        for (const QString& words : {u"llama"_s, u"and/or that"_s, u"../x"_s, u""_s})
            QVERIFY2(!repositoryNamed(RepositoryKind::Model, words), qPrintable(words));
    }

    void the_pace_is_of_the_last_seconds() {
        TransferPace pace;
        pace.add(0, 0);
        QCOMPARE(pace.bytesPerSecond(), 0.0);
        for (int second = 1; second <= 10; ++second)
            pace.add(second, static_cast<std::uint64_t>(second <= 5 ? second : 5 + 3 * (second - 5)));
        QCOMPARE(pace.bytesPerSecond(), 3.0);
        pace.add(11, 0); // a file is begun anew
        QCOMPARE(pace.bytesPerSecond(), 0.0);
        QCOMPARE(progressLine({1'000'000, 3'000'000, 0, 2, "x"}, 500'000),
            u"1.00 MB of 3.00 MB · 0 of 2 files · 500 kB a second · 4 s left"_s);
    }
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
