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

Q_DECLARE_METATYPE(std::vector<std::string>)

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
        LabelSet set;
        for (const char* label : {"10", "-1", "9", "10", "2.5"}) {
            Row row;
            row.label = label;
            set.add(row);
        }
        QCOMPARE(set.ordered(), (std::vector<std::string>{"-1", "2.5", "9", "10"}));
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

    void labels_too_long_for_run_json_are_refused_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("many long ones") << 4000 << QByteArray(280, 'a');
        QTest::newRow("control characters, of six bytes each in JSON") << 1000 << QByteArray(250, '\x01');
    }
    void labels_too_long_for_run_json_are_refused() {
        QFETCH(int, count);
        QFETCH(QByteArray, text);
        const std::string told = message_of<Error>([&] {
            LabelSet labels;
            for (int i = 0; i < count; ++i) {
                Row row;
                row.label = text.toStdString() + std::to_string(i);
                labels.add(row);
            }
            return labels.ordered();
        });
        QVERIFY2(contains(told, "bytes together, expected shorter names"), told.c_str());
    }

    void an_evaluation_set_has_the_training_sets_labels() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.scratch.write("train.jsonl", two);
        settings.eval = opened.scratch.write("eval.jsonl", "{\"text\":\"dog\",\"label\":\"bad\"}\n");
        const TrainAndEval sets =
            load_datasets(settings, opened.tokenizer, /*stop=*/{}, {Task::Classification, {}});
        QCOMPARE(sets.eval->examples[0].label, std::int64_t{1});
    }

    void what_is_no_labelled_text_is_refused_by_its_line() {
        const Opened opened;
        QVERIFY(opened.refusal(two + "{\"text\":\"x\"}\n").find("line 3: label: found no label")
                != std::string::npos);
        QVERIFY(opened.refusal(two + "{\"text\":\"x\",\"label\":0.5}\n").find("line 3: label: found 0.5")
                != std::string::npos);
        QVERIFY(
            opened.refusal("{\"text\":\"x\",\"label\":1}\n").find("1 different labels") != std::string::npos);
        const std::string other = opened.refusal(two, {"bad", "worse"});
        QVERIFY2(
            contains(other,
                "found 2 labels ('a good one', 'bad'), expected the 2 classes of the head ('bad', 'worse')"),
            other.c_str());
        QVERIFY(opened.refusal("the cat\n", {}, "data.txt").find("plain text") != std::string::npos);
    }

    void numbers_are_the_classes_of_a_head_whose_classes_have_names_data() {
        QTest::addColumn<QByteArray>("labels");
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        QTest::newRow("integers") << QByteArray("0 1") << 0 << 1;
        QTest::newRow("one class is not there") << QByteArray("2 0") << 2 << 0;
        QTest::newRow("whole floats") << QByteArray("1.0 0.0") << 1 << 0;
        QTest::newRow("booleans") << QByteArray("true false") << 1 << 0;
        QTest::newRow("names") << QByteArray("\"good\" \"bad\"") << 0 << 1;
    }
    void numbers_are_the_classes_of_a_head_whose_classes_have_names() {
        QFETCH(QByteArray, labels);
        const Opened opened;
        const QByteArrayList two_labels = labels.split(' ');
        std::string lines;
        for (const QByteArray& label : two_labels)
            lines += "{\"text\": \"the dog\", \"label\": " + label.toStdString() + "}\n";

        const Dataset data = opened.load(lines, 64, {"good", "bad", "so so"});

        QTEST(static_cast<int>(data.examples.at(0).label), "first");
        QTEST(static_cast<int>(data.examples.at(1).label), "second");
        QCOMPARE(data.summary.labels, (std::vector<std::string>{"good", "bad", "so so"}));
    }

    void classes_come_of_the_head_or_of_the_rows_data() {
        using Labels = std::vector<std::string>;
        QTest::addColumn<Labels>("found");
        QTest::addColumn<Labels>("given");
        QTest::addColumn<bool>("numbered");
        QTest::addColumn<bool>("replaceable");
        QTest::addColumn<Labels>("classes");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, const Labels& found, const Labels& given, bool numbered,
                             bool replaceable, const Labels& classes, const char* word) {
            QTest::newRow(name) << found << given << numbered << replaceable << classes
                                << QString::fromUtf8(word);
        };
        const Labels names{"bad", "good"}, numbers{"0", "1"}, generic{"LABEL_0", "LABEL_1"},
            turned{"good", "bad"};
        row("nothing is given", names, {}, false, false, names, "");
        row("a trained head's names", names, turned, false, false, turned, "");
        row("the same to train on", names, turned, false, true, turned, "");
        row("some of its names", {"bad", "good"}, {"good", "so so", "bad"}, false, false,
            {"good", "so so", "bad"}, "");
        row("numbers for its names", numbers, turned, false, false, turned, "");
        row("others, to train on", {"cat", "dog"}, turned, false, true, {"cat", "dog"},
            "a new one is trained");
        row("numbers for no names", numbers, generic, true, false, generic, "");
        row("names for no names", names, generic, true, false, names, "order of the alphabet: 'bad', 'good'");
        row("numbers, to train on", numbers, generic, true, true, numbers, "");
        row("numbers of three classes", {"0", "2"}, {"0", "1", "2"}, true, false, {"0", "1", "2"}, "");
    }
    void classes_come_of_the_head_or_of_the_rows() {
        QFETCH(std::vector<std::string>, found);
        QFETCH(std::vector<std::string>, given);
        QFETCH(bool, numbered);
        QFETCH(bool, replaceable);
        QFETCH(QString, word);
        const Classes classes =
            classes_of(found, {.labels = given, .numbered = numbered, .replaceable = replaceable});
        QTEST(classes.labels, "classes");
        QVERIFY2(word.isEmpty() ? classes.word.empty() : contains(classes.word, word.toStdString()),
            classes.word.c_str());
    }

    void labels_that_a_head_does_not_have_are_refused() {
        const auto told = [](std::vector<std::string> found, const Goal& goal) {
            return message_of<Error>([&] { classes_of(std::move(found), goal); });
        };
        QVERIFY(contains(told({"a", "b"}, {.labels = {"0", "1", "2"}, .numbered = true}),
            "found 2 labels ('a', 'b'), expected the 3 classes of the head"));
        QVERIFY(contains(told({"1", "3"}, {.labels = {"0", "1", "2"}, .numbered = true}), "the 3 classes"));
        QVERIFY(contains(told({"a"}, {}), "found 1 different labels"));
    }

    void a_model_of_tokens_learns_the_text_and_passes_over_the_label() {
        const Opened opened;
        const Dataset data = load_dataset(opened.scratch.write("data.jsonl", two), opened.tokenizer, 64);
        QVERIFY(data.summary.labels.empty());
        QVERIFY(data.examples[0].learned_tokens() > 0);
    }
};

QTEST_GUILESS_MAIN(LabelsTest)
#include "labels_test.moc"
