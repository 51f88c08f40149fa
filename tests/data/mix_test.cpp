// Several datasets mixed by weight: how often each sample comes, in which order, and what is held out.

#include "engine/data/dataset.h"
#include "engine/data/dataset_files.h"
#include "engine/data/dataset_paths.h"
#include "engine/data/epoch_order.h"
#include "engine/data/mix_file.h"
#include "engine/data/mixing.h"
#include "engine/error.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <map>

using namespace lora;

namespace {

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

std::string rows(const std::string& letter, int count) {
    std::string lines;
    for (int i = 1; i <= count; ++i)
        lines += R"({"prompt":")" + letter + R"(","completion":")" + std::to_string(i) + "\"}\n";
    return lines;
}

/// A tiny byte-level one with an end token.
Tokenizer tokenizer_in(const Scratch& scratch) {
    std::filesystem::create_directory(scratch.path("model"));
    std::filesystem::copy_file(
        FIXTURES "/tokenizers/smollm/tokenizer.json", scratch.path("model/tokenizer.json"));
    scratch.write("model/tokenizer_config.json", R"({"eos_token": "<|im_end|>"})");
    return Tokenizer::from_folder(scratch.path("model"));
}

struct Mixed {
    Scratch scratch;
    Tokenizer tokenizer = tokenizer_in(scratch);
    DataSettings settings;

    explicit Mixed(const std::string& mix = R"({"mix": [{"data": "a.jsonl", "weight": 3},
                                                         {"data": "b.csv", "weight": 1}]})") {
        qputenv("LORA_TOKENS", "off");
        scratch.write("a.jsonl", rows("a", 2));
        scratch.write("b.csv", "prompt,completion\nb,1\nb,2\nb,3\n");
        settings.train = scratch.write("some.mix.json", mix);
    }
    TrainAndEval load(const Goal& goal = {}) const { return load_datasets(settings, tokenizer, {}, goal); }
    /// "a1 a2 b1 …": prompt and completion of each sample, in its order.
    std::string samples(const Samples& all) const {
        std::string words;
        for (const Example& example : all) {
            std::string text = tokenizer.decode(example.ids, /*with_special=*/false);
            words += (words.empty() ? "" : " ") + text;
        }
        return words;
    }
    std::string refusal() const {
        return message_of<Error>([&] { load(); });
    }
};

} // namespace

class MixTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The part of 3 samples with the weight 1 is the largest for its weight: it comes once, the other 9 times
    // in all.
    void shares_are_exact_and_every_sample_comes() {
        QCOMPARE(draws_of({{2, 3}, {3, 1}}, "mix"), (std::vector<std::size_t>{9, 3}));
        QCOMPARE(draws_of({{5, 2}}, "mix"), (std::vector<std::size_t>{5}));
        QCOMPARE(draws_of({{10, 0.5}, {10, 0.25}}, "mix"), (std::vector<std::size_t>{20, 10}));
        QVERIFY(has(message_of<Error>([] { draws_of({{1, 1001}, {1, 1}}, "mix"); }), "at most 1000 times"));
        const std::size_t many = std::size_t{1} << 31;
        QVERIFY(has(message_of<Error>([&] { draws_of({{many, 2}, {many, 1}}, "mix"); }), "more than 2^32"));
    }

    void every_stretch_has_the_same_shares() {
        const auto order = mixed_order({{2, 3}, {3, 1}}, {9, 3}, /*seed=*/0);
        QCOMPARE(order.size(), std::size_t{12});
        std::map<std::uint32_t, int> times;
        for (std::size_t begin = 0; begin < order.size(); begin += 4) {
            int first = 0;
            for (std::size_t i = begin; i < begin + 4; ++i) first += order[i] < 2;
            QCOMPARE(first, 3);
        }
        for (const std::uint32_t sample : order) ++times[sample];
        QCOMPARE(times[0] + times[1], 9);
        QCOMPARE(std::abs(times[0] - times[1]), 1); // four rounds, and one of the two once more
        for (const std::uint32_t sample : {2U, 3U, 4U}) QCOMPARE(times[sample], 1);
    }

    void what_comes_once_more_follows_from_the_seed() {
        const std::vector<MixedPart> parts{{100, 1.5}, {100, 1}};
        const auto draws = draws_of(parts, "mix");
        QCOMPARE(draws, (std::vector<std::size_t>{150, 100}));
        QCOMPARE(mixed_order(parts, draws, 1), mixed_order(parts, draws, 1));
        auto one = mixed_order(parts, draws, 1), other = mixed_order(parts, draws, 2);
        std::sort(one.begin(), one.end());
        std::sort(other.begin(), other.end());
        QVERIFY(one != other);
    }

    void files_of_two_formats_are_one_set() {
        const Mixed at;
        const TrainAndEval sets = at.load();
        QCOMPARE(sets.train.examples.size(), std::size_t{12});
        QCOMPARE(sets.train.summary.samples, 12);
        QCOMPARE(sets.train.summary.rows, 5);
        const std::string words = at.samples(sets.train.examples);
        QCOMPARE(std::count(words.begin(), words.end(), 'a'), 9);
        QCOMPARE(std::count(words.begin(), words.end(), 'b'), 3);
        for (const char* share : {"75.0 % a.jsonl (JSON Lines", "9 of 2 samples, each 4.5 times",
                 "25.0 % b.csv (CSV", "3 of 3 samples"})
            QVERIFY2(has(sets.train.summary.read_as, share), sets.train.summary.read_as.c_str());
        std::int64_t tokens = 0;
        for (const Example& example : sets.train.examples)
            tokens += static_cast<std::int64_t>(example.ids.size());
        QCOMPARE(sets.train.summary.tokens, tokens);
        QVERIFY(!sets.train.summary.preview.empty());
    }

    void a_row_counts_through_all_files() {
        const Mixed at;
        std::int64_t last = 0;
        for (const Example& example : at.load().train.examples) last = std::max(last, example.line);
        // The CSV's third row begins in its fourth line, behind the other's two.
        QCOMPARE(last, 6);
    }

    void nothing_that_is_held_out_is_trained_on() {
        Mixed at;
        at.scratch.write("a.jsonl", rows("a", 20));
        at.settings.eval_split = 0.3;
        const TrainAndEval sets = at.load();
        QVERIFY(sets.eval);
        QCOMPARE(sets.eval->examples.size(), std::size_t{6 + 1});
        QCOMPARE(sets.eval->summary.also_trained, 0);
        QCOMPARE(sets.train.summary.held_out, 7);
    }

    void the_classes_are_those_of_all_parts() {
        Mixed at;
        at.scratch.write("a.jsonl", R"({"text":"x","label":"good"})"
                                    "\n"
                                    R"({"text":"y","label":"good"})"
                                    "\n");
        at.scratch.write("b.csv", "text,label\nz,bad\n");
        const TrainAndEval sets = at.load({.task = Task::Classification, .labels = {}});
        QCOMPARE(sets.train.summary.labels, (std::vector<std::string>{"bad", "good"}));
        std::map<std::int64_t, int> of;
        for (const Example& example : sets.train.examples) ++of[example.label];
        QCOMPARE(of[1], 3 * of[0]);
    }

    void other_weights_are_other_data() {
        const Mixed at;
        const std::string one = sha256_of_dataset(at.settings.train);
        at.scratch.write("some.mix.json", R"({"mix": [{"data": "a.jsonl", "weight": 2},
                                                       {"data": "b.csv", "weight": 1}]})");
        QVERIFY(sha256_of_dataset(at.settings.train) != one);
        at.scratch.write("a.jsonl", rows("c", 2));
        QVERIFY(sha256_of_dataset(at.settings.train) != one);
        QCOMPARE(files_of_dataset(at.settings.train).size(), std::size_t{2});
    }

    void a_mix_is_shown_by_its_shares() {
        const Mixed at;
        QCOMPARE(DatasetFiles(at.settings.train).format_name(),
            std::string("a mix of 75.0 % a.jsonl and 25.0 % b.csv"));
    }

    void a_folder_with_a_mix_in_it_is_the_other_files() {
        const Scratch scratch;
        scratch.write("a.jsonl", rows("a", 2));
        scratch.write("some.mix.json", R"({"mix": [{"data": "a.jsonl", "weight": 1}]})");
        QCOMPARE(files_of_dataset(scratch.path("")).size(), std::size_t{1});
    }

    void what_is_no_mix_is_refused_data() {
        QTest::addColumn<QByteArray>("mix");
        QTest::addColumn<QByteArray>("said");
        const auto add = [](const char* mix, const char* said) {
            QTest::newRow(said) << QByteArray(mix) << QByteArray(said);
        };
        add(R"({"mix": []})", "no list 'mix'");
        add(R"({"mix": [{"data": "a.jsonl", "weight": 0}]})", "weight: found 0");
        add(R"({"mix": [{"data": "a.jsonl", "weight": -1}]})", "weight: found -1");
        add(R"({"mix": [{"data": "a.jsonl"}]})", "weight");
        add(R"({"mix": [{"data": "", "weight": 1}]})", "data: found nothing");
        add(R"({"mix": [{"data": "a.jsonl", "weight": 1, "share": 2}]})", "a field 'share'");
        add(R"({"mix": [{"data": "a.jsonl", "weight": 1}], "seed": 1})", "a field 'seed'");
        add(R"({"mix": [{"data": "a.jsonl", "weight": 1}, {"data": "./a.jsonl", "weight": 1}]})",
            "once more");
        add(R"({"mix": [{"data": "some.mix.json", "weight": 1}]})", "a mix in a mix");
        add(R"({"mix": [{"data": "a.jsonl", "weight": 1}, {"data": "c.txt", "weight": 1}]})",
            "a mix has plain texts or rows");
        add(R"({"mix": [{"data": "none.jsonl", "weight": 1}]})", "none.jsonl");
    }

    void what_is_no_mix_is_refused() {
        QFETCH(QByteArray, mix);
        QFETCH(QByteArray, said);
        const Mixed at(mix.toStdString());
        at.scratch.write("c.txt", "A plain text.\n");
        const std::string found = at.refusal();
        QVERIFY2(has(found, said.toStdString()), found.c_str());
    }
};

QTEST_GUILESS_MAIN(MixTest)
#include "mix_test.moc"
