// Every architecture against transformers', PEFT's and gguf-py's numbers and names:
// tests/fixtures/architectures, made by make.py there.

#include "engine/adapters/gguf_adapter.h"
#include "engine/adapters/merge.h"
#include "engine/adapters/peft.h"
#include "engine/checkpoints/experts.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/models/generate.h"
#include "engine/training/adamw.h"
#include "engine/training/batch.h"
#include "engine/training/loss.h"
#include "tests/files/scratch.h"
#include "tests/models/gradients.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <algorithm>
#include <filesystem>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

std::string fixture(const QString& name) {
    return std::string(FIXTURES "/architectures/") + name.toStdString();
}

at::Tensor expected(const QString& name, const std::string& tensor) {
    return tensor_of(fixture(name) + "/expected.safetensors", tensor);
}

std::vector<Example> examples_of(const Json& json) {
    std::vector<Example> examples;
    for (const auto& item : json.at("examples")) {
        Example example;
        example.ids = item.at("ids").get<std::vector<TokenId>>();
        for (const auto& learned : item.at("learned")) example.learned.push_back(learned.get<int>() != 0);
        examples.push_back(example);
    }
    return examples;
}

Batch batch_of(const std::vector<Example>& examples) {
    std::vector<const Example*> all;
    for (const Example& example : examples) all.push_back(&example);
    return make_batch(all, at::kCPU);
}

std::int64_t learned_tokens(const std::vector<const Example*>& examples) {
    std::int64_t sum = 0;
    for (const Example* example : examples) sum += example->learned_tokens();
    return sum;
}

LossAndGradients through(
    const Model& model, const LowRankAdaptation& method, const Batch& batch, bool fused) {
    Pass pass;
    pass.fused = fused;
    std::vector<at::Tensor> factors;
    for (const TargetUpdate& target : method.adapter().targets)
        factors.insert(factors.end(), {target.update.A, target.update.B});
    const at::Tensor loss = next_token_loss(model, batch, pass);
    return {loss.item<double>(), torch::autograd::grad({loss}, factors)};
}

Adapter adapter_of(const QString& name) { return read_peft(fixture(name) + "/adapter", at::kCPU); }

} // namespace

class ArchitecturesTest : public QObject {
    Q_OBJECT

    static void rows() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : std::filesystem::directory_iterator(FIXTURES "/architectures"))
            if (entry.is_directory())
                QTest::newRow(entry.path().filename().c_str())
                    << QString::fromStdString(entry.path().filename().string());
    }

private Q_SLOTS:
    void logits_equal_transformers_data() { rows(); }
    void logits_equal_transformers() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        QVERIFY(
            largest_difference(logits_of(*model, expected(name, "ids")), expected(name, "logits")) < 1e-4);
    }

    void an_adapter_of_all_linears_saved_by_peft_gives_its_logits_data() { rows(); }
    void an_adapter_of_all_linears_saved_by_peft_gives_its_logits() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        attach(adapter_of(name), *model);
        QVERIFY(largest_difference(logits_of(*model, expected(name, "ids")), expected(name, "adapted_logits"))
                < 1e-4);
    }

    void gradients_and_losses_equal_pefts_data() { rows(); }
    void gradients_and_losses_equal_pefts() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        const LowRankAdaptation method(adapter_of(name), *model);
        AdamW optimizer(method.parameters(), /*weight_decay=*/0);
        const Json json = read_json(fixture(name) + "/expected.json");
        const std::vector<Example> examples = examples_of(json);
        const auto batch = json.at("batch").get<std::size_t>();
        const auto losses = json.at("losses").get<std::vector<double>>();
        for (std::size_t step = 0; step < losses.size(); ++step) {
            std::vector<const Example*> chosen;
            for (std::size_t i = 0; i < batch; ++i)
                chosen.push_back(&examples[(step * batch + i) % examples.size()]);
            const at::Tensor loss = next_token_loss(*model, make_batch(chosen, at::kCPU), Pass{})
                                    / static_cast<double>(learned_tokens(chosen));
            QVERIFY2(std::abs(loss.item<double>() - losses[step]) < 1e-4,
                qPrintable(QStringLiteral("step %1: %2, expected %3")
                               .arg(step + 1)
                               .arg(loss.item<double>())
                               .arg(losses[step])));
            loss.backward();
            if (step == 0) compare_gradients(method.adapter(), name);
            optimizer.clip(optimizer.gradient_norm().item<double>(), json.at("clip").get<double>());
            optimizer.step(json.at("lr").get<double>());
            optimizer.clear_gradients();
        }
    }

    void the_fused_path_equals_the_plain_operators_data() { rows(); }
    void the_fused_path_equals_the_plain_operators() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        const LowRankAdaptation method(adapter_of(name), *model);
        const Batch batch = batch_of(examples_of(read_json(fixture(name) + "/expected.json")));
        // Sinks are no kernel's.
        QCOMPARE(model->runs_fused(Pass{}), !name.startsWith(QLatin1String("gpt_oss")));

        const LossAndGradients fused = through(*model, method, batch, true);
        const LossAndGradients plain = through(*model, method, batch, false);

        const double tolerance = 3e-5; // float32 sums in another order
        QVERIFY(std::abs(fused.loss / plain.loss - 1) <= tolerance);
        for (std::size_t i = 0; i < plain.gradients.size(); ++i)
            QVERIFY2(relative_difference(fused.gradients[i], plain.gradients[i]) <= tolerance,
                qPrintable(QStringLiteral("tensor %1: %2")
                               .arg(i)
                               .arg(relative_difference(fused.gradients[i], plain.gradients[i]))));
    }

    void greedy_tokens_with_a_cache_equal_those_of_full_logits_data() { rows(); }
    void greedy_tokens_with_a_cache_equal_those_of_full_logits() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        std::vector<TokenId> text{5, 7, 9, 11, 3};
        Generation generation(*model, text, {}, {.max_new_tokens = 12, .temperature = 0});
        for (int i = 0; i < 12; ++i) {
            const at::Tensor logits = logits_of(*model, text);
            text.push_back(static_cast<TokenId>(logits[logits.size(0) - 1].argmax().item<std::int64_t>()));
            QCOMPARE(generation.next().value(), text.back());
        }
    }

    void a_merged_checkpoint_gives_the_adapters_logits_data() { rows(); }
    void a_merged_checkpoint_gives_the_adapters_logits() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string folder = scratch.path("merged");
        if (name.endsWith(QLatin1String("mxfp4"))) {
            const std::string message =
                message_of<Error>([&] { merge(fixture(name), adapter_of(name), folder); });
            QVERIFY2(message.find("experts.0.gate_up_proj in numbers of 16") != std::string::npos,
                message.c_str());
            return;
        }
        merge(fixture(name), adapter_of(name), folder);
        const auto model = open_llama(folder);
        QVERIFY(largest_difference(logits_of(*model, expected(name, "ids")), expected(name, "adapted_logits"))
                < 1e-4);
    }

    void an_adapter_that_is_written_says_and_holds_what_pefts_does_data() { rows(); }
    void an_adapter_that_is_written_says_and_holds_what_pefts_does() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string folder = scratch.path("adapter");
        const auto model = open_llama(fixture(name));
        ModelSummary summary = summary_of(*model, fixture(name));
        summary.model_type = open_weights(fixture(name)).config().at("model_type");
        write_peft(folder, adapter_of(name), summary);
        for (const char* field : {"fan_in_fan_out", "r", "lora_alpha", "task_type", "peft_type"})
            QVERIFY2(read_json(folder + "/adapter_config.json").at(field)
                         == read_json(fixture(name) + "/adapter/adapter_config.json").at(field),
                field);
        compare_tensors(read_peft(folder, at::kCPU), adapter_of(name));
    }

    void an_adapter_comes_back_from_gguf_as_it_was_data() { rows(); }
    void an_adapter_comes_back_from_gguf_as_it_was() {
        QFETCH(QString, name);
        const Weights weights = open_weights(fixture(name));
        if (weights.dialect().gguf.architecture.empty()) QSKIP("llama.cpp has no name for it");
        Adapter adapter = adapter_of(name);
        const std::size_t experts = std::erase_if(
            adapter.targets, [](const TargetUpdate& target) { return expert_path(target.path).has_value(); });
        if (experts > 0)
            QVERIFY_THROWS_EXCEPTION(Error, gguf_adapter_bytes(adapter_of(name), weights.config()));
        const Scratch scratch;
        const std::string file = scratch.write("adapter.gguf", gguf_adapter_bytes(adapter, weights.config()));
        compare_tensors(read_gguf_adapter(file, weights.config()), adapter);
    }

    void a_null_says_that_there_is_none_where_a_file_without_the_field_means_the_usual() {
        Weights weights = open_weights(fixture(QStringLiteral("gemma2")));
        weights.prepare(at::kMeta, at::kFloat, {}, {});
        Json config = weights.config();
        config["final_logit_softcapping"] = nullptr;
        QCOMPARE(make_model(config, weights, at::kMeta)->logit_end().softcap, 0.0);
        config.erase("final_logit_softcapping");
        QCOMPARE(make_model(config, weights, at::kMeta)->logit_end().softcap, 30.0);
    }

    void a_field_that_makes_it_another_model_is_refused_by_name_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* name, const char* field, const char* value) {
            QTest::addRow("%s: %s", name, field)
                << QString::fromLatin1(name) << QString::fromLatin1(field) << QString::fromLatin1(value);
        };
        row("bloom", "apply_residual_connection_post_layernorm", "true");
        row("bloom", "num_attention_heads", "7");
        row("deepseek_v3", "scoring_func", "\"softmax\"");
        row("deepseek_v3", "topk_method", "\"greedy\"");
        row("deepseek_v3", "moe_layer_freq", "2");
        row("deepseek_v3", "n_group", "4");
        row("deepseek_v3", "num_experts_per_tok", "5");
        row("deepseek_v3", "num_key_value_heads", "2");
        row("deepseek_v3", "qk_rope_head_dim", "3");
        row("deepseek_v3", "hidden_act", "\"gelu\"");
        row("gemma4_text", "enable_moe_block", "true");
        row("gemma4_text", "use_bidirectional_attention", "\"all\"");
        row("gemma4_text", "hidden_activation", "\"silly\"");
        row("gemma4_text", "num_kv_shared_layers", "4");
        row("gemma4_text", "num_kv_shared_layers", "5");
        row("gemma4_text", "vocab_size_per_layer_input", "40");
        row("gemma4_text", "per_layer_config", R"({"1": {"sliding_window": 3}})");
        row("gemma4_text", "per_layer_config", R"({"1": {"head_dim": 16}})"); // and not the other full one
        row("gemma4_text", "per_layer_config", R"({"1": {"head_dim": 15}, "4": {"head_dim": 15}})");
    }
    void a_field_that_makes_it_another_model_is_refused_by_name() {
        QFETCH(QString, name);
        QFETCH(QString, field);
        QFETCH(QString, value);
        Weights weights = open_weights(fixture(name));
        weights.prepare(at::kMeta, at::kFloat, {}, {});
        Json config = weights.config();
        config[field.toStdString()] = Json::parse(value.toStdString());
        const std::string message = message_of<Error>([&] { make_model(config, weights, at::kMeta); });
        QVERIFY2(message.find(field.toStdString()) != std::string::npos, message.c_str());
    }

    void tensors_have_the_names_that_gguf_py_gives_them_data() { rows(); }
    void tensors_have_the_names_that_gguf_py_gives_them() {
        QFETCH(QString, name);
        const Weights weights = open_weights(fixture(name));
        const Json names = read_json(fixture(name) + "/expected.json").at("gguf_names");
        QCOMPARE(names.empty(), weights.dialect().gguf.architecture.empty());
        for (const auto& [checkpoint, gguf] : names.items()) {
            QCOMPARE(gguf_name(checkpoint, weights.dialect()), gguf.get<std::string>());
            QCOMPARE(checkpoint_name(gguf.get<std::string>(), weights.dialect()), checkpoint);
        }
    }

private:
    static void compare_tensors(const Adapter& found, const Adapter& wanted) {
        QCOMPARE(found.targets.size(), wanted.targets.size());
        for (const TargetUpdate& target : wanted.targets) {
            const auto same = std::find_if(found.targets.begin(), found.targets.end(),
                [&](const TargetUpdate& other) { return other.path == target.path; });
            QVERIFY2(same != found.targets.end(), target.path.c_str());
            QVERIFY(at::equal(same->update.A, target.update.A));
            QVERIFY(at::equal(same->update.B, target.update.B));
            QCOMPARE(same->update.scale, target.update.scale);
        }
    }

    static void compare_gradients(const Adapter& adapter, const QString& name) {
        for (const auto& target : adapter.targets) {
            const std::string at = "grad.base_model.model." + target.path;
            QVERIFY(largest_difference(target.update.A.grad(), expected(name, at + ".lora_A.weight")) < 1e-4);
            QVERIFY(largest_difference(target.update.B.grad(), expected(name, at + ".lora_B.weight")) < 1e-4);
        }
    }
};

QTEST_GUILESS_MAIN(ArchitecturesTest)
#include "architectures_test.moc"
