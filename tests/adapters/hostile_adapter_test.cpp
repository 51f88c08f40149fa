// Adapter folders with one thing wrong, and adapters that do not fit the model.

#include "engine/adapters/peft.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <filesystem>
#include <functional>
#include <limits>

using namespace lora;

namespace {

const std::string q_proj = "model.layers.0.self_attn.q_proj";
const std::string key_A = "base_model.model." + q_proj + ".lora_A.weight";
const std::string key_B = "base_model.model." + q_proj + ".lora_B.weight";

/// An adapter folder as PEFT would write it, to be spoilt in one place.
struct Parts {
    Json config = Json::parse(R"({"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8,
        "target_modules": ["q_proj"], "bias": "none"})");
    std::vector<NamedTensor> tensors = {{key_A, at::ones({4, 32})}, {key_B, at::ones({32, 4})}};
    std::string config_text; ///< in place of `config`
};

using Spoil = std::function<void(Parts&)>;

Spoil config_field(const std::string& key, const char* value) {
    return [=](Parts& parts) { parts.config[key] = Json::parse(value); };
}

std::string refusal(const Scratch& scratch, const Spoil& spoil) {
    Parts parts;
    spoil(parts);
    std::filesystem::create_directories(scratch.path("adapter"));
    scratch.write(
        "adapter/adapter_config.json", parts.config_text.empty() ? parts.config.dump() : parts.config_text);
    scratch.write("adapter/adapter_model.safetensors", tensors_as_safetensors(parts.tensors));
    return message_of<Error>([&] { read_peft(scratch.path("adapter"), at::kCPU); });
}

TargetUpdate target(const std::string& path, std::int64_t in, std::int64_t out) {
    return {path, 8, {.A = at::ones({4, in}), .B = at::zeros({out, 4}), .scale = 2}};
}

} // namespace

Q_DECLARE_METATYPE(Spoil)

class HostileAdapterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_folder_that_is_spoilt_below_is_good() {
        const Scratch scratch;
        QCOMPARE(refusal(scratch, [](Parts&) {}), std::string("nothing was thrown"));
    }

    void a_wrong_folder_is_refused_data() {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const Spoil& spoil, const char* message) {
            QTest::newRow(name) << spoil << QString::fromUtf8(message);
        };
        row(
            "no B", [](Parts& parts) { parts.tensors.pop_back(); },
            "q_proj: found lora_A alone, expected both lora_A and lora_B");
        row(
            "no A", [](Parts& parts) { parts.tensors.erase(parts.tensors.begin()); },
            "q_proj: found lora_B alone");
        row(
            "no tensors", [](Parts& parts) { parts.tensors.clear(); }, "found no tensors");
        row(
            "a tensor more",
            [](Parts& parts) {
                parts.tensors.push_back({"lm_head.weight", at::ones({2, 2})});
            },
            "tensor 'lm_head.weight': found a tensor that is no part of an adapter");
        row(
            "A twice, under two names",
            [](Parts& parts) {
                parts.tensors.push_back({q_proj + ".lora_A", at::zeros({4, 32})});
            },
            "found lora_A a second time");
        row(
            "A with three dimensions",
            [](Parts& parts) {
                parts.tensors[0].tensor = at::ones({4, 32, 1});
            },
            "found 3 dimensions, expected 2");
        row(
            "A and B of two ranks",
            [](Parts& parts) {
                parts.tensors[1].tensor = at::ones({32, 3});
            },
            "found lora_A of rank 4 and lora_B of rank 3");
        row("another rank than r", config_field("r", "8"),
            "found rank 4, expected rank 8 as adapter_config.json says");
        row(
            "NaN in A",
            [](Parts& parts) { parts.tensors[0].tensor[2][3] = std::numeric_limits<float>::quiet_NaN(); },
            "lora_A.weight': found values that are not finite");
        row(
            "infinity in B",
            [](Parts& parts) { parts.tensors[1].tensor[2][3] = std::numeric_limits<float>::infinity(); },
            "lora_B.weight': found values that are not finite");
        row("r of 0", config_field("r", "0"), "adapter_config.json: r: found 0, expected an integer from 1");
        row("r of a thousand million", config_field("r", "1000000000"), "r: found 1000000000");
        row("r negative", config_field("r", "-4"), "r: found -4");
        row("r a word", config_field("r", "\"four\""), "r: found \"four\"");
        row("a rank of 0 in a pattern", config_field("rank_pattern", R"({"q_proj": 0})"),
            "rank_pattern: q_proj: found 0");
        row("a pattern that does not compile", config_field("rank_pattern", "{\"(q_proj\": 4}"), "(q_proj");
        row("alpha a word", config_field("lora_alpha", "\"16\""), "lora_alpha: found \"16\"");
        row("dropout of 1", config_field("lora_dropout", "1.0"), "lora_dropout");
        row("another method", config_field("peft_type", "\"IA3\""), "peft_type: found 'IA3', expected LORA");
        row(
            "no method", [](Parts& parts) { parts.config.erase("peft_type"); }, "peft_type: found nothing");
        row("a start that changes the base", config_field("init_lora_weights", "\"pissa\""),
            "init_lora_weights: found 'pissa'");
        row("a field of the future", config_field("use_something_new", "true"),
            "use_something_new: found true, expected nothing; this is not built here");
        row(
            "a config that is no JSON", [](Parts& parts) { parts.config_text = "r: 4\n"; },
            "adapter_config.json: line 1, column");
        row(
            "a config that is a list", [](Parts& parts) { parts.config_text = "[4]"; },
            "adapter_config.json: found a list, expected a JSON object");
    }
    void a_wrong_folder_is_refused() {
        QFETCH(Spoil, spoil);
        QFETCH(QString, message);
        const Scratch scratch;
        const std::string told = refusal(scratch, spoil);
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

    void thousands_of_patterns_on_hundreds_of_linears_are_read_and_more_are_refused() {
        const auto patterned = [](int patterns) -> Spoil {
            return [patterns](Parts& parts) {
                parts.tensors.clear();
                for (int i = 0; i < 400; ++i)
                    for (const char* side : {"lora_A", "lora_B"})
                        parts.tensors.push_back(
                            {"model.layers." + std::to_string(i) + ".q_proj." + side + ".weight",
                                at::ones({4, 4})});
                for (int i = 0; i < patterns; ++i)
                    parts.config["rank_pattern"]["(a+)+" + std::to_string(i)] = 4;
            };
        };
        const Scratch scratch;
        QCOMPARE(refusal(scratch, patterned(3000)), std::string("nothing was thrown"));
        const std::string told = refusal(scratch, patterned(10'001));
        QVERIFY2(contains(told, "rank_pattern: found 10001 names, expected at most 10000"), told.c_str());
    }

    void a_folder_without_its_files_says_which() {
        const Scratch scratch;
        const auto told = [&] {
            return message_of<Error>([&] { read_peft(scratch.path("adapter"), at::kCPU); });
        };
        QVERIFY(contains(told(), "found no adapter_config.json"));
        std::filesystem::create_directories(scratch.path("adapter"));
        scratch.write("adapter/adapter_config.json", Parts().config.dump());
        scratch.write("adapter/adapter_model.bin", "\x80\x02}q\x01.");
        QVERIFY(contains(told(), "found no adapter_model.safetensors"));
        QVERIFY(contains(told(), "a pickle is never opened"));
    }

    void an_adapter_for_another_model_lists_all_that_differs() {
        const auto model = open_llama(FIXTURES "/llama/gqa_tied");
        const Adapter fitting{{target(q_proj, 32, 32)}, {}, false};
        attach(fitting, *model);
        const Adapter foreign{{target(q_proj, 64, 32), target("model.layers.0.self_attn.v_proj", 32, 32),
                                  target("model.layers.1.mlp.up_proj", 32, 48),
                                  target("model.layers.7.self_attn.q_proj", 32, 32)},
            {}, false};

        const std::string told = message_of<Error>([&] { attach(foreign, *model); });

        QVERIFY(contains(told, q_proj + ".lora_A: found [4, 64], expected [4, 32]"));
        QVERIFY(contains(told, "model.layers.0.self_attn.v_proj.lora_B: found [32, 4], expected [16, 4]"));
        QVERIFY(contains(told, "model.layers.7.self_attn.q_proj: the model has no such linear"));
        QVERIFY(!contains(told, "up_proj"));
        for (const auto& named : model->named_linears())
            QCOMPARE(named.linear->update.has_value(), named.path == q_proj); // nothing was changed
    }
};

QTEST_GUILESS_MAIN(HostileAdapterTest)
#include "hostile_adapter_test.moc"
