// The memory that a training says it will take, against what it took at its peak, on the real model.

#include "tests/command/command.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

// Of the peak. What is mapped of a quantized file counts as resident, as far as it was read.
constexpr double slack = 0.1, packed_slack = 0.2;

/// Some 16 thousand tokens.
std::string some_text() {
    std::string text;
    for (int line = 0; line < 1200; ++line)
        text += "Line " + std::to_string(line) + " of a text that is as long as some batches need.\n";
    return text;
}

} // namespace

class MemoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        if (!qEnvironmentVariableIsSet("LORA_TEST_MODEL"))
            QSKIP("LORA_TEST_MODEL names no file; tests/run sets it");
    }

    void the_estimate_is_near_the_peak_data() {
        QTest::addColumn<Words>("settings");
        QTest::addColumn<bool>("packed");
        QTest::newRow("bfloat16, 1 x 256") << Words{"--dtype", "bfloat16", "--batch", "1"} << false;
        QTest::newRow("bfloat16, 4 x 256") << Words{"--dtype", "bfloat16", "--batch", "4"} << false;
        QTest::newRow("bfloat16, 8 x 256") << Words{"--dtype", "bfloat16", "--batch", "8"} << false;
        QTest::newRow("float32, 4 x 256") << Words{"--dtype", "float32", "--batch", "4"} << false;
        QTest::newRow("float32, 4 x 256, all linears") << Words{"--dtype", "float32", "--batch", "4",
            "--targets", "all-linear", "--rank", "16"} << false;
        QTest::newRow("packed, 4 x 256") << Words{"--dtype", "bfloat16", "--batch", "4"} << true;
    }
    void the_estimate_is_near_the_peak() {
        QFETCH(Words, settings);
        QFETCH(bool, packed);
        const Scratch scratch;
        Words words{"train", "--json", "--model", qEnvironmentVariable("LORA_TEST_MODEL").toStdString(),
            "--data", scratch.write("text.txt", some_text()), "--device", "cpu", "--steps", "2"};
        words.insert(words.end(), settings.begin(), settings.end());
        words.insert(words.end(), {"--quantized", packed ? "packed" : "unpacked"});
        Words training = words, estimating = words;
        training.insert(training.end(), {"--out", scratch.path("run"), "--profile"});
        estimating.emplace_back("--dry-run");

        const Answer estimate = lora_says(estimating), trained = lora_says(training);
        QVERIFY2(estimate.code == 0 && trained.code == 0, (estimate.all() + trained.all()).c_str());
        const auto expected = estimate.events("estimate").at(0).at("total_bytes").get<double>();
        const auto peak = trained.events("profile").at(0).at("peak_memory_bytes").get<double>();
        qInfo("estimate %.0f MB, peak %.0f MB: %.3f", 1e-6 * expected, 1e-6 * peak, expected / peak);
        QVERIFY(std::abs(expected / peak - 1) < (packed ? packed_slack : slack));
    }
};

QTEST_APPLESS_MAIN(MemoryTest)
#include "memory_test.moc"
