// The Llama architecture against transformers' and PEFT's numbers: tests/fixtures/llama, made by make.py
// there.

#include "engine/adapters/peft.h"
#include "engine/architectures/catalog.h"
#include "engine/error.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/models/safetensors_tensors.h"
#include "engine/training/adamw.h"
#include "engine/training/batch.h"
#include "engine/training/loss.h"

#include <QTest>
#include <algorithm>
#include <filesystem>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

using namespace lora;

namespace {

std::string fixture(const QString& variant) {
    return std::string(FIXTURES "/llama/") + variant.toStdString();
}

struct Opened {
    std::unique_ptr<Model> model;
};

// Without a tokenizer, which most of these folders lack.
Opened open(const QString& variant) {
    const Weights weights = open_weights(fixture(variant));
    return {make_model(weights, at::kCPU)};
}

at::Tensor expected(const QString& variant, const std::string& name) {
    const SafetensorsFile file(fixture(variant) + "/expected.safetensors");
    const TensorView* view = file.find(name);
    if (view == nullptr) throw Error(file.path() + " lacks " + name);
    return owned_tensor(*view);
}

at::Tensor logits(const Opened& loaded, const at::Tensor& ids) {
    const c10::NoGradGuard no_gradient;
    const std::int64_t* data = ids.const_data_ptr<std::int64_t>();
    const std::vector<TokenId> sample(data, data + ids.numel());
    const Pass pass;
    return loaded.model->logits(loaded.model->hidden(PackedTokens::pack({sample}, at::kCPU), pass), pass);
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

/// Of A and B of each target.
std::vector<at::Tensor> gradients(const at::Tensor& loss, const Adapter& adapter) {
    loss.backward();
    std::vector<at::Tensor> all;
    for (const auto& target : adapter.targets)
        for (const at::Tensor& factor : {target.update.A, target.update.B}) {
            all.push_back(factor.grad().clone());
            factor.mutable_grad().zero_();
        }
    return all;
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

} // namespace

class LlamaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void logits_equal_transformers_data() { variants(); }
    void logits_equal_transformers() {
        QFETCH(QString, variant);
        const Opened loaded = open(variant);
        QVERIFY(
            largest_difference(logits(loaded, expected(variant, "ids")), expected(variant, "logits")) < 1e-3);
    }

    void an_adapter_saved_by_peft_gives_its_logits_data() { variants(); }
    void an_adapter_saved_by_peft_gives_its_logits() {
        QFETCH(QString, variant);
        const Opened loaded = open(variant);
        attach(read_peft(fixture(variant) + "/adapter", at::kCPU), *loaded.model);
        QVERIFY(
            largest_difference(logits(loaded, expected(variant, "ids")), expected(variant, "adapted_logits"))
            < 1e-3);
    }

    void gradients_and_ten_losses_equal_pefts_data() { variants(); }
    void gradients_and_ten_losses_equal_pefts() {
        QFETCH(QString, variant);
        const Opened loaded = open(variant);
        const LowRankAdaptation method(read_peft(fixture(variant) + "/adapter", at::kCPU), *loaded.model);
        AdamW optimizer(method.parameters(), /*weight_decay=*/0);
        const Json json = read_json(fixture(variant) + "/expected.json");
        const std::vector<Example> examples = examples_of(json);
        const auto batch = json.at("batch").get<std::size_t>();
        const auto losses = json.at("losses").get<std::vector<double>>();
        for (std::size_t step = 0; step < losses.size(); ++step) {
            std::vector<const Example*> chosen;
            std::int64_t learned = 0;
            for (std::size_t i = 0; i < batch; ++i) {
                chosen.push_back(&examples[(step * batch + i) % examples.size()]);
                learned += chosen.back()->learned_tokens();
            }
            const at::Tensor loss = next_token_loss(*loaded.model, make_batch(chosen, at::kCPU), Pass{})
                                    / static_cast<double>(learned);
            QVERIFY2(std::abs(loss.item<double>() - losses[step]) < 1e-4,
                qPrintable(QStringLiteral("step %1: %2, expected %3")
                               .arg(step + 1)
                               .arg(loss.item<double>())
                               .arg(losses[step])));
            loss.backward();
            if (step == 0) compare_gradients(method.adapter(), variant);
            optimizer.clip(optimizer.gradient_norm().item<double>(), json.at("clip").get<double>());
            optimizer.step(json.at("lr").get<double>());
            optimizer.clear_gradients();
        }
    }

    void an_adapter_with_zero_B_leaves_logits_unchanged() {
        const Opened loaded = open(QStringLiteral("gqa_tied"));
        const at::Tensor ids = expected(QStringLiteral("gqa_tied"), "ids");
        const at::Tensor base = logits(loaded, ids);
        attach(make_adapter(
                   *loaded.model, {"model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj"}, {}, 7),
            *loaded.model);
        QVERIFY(at::equal(logits(loaded, ids), base));
    }

    void packed_samples_do_not_attend_to_each_other() {
        const Opened loaded = open(QStringLiteral("gqa_tied"));
        const c10::NoGradGuard no_gradient;
        const Pass pass;
        const at::Tensor both =
            loaded.model->hidden(PackedTokens::pack({{1, 2, 3}, {4, 5, 6, 7, 8}}, at::kCPU), pass);
        const at::Tensor second = loaded.model->hidden(PackedTokens::pack({{4, 5, 6, 7, 8}}, at::kCPU), pass);
        QVERIFY(largest_difference(both.narrow(0, 3, 5), second) < 1e-5);
    }

    void rows_alone_are_those_of_all_data() {
        QTest::addColumn<bool>("fused");
        QTest::addColumn<bool>("checkpointed");
        for (const bool fused : {true, false})
            for (const bool checkpointed : {true, false})
                QTest::addRow("%s%s", fused ? "fused" : "plain", checkpointed ? ", checkpointed" : "")
                    << fused << checkpointed;
    }
    void rows_alone_are_those_of_all() {
        QFETCH(bool, fused);
        QFETCH(bool, checkpointed);
        const QString variant = QStringLiteral("gqa_tied");
        const Opened loaded = open(variant);
        const LowRankAdaptation method(read_peft(fixture(variant) + "/adapter", at::kCPU), *loaded.model);
        const PackedTokens tokens = PackedTokens::pack({{1, 2, 3}, {4, 5, 6, 7, 8}}, at::kCPU);
        const at::Tensor rows = at::tensor({1, 4, 4, 7}, at::kLong); // one twice
        Pass pass;
        pass.fused = fused;
        pass.gradient_checkpointing = checkpointed;
        const at::Tensor all = loaded.model->hidden(tokens, pass).index_select(0, rows);
        const at::Tensor alone = loaded.model->hidden_at(tokens, rows, pass);
        QVERIFY(largest_difference(alone, all) < 1e-6);
        const at::Tensor weight = at::linspace(-1, 1, all.numel()).view_as(all);
        const std::vector<at::Tensor> wanted = gradients((all * weight).sum(), method.adapter());
        const std::vector<at::Tensor> found = gradients((alone * weight).sum(), method.adapter());
        for (std::size_t i = 0; i < found.size(); ++i) {
            const double most = wanted[i].abs().max().item<double>();
            QVERIFY(most > 0);
            QVERIFY(largest_difference(found[i], wanted[i]) < 1e-6 * std::max(1.0, most));
        }
    }

    void chunked_loss_equals_the_plain_one() {
        const Opened loaded = open(QStringLiteral("untied_llama3_rope"));
        const std::vector<Example> examples =
            examples_of(read_json(fixture(QStringLiteral("untied_llama3_rope")) + "/expected.json"));
        std::vector<const Example*> all;
        for (const Example& example : examples) all.push_back(&example);
        const Batch batch = make_batch(all, at::kCPU);
        QVERIFY(largest_difference(next_token_loss(*loaded.model, batch, Pass{}),
                    next_token_loss_plain(*loaded.model, batch, Pass{}))
                < 1e-3);
    }

private:
    static void variants() {
        QTest::addColumn<QString>("variant");
        for (const auto& entry : std::filesystem::directory_iterator(FIXTURES "/llama"))
            if (entry.is_directory())
                QTest::newRow(entry.path().filename().c_str())
                    << QString::fromStdString(entry.path().filename().string());
    }

    static void compare_gradients(const Adapter& adapter, const QString& variant) {
        for (const auto& target : adapter.targets) {
            const std::string at = "grad.base_model.model." + target.path;
            QVERIFY(
                largest_difference(target.update.A.grad(), expected(variant, at + ".lora_A.weight")) < 1e-4);
            QVERIFY(
                largest_difference(target.update.B.grad(), expected(variant, at + ".lora_B.weight")) < 1e-4);
        }
    }
};

QTEST_GUILESS_MAIN(LlamaTest)
#include "llama_test.moc"
