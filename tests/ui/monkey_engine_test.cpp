// The window under a monkey on the real engine, which trains, saves and reads a tiny model while the files
// are deleted under it. LORA_MONKEY_SECONDS and LORA_MONKEY_SEED as in monkey_test.cpp.

#include "engine/session/session.h"
#include "tests/tiny_adapter.h"
#include "tests/tiny_model.h"
#include "tests/ui/monkey.h"
#include "tests/ui/monkey_application.h"

using namespace lora;

class MonkeyEngineTest : public QObject {
    Q_OBJECT
public:
    explicit MonkeyEngineTest(MonkeyGround& ground) : ground_(ground) {
        const std::string at = ground.path().toStdString();
        model_ = QString::fromStdString(tiny::write_model(at + "/tiny"));
        sample_ = ground.path() + u"/sample.jsonl"_s;
        write_file(sample_.toStdString(), tiny::lines(60));
        for (const std::string& path :
            {at + "/tiny", at + "/sample.jsonl", tiny::write_adapter(at + "/tiny", at + "/tiny-adapter", 1),
                tiny::write_model(at + "/broken", 2, true)})
            ground.add(QString::fromStdString(path));
        ground.keep();
    }

private Q_SLOTS:
    void whatever_is_done_the_window_answers_and_says_what_is_so_data() {
        QTest::addColumn<quint64>("seed");
        QTest::newRow("1 or the one asked for") << quint64(1);
    }

    void whatever_is_done_the_window_answers_and_says_what_is_so() {
        QFETCH(quint64, seed);
        const MonkeyTask task = MonkeyTask{.seed = seed, .actions = 200, .opened = model_}.orAsked();
        const auto said = std::make_shared<std::atomic<EngineState>>(EngineState::Empty);
        const QString fault = Monkey(
            task, ground_, restless(open_session, task.seed, said), said, {ground_.path(), {}, sample_})
                                  .play();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

private:
    MonkeyGround& ground_;
    QString model_, sample_;
};

int main(int count, char** words) { return runWithMonkey<MonkeyEngineTest>(count, words); }
#include "monkey_engine_test.moc"
