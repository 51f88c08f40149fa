// The verbs that look at a trained adapter and give it other forms, on a tiny model.

#include "engine/adapters/adapter.h"
#include "engine/adapters/peft.h"
#include "engine/architectures/catalog.h"
#include "engine/models/safetensors_tensors.h"
#include "tests/command/command.h"
#include "tests/files/scratch.h"
#include "tests/tiny_adapter.h"
#include "tests/tiny_model.h"

#include <QTest>

using namespace lora;

class LaboratoryVerbsTest : public QObject {
    Q_OBJECT

    Scratch scratch_;
    std::string model_ = tiny::write_model(scratch_.path("model"));
    std::string data_ = scratch_.write("data.jsonl", tiny::lines(8));
    std::string first_ = tiny::write_adapter(model_, scratch_.path("first"), 1);
    std::string second_ = tiny::write_adapter(model_, scratch_.path("second"), 2);

    double loss_with(const Words& words) const {
        Words all{"evaluate", "--json", "--device", "cpu", "--data", data_};
        all.insert(all.end(), words.begin(), words.end());
        return lora_says(all).events("evaluation").at(0).at("loss").get<double>();
    }

private Q_SLOTS:
    void a_spectrum_beside_the_model_has_the_papers_table() {
        const Answer answer = lora_says({"spectrum", first_, "--model", model_, "--device", "cpu",
            "--directions", "--intruders", "--json"});
        QVERIFY2(answer.code == 0, answer.all().c_str());
        const auto all = answer.events("spectrum");
        QCOMPARE(all.size(), std::size_t{14});
        for (const Json& one : all) {
            QCOMPARE(one.at("frobenius").get<double>(), one.at("update_norm").get<double>());
            QVERIFY(one.at("amplification").get<double>() > 0);
            QVERIFY(one.at("top_norm").get<double>() >= one.at("projected_norm").get<double>());
            QVERIFY(one.at("intruders").contains("count"));
        }
    }

    void intruders_need_a_model() { QCOMPARE(lora_says({"spectrum", first_, "--intruders"}).code, 2); }

    void two_adapters_are_compared_and_a_trap_is_warned_of() {
        const Answer apart = lora_says({"compare", first_, second_, "--json"});
        QVERIFY2(apart.code == 0, apart.all().c_str());
        QCOMPARE(apart.events("similarity").size(), std::size_t{14});
        QCOMPARE(apart.events("similarity").at(0).at("phi_A").size(), std::size_t{4});
        QVERIFY(apart.events("warning").empty());
        const Answer same = lora_says({"compare", first_, first_});
        QVERIFY2(contains(same.err, "began as the same random A"), same.all().c_str());
        QVERIFY2(contains(same.out, "push the same way"), same.all().c_str());
    }

    void a_truncated_adapter_costs_what_the_advice_says() {
        const Answer advice =
            lora_says({"advise", first_, "--model", model_, "--data", data_, "--device", "cpu", "--json"});
        QVERIFY2(advice.code == 0, advice.all().c_str());
        const auto ranks = advice.events("rank");
        QCOMPARE(ranks.size(), std::size_t{4}); // 0 1 2 4
        const Answer cut =
            lora_says({"truncate", first_, "--rank", "2", "--out", scratch_.path("rank 2"), "--json"});
        QVERIFY2(cut.code == 0, cut.all().c_str());
        QCOMPARE(cut.events("truncated").at(0).at("parameters"), ranks.at(2).at("parameters"));
        const double loss = loss_with({"--model", model_, "--adapter", scratch_.path("rank 2")});
        QVERIFY(std::abs(loss - ranks.at(2).at("loss").get<double>()) <= 1e-5);
        QVERIFY(std::abs(loss_with({"--model", model_}) - ranks.at(0).at("loss").get<double>()) <= 1e-5);
    }

    void a_runs_adapter_is_measured_on_the_rows_that_the_run_held_out() {
        const std::string run = scratch_.path("run");
        const Answer trained = lora_says({"train", "--model", model_, "--device", "cpu", "--data", data_,
            "--out", run, "--steps", "4", "--eval-split", "0.25", "--split-seed", "3", "--json"});
        QVERIFY2(trained.code == 0, trained.all().c_str());
        const double loss = trained.events("evaluation").back().at("loss").get<double>();
        const auto last_rank = [&](Words words) {
            for (const char* each : {"--model", model_.c_str(), "--device", "cpu", "--json"})
                words.emplace_back(each);
            const Answer answer = lora_says(words);
            return answer.code == 0 ? answer.events("rank").back().at("loss").get<double>() : -1.0;
        };
        const Words split{"--data", data_, "--eval-split", "0.25", "--split-seed", "3"};
        QVERIFY(std::abs(last_rank({"advise", run}) - loss) <= 1e-5);
        QVERIFY(std::abs(last_rank({"advise", run + "/adapter"}) - loss) <= 1e-5);
        Words by_hand{"advise", run};
        by_hand.insert(by_hand.end(), split.begin(), split.end());
        QVERIFY(std::abs(last_rank(by_hand) - loss) <= 1e-5);
        QVERIFY(std::abs(last_rank({"advise", run, "--data", data_}) - loss) > 1e-4);

        const Answer advice = lora_says({"advise", run, "--model", model_, "--device", "cpu"});
        QVERIFY2(contains(advice.out, "Measured on 2 held-out rows."), advice.all().c_str());
        QCOMPARE(lora_says({"advise", first_, "--model", model_, "--device", "cpu"}).code, 2);
    }

    void a_size_is_asked_for_once() {
        const std::string out = scratch_.path("never");
        QCOMPARE(lora_says({"truncate", first_, "--out", out}).code, 2);
        QCOMPARE(lora_says({"truncate", first_, "--rank", "2", "--energy", "0.9", "--out", out}).code, 2);
        QCOMPARE(lora_says({"truncate", first_, "--energy", "1.5", "--out", out}).code, 2);
    }

    void a_merged_model_has_the_adapters_loss() {
        const Answer answer = lora_says(
            {"merge", "--model", model_, "--adapter", first_, "--out", scratch_.path("merged"), "--json"});
        QVERIFY2(answer.code == 0, answer.all().c_str());
        const double in_place = loss_with({"--model", model_, "--adapter", first_});
        QVERIFY(std::abs(loss_with({"--model", scratch_.path("merged")}) - in_place) <= 1e-5);
    }

    void an_export_is_written() {
        const std::string file = scratch_.path("adapter.gguf");
        const Answer answer = lora_says({"export", first_, "--model", model_, "--gguf", file, "--json"});
        QVERIFY2(answer.code == 0, answer.all().c_str());
        QCOMPARE(answer.events("exported").at(0).at("bytes").get<std::size_t>(),
            scratch_.read("adapter.gguf").size());
        QCOMPARE(scratch_.read("adapter.gguf").substr(0, 4), std::string("GGUF"));
    }

    void an_export_goes_over_another_export_and_over_nothing_else() {
        const std::string file = scratch_.path("again.gguf");
        for (int time = 0; time < 2; ++time)
            QCOMPARE(lora_says({"export", first_, "--model", model_, "--gguf", file}).code, 0);
        scratch_.write("model.gguf", "GGUF, and a model's weights");
        const Answer refused =
            lora_says({"export", first_, "--model", model_, "--gguf", scratch_.path("model.gguf")});
        QCOMPARE(refused.code, 1);
        QVERIFY2(
            contains(refused.err, "model.gguf: found a file that is no GGUF adapter"), refused.err.c_str());
        QCOMPARE(scratch_.read("model.gguf"), std::string("GGUF, and a model's weights"));
    }

    void an_adapter_without_a_configuration_is_opened_with_a_warning() {
        const std::string file = scratch_.write("loralib.safetensors",
            tensors_as_safetensors({{"query.lora_A", at::ones({2, 6})}, {"query.lora_B", at::ones({4, 2})}}));
        const Answer plain = lora_says({"spectrum", file, "--json"});
        QCOMPARE(plain.events("warning").size(), std::size_t{1});
        const double norm = plain.events("spectrum").at(0).at("frobenius").get<double>();
        const Answer given = lora_says({"spectrum", file, "--alpha", "6", "--json"});
        QVERIFY(given.events("warning").empty());
        QCOMPARE(
            given.events("spectrum").at(0).at("frobenius").get<double>(), 3 * norm); // 6 / 2 instead of 1
    }
};

QTEST_GUILESS_MAIN(LaboratoryVerbsTest)
#include "laboratory_test.moc"
