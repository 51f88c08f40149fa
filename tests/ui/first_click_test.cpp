// The first start on the real model, driven as a person drives it: LORA_TEST_MODEL names the GGUF file.
#include "engine/session/session.h"
#include "tests/ui/window_fixture.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QTimer>

using namespace lora;

namespace {

/// The longest time that the event loop let a due timer wait, in ms.
class StallWatch : public QObject {
public:
    StallWatch() {
        timer_.setTimerType(Qt::PreciseTimer);
        connect(&timer_, &QTimer::timeout, this, [this] { longest_ = std::max(longest_, since_.restart()); });
        since_.start();
        timer_.start(1);
    }
    qint64 longest_ms() const { return longest_; }

private:
    QTimer timer_;
    QElapsedTimer since_;
    qint64 longest_ = 0;
};

struct Asked {
    QString prompt;
    QString answer;
};

std::vector<Asked> held_out() {
    std::vector<Asked> all;
    QFile file(QStringLiteral(SAMPLE "/commands-held-out.jsonl"));
    if (!file.open(QFile::ReadOnly)) return all;
    while (!file.atEnd()) {
        const QJsonObject row = QJsonDocument::fromJson(file.readLine()).object();
        all.push_back({row.value("prompt"_L1).toString(), row.value("completion"_L1).toString()});
    }
    return all;
}

} // namespace

class FirstClickTest : public QObject {
    Q_OBJECT

    /// Both panes' answers to a prompt in the playground.
    static std::pair<QString, QString> ask(const WindowFixture& at, const QString& prompt) {
        at.find<QPlainTextEdit>("prompt")->setPlainText(prompt);
        at.click("generate");
        [&] { QTRY_VERIFY_WITH_TIMEOUT(!at.find<QPushButton>("stopGeneration")->isEnabled(), 120'000); }();
        return {at.find<QPlainTextEdit>("baseText")->toPlainText(),
            at.find<QPlainTextEdit>("adaptedText")->toPlainText()};
    }

    static Places places() {
        const QFileInfo model(qEnvironmentVariable("LORA_TEST_MODEL"));
        return {model.dir().absolutePath() + u"/.."_s, {}, QStringLiteral(SAMPLE "/commands.jsonl")};
    }

private Q_SLOTS:
    void initTestCase() {
        if (!QFile::exists(qEnvironmentVariable("LORA_TEST_MODEL")))
            QSKIP("LORA_TEST_MODEL names no file; tests/run sets it");
    }

    void one_click_teaches_the_command_language_and_the_base_stays_what_it_was() {
        QElapsedTimer clock;
        clock.start();
        const WindowFixture at(open_session, places());
        at.window->begin();
        QTRY_VERIFY_WITH_TIMEOUT(at.can("start"), 60'000);
        qInfo("the window could be used after %lld ms", clock.restart());
        const std::vector<Asked> questions = held_out();
        QCOMPARE(questions.size(), 20U);

        const StallWatch watch;
        at.click("startButton");
        QTRY_VERIFY_WITH_TIMEOUT(at.isTold(u"finished"_s), 900'000);
        qInfo("the run took %lld s, the event loop's longest stall was %lld ms", clock.elapsed() / 1000,
            watch.longest_ms());

        int right_before = 0;
        int right_after = 0;
        QString first_base_answer;
        for (const Asked& each : questions) {
            const auto [base, adapted] = ask(at, each.prompt);
            if (first_base_answer.isEmpty()) first_base_answer = base;
            right_before += base.trimmed() == each.answer.trimmed();
            right_after += adapted.trimmed() == each.answer.trimmed();
        }
        qInfo("%d of 20 answered exactly before, %d after", right_before, right_after);
        QVERIFY(right_before <= 2);
        QVERIFY(right_after >= 16);
        QCOMPARE(first_base_answer, what_the_command_says(questions.front().prompt));
    }

private:
    /// Greedy, as many tokens as the playground asks for.
    static QString what_the_command_says(const QString& prompt) {
        QProcess lora;
        lora.start(QStringLiteral(LORA_COMMAND),
            {u"generate"_s, u"--model"_s, qEnvironmentVariable("LORA_TEST_MODEL"), u"--prompt"_s, prompt,
                u"--max-new-tokens"_s, u"48"_s, u"--json"_s});
        lora.waitForFinished(120'000);
        return QJsonDocument::fromJson(lora.readAllStandardOutput()).object().value("text"_L1).toString();
    }
};

QTEST_MAIN(FirstClickTest)
#include "first_click_test.moc"
