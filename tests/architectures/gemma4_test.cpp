// What Gemma 4 alone has, beyond what tests of every architecture show: fields of layers as published files
// have them, tensors that layers do not use, linears outside the blocks, and a second embedding.

#include "engine/adapters/peft.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/models/safetensors_tensors.h"
#include "engine/targets/targets.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <algorithm>
#include <filesystem>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

std::string gemma(const QString& name) {
    return std::string(FIXTURES "/architectures/") + name.toStdString();
}

/// A folder with the fixture's weights under a configuration of the test's own.
std::string configured(const QString& name, const Scratch& scratch, const Json& config) {
    const std::string folder = scratch.path("model");
    std::filesystem::create_directory(folder);
    std::filesystem::copy(gemma(name) + "/model.safetensors", folder);
    scratch.write("model/config.json", config.dump());
    return folder;
}

void has_the_fixtures_logits(const QString& name, const Model& model) {
    const std::string file = gemma(name) + "/expected.safetensors";
    QVERIFY(largest_difference(logits_of(model, tensor_of(file, "ids")), tensor_of(file, "logits")) < 1e-4);
}

void names() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"gemma4_text", "gemma4_text-keys", "gemma4"}) QTest::newRow(name) << name;
}

} // namespace

class Gemma4Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void all_linears_are_those_of_peft_data() { names(); }
    void all_linears_are_those_of_peft() {
        QFETCH(QString, name);
        const auto model = open_llama(gemma(name));
        auto chosen = select_targets(summary_of(*model, gemma(name)).linears, {"all-linear", ""});
        std::vector<std::string> wanted;
        for (const TargetUpdate& target : read_peft(gemma(name) + "/adapter", at::kCPU).targets)
            wanted.push_back(target.path);
        std::sort(chosen.begin(), chosen.end());
        std::sort(wanted.begin(), wanted.end());
        QCOMPARE(chosen, wanted);
    }

    void heads_of_layers_may_be_told_as_published_files_do_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("two sizes") << "gemma4_text";
        QTest::newRow("two sizes and two numbers") << "gemma4_text-keys";
    }
    void heads_of_layers_may_be_told_as_published_files_do() {
        QFETCH(QString, name);
        const Scratch scratch;
        Json config = read_json(gemma(name) + "/config.json");
        config.erase("per_layer_config");
        config["global_head_dim"] = 16;
        config["num_global_key_value_heads"] = 1; // counts with attention_k_eq_v alone
        has_the_fixtures_logits(name, *open_llama(configured(name, scratch, config)));
    }

    void the_last_layer_sees_all_of_the_text_whatever_the_file_says() {
        const QString name = QStringLiteral("gemma4_text");
        const Scratch scratch;
        Json config = read_json(gemma(name) + "/config.json");
        config["layer_types"].back() = "sliding_attention";
        has_the_fixtures_logits(name, *open_llama(configured(name, scratch, config)));
    }

    void keys_and_values_of_layers_that_borrow_are_left_out_and_that_is_said() {
        const QString name = QStringLiteral("gemma4_text");
        const Scratch scratch;
        const std::string folder = configured(name, scratch, read_json(gemma(name) + "/config.json"));
        std::filesystem::remove(folder + "/model.safetensors");
        const SafetensorsFile file(gemma(name) + "/model.safetensors");
        std::vector<NamedTensor> tensors;
        for (const TensorView& view : file.tensors()) tensors.push_back({view.name, owned_tensor(view)});
        for (const char* unused : {"k_proj.weight", "v_proj.weight", "k_norm.weight"})
            tensors.push_back({"model.layers.4.self_attn." + std::string(unused), at::ones({2, 3})});
        scratch.write("model/model.safetensors", tensors_as_safetensors(tensors));
        Weights weights = open_weights(folder);
        weights.prepare(at::kCPU, at::kFloat, {}, {});
        has_the_fixtures_logits(name, *make_model(weights, at::kCPU));
        QCOMPARE(weights.format(), std::string("safetensors, 3 tensors that no layer uses are left out"));
    }

    void a_lender_whose_queries_alone_are_trained_lends_through_checkpoints_data() {
        QTest::addColumn<bool>("fused");
        QTest::newRow("fused") << true;
        QTest::newRow("by plain operators") << false;
    }
    void a_lender_whose_queries_alone_are_trained_lends_through_checkpoints() {
        QFETCH(bool, fused);
        const std::string folder = gemma(QStringLiteral("gemma4_text"));
        const auto model = open_llama(folder);
        Adapter adapter = read_peft(folder + "/adapter", at::kCPU);
        std::erase_if(
            adapter.targets, [](const TargetUpdate& target) { return !target.path.ends_with("q_proj"); });
        const LowRankAdaptation method(adapter, *model);
        std::vector<at::Tensor> factors;
        for (const TargetUpdate& target : method.adapter().targets)
            factors.insert(factors.end(), {target.update.A, target.update.B});
        const PackedTokens tokens = PackedTokens::pack({{5, 7, 9, 11}, {3, 8}}, at::kCPU);
        const auto gradients = [&](bool checkpointed) {
            Pass pass;
            pass.fused = fused;
            pass.gradient_checkpointing = checkpointed;
            const at::Tensor hidden = model->hidden(tokens, pass);
            return torch::autograd::grad({hidden}, factors, {at::ones_like(hidden)});
        };
        const auto found = gradients(/*checkpointed=*/true), wanted = gradients(/*checkpointed=*/false);
        for (std::size_t i = 0; i < factors.size(); ++i)
            QVERIFY(largest_difference(found[i], wanted[i]) < 1e-5);
    }

    void pictures_are_left_out_and_that_is_said() {
        Weights weights = open_weights(gemma(QStringLiteral("gemma4")));
        weights.prepare(at::kMeta, at::kFloat, {}, {});
        make_model(weights, at::kMeta);
        QVERIFY2(weights.format().find("the text model alone: 16 tensors") != std::string::npos,
            weights.format().c_str());
    }

    void a_token_may_be_trained_and_a_new_one_has_no_place_in_the_second_embedding() {
        const auto model = open_llama(gemma(QStringLiteral("gemma4_text")));
        model->set_token_rows(model->first_token_rows({5}));
        model->set_token_rows(std::nullopt);
        TokenRows rows = model->first_token_rows({48});
        const std::string message = message_of<Error>([&] { model->set_token_rows(rows); });
        QVERIFY2(message.find("second embedding") != std::string::npos, message.c_str());
        QVERIFY(!model->has_token_rows());
        const auto other = open_llama(gemma(QStringLiteral("gemma4_text-keys")));
        other->set_token_rows(other->first_token_rows({48}));
        QCOMPARE(other->vocab_size(), std::int64_t{49});
    }

    void all_parameters_are_counted() {
        const auto model = open_llama(gemma(QStringLiteral("gemma4_text")));
        const SafetensorsFile file(gemma(QStringLiteral("gemma4_text")) + "/model.safetensors");
        std::int64_t values = 0, wanted = 0;
        for (const NamedParameter& parameter : model->named_parameters()) values += parameter.values();
        for (const TensorView& view : file.tensors())
            if (!view.name.ends_with("layer_scalar")) wanted += owned_tensor(view).numel();
        QCOMPARE(values, wanted);
    }
};

QTEST_GUILESS_MAIN(Gemma4Test)
#include "gemma4_test.moc"
