// A run's settings as JSON and back, their faults, and the equal command.

#include "engine/error.h"
#include "engine/run_settings/words.h"
#include "engine/settings/settings.h"

#include <QTest>
#include <limits>

using namespace lora;

namespace {

RunSettings usual() {
    RunSettings settings;
    settings.model = "model";
    settings.data.train = "train.jsonl";
    return settings;
}

RunSettings all_changed() {
    RunSettings settings;
    settings.model = "a model.gguf";
    settings.device = "cuda:1";
    settings.dtype = NumberType::BFloat16;
    settings.quantized = QuantizedWeights::Unpacked;
    settings.threads = 2;
    settings.method = MethodKind::LoraPlus;
    settings.method_settings = {8};
    settings.data = {"train.jsonl", "eval.jsonl", 0.25, 2000, 400, "ask=prompt", "Q: {ask}", 512, true,
        Problem::MultiLabel, true, false, true, 9};
    settings.lora = {{"re:.*(q|v)_proj", "0-5,29"}, 16, 8.5, {{"v_proj", 4}}, {{"v_proj", 2.5}}, 0.1,
        InitialA::Gaussian, "an adapter"};
    settings.training = {
        300, 3, 4, 2, true, true, false, 5e-4, Schedule::Cosine, 10, 0.01, 0, 0, 20, 4, 5, 25, 3};
    settings.training.seed = std::numeric_limits<std::uint64_t>::max();
    return settings;
}

RunSettings own_numbers_changed() {
    RunSettings settings = usual();
    settings.method_settings.d_initial = 0.2;
    settings.method_settings.adalora = {16, 5, 10, 2, 0.8, 0.9, 0.1};
    settings.method_settings.eva = {1.5, 0.9};
    return settings;
}

std::string refusal(const std::string& json) {
    try {
        run_settings(parse_json(json, "run.json"), "run.json");
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

Q_DECLARE_METATYPE(RunSettings)

class SettingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void json_brings_settings_back() {
        for (const RunSettings& settings : {RunSettings{}, all_changed(), own_numbers_changed()})
            QCOMPARE(run_settings(parse_json(to_json(settings).dump(), "run.json"), "run.json"), settings);
    }

    void fields_are_named_as_in_the_structs() {
        const Json json = to_json(all_changed());
        QCOMPARE(json["dtype"].get<std::string>(), std::string("bfloat16"));
        QCOMPARE(json["data"]["eval_split"].get<double>(), 0.25);
        QCOMPARE(json["lora"]["selection"]["layers"].get<std::string>(), std::string("0-5,29"));
        QCOMPARE(json["lora"]["init"].get<std::string>(), std::string("gaussian"));
        QCOMPARE(json["training"]["checkpoint_every"].get<int>(), 25);
        QVERIFY(to_json(RunSettings{})["training"]["steps"].is_null());
    }

    void absent_fields_keep_their_defaults() {
        RunSettings expected;
        expected.training.lr = 1;
        const Json json = parse_json(R"({"training": {"lr": 1}})", "run.json");
        QCOMPARE(run_settings(json, "run.json"), expected);
    }

    void what_an_old_run_held_out_follows_from_its_seed_as_it_did_then() {
        Json json = to_json(RunSettings{});
        json["training"]["seed"] = 7;
        json["data"]["eval_split"] = 0.25;
        QCOMPARE(recorded_settings(json, "run.json").data.split_seed, std::uint64_t{0});
        json["data"].erase("split_seed");
        QCOMPARE(recorded_settings(json, "run.json").data.split_seed, std::uint64_t{7});
        QCOMPARE(run_settings(json, "run.json").data.split_seed, std::uint64_t{0}); // those of no run
        json["data"]["eval"] = "eval.jsonl";                                        // nothing was held out
        QCOMPARE(recorded_settings(json, "run.json").data.split_seed, std::uint64_t{0});
    }

    void what_is_no_setting_is_refused_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("named");
        QTest::newRow("unknown") << QByteArray(R"({"modle": "x"})")
                                 << QByteArray("run.json: found the unknown field 'modle'");
        QTest::newRow("unknown inside")
            << QByteArray(R"({"lora": {"selection": {"layer": "1"}}})")
            << QByteArray("run.json: lora: selection: found the unknown field 'layer'");
        QTest::newRow("text for a number")
            << QByteArray(R"({"training": {"batch": "8"}})") << QByteArray("batch");
        QTest::newRow("fraction for a count")
            << QByteArray(R"({"training": {"batch": 8.5}})") << QByteArray("batch");
        QTest::newRow("number for text") << QByteArray(R"({"model": 1})") << QByteArray("model");
        QTest::newRow("list for a group") << QByteArray(R"({"data": []})") << QByteArray("data");
        QTest::newRow("negative seed") << QByteArray(R"({"training": {"seed": -1}})") << QByteArray("seed");
        QTest::newRow("too many threads")
            << QByteArray(R"({"threads": 4294967296})") << QByteArray("threads");
        QTest::newRow("dtype") << QByteArray(R"({"dtype": "float16"})")
                               << QByteArray("one of float32, bfloat16");
        QTest::newRow("method") << QByteArray(R"({"method": "lorra"})")
                                << QByteArray("method: found 'lorra', expected one of lora");
        QTest::newRow("a list") << QByteArray("[]") << QByteArray("run.json");
    }
    void what_is_no_setting_is_refused() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, named);
        const std::string why = refusal(json.toStdString());
        QVERIFY2(contains(why, named.toStdString()), why.c_str());
    }

    void words_of_values_come_back() {
        for (const NumberType value : {NumberType::Float32, NumberType::BFloat16})
            QCOMPARE(number_type(name(value)), value);
        for (const Schedule value : {Schedule::Linear, Schedule::Cosine, Schedule::Constant})
            QCOMPARE(schedule(name(value)), value);
        for (const InitialA value : {InitialA::Uniform, InitialA::Gaussian})
            QCOMPARE(initial_a(name(value)), value);
        for (const MethodKind value : method_kinds()) QCOMPARE(method_kind(name(value)), value);
    }

    void usual_settings_have_no_faults() {
        QVERIFY(faults(usual()).empty());
        QVERIFY(faults(all_changed()).empty());
    }

    void a_value_out_of_its_range_is_named_data() {
        QTest::addColumn<RunSettings>("settings");
        QTest::addColumn<QByteArray>("setting");
        QTest::addColumn<QByteArray>("found");
        const auto row = [](const char* setting, const char* found,
                             const std::function<void(RunSettings&)>& change) {
            RunSettings settings = usual();
            change(settings);
            QTest::addRow("%s %s", setting, found) << settings << QByteArray(setting) << QByteArray(found);
        };
        const double nan = std::numeric_limits<double>::quiet_NaN();
        row("model", "nothing", [](auto& s) { s.model = ""; });
        row("data.train", "nothing", [](auto& s) { s.data.train = ""; });
        row("device", "'gpu'", [](auto& s) { s.device = "gpu"; });
        row("device", "'cuda:x'", [](auto& s) { s.device = "cuda:x"; });
        row("threads", "-1", [](auto& s) { s.threads = -1; });
        row("data.eval_split", "0.6", [](auto& s) { s.data.eval_split = 0.6; });
        row("data.train_rows", "-1", [](auto& s) { s.data.train_rows = -1; });
        row("data.eval_rows", "-1", [](auto& s) { s.data.eval_rows = -1; });
        row("data.columns", "'ask'", [](auto& s) { s.data.columns = "ask"; });
        row("data.row_template", "'no column'", [](auto& s) { s.data.row_template = "no column"; });
        row("data.max_length", "1", [](auto& s) { s.data.max_length = 1; });
        row("lora.selection.targets", "nothing", [](auto& s) { s.lora.selection.targets = ""; });
        row("lora.rank", "0", [](auto& s) { s.lora.rank = 0; });
        row("lora.alpha", "0", [](auto& s) { s.lora.alpha = 0; });
        row("lora.alpha", "1e308", [](auto& s) { s.lora.alpha = 1e308; });
        row("threads", "200000", [](auto& s) { s.threads = 200'000; });
        row("lora.rank_pattern", "q_proj=0", [](auto& s) { s.lora.rank_pattern = {{"q_proj", 0}}; });
        row("lora.dropout", "1", [](auto& s) { s.lora.dropout = 1; });
        row("training.steps", "0", [](auto& s) { s.training.steps = 0; });
        row("training.epochs", "0", [](auto& s) { s.training.epochs = 0; });
        row("training.batch", "0", [](auto& s) { s.training.batch = 0; });
        row("training.accumulate", "9", [](auto& s) { s.training.accumulate = 9; });
        row("training.activation_offload", "on", [](auto& s) { s.training.activation_offload = true; });
        row("training.lr", "nan", [=](auto& s) { s.training.lr = nan; });
        row("training.warmup", "-1", [](auto& s) { s.training.warmup = -1; });
        row("training.weight_decay", "-0.1", [](auto& s) { s.training.weight_decay = -0.1; });
        row("training.clip", "-1", [](auto& s) { s.training.clip = -1; });
        row("training.eval_every", "-1", [](auto& s) { s.training.eval_every = -1; });
        row("training.patience", "-1", [](auto& s) { s.training.patience = -1; });
        row("training.patience", "3", [](auto& s) { s.training.patience = 3; }); // nothing is evaluated
        row("training.patience", "2", [](auto& s) {                              // one evaluation alone
            s.data.eval_split = 0.1;
            s.training.patience = 2;
        });
        row("training.spectrum_every", "-1", [](auto& s) { s.training.spectrum_every = -1; });
        row("training.checkpoint_every", "-1", [](auto& s) { s.training.checkpoint_every = -1; });
        row("training.checkpoint_minutes", "10081", [](auto& s) { s.training.checkpoint_minutes = 10'081; });
    }
    void a_value_out_of_its_range_is_named() {
        QFETCH(RunSettings, settings);
        QFETCH(QByteArray, setting);
        QFETCH(QByteArray, found);
        const auto said = faults(settings);
        QCOMPARE(said.size(), std::size_t(1));
        QCOMPARE(said.front().setting, setting.toStdString());
        QCOMPARE(said.front().found, found.toStdString());
    }

    void the_end_of_a_range_is_named_to_who_passed_it() {
        RunSettings settings = usual();
        settings.lora.alpha = 1e308;
        settings.training.batch = 5'000'000'000;
        settings.lora.alpha_pattern = {{"q_proj", 2e9}};
        std::vector<std::string> expected;
        for (const Fault& fault : faults(settings)) expected.push_back(fault.expected);
        QCOMPARE(expected.size(), std::size_t(3));
        for (const std::string& each : expected)
            QVERIFY2(each.ends_with(", at most 1000000000"), each.c_str());
        settings.lora.alpha = 0;
        QCOMPARE(faults(settings).front().expected, std::string("a number above 0"));
    }

    void all_faults_are_told_at_once() {
        RunSettings settings = usual();
        settings.lora.rank = 0;
        settings.training.lr = -1;
        QCOMPARE(faults(settings).size(), std::size_t(2));
    }

    void options_at_their_default_are_left_out_of_the_command() {
        QCOMPARE(equal_command(usual(), "run"),
            std::string("lora train --model model --data train.jsonl --out run"));
    }

    void a_methods_own_numbers_are_in_the_command() {
        const std::string command = equal_command(own_numbers_changed(), "run");
        QVERIFY(contains(command, " --d-initial 0.2"));
        QVERIFY(
            contains(command, " --adalora-init-r 16 --adalora-tinit 5 --adalora-tfinal 10 --adalora-delta-t 2"
                              " --adalora-beta1 0.8 --adalora-beta2 0.9 --adalora-orth-reg-weight 0.1"));
        QVERIFY(contains(command, " --eva-rho 1.5 --eva-tau 0.9"));
    }

    void options_that_differ_are_in_the_command() {
        RunSettings settings = all_changed();
        settings.lora.adapter = "";
        settings.training.seed = 7;
        settings.training.epochs = 1;
        QCOMPARE(equal_command(settings, "it's a run"),
            std::string(
                "lora train --model 'a model.gguf' --data train.jsonl --out 'it'\\''s a run' --device cuda:1"
                " --dtype bfloat16 --quantized unpacked --threads 2 --eval eval.jsonl --eval-split 0.25"
                " --split-seed 9 --train-rows 2000 --eval-rows 400 --columns ask=prompt --row-template 'Q: "
                "{ask}'"
                " --problem-type multi_label_classification --max-length 512 --packing --last-turn "
                "--deduplicate"
                " --no-shuffle --method lora-plus "
                "--loraplus-lr-ratio 8"
                " --targets 're:.*(q|v)_proj' --layers 0-5,29 --rank 16 --alpha 8.5 --rank-pattern v_proj=4"
                " --alpha-pattern v_proj=2.5 --dropout 0.1 --init gaussian --lr 0.0005 --steps 300 --batch 4"
                " --schedule cosine --accumulate 2 --gradient-checkpointing --activation-offload"
                " --no-cuda-graphs --warmup 10 --weight-decay 0.01 --clip 0 --seed 7 --eval-every 20"
                " --patience 4 --spectrum-every 5 --checkpoint-every 25 --checkpoint-minutes 3"));
    }

    void vera_begins_with_a_high_rank_and_its_own_d() {
        RunSettings settings = defaults_of(MethodKind::Vera);
        settings.model = "model";
        settings.data.train = "train.jsonl";
        QVERIFY(faults(settings).empty());
        const std::string usual = "lora train --model model --data train.jsonl --out run --method vera";
        QCOMPARE(equal_command(settings, "run"), usual);
        settings.method_settings.d_initial = 0.2;
        QCOMPARE(equal_command(settings, "run"), usual + " --d-initial 0.2");
    }

    void alpha_at_twice_the_rank_is_the_default() {
        RunSettings settings = usual();
        settings.lora.rank = 4;
        settings.lora.alpha = 8;
        QVERIFY(equal_command(settings, "run").ends_with("--rank 4"));
        settings.lora.alpha = 16;
        QVERIFY(equal_command(settings, "run").ends_with("--rank 4 --alpha 16"));
    }

    void an_adapter_to_start_from_stands_for_what_it_decides() {
        RunSettings settings = usual();
        settings.lora.adapter = "before";
        settings.lora.rank = 32;
        QVERIFY(equal_command(settings, "run").ends_with("--out run --adapter before"));
    }

    void words_a_shell_would_change_are_quoted_data() {
        QTest::addColumn<QByteArray>("word");
        QTest::addColumn<QByteArray>("quoted");
        QTest::newRow("plain") << QByteArray("/a/b-c_d.e:f") << QByteArray(" /a/b-c_d.e:f");
        QTest::newRow("variable") << QByteArray("$HOME") << QByteArray(" '$HOME'");
        QTest::newRow("quote") << QByteArray("a'b") << QByteArray(" 'a'\\''b'");
        QTest::newRow("home") << QByteArray("~") << QByteArray(" '~'");
        QTest::newRow("none") << QByteArray("") << QByteArray(" NEW-FOLDER"); // to be filled in
        QTest::newRow("hyphen first") << QByteArray("-x") << QByteArray("=-x");
        QTest::newRow("umlaut") << QByteArray("é") << QByteArray(" 'é'");
    }
    void words_a_shell_would_change_are_quoted() {
        QFETCH(QByteArray, word);
        QFETCH(QByteArray, quoted);
        const std::string command = equal_command(usual(), word.toStdString());
        QVERIFY2(command.ends_with("--out" + quoted.toStdString()), command.c_str());
    }
};

QTEST_GUILESS_MAIN(SettingsTest)
#include "settings_test.moc"
