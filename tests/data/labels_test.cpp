// Texts with labels as examples of a classifier.

#include "engine/data/dataset.h"
#include "engine/data/labels.h"
#include "engine/error.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

struct Opened {
    Scratch scratch;
    Tokenizer tokenizer = Tokenizer::from_folder(FIXTURES "/tokenizers/bert");

    Dataset load(const std::string& bytes, std::int64_t max_length = 64,
        const std::vector<std::string>& labels = {}, const std::string& name = "data.jsonl") const {
        return load_dataset(
            scratch.write(name, bytes), tokenizer, max_length, /*stop=*/{}, {Task::Classification, labels});
    }
    std::string refusal(const std::string& bytes, const std::vector<std::string>& labels = {},
        const std::string& name = "data.jsonl") const {
        try {
            load(bytes, 64, labels, name);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
};

const std::string two =
    "{\"text\":\"the dog\",\"label\":\"bad\"}\n{\"text\":\"the cat\",\"label\":\"a good one\"}\n";

} // namespace

class LabelsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void labels_are_numbered_in_the_order_of_their_text() {
        const Opened opened;
        const Dataset data = opened.load(two);
        QCOMPARE(data.summary.labels, (std::vector<std::string>{"a good one", "bad"}));
        QCOMPARE(data.examples[0].label, std::int64_t{1});
        QCOMPARE(data.examples[1].label, std::int64_t{0});
    }

    void integers_are_numbered_by_value() {
        std::vector<Row> rows(3);
        rows[0].label = "10";
        rows[1].label = "-1";
        rows[2].label = "9";
        QCOMPARE(labels_of(rows), (std::vector<std::string>{"-1", "9", "10"}));
        const Opened opened;
        const Dataset data = opened.load("{\"text\":\"a\",\"label\":2}\n{\"text\":\"b\",\"label\":1}\n");
        QCOMPARE(data.summary.labels, (std::vector<std::string>{"1", "2"}));
    }

    void a_text_stands_between_the_tokenizers_frame_and_a_cut_keeps_it() {
        const Opened opened;
        const TokenId first = *opened.tokenizer.bos(), last = *opened.tokenizer.closing();
        for (const std::int64_t longest : {64, 3}) {
            const Dataset data = opened.load(two, longest);
            for (const Example& example : data.examples) {
                QCOMPARE(example.ids.front(), first);
                QCOMPARE(example.ids.back(), last);
                QVERIFY(static_cast<std::int64_t>(example.ids.size()) <= longest);
                QCOMPARE(example.loss_terms(), std::int64_t{1});
            }
            QCOMPARE(data.summary.cut, longest == 3 ? 2 : 0);
        }
    }

    void the_preview_shows_text_and_label() {
        const Opened opened;
        const auto sample = opened.load(two).summary.preview.front();
        QCOMPARE(sample.size(), std::size_t{2});
        QVERIFY(sample[0].text.find("[CLS]") != std::string::npos);
        QCOMPARE(sample[1], (PreviewSpan{"bad", true}));
    }

    void an_evaluation_set_has_the_training_sets_labels() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.scratch.write("train.jsonl", two);
        settings.eval = opened.scratch.write("eval.jsonl", "{\"text\":\"dog\",\"label\":\"bad\"}\n");
        const TrainAndEval sets =
            load_datasets(settings, opened.tokenizer, 0, /*stop=*/{}, {Task::Classification, {}});
        QCOMPARE(sets.eval->examples.front().label, std::int64_t{1});
    }

    void what_is_no_labelled_text_is_refused_by_its_line() {
        const Opened opened;
        QVERIFY(
            opened.refusal(two + "{\"text\":\"x\"}\n").find("line 3: found no label") != std::string::npos);
        QVERIFY(opened.refusal(two + "{\"text\":\"x\",\"label\":0.5}\n").find("line 3") != std::string::npos);
        QVERIFY(
            opened.refusal("{\"text\":\"x\",\"label\":1}\n").find("1 different labels") != std::string::npos);
        QVERIFY(opened.refusal(two, {"bad", "worse"}).find("line 2: found the label 'a good one'")
                != std::string::npos);
        QVERIFY(opened.refusal("the cat\n", {}, "data.txt").find("plain text") != std::string::npos);
    }

    void a_model_of_tokens_learns_the_text_and_passes_over_the_label() {
        const Opened opened;
        const Dataset data = load_dataset(opened.scratch.write("data.jsonl", two), opened.tokenizer, 64);
        QVERIFY(data.summary.labels.empty());
        QVERIFY(data.examples.front().learned_tokens() > 0);
    }
};

QTEST_GUILESS_MAIN(LabelsTest)
#include "labels_test.moc"
