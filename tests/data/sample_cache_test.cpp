// Tokens that are kept on the disk: the same samples as those in memory, and never those of other data.

#include "engine/data/dataset.h"
#include "engine/data/sample_cache_settings.h"
#include "engine/data/text_blocks.h"
#include "engine/error.h"
#include "engine/files/json.h"
#include "tests/data/kept_tokens.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <functional>

using namespace lora;

namespace fs = std::filesystem;

namespace {

Tokenizer tokenizer_in(const Scratch& scratch) {
    fs::create_directory(scratch.path("model"));
    fs::copy_file(FIXTURES "/tokenizers/smollm/tokenizer.json", scratch.path("model/tokenizer.json"));
    const Json config = {{"eos_token", "<|im_end|>"}};
    scratch.write("model/tokenizer_config.json", config.dump());
    return Tokenizer::from_folder(scratch.path("model"));
}

/// Rows of several shapes; of ten, one is cut at 32 tokens, one has nothing to learn within them, two repeat
/// another.
std::string rows(int count) {
    std::string many_words;
    for (int i = 0; i < 40; ++i) many_words += " word " + std::to_string(i);
    std::string lines;
    for (int i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        if (i % 10 == 7)
            lines += R"({"prompt": "read this)" + many_words + R"(", "completion": "and learn"})";
        else if (i % 5 == 4)
            lines += R"({"prompt": "again", "completion": "and again"})";
        else if (i % 2 == 0)
            lines += R"({"text": "Once upon a time )" + number + "\"}";
        else
            lines += R"({"prompt": "count on", "completion": ")" + number + (i % 10 == 3 ? many_words : "")
                     + "\"}";
        lines += '\n';
    }
    return lines;
}

struct Opened {
    Scratch scratch;
    Tokenizer tokenizer = tokenizer_in(scratch);
    std::string data = scratch.write("data.jsonl", rows(60));
    KeptTokens kept{scratch.path("tokens")};

    Dataset load(std::int64_t max_length = 32, const Goal& goal = {}) const {
        return load_dataset(data, tokenizer, max_length, /*stop=*/{}, goal);
    }
    Dataset in_memory(std::int64_t max_length = 32, const Goal& goal = {}) const {
        const Variable off("LORA_TOKENS", "off");
        return load(max_length, goal);
    }
};

/// What differs between two summaries, but for the place that they are kept in.
std::string difference(const DatasetSummary& one, const DatasetSummary& other) {
    std::string names;
    const auto compare = [&](const char* name, const auto& member) {
        if (one.*member != other.*member) names += std::string(name) + ' ';
    };
    compare("path", &DatasetSummary::path);
    compare("read_as", &DatasetSummary::read_as);
    compare("plain_text", &DatasetSummary::plain_text);
    compare("has_lines", &DatasetSummary::has_lines);
    compare("rows", &DatasetSummary::rows);
    compare("samples", &DatasetSummary::samples);
    compare("cut", &DatasetSummary::cut);
    compare("dropped", &DatasetSummary::dropped);
    compare("repeated", &DatasetSummary::repeated);
    compare("tokens", &DatasetSummary::tokens);
    compare("learned_tokens", &DatasetSummary::learned_tokens);
    compare("labels", &DatasetSummary::labels);
    compare("lengths", &DatasetSummary::lengths);
    compare("preview", &DatasetSummary::preview);
    compare("warnings", &DatasetSummary::warnings);
    return names;
}

} // namespace

class SampleCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kept_samples_are_those_in_memory() {
        const Opened opened;
        const Dataset memory = opened.in_memory(), made = opened.load(), kept = opened.load();
        QVERIFY(memory.summary.kept_in.empty());
        QCOMPARE(made.summary.kept_in, opened.kept.file());
        QCOMPARE(kept.summary.kept_in, made.summary.kept_in);
        QVERIFY(memory.summary.cut > 0 && memory.summary.dropped > 0);
        QVERIFY(made.examples == memory.examples);
        QVERIFY(kept.examples == memory.examples);
        QCOMPARE(difference(made.summary, memory.summary), std::string());
        QCOMPARE(difference(kept.summary, memory.summary), std::string());
    }

    void few_samples_stay_in_memory() {
        const Opened opened;
        const Variable from("LORA_TOKENS_FROM_MB", "1");
        QVERIFY(opened.load().summary.kept_in.empty());
        QVERIFY(!fs::exists(opened.kept.folder()));
    }

    void a_held_out_share_is_the_same_of_both() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.data;
        settings.max_length = 32;
        settings.eval_split = 0.25;
        load_datasets(settings, opened.tokenizer);
        const TrainAndEval kept = load_datasets(settings, opened.tokenizer);
        const Variable off("LORA_TOKENS", "off");
        const TrainAndEval memory = load_datasets(settings, opened.tokenizer);
        QVERIFY(!kept.train.summary.kept_in.empty());
        QVERIFY(kept.train.examples == memory.train.examples);
        QVERIFY(kept.eval->examples == memory.eval->examples);
        QCOMPARE(difference(kept.train.summary, memory.train.summary), std::string());
        QCOMPARE(difference(kept.eval->summary, memory.eval->summary), std::string());
        QCOMPARE(kept.eval->summary.also_trained, memory.eval->summary.also_trained);
        QVERIFY(memory.eval->summary.also_trained > 0);
    }

    void labels_are_kept_too() {
        const Opened opened;
        const std::string data = opened.scratch.write(
            "labels.jsonl", "{\"text\":\"good\",\"label\":\"yes\"}\n{\"text\":\"bad\",\"label\":\"no\"}\n");
        const auto load = [&] {
            return load_dataset(data, opened.tokenizer, 32, /*stop=*/{}, {Task::Classification, {}});
        };
        const Dataset made = load(), kept = load();
        QCOMPARE(kept.summary.labels, (std::vector<std::string>{"no", "yes"}));
        QVERIFY(kept.examples == made.examples);
        QCOMPARE(kept.examples[0].label, std::int64_t{1});
    }

    void other_contents_under_the_same_name_size_and_time_are_read_anew() {
        const Opened opened;
        const std::vector<TokenId> before = opened.load().examples[0].ids;
        const auto written = fs::last_write_time(opened.data);
        std::string other = rows(60);
        other.replace(other.find("Once upon"), 4, "What");
        opened.scratch.write("data.jsonl", other);
        fs::last_write_time(opened.data, written);
        const Dataset data = opened.load();
        QVERIFY(data.examples[0].ids != before);
        QVERIFY(data.examples == opened.in_memory().examples);
        QVERIFY(data.summary.warnings == opened.in_memory().summary.warnings);
    }

    void the_same_contents_written_again_are_not_made_again() {
        const Opened opened;
        opened.load();
        const auto made = fs::last_write_time(opened.kept.file());
        opened.scratch.write("data.jsonl", rows(60));
        QVERIFY(!opened.load().summary.kept_in.empty());
        QVERIFY(fs::last_write_time(opened.kept.file()) == made);
    }

    void another_way_of_reading_has_tokens_of_its_own() {
        const Opened opened;
        opened.load(32);
        QVERIFY(opened.load(16).examples == opened.in_memory(16).examples);
        Goal distinct;
        distinct.distinct = true;
        QVERIFY(opened.load(32, distinct).examples == opened.in_memory(32, distinct).examples);
        QCOMPARE(opened.kept.files().size(), std::size_t{3});
    }

    void a_damaged_file_is_told_and_made_anew_data() {
        QTest::addColumn<int>("cut_to_per_cent");
        QTest::addColumn<int>("flipped_at_per_cent");
        QTest::newRow("empty") << 0 << -1;
        QTest::newRow("cut in its front") << 1 << -1;
        QTest::newRow("cut in the middle") << 50 << -1;
        QTest::newRow("cut at its end") << 99 << -1;
        QTest::newRow("another format") << 100 << 0;
        QTest::newRow("a changed header") << 100 << 98;
    }
    void a_damaged_file_is_told_and_made_anew() {
        QFETCH(int, cut_to_per_cent);
        QFETCH(int, flipped_at_per_cent);
        const Opened opened;
        const Dataset good = opened.in_memory();
        opened.load();
        opened.kept.damage(cut_to_per_cent, flipped_at_per_cent);
        const Dataset anew = opened.load();
        QVERIFY2(contains(anew.summary.warnings.back(), "are damaged and are made anew"),
            anew.summary.warnings.back().c_str());
        QVERIFY(anew.examples == good.examples);
        QCOMPARE(difference(opened.load().summary, good.summary), std::string());
    }

    void a_damaged_sample_is_refused_when_it_is_read() {
        const Opened opened;
        opened.load();
        opened.kept.damage(100, 20);
        const Dataset data = opened.load();
        const std::string told = message_of<Error>([&] {
            for (const Example& example : data.examples) QVERIFY(!example.ids.empty());
        });
        QVERIFY2(contains(told, "damaged among kept tokens") && contains(told, "delete it"), told.c_str());
    }

    void the_folder_has_a_bound_and_the_file_that_was_used_last_stays() {
        const Opened opened;
        opened.load(32);
        const Variable most("LORA_TOKENS_MOST_GB", "0");
        const Dataset last = opened.load(16);
        QCOMPARE(opened.kept.files(), (std::vector<std::string>{last.summary.kept_in}));
        QVERIFY(last.examples == opened.in_memory(16).examples); // also the one that is open
    }

    void tokens_that_cannot_be_kept_are_used_all_the_same() {
        const Opened opened;
        const std::string blocked = opened.scratch.write("no-folder", "a file");
        const Variable folder("LORA_TOKENS", blocked + "/tokens");
        const Dataset data = opened.load();
        QVERIFY2(contains(data.summary.warnings.back(), "its tokens are not kept"),
            data.summary.warnings.back().c_str());
        QVERIFY(data.examples == opened.in_memory().examples);
    }

    void equal_samples_are_left_out_where_that_is_asked_for() {
        const Opened opened;
        Goal distinct;
        distinct.distinct = true;
        const Dataset all = opened.in_memory(), few = opened.in_memory(32, distinct);
        QCOMPARE(few.summary.repeated, 11); // of twelve equal ones
        QCOMPARE(few.summary.samples, all.summary.samples - 11);
        QCOMPARE(static_cast<std::int64_t>(few.examples.size()), few.summary.samples);
        QVERIFY(std::any_of(few.summary.warnings.begin(), few.summary.warnings.end(),
            [](const std::string& each) { return contains(each, "equal an earlier one and are left out"); }));
    }

    void a_long_texts_windows_are_those_of_its_tokens_as_a_whole() {
        const Opened opened;
        std::string story;
        for (int i = 0; story.size() < 3 * text_block_bytes; ++i) {
            story += "Once upon a time, there were " + std::to_string(i * 7919) + " caf\xc3\xa9s.\n";
            if (i % 3 == 0) story += "\n   \t\n";
            if (i % 1000 == 999) story += std::string(5000, 'a') + "\r\n";
        }
        const std::string path = opened.scratch.write("story.txt", story);
        const std::vector<TokenId> whole = opened.tokenizer.encode(story);
        const Dataset data = load_dataset(path, opened.tokenizer, 100);
        QCOMPARE(data.examples.size(), whole.size() / 100);
        std::size_t at = 0;
        for (const Example& example : data.examples) {
            QVERIFY(std::equal(
                example.ids.begin(), example.ids.end(), whole.begin() + static_cast<std::ptrdiff_t>(at)));
            at += 100;
        }
    }

    void a_folder_from_the_environment_is_taken() {
        const Variable none("LORA_TOKENS", "");
        const Variable caches("XDG_CACHE_HOME", "/somewhere");
        QCOMPARE(sample_cache_settings().folder, std::string("/somewhere/lora-workbench/tokens"));
        const Variable own("LORA_TOKENS", "/elsewhere");
        QCOMPARE(sample_cache_settings().folder, std::string("/elsewhere"));
        const Variable most("LORA_TOKENS_MOST_GB", "many");
        QVERIFY(contains(message_of<Error>([] { sample_cache_settings(); }), "LORA_TOKENS_MOST_GB"));
    }
};

QTEST_GUILESS_MAIN(SampleCacheTest)
#include "sample_cache_test.moc"
