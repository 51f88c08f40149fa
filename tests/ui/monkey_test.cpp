// The window under a monkey, on the scripted engine. LORA_MONKEY_SECONDS=600 LORA_MONKEY_SEED=7 plays longer;
// what it once found has a test of its own in the file of its subject.

#include "tests/ui/monkey.h"
#include "tests/ui/monkey_application.h"

using namespace lora;

class MonkeyTest : public QObject {
    Q_OBJECT
public:
    explicit MonkeyTest(MonkeyGround& ground) : ground_(ground) {}

private Q_SLOTS:
    void whatever_is_done_the_window_answers_and_says_what_is_so_data() {
        QTest::addColumn<quint64>("seed");
        if (qEnvironmentVariableIsSet("LORA_MONKEY_SEED")) {
            QTest::newRow("asked for") << quint64(0);
            return;
        }
        for (const quint64 seed : {1, 2, 3}) QTest::newRow(qPrintable(QString::number(seed))) << seed;
    }

    void whatever_is_done_the_window_answers_and_says_what_is_so() {
        QFETCH(quint64, seed);
        const MonkeyTask task = MonkeyTask{.seed = seed}.orAsked();
        const auto said = std::make_shared<std::atomic<EngineState>>(EngineState::Empty);
        const QString fault = Monkey(task, ground_, restlessScript(task.seed, said), said).play();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

private:
    MonkeyGround& ground_;
};

int main(int count, char** words) { return runWithMonkey<MonkeyTest>(count, words); }
#include "monkey_test.moc"
