// What the command reads of other programs' files, and what it leaves alone of them.

#include "tests/command/tiny_training.h"
#include "tests/tiny_adapter.h"
#include "tests/tiny_classifier.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace fs = std::filesystem;

class FilesTest : public QObject {
    Q_OBJECT

    TinyTraining tiny_;

    Words trained_on(const std::string& data, const std::string& out) const {
        return {"train", "--json", "--model", tiny_.model, "--data", data, "--out", tiny_.scratch.path(out),
            "--device", "cpu", "--threads", "1", "--rank", "2", "--batch", "2", "--steps", "2", "--seed",
            "5"};
    }

private Q_SLOTS:
    void a_table_of_questions_trains_as_the_same_rows_in_json_lines() {
        const auto& scratch = tiny_.scratch;
        const std::string table = scratch.write("faq.csv",
            "\xef\xbb\xbfQuestion;Answer\r\n\"What; is\nit?\";It is.\r\nWhy?;\"So \"\"it\"\" is.\"\r\n");
        const std::string lines = scratch.write(
            "faq.jsonl", Json{{"question", "What; is\nit?"}, {"answer", "It is."}}.dump() + "\n"
                             + Json{{"question", "Why?"}, {"answer", "So \"it\" is."}}.dump() + "\n");
        for (const auto& [data, out] : {std::pair{table, "of-table"}, {lines, "of-lines"}}) {
            const Answer answer = lora_says(trained_on(data, out));
            QVERIFY2(answer.code == 0, answer.all().c_str());
        }
        QCOMPARE(tiny_.adapter_bytes("of-table"), tiny_.adapter_bytes("of-lines"));
        const Json about = lora_says({"inspect", "--json", table}).objects().front();
        QCOMPARE(about.at("format").get<std::string>(), std::string("CSV"));
        QCOMPARE(about.at("question_answer").get<int>(), 2);
    }

    void a_dry_run_refuses_the_labels_that_training_refuses() {
        const std::string classifier = tiny::write_classifier(tiny_.scratch.path("bert"));
        const std::string data = tiny_.scratch.write("labels.csv", "text,label\nthe cat,\nthe dog,dog\n");
        for (const char* more : {"--dry-run", "--json"}) {
            const Answer answer = lora_says({"train", "--model", classifier, "--data", data, "--out",
                tiny_.scratch.path("never"), "--max-length", "32", "--steps", "1", more});
            QCOMPARE(answer.code, 1);
            QVERIFY2(contains(answer.err, "labels.csv: line 2: label: found \"\""), answer.all().c_str());
        }
    }

    void an_adapter_that_is_made_smaller_in_its_place_leaves_the_rest_of_the_folder() {
        const std::string hub = tiny::write_adapter(tiny_.model, tiny_.scratch.path("hub"), 1);
        fs::remove(hub + "/manifest.json"); // as another program saved it
        fs::create_directory(hub + "/.git");
        for (const char* name : {"hub/README.md", "hub/optimizer.pt", "hub/.git/config"})
            tiny_.scratch.write(name, "words");

        const Answer answer = lora_says({"truncate", hub, "--rank", "2", "--out", hub});

        QVERIFY2(answer.code == 0, answer.all().c_str());
        for (const char* name : {"hub/README.md", "hub/optimizer.pt", "hub/.git/config"})
            QCOMPARE(tiny_.scratch.read(name), std::string("words"));
        QCOMPARE(lora_says({"inspect", "--json", hub}).objects().front().at("rank").get<int>(), 2);
    }

    void a_model_is_opened_by_its_folder_in_the_hubs_cache() {
        const std::string cached = tiny_.scratch.path("hub-cache/models--org--tiny");
        fs::create_directories(cached + "/refs");
        fs::create_directories(cached + "/snapshots");
        tiny_.scratch.write("hub-cache/models--org--tiny/refs/main", "0123abcd");
        fs::copy(tiny_.model, cached + "/snapshots/0123abcd");

        const Answer about = lora_says({"inspect", "--json", cached});
        QVERIFY2(about.code == 0, about.all().c_str());
        Words words = trained_on(tiny_.data, "of-cache");
        words[3] = cached;
        const Answer run = lora_says(words);
        QVERIFY2(run.code == 0, run.all().c_str());
        QCOMPARE(lora_says(trained_on(tiny_.data, "of-folder")).code, 0);
        QCOMPARE(tiny_.adapter_bytes("of-cache"), tiny_.adapter_bytes("of-folder"));
    }

    void a_run_is_done_again_from_its_settings_and_a_word_changes_one() {
        QCOMPARE(lora_says(trained_on(tiny_.data, "first")).code, 0);
        const std::string config = tiny_.scratch.path("first/run.json");
        const auto again = [&](const std::string& out, const Words& more) {
            Words words{"train", "--json", "--config", config, "--out", tiny_.scratch.path(out)};
            words.insert(words.end(), more.begin(), more.end());
            return lora_says(words);
        };
        const Answer same = again("again", {});
        QVERIFY2(same.code == 0, same.all().c_str());
        QCOMPARE(tiny_.adapter_bytes("again"), tiny_.adapter_bytes("first"));
        const Answer other = again("other", {"--steps", "3"});
        QVERIFY2(other.code == 0, other.all().c_str());
        QCOMPARE(other.events("step").size(), std::size_t{3});
        QCOMPARE(other.events("step").at(0).at("loss"), same.events("step").at(0).at("loss"));
        const Answer wrong =
            lora_says({"train", "--config", tiny_.data, "--out", tiny_.scratch.path("never")});
        QVERIFY2(wrong.code == 1 && contains(wrong.err, "train.jsonl"), wrong.all().c_str());
    }

    void bytes_that_a_terminal_would_obey_are_printed_as_their_numbers() {
        const std::string run = tiny_.scratch.path("runs/\x1b]0;owned\x07 \xc2\x9b"
                                                   "31m caf\xc3\xa9");
        fs::create_directories(run);
        fs::create_directories(tiny_.scratch.path("plain"));
        QCOMPARE(lora_says(trained_on(tiny_.data, "plain-run")).code, 0);
        fs::copy_file(tiny_.scratch.path("plain-run/run.json"), run + "/run.json");
        fs::copy_file(tiny_.scratch.path("plain-run/events.jsonl"), run + "/events.jsonl");
        const Answer answer = lora_says({"runs", "--folder", tiny_.scratch.path("runs")});
        QVERIFY2(contains(answer.out, "\\x1b]0;owned\\x07 \\xc2\\x9b31m caf\xc3\xa9"), answer.all().c_str());
        QVERIFY(!contains(answer.out, "\x1b") && !contains(answer.out, "\x07"));
    }
};

QTEST_GUILESS_MAIN(FilesTest)
#include "files_test.moc"
