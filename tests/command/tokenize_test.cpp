// lora tokenize --data, and what a dry run says of the data.

#include "tests/command/tiny_training.h"

#include <QTest>

using namespace lora;

class TokenizeTest : public QObject {
    Q_OBJECT

    TinyTraining training_;
    std::string data_ = training_.scratch.write("rows.jsonl",
        "{\"prompt\": \"What is\", \"completion\": \" it\"}\n"
        "{\"prompt\": \"What is\", \"completion\": \" it\"}\n"
        "{\"prompt\": \"What is\", \"completion\": \" a long answer that goes on behind the limit\"}\n"
        "{\"prompt\": \"A prompt that fills the whole room and more\", \"completion\": \" x\"}\n");

    Answer tokenized(const Words& more) const {
        Words words{"tokenize", "--model", training_.model, "--data", data_, "--max-length", "12"};
        words.insert(words.end(), more.begin(), more.end());
        return lora_says(words);
    }

private Q_SLOTS:
    void rows_come_with_their_mask_and_counts_of_all_at_the_end() {
        const Answer answer = tokenized({"--json", "--rows", "3"});
        QVERIFY2(answer.code == 0, answer.all().c_str());
        const auto rows = answer.events("row");
        QCOMPARE(rows.size(), std::size_t(3));
        for (const Json& row : rows) {
            QCOMPARE(row.at("ids").size(), row.at("learned").size());
            QCOMPARE(row.at("ids").size(), row.at("tokens").size());
            QVERIFY(row.at("ids").size() <= 12);
        }
        QVERIFY(rows[2].at("cut").get<bool>());
        const Json data = answer.objects().back();
        QCOMPARE(data.at("event"), "data");
        QCOMPARE(data.at("rows"), 4);
        QCOMPARE(data.at("duplicates"), 1);
        QCOMPARE(data.at("cut"), 1);
        QCOMPARE(data.at("left_out"), 1);
    }

    void rows_can_be_read_by_people() {
        const Answer answer = tokenized({"--rows", "1"});
        QVERIFY2(answer.code == 0, answer.all().c_str());
        for (const char* part : {"line 1: ", "\n  read      What is\n", "\n  learned    it", "4 rows read",
                 "1 sample is the same as an earlier one"})
            QVERIFY2(contains(answer.out, part), answer.out.c_str());
        QVERIFY(!contains(answer.out, "line 2: "));
    }

    void a_wrong_row_is_told_before_anything_is_printed() {
        const std::string wrong =
            training_.scratch.write("wrong.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"a\":1}\n");
        const Answer answer = lora_says({"tokenize", "--model", training_.model, "--data", wrong});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.empty() && contains(answer.err, "wrong.jsonl: line 2"), answer.all().c_str());
    }

    void a_dry_run_says_the_same_counts() {
        const Answer counted = tokenized({"--json", "--rows", "0"});
        const Answer dry = lora_says({"train", "--dry-run", "--json", "--model", training_.model, "--data",
            data_, "--max-length", "12"});
        QVERIFY2(dry.code == 0, dry.all().c_str());
        QCOMPARE(dry.events("data").size(), std::size_t(1));
        for (const char* field : {"rows", "samples", "cut", "left_out", "duplicates", "tokens",
                 "learned_tokens", "packs", "pack_fill", "read_as"})
            QCOMPARE(dry.events("data").front().at(field), counted.objects().back().at(field));
    }

    void a_dry_run_refuses_what_training_refuses_to_begin_with() {
        const std::string nothing = training_.scratch.path("no-adapter");
        const Words words{"train", "--model", training_.model, "--data", data_, "--device", "cpu"};
        for (const Words& more :
            {Words{"--adapter", nothing}, Words{"--gradient-checkpointing", "--activation-offload"}}) {
            Words dry = words, real = words;
            dry.insert(dry.end(), more.begin(), more.end());
            real.insert(real.end(), more.begin(), more.end());
            dry.emplace_back("--dry-run");
            real.insert(real.end(), {"--out", training_.scratch.path("never")});
            QCOMPARE(lora_says(real).code, 1);
            const Answer answer = lora_says(dry);
            QVERIFY2(answer.code == 1, answer.all().c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TokenizeTest)
#include "tokenize_test.moc"
