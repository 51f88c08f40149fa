// Which linears words select, and the shortest words for a selection.

#include "engine/error.h"
#include "engine/targets/targets.h"
#include "tests/smollm2_shapes.h"

#include <QTest>
#include <random>

using namespace lora;

namespace {

using Linears = std::vector<LinearInfo>;
using Paths = std::vector<std::string>;

Linears bert() {
    Linears linears;
    for (std::int64_t layer = 0; layer < 3; ++layer) {
        const std::string block = "bert.encoder.layer." + std::to_string(layer) + ".";
        for (const char* module : {"query", "key", "value"})
            linears.push_back({block + "attention.self." + module, layer, module, "self", 4, 4});
        linears.push_back({block + "attention.output.dense", layer, "dense", "output", 4, 4});
        linears.push_back({block + "intermediate.dense", layer, "dense", "intermediate", 4, 16});
        linears.push_back({block + "output.dense", layer, "dense", "output", 16, 4});
    }
    linears.push_back({"bert.pooler.dense", -1, "dense", "", 4, 4});
    linears.push_back({"classifier", -1, "classifier", "", 4, 2});
    return linears;
}

Linears gpt2() {
    Linears linears;
    for (std::int64_t layer = 0; layer < 12; ++layer) {
        const std::string block = "transformer.h." + std::to_string(layer) + ".";
        linears.push_back({block + "attn.c_attn", layer, "c_attn", "attn", 4, 12});
        linears.push_back({block + "attn.c_proj", layer, "c_proj", "attn", 4, 4});
        linears.push_back({block + "mlp.c_fc", layer, "c_fc", "mlp", 4, 16});
        linears.push_back({block + "mlp.c_proj", layer, "c_proj", "mlp", 16, 4});
    }
    return linears;
}

Linears gemma4() {
    Linears linears{{"model.per_layer_model_projection", -1, "per_layer_model_projection", "", 4, 6}};
    for (std::int64_t layer = 0; layer < 2; ++layer) {
        const std::string block = "model.layers." + std::to_string(layer) + ".";
        linears.push_back({block + "self_attn.q_proj", layer, "q_proj", "self_attn", 4, 4});
        linears.push_back({block + "mlp.up_proj", layer, "up_proj", "mlp", 4, 4});
        linears.push_back({block + "per_layer_input_gate", layer, "per_layer_input_gate", "", 4, 3});
        linears.push_back({block + "per_layer_projection", layer, "per_layer_projection", "", 3, 4});
    }
    linears.push_back({"lm_head", -1, "lm_head", "", 4, 9});
    return linears;
}

Paths ending_in(const Linears& linears, const std::vector<std::string>& names) {
    Paths paths;
    for (const LinearInfo& linear : linears)
        for (const std::string& name : names)
            if (linear.path.ends_with("." + name)) paths.push_back(linear.path);
    return paths;
}

std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

class TargetsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void presets_name_the_parts_of_every_family_data() {
        QTest::addColumn<int>("family");
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("names");
        QTest::newRow("llama qv") << 0 << "attention-qv"
                                  << "q_proj,v_proj";
        QTest::newRow("llama attention") << 0 << "attention"
                                         << "q_proj,k_proj,v_proj,o_proj";
        QTest::newRow("llama mlp") << 0 << "mlp"
                                   << "gate_proj,up_proj,down_proj";
        QTest::newRow("bert qv") << 1 << "attention-qv"
                                 << "query,value";
        QTest::newRow("bert attention") << 1 << "attention"
                                        << "query,key,value,attention.output.dense";
        QTest::newRow("gpt2 qv") << 2 << "attention-qv"
                                 << "c_attn";
        QTest::newRow("gpt2 attention") << 2 << "attention"
                                        << "c_attn,attn.c_proj";
        QTest::newRow("gpt2 mlp") << 2 << "mlp"
                                  << "c_fc,mlp.c_proj";
    }
    void presets_name_the_parts_of_every_family() {
        QFETCH(int, family);
        QFETCH(QString, preset);
        QFETCH(QString, names);
        const Linears linears = family == 0 ? smollm2().linears : family == 1 ? bert() : gpt2();
        std::vector<std::string> endings;
        for (const QString& name : names.split(QLatin1Char(','))) endings.push_back(name.toStdString());
        QCOMPARE(select_targets(linears, {preset.toStdString(), ""}), ending_in(linears, endings));
    }

    void mlp_and_attention_share_no_linear_and_make_all_linears() {
        for (const Linears& linears : {smollm2().linears, bert(), gpt2()}) {
            const auto count = [&](const char* preset) {
                return select_targets(linears, {preset, ""}).size();
            };
            QCOMPARE(count("attention") + count("mlp"), count("all-linear"));
        }
    }

    void all_linears_are_those_of_the_blocks() {
        const auto paths = select_targets(smollm2().linears, {"all-linear", ""});
        QCOMPARE(paths.size(), std::size_t(210));
        QVERIFY(std::find(paths.begin(), paths.end(), "lm_head") == paths.end());
    }

    void inputs_of_layers_are_neither_attention_nor_mlp_and_among_all_linears() {
        QCOMPARE(select_targets(gemma4(), {"attention", ""}), ending_in(gemma4(), {"q_proj"}));
        QCOMPARE(select_targets(gemma4(), {"mlp", ""}), ending_in(gemma4(), {"up_proj"}));
        QCOMPARE(select_targets(gemma4(), {"all-linear", ""}).size(), gemma4().size() - 1);
        QCOMPARE(select_targets(gemma4(), {"all-linear", "1"}).size(), std::size_t(4));
    }

    void a_name_matches_the_last_parts_of_a_path_as_in_peft_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("matches");
        QTest::newRow("the last part") << "q_proj" << 30;
        QTest::newRow("two parts") << "mlp.up_proj" << 30;
        QTest::newRow("parts with a block") << "3.self_attn.q_proj" << 1;
        QTest::newRow("a whole path") << "model.layers.3.self_attn.q_proj" << 1;
        QTest::newRow("the head") << "lm_head" << 1;
        QTest::newRow("a list with spaces") << " q_proj , v_proj" << 60;
        QTest::newRow("a list that names one twice") << "q_proj,self_attn.q_proj" << 30;
    }
    void a_name_matches_the_last_parts_of_a_path_as_in_peft() {
        QFETCH(QString, name);
        QTEST(
            static_cast<int>(select_targets(smollm2().linears, {name.toStdString(), ""}).size()), "matches");
    }

    void part_of_a_word_matches_nothing_and_says_what_there_is() {
        for (const char* name : {"proj", "_proj", "self_attn", "q_proj,", "model.layers", ""}) {
            const std::string why = refusal([&] { select_targets(smollm2().linears, {name, ""}); });
            QVERIFY2(contains(why, "matches nothing"), why.c_str());
            QVERIFY2(contains(why, "self_attn.q_proj, self_attn.k_proj"), why.c_str());
            QVERIFY2(contains(why, "lm_head"), why.c_str());
        }
    }

    void one_word_of_a_list_that_matches_nothing_is_named() {
        const std::string why = refusal([] { select_targets(smollm2().linears, {"q_proj,w_proj", ""}); });
        QVERIFY2(contains(why, "'w_proj'"), why.c_str());
    }

    void a_pattern_matches_the_whole_path() {
        const Linears linears = smollm2().linears;
        QCOMPARE(select_targets(linears, {R"(re:.*\.(1|2)\.mlp\.(up|down)_proj)", ""}),
            (Paths{"model.layers.1.mlp.up_proj", "model.layers.1.mlp.down_proj", "model.layers.2.mlp.up_proj",
                "model.layers.2.mlp.down_proj"}));
        QVERIFY(contains(refusal([&] { select_targets(linears, {"re:q_proj", ""}); }), "matches nothing"));
        QVERIFY(contains(refusal([&] { select_targets(linears, {"re:model|x", ""}); }), "matches nothing"));
    }

    void a_pattern_that_is_none_is_refused_data() {
        QTest::addColumn<QString>("pattern");
        QTest::newRow("open parenthesis") << "re:(q_proj";
        QTest::newRow("parentheses that pair only with ours") << "re:.*q_proj)|(.*";
        QTest::newRow("nothing to repeat") << "re:*q_proj";
        QTest::newRow("one that never ends") << "re:(([a-z._]|[a-z._0-9])+)+[!?]";
    }
    void a_pattern_that_is_none_is_refused() {
        QFETCH(QString, pattern);
        const std::string why = refusal([&] {
            select_targets(smollm2().linears, {pattern.toStdString(), ""});
        });
        QVERIFY2(contains(why, "{lora.selection.targets}"), why.c_str());
        QVERIFY2(!contains(why, "matches nothing"), why.c_str());
    }

    void layers_keep_their_blocks() {
        QCOMPARE(select_targets(smollm2().linears, {"q_proj", "0-1,29"}),
            (Paths{"model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj",
                "model.layers.29.self_attn.q_proj"}));
        QVERIFY(contains(refusal([] {
            select_targets(smollm2().linears, {"q_proj,lm_head", "0"});
        }),
            "'lm_head', which matches nothing in these layers"));
    }

    void layer_words_become_block_numbers() {
        using Numbers = std::vector<std::int64_t>;
        QCOMPARE(parse_layers("0-5,29", 30), (Numbers{0, 1, 2, 3, 4, 5, 29}));
        QCOMPARE(parse_layers(" 7 , 3 - 4 ,3", 30), (Numbers{3, 4, 7}));
    }

    void layer_words_that_are_none_are_refused_data() {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("named");
        for (const char* words : {"", "a", "1-", "-1", "5-3", "1,,2", "1-2-3", "0x3", "99999999999999999999"})
            QTest::addRow("'%s'", words) << words << words;
        QTest::newRow("beyond the last") << "28-30"
                                         << "found 30, expected block numbers from 0 to 29";
        QTest::newRow("far beyond") << "0-9223372036854775807"
                                    << "from 0 to 29";
    }
    void layer_words_that_are_none_are_refused() {
        QFETCH(QString, words);
        QFETCH(QString, named);
        const std::string why = refusal([&] { parse_layers(words.toStdString(), 30); });
        QVERIFY2(contains(why, "{lora.selection.layers}"), why.c_str());
        if (words != named) QVERIFY2(contains(why, named.toStdString()), why.c_str());
    }

    void selections_are_described_by_their_shortest_words_data() {
        QTest::addColumn<QString>("targets");
        QTest::addColumn<QString>("layers");
        QTest::newRow("preset") << "attention-qv"
                                << "";
        QTest::newRow("preset in layers") << "mlp"
                                          << "0-5,29";
        QTest::newRow("all") << "all-linear"
                             << "";
        QTest::newRow("names") << "q_proj,o_proj"
                               << "";
        QTest::newRow("names in layers") << "k_proj,down_proj"
                                         << "3";
        QTest::newRow("head") << "lm_head"
                              << "";
        QTest::newRow("preset's module and head") << "q_proj,lm_head"
                                                  << "";
    }
    void selections_are_described_by_their_shortest_words() {
        QFETCH(QString, targets);
        QFETCH(QString, layers);
        const Linears linears = smollm2().linears;
        const TargetSelection words{targets.toStdString(), layers.toStdString()};
        QCOMPARE(describe_targets(linears, select_targets(linears, words)), words);
    }

    void modules_of_one_name_are_told_apart_by_their_group() {
        const Linears linears = gpt2();
        const TargetSelection words{"attn.c_proj,c_fc", "2-4"};
        QCOMPARE(describe_targets(linears, select_targets(linears, words)), words);
    }

    void modules_in_different_layers_share_branches_of_a_pattern() {
        const Linears linears = smollm2().linears;
        Paths paths = select_targets(linears, {"attention-qv", "0-9"});
        for (const std::string& path : select_targets(linears, {"up_proj", "10-19"})) paths.push_back(path);
        const TargetSelection words = describe_targets(linears, paths);
        QCOMPARE(words.targets,
            std::string(R"(re:model\.layers\.(0|1|2|3|4|5|6|7|8|9)(\.self_attn\.q_proj|\.self_attn\.v_proj))"
                        R"(|model\.layers\.(10|11|12|13|14|15|16|17|18|19)\.mlp\.up_proj)"));
        QCOMPARE(words.layers, std::string());
        QCOMPARE(select_targets(linears, words), paths);
    }

    void any_subset_comes_back_from_its_description() {
        std::mt19937 random(7);
        for (const Linears& linears : {smollm2().linears, bert(), gpt2()})
            for (int round = 0; round < 200; ++round) {
                const auto share = std::uniform_int_distribution<unsigned>(1, 100)(random);
                Paths paths;
                for (const LinearInfo& linear : linears)
                    if (random() % 100 < share) paths.push_back(linear.path);
                if (paths.empty()) continue;
                QCOMPARE(select_targets(linears, describe_targets(linears, paths)), paths);
            }
    }

    void paths_that_the_model_lacks_are_left_out_of_the_description() {
        const Linears linears = smollm2().linears;
        QCOMPARE(describe_targets(linears, {"lm_head", "elsewhere"}), (TargetSelection{"lm_head", ""}));
        QCOMPARE(describe_targets(linears, {}), (TargetSelection{"", ""}));
    }

    void names_with_marks_of_a_pattern_are_still_described() {
        const Linears linears = {{"a.0.x(+y", 0, "x(+y", "", 1, 1}, {"a.1.x(+y", 1, "x(+y", "", 1, 1},
            {"b,c", -1, "b,c", "", 1, 1}, {"mlp", -1, "mlp", "", 1, 1}, {"re:x", -1, "re:x", "", 1, 1}};
        for (unsigned mask = 1; mask < 32; ++mask) {
            Paths paths;
            for (unsigned i = 0; i < linears.size(); ++i)
                if (mask & (1u << i)) paths.push_back(linears[i].path);
            QCOMPARE(select_targets(linears, describe_targets(linears, paths)), paths);
        }
    }
};

QTEST_GUILESS_MAIN(TargetsTest)
#include "targets_test.moc"
