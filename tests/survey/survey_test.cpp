// The survey of a dataset: what it counts is what training counts, and any row can be read again.

#include "engine/data/dataset.h"
#include "engine/error.h"
#include "engine/survey/dataset_counts.h"
#include "engine/survey/survey.h"
#include "engine/survey/text_search.h"
#include "tests/survey/tiny_tokenizer.h"

#include <QTest>
#include <algorithm>
#include <chrono>
#include <filesystem>

using namespace lora;

namespace {

std::string pair_row(const std::string& prompt, const std::string& completion) {
    return Json{{"prompt", prompt}, {"completion", completion}}.dump() + "\n";
}

std::string numbered(int rows) {
    std::string lines;
    for (int i = 1; i <= rows; ++i) lines += pair_row("Say", " number " + std::to_string(i));
    return lines;
}

struct Opened {
    Scratch scratch;
    Tokenizer tokenizer = tiny_tokenizer(scratch);

    DataSettings settings(const std::string& bytes, std::int64_t max_length = 256,
        const std::string& name = "data.jsonl") const {
        DataSettings data;
        data.train = scratch.write(name, bytes);
        data.max_length = max_length;
        return data;
    }
    std::unique_ptr<Survey> begun(const DataSettings& data, Goal goal = {}) const {
        return std::make_unique<Survey>(data, /*evaluation=*/false, tokenizer, std::move(goal));
    }
    std::unique_ptr<Survey> whole(const DataSettings& data, Goal goal = {}) const {
        auto survey = begun(data, std::move(goal));
        while (survey->advance()) {
        }
        return survey;
    }
};

std::string joined(const std::vector<ReadableToken>& tokens) {
    std::string text;
    for (const ReadableToken& token : tokens) text += token.text;
    return text;
}

std::string mask_of(const ReadableRow& row) {
    std::string mask;
    for (const ReadableToken& token : row.tokens) mask += token.cut_off ? 'c' : token.learned ? 'l' : 'r';
    return mask;
}

const Goal labelled{.task = Task::Classification, .labels = {}};

} // namespace

class SurveyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cut_left_out_and_equal_rows_are_counted() {
        const Opened opened;
        const std::string rows = pair_row("Hi", " you") + pair_row("Hi", " you") + pair_row("Hi", " me")
                                 + pair_row("A prompt that fills all of the room there is", " x")
                                 + pair_row("Hi", " a completion that is longer than the limit lets in");
        const auto survey = opened.whole(opened.settings(rows, 8));
        const SurveyCounts& counts = survey->counts();
        QCOMPARE(counts.rows, 5);
        QCOMPARE(counts.samples, 4);
        QCOMPARE(counts.cut, 1);
        QCOMPARE(counts.left_out, 1);
        QCOMPARE(counts.duplicates, 1);
        QVERIFY(counts.cut_off > 0);
        QCOMPARE(survey->next(RowMark::LeftOut, -1), std::optional<std::int64_t>(3));
        QCOMPARE(survey->next(RowMark::Cut, -1), std::optional<std::int64_t>(4));
        QCOMPARE(survey->next(RowMark::Cut, 4), std::optional<std::int64_t>(4)); // round the end
        QCOMPARE(survey->next(RowMark::Duplicate, 2), std::optional<std::int64_t>(1));
        QVERIFY(survey->row(1).head.duplicate);
        QVERIFY(!survey->row(0).head.duplicate);
    }

    void the_counts_are_those_of_training_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<std::int64_t>("max_length");
        QTest::addColumn<std::int64_t>("rows");
        const QByteArray lines = QByteArray::fromStdString(numbered(40));
        QTest::newRow("lines") << lines << QByteArray("a.jsonl") << std::int64_t{256} << std::int64_t{0};
        const QByteArray some = QByteArray::fromStdString(
            pair_row("Hi", " you") + pair_row("Hi", " a completion that is longer than the limit lets in")
            + pair_row("A prompt that fills all of the room there is", " x"));
        QTest::newRow("cut") << some << QByteArray("a.jsonl") << std::int64_t{8} << std::int64_t{0};
        QTest::newRow("some rows") << lines << QByteArray("a.jsonl") << std::int64_t{256} << std::int64_t{7};
        QTest::newRow("table") << QByteArray("question,answer\nHow?,So\nWho?,\"He,\nhim\"\n")
                               << QByteArray("a.csv") << std::int64_t{256} << std::int64_t{0};
        QTest::newRow("text") << QByteArray("Some words that go on and on and on to fill rows of a text.")
                              << QByteArray("a.txt") << std::int64_t{4} << std::int64_t{0};
    }
    void the_counts_are_those_of_training() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, name);
        QFETCH(std::int64_t, max_length);
        QFETCH(std::int64_t, rows);
        const Opened opened;
        DataSettings data = opened.settings(bytes.toStdString(), max_length, name.toStdString());
        data.train_rows = rows;
        const Dataset trained = load_datasets(data, opened.tokenizer).train;
        const auto survey = opened.whole(data);
        const SurveyCounts& counts = survey->counts();
        const SurveyCounts loaded = counts_of(trained, max_length);
        QCOMPARE(counts.read_as, trained.summary.read_as);
        QCOMPARE(counts.rows, trained.summary.rows);
        QCOMPARE(counts.samples, trained.summary.samples);
        QCOMPARE(counts.cut, trained.summary.cut);
        QCOMPARE(counts.left_out, trained.summary.dropped);
        QCOMPARE(counts.tokens, trained.summary.tokens);
        QCOMPARE(counts.learned_tokens, trained.summary.learned_tokens);
        QCOMPARE(counts.lengths, loaded.lengths);
        QCOMPARE(counts.duplicates, loaded.duplicates);
        QCOMPARE(counts.packing, loaded.packing);
        std::size_t sample = 0;
        for (std::int64_t i = 0; i < counts.rows; ++i) {
            const ReadableRow row = survey->row(i);
            if (row.head.left_out) continue;
            const Example& example = trained.examples.at(sample++);
            QCOMPARE(row.head.line, example.line);
            for (std::size_t at = 0; at < example.ids.size(); ++at) {
                QCOMPARE(row.tokens.at(at).id, example.ids[at]);
                QCOMPARE(row.tokens.at(at).learned, at > 0 && example.learned[at]);
            }
        }
        QCOMPARE(sample, trained.examples.size());
    }

    void a_row_is_told_token_by_token() {
        const Opened opened;
        const auto survey = opened.whole(opened.settings(pair_row("Sag", " Grüße 你好"), 64));
        const ReadableRow row = survey->row(0);
        QCOMPARE(joined(row.tokens), std::string("Sag Grüße 你好<|im_end|>"));
        QVERIFY(row.tokens.back().special && row.tokens.back().learned);
        QVERIFY(std::none_of(row.tokens.begin(), row.tokens.end() - 1,
            [](const ReadableToken& token) { return token.special; }));
        const std::string mask = mask_of(row);
        QCOMPARE(row.head.learned, std::count(mask.begin(), mask.end(), 'l'));
    }

    void a_character_of_several_tokens_is_told_with_its_last_one() {
        const Opened opened;
        const auto survey = opened.whole(opened.settings(pair_row("Say", " 👍🏽 Ω")));
        const ReadableRow row = survey->row(0);
        QCOMPARE(joined(row.tokens), std::string("Say 👍🏽 Ω<|im_end|>"));
        QVERIFY(std::any_of(row.tokens.begin(), row.tokens.end(),
            [](const ReadableToken& token) { return token.text.empty(); }));
        for (const ReadableToken& token : row.tokens)
            QCOMPARE(QString::fromStdString(token.text).toStdString(), token.text);
    }

    void a_rows_line_begins_with_what_is_learned() {
        const Opened opened;
        const auto survey = opened.whole(opened.settings(pair_row("Say", " so") + "{\"text\":\"A text\"}\n"));
        QCOMPARE(survey->row(0).head.beginning, std::string(" so<|im_end|>"));
        QCOMPARE(survey->row(1).head.beginning, std::string("A text<|im_end|>"));
    }

    void what_the_limit_cuts_off_stands_behind_the_rest() {
        const Opened opened;
        const auto survey = opened.whole(opened.settings(pair_row("Hi", " one two three four five"), 4));
        const ReadableRow row = survey->row(0);
        QCOMPARE(mask_of(row).substr(0, 4).find('c'), std::string::npos);
        QCOMPARE(mask_of(row).find_first_not_of('c', 4), std::string::npos);
        QCOMPARE(joined(row.tokens), std::string("Hi one two three four five<|im_end|>"));
        QCOMPARE(row.head.length, static_cast<std::int64_t>(row.tokens.size()));
    }

    void the_first_token_of_a_text_is_not_learned() {
        const Opened opened;
        const auto survey = opened.whole(opened.settings("{\"text\":\"Once upon a time\"}\n"));
        QCOMPARE(mask_of(survey->row(0)).substr(0, 2), std::string("rl"));
    }

    void labels_are_counted_and_named() {
        const Opened opened;
        const auto survey = opened.whole(
            opened.settings("text,label\nthe cat,cat\nthe dog,dog\na dog,dog\n", 64, "a.csv"), labelled);
        QCOMPARE(survey->counts().labels, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(survey->counts().per_label, (std::vector<std::int64_t>{1, 2}));
        QCOMPARE(survey->row(2).head.label, std::string("dog"));
    }

    void any_row_of_many_is_found_again_by_index_and_line() {
        const Opened opened;
        const auto survey = opened.whole(opened.settings("\n" + numbered(1500)));
        for (const std::int64_t index : {0, 1, 255, 256, 257, 1023, 1499}) {
            const ReadableRow row = survey->row(index);
            QCOMPARE(row.head.index, index);
            QCOMPARE(row.head.line, index + 2);
            QVERIFY(joined(row.tokens).starts_with("Say number " + std::to_string(index + 1) + "<"));
            QCOMPARE(survey->at_line(index + 2), std::optional(index));
        }
        QCOMPARE(survey->at_line(1), std::optional<std::int64_t>(0)); // a blank line: what follows it
        QCOMPARE(survey->at_line(9999), std::optional<std::int64_t>(1499));
        QCOMPARE(survey->heads(1490, 50).size(), std::size_t(10));
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, survey->row(1500));
    }

    void words_are_found_behind_a_row_and_round_the_end() {
        const Opened opened;
        const auto survey = opened.whole(opened.settings(numbered(30) + pair_row("Über", " ALLES")));
        const auto found = [&](const std::string& words, std::int64_t from) {
            TextSearch search(*survey, words, from);
            while (search.advance()) {
            }
            return search.found();
        };
        QCOMPARE(found("number 7", -1), std::optional<std::int64_t>(6));
        QCOMPARE(found("number 7", 6), std::optional<std::int64_t>(6));
        QCOMPARE(found("number 1", 3), std::optional<std::int64_t>(9));
        QCOMPARE(found("über alles", 0), std::optional<std::int64_t>(30));
        QCOMPARE(found("nowhere", 0), std::optional<std::int64_t>());
    }

    void a_wrong_row_is_told_and_those_before_it_stay() {
        const Opened opened;
        const auto survey = opened.begun(opened.settings(numbered(3) + "{\"prompt\":\"x\"}\n"));
        const std::string told = message_of<Error>([&] {
            while (survey->advance()) {
            }
        });
        QVERIFY2(contains(told, "data.jsonl: line 4"), told.c_str());
        QCOMPARE(survey->counts().rows, 3);
        QVERIFY(joined(survey->row(2).tokens).starts_with("Say number 3"));
    }

    void a_file_that_changes_is_told() {
        const Opened opened;
        const DataSettings data = opened.settings(numbered(3));
        const auto survey = opened.whole(data);
        opened.scratch.write("data.jsonl", numbered(1));
        const std::string told = message_of<Error>([&] { survey->row(0); });
        QVERIFY2(contains(told, "changed since"), told.c_str());
    }

    void a_change_that_keeps_the_size_is_told_too() {
        const Opened opened;
        const DataSettings data = opened.settings(numbered(3));
        const auto survey = opened.whole(data);
        using namespace std::chrono_literals;
        std::filesystem::last_write_time(data.train, std::filesystem::last_write_time(data.train) + 1s);
        const std::string told = message_of<Error>([&] { survey->row(0); });
        QVERIFY2(contains(told, "changed since"), told.c_str());
    }

    void nothing_to_learn_in_all_rows_is_refused_as_training_refuses_it() {
        const Opened opened;
        const DataSettings data = opened.settings(pair_row("A prompt that is long", " x"), 3);
        const std::string told = message_of<Error>([&] { opened.whole(data); });
        QCOMPARE(told, message_of<Error>([&] { load_datasets(data, opened.tokenizer); }));
    }

    void packs_are_filled_best_fit_first() {
        // By hand: 7 + 3, 6 + 4, then 3 alone.
        QCOMPARE(packed({{3, 2}, {4, 1}, {6, 1}, {7, 1}}, 10), (Packing{3, 23.0 / 30}));
        QCOMPARE(packed({{5, 4}}, 10), (Packing{2, 1.0}));
        QCOMPARE(packed({{5, 3}}, 10), (Packing{2, 0.75}));
        QCOMPARE(packed({{10, 1}}, 10), (Packing{1, 1.0}));
        QCOMPARE(packed({}, 10), Packing());
    }

    void sentences_tell_what_occurred_and_nothing_else() {
        SurveyCounts counts;
        counts.max_length = 256;
        counts.rows = 1200;
        counts.samples = 1199;
        counts.tokens = 40'000;
        counts.learned_tokens = 10'000;
        counts.left_out = 1;
        const auto sentences = sentences_of(counts);
        QCOMPARE(sentences.size(), std::size_t(2));
        QCOMPARE(sentences[0],
            std::string("1,200 rows read, 1,199 samples of 40,000 tokens, 10,000 of them learned (25 %)."));
        QCOMPARE(sentences[1],
            std::string("1 row has nothing to learn within the limit of 256 tokens and is left out."));
    }
};

QTEST_GUILESS_MAIN(SurveyTest)
#include "survey_test.moc"
