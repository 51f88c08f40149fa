// The memory that a training says it will take, against what it took at its peak, on the real model.

#include "tests/command/command.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

// Of the peak. What is mapped of a quantized file counts as resident, as far as it was read.
constexpr double slack = 0.1, packed_slack = 0.2, varied_slack = 0.2;

/// Some 16 thousand tokens.
std::string some_text() {
    std::string text;
    for (int line = 0; line < 1200; ++line)
        text += "Line " + std::to_string(line) + " of a text that is as long as some batches need.\n";
    return text;
}

/// Texts of 3 to 42 words, as examples are.
std::string some_rows() {
    std::string rows;
    for (int row = 0; row < 80; ++row) {
        std::string text;
        for (int word = 0; word < 3 + row * 7 % 40; ++word) text += "word " + std::to_string(word) + " ";
        rows += Json{{"text", text}}.dump() + "\n";
    }
    return rows;
}

/// 0 where one of the two could not be had.
double estimate_over_peak(const Words& words, const Scratch& scratch) {
    Words training = words, estimating = words;
    training.insert(training.end(), {"--out", scratch.path("run"), "--profile"});
    estimating.emplace_back("--dry-run");
    const Answer estimate = lora_says(estimating), trained = lora_says(training);
    if (estimate.code != 0 || trained.code != 0) {
        qWarning("%s", (estimate.all() + trained.all()).c_str());
        return 0;
    }
    const auto expected = estimate.events("estimate").at(0).at("total_bytes").get<double>();
    const auto peak = trained.events("profile").at(0).at("peak_memory_bytes").get<double>();
    qInfo("estimate %.0f MB, peak %.0f MB: %.3f", 1e-6 * expected, 1e-6 * peak, expected / peak);
    return expected / peak;
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
        const double ratio = estimate_over_peak(words, scratch);
        QVERIFY(std::abs(ratio - 1) < (packed ? packed_slack : slack));
    }

    void batches_of_other_lengths_take_what_is_said() {
        const Scratch scratch;
        const Words words{"train", "--json", "--model", qEnvironmentVariable("LORA_TEST_MODEL").toStdString(),
            "--data", scratch.write("rows.jsonl", some_rows()), "--device", "cpu", "--steps", "12", "--batch",
            "4", "--max-length", "128", "--dtype", "float32"};
        const double ratio = estimate_over_peak(words, scratch);
        QVERIFY(std::abs(ratio - 1) < varied_slack);
    }
};

QTEST_APPLESS_MAIN(MemoryTest)
#include "memory_test.moc"
