// A run on tokens that are kept on the disk is the run on those in memory, bit for bit, and goes on from one
// to the other.

#include "tests/data/kept_tokens.h"
#include "tests/training/tiny_run.h"

#include <QTest>

using namespace lora;

class KeptTokensRunTest : public QObject {
    Q_OBJECT

    RunBench bench_;
    KeptTokens kept_{bench_.scratch.path("tokens")};
    std::string whole_; // the folder of an uninterrupted run on tokens in memory

    std::string interrupted(int events) {
        const std::string folder = bench_.new_folder();
        const auto run = Run::start(bench_.busy_settings(), folder, bench_.loaded);
        for (int told = 0; told < events;) told += run->advance().has_value();
        run->save();
        return folder;
    }

private Q_SLOTS:
    void initTestCase() {
        const Variable off("LORA_TOKENS", "off");
        whole_ = bench_.new_folder();
        to_the_end(*Run::start(bench_.busy_settings(), whole_, bench_.loaded));
    }

    void a_run_on_kept_tokens_is_the_run_on_those_in_memory() {
        for (int time = 0; time < 2; ++time) { // they are made, then found
            const std::string folder = bench_.new_folder();
            const auto run = Run::start(bench_.busy_settings(), folder, bench_.loaded);
            QCOMPARE(run->train_set().summary.kept_in, kept_.file());
            to_the_end(*run);
            QVERIFY(adapter_bytes(folder) == adapter_bytes(whole_));
            QVERIFY(lasting_events(folder, true) == lasting_events(whole_, true));
        }
    }

    void a_run_goes_on_from_kept_tokens_with_those_in_memory() {
        const std::string folder = interrupted(6);
        const Variable off("LORA_TOKENS", "off");
        to_the_end(*Run::resume(folder, bench_.loaded));
        QVERIFY(adapter_bytes(folder) == adapter_bytes(whole_));
    }

    void a_run_goes_on_from_tokens_in_memory_with_kept_ones() {
        std::string folder;
        {
            const Variable off("LORA_TOKENS", "off");
            folder = interrupted(6);
        }
        to_the_end(*Run::resume(folder, bench_.loaded));
        QVERIFY(adapter_bytes(folder) == adapter_bytes(whole_));
    }
};

QTEST_GUILESS_MAIN(KeptTokensRunTest)
#include "kept_tokens_run_test.moc"
