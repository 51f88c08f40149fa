// Every encoder as a classifier against transformers' and PEFT's numbers: tests/fixtures/encoders, made by
// make.py there. (BERT's own tests are in tests/models.)

#include "engine/adapters/merge.h"
#include "engine/adapters/peft.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/training/adamw.h"
#include "engine/training/class_loss.h"
#include "engine/training/classes.h"
#include "tests/files/scratch.h"
#include "tests/models/gradients.h"
#include "tests/models/tiny_bert.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <algorithm>
#include <filesystem>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

std::string fixture(const QString& name) { return std::string(FIXTURES "/encoders/") + name.toStdString(); }

at::Tensor expected(const QString& name, const std::string& tensor) {
    return tensor_of(fixture(name) + "/expected.safetensors", tensor);
}

Json expected_json(const QString& name) { return read_json(fixture(name) + "/expected.json"); }

Adapter adapter_of(const QString& name) { return read_peft(fixture(name) + "/adapter", at::kCPU); }

at::Tensor scores_of(const Model& model, const at::Tensor& ids) {
    const c10::NoGradGuard no_gradient;
    const std::int64_t* data = ids.const_data_ptr<std::int64_t>();
    const std::vector<std::int32_t> sample(data, data + ids.numel());
    const at::Tensor hidden = model.hidden(PackedTokens::pack({sample}, at::kCPU), Pass{});
    return model.logits(hidden.narrow(0, 0, 1), Pass{})[0];
}

// The fixture's folder without its classifier, as a base that was never one.
std::string bare_copy(const QString& name, const Scratch& scratch) {
    std::filesystem::create_directory(scratch.path("bare"));
    Json config = read_json(fixture(name) + "/config.json");
    config["architectures"] = Json::array({"SomeModelForMaskedLM"});
    scratch.write("bare/config.json", config.dump());
    const SafetensorsFile file(fixture(name) + "/model.safetensors");
    const std::string base(open_weights(fixture(name)).dialect().base);
    std::vector<NamedTensor> tensors;
    for (const TensorView& view : file.tensors())
        if (view.name.starts_with(base)) tensors.push_back({view.name, owned_tensor(view)});
    scratch.write("bare/model.safetensors", tensors_as_safetensors(tensors));
    return scratch.path("bare");
}

LossAndGradients through(
    const Model& model, const LowRankAdaptation& method, const Batch& batch, bool fused) {
    Pass pass;
    pass.fused = fused;
    std::vector<at::Tensor> factors;
    for (const TargetUpdate& target : method.adapter().targets)
        factors.insert(factors.end(), {target.update.A, target.update.B});
    const at::Tensor loss = class_loss(model, batch, pass).loss;
    return {loss.item<double>(), torch::autograd::grad({loss}, factors)};
}

} // namespace

class EncodersTest : public QObject {
    Q_OBJECT

    static void rows() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : std::filesystem::directory_iterator(FIXTURES "/encoders"))
            if (entry.is_directory())
                QTest::newRow(entry.path().filename().c_str())
                    << QString::fromStdString(entry.path().filename().string());
    }

private Q_SLOTS:
    void the_checkpoints_own_classifier_gives_transformers_logits_data() { rows(); }
    void the_checkpoints_own_classifier_gives_transformers_logits() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        QCOMPARE(model->labels(), (std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2"}));
        QVERIFY(
            largest_difference(scores_of(*model, expected(name, "ids")), expected(name, "logits")) < 1e-4);
    }

    void an_adapter_of_all_linears_with_its_head_gives_pefts_logits_data() { rows(); }
    void an_adapter_of_all_linears_with_its_head_gives_pefts_logits() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        attach(adapter_of(name), *model);
        QVERIFY(largest_difference(scores_of(*model, expected(name, "ids")), expected(name, "adapted_logits"))
                < 1e-4);
        detach(*model);
        QVERIFY(
            largest_difference(scores_of(*model, expected(name, "ids")), expected(name, "logits")) < 1e-4);
    }

    void gradients_and_losses_equal_pefts_data() { rows(); }
    void gradients_and_losses_equal_pefts() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        const LowRankAdaptation method(adapter_of(name), *model);
        AdamW optimizer(method.parameters(), /*weight_decay=*/0);
        const Json json = expected_json(name);
        const std::vector<Example> examples = labelled_examples(json);
        const auto batch = json.at("batch").get<std::size_t>();
        const auto losses = json.at("losses").get<std::vector<double>>();
        for (std::size_t step = 0; step < losses.size(); ++step) {
            std::vector<const Example*> chosen;
            for (std::size_t i = 0; i < batch; ++i)
                chosen.push_back(&examples[(step * batch + i) % examples.size()]);
            const at::Tensor loss =
                task_loss(*model, make_batch(chosen, at::kCPU), Pass{}) / static_cast<double>(batch);
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
        const Batch batch = batch_of(labelled_examples(expected_json(name)));
        QVERIFY(model->runs_fused(Pass{}));

        const LossAndGradients fused = through(*model, method, batch, true);
        const LossAndGradients plain = through(*model, method, batch, false);

        const double tolerance = 3e-5; // float32 sums in another order
        QVERIFY(std::abs(fused.loss / plain.loss - 1) <= tolerance);
        for (std::size_t i = 0; i < plain.gradients.size(); ++i)
            QVERIFY2(relative_difference(fused.gradients[i], plain.gradients[i]) <= tolerance,
                qPrintable(QStringLiteral("tensor %1").arg(i)));
    }

    void a_merged_checkpoint_gives_the_adapters_logits_data() { rows(); }
    void a_merged_checkpoint_gives_the_adapters_logits() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string folder = scratch.path("merged");
        merge(fixture(name), adapter_of(name), folder);
        const auto model = open_llama(folder);
        QVERIFY(largest_difference(scores_of(*model, expected(name, "ids")), expected(name, "adapted_logits"))
                < 1e-4);
    }

    void an_adapter_that_is_written_says_and_holds_what_pefts_does_data() { rows(); }
    void an_adapter_that_is_written_says_and_holds_what_pefts_does() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string folder = scratch.path("adapter");
        const auto model = open_llama(fixture(name));
        write_peft(folder, adapter_of(name), summary_of(*model, fixture(name)));
        for (const char* field : {"modules_to_save", "r", "lora_alpha", "task_type", "peft_type"})
            QVERIFY2(read_json(folder + "/adapter_config.json").at(field)
                         == read_json(fixture(name) + "/adapter/adapter_config.json").at(field),
                field);
        const SafetensorsFile found(folder + "/adapter_model.safetensors"),
            wanted(fixture(name) + "/adapter/adapter_model.safetensors");
        QCOMPARE(found.tensors().size(), wanted.tensors().size());
        for (const TensorView& view : wanted.tensors()) {
            QVERIFY2(found.find(view.name) != nullptr, view.name.c_str());
            QVERIFY(at::equal(owned_tensor(*found.find(view.name)), owned_tensor(view)));
        }
    }

    void a_base_without_a_classifier_trains_all_of_a_new_one_and_it_comes_back_data() { rows(); }
    void a_base_without_a_classifier_trains_all_of_a_new_one_and_it_comes_back() {
        QFETCH(QString, name);
        const Scratch scratch;
        const auto model = open_llama(bare_copy(name, scratch));
        const at::Tensor ids = expected(name, "ids");
        QVERIFY_THROWS_EXCEPTION(Error, scores_of(*model, ids));
        Adapter adapter = adapter_of(name);
        std::erase_if(adapter.targets,
            [&](const TargetUpdate& target) { return !linears_by_path(*model).contains(target.path); });
        adapter.head = first_head(*model, /*width=*/16, {"cat", "dog"}, /*seed=*/3);
        QCOMPARE(adapter.head->linears().size(), std::size_t{2});
        const LowRankAdaptation method(adapter, *model);
        QVERIFY(method.parameters().front().values.numel() == method.adapter().parameters());
        const at::Tensor scores = scores_of(*model, ids);
        write_peft(scratch.path("saved"), method.adapter(), summary_of(*model, scratch.path("bare")));

        const Adapter saved = read_peft(scratch.path("saved"), at::kCPU);
        QCOMPARE(saved.head->labels, (std::vector<std::string>{"cat", "dog"}));
        const auto other = open_llama(scratch.path("bare"));
        attach(saved, *other);
        QVERIFY(largest_difference(scores_of(*other, ids), scores) < 1e-5);
        merge(scratch.path("bare"), saved, scratch.path("merged"));
        const auto merged = open_llama(scratch.path("merged"));
        QCOMPARE(merged->labels(), saved.head->labels);
        QVERIFY(largest_difference(scores_of(*merged, ids), scores) < 1e-4);
    }

    void other_classes_get_a_new_last_linear_and_keep_the_one_before_data() { rows(); }
    void other_classes_get_a_new_last_linear_and_keep_the_one_before() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        const ClassifierHead two = first_head(*model, 16, {"cat", "dog"}, 3),
                             same = first_head(*model, 16, model->labels(), 3);
        const std::vector<HeadLinear> own = model->own_head();
        QCOMPARE(two.weight.size(0), std::int64_t{2});
        QVERIFY(at::equal(same.weight, own.back().weight));
        for (std::size_t i = 0; i + 1 < own.size(); ++i) {
            QVERIFY(at::equal(two.before[i].weight, own[i].weight));
            QVERIFY(at::equal(same.before[i].weight, own[i].weight));
        }
    }

    void a_head_of_another_model_is_refused_and_changes_nothing_data() { rows(); }
    void a_head_of_another_model_is_refused_and_changes_nothing() {
        QFETCH(QString, name);
        const auto model = open_llama(fixture(name));
        attach(adapter_of(name), *model);
        Adapter other = adapter_of(name);
        other.head->before.push_back({.path = "classifier.hidden", .weight = at::zeros({16, 16})});
        QVERIFY_THROWS_EXCEPTION(Error, attach(other, *model));
        QVERIFY(largest_difference(scores_of(*model, expected(name, "ids")), expected(name, "adapted_logits"))
                < 1e-4);
    }

    void a_field_that_makes_it_another_encoder_is_refused_by_name_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* field, const char* value) {
            QTest::newRow(field) << QString::fromLatin1(field) << QString::fromLatin1(value);
        };
        row("conv_kernel_size", "3");
        row("embedding_size", "8");
        row("attention_head_size", "8");
        row("pooler_hidden_act", "\"mish\"");
        row("pos_att_type", "[\"p2c\", \"p2p\"]");
        row("norm_rel_ebd", "\"batch_norm\"");
        row("position_buckets", "90");
    }
    void a_field_that_makes_it_another_encoder_is_refused_by_name() {
        QFETCH(QString, field);
        QFETCH(QString, value);
        Weights weights = open_weights(fixture(QStringLiteral("deberta-v2")));
        weights.prepare(at::kMeta, at::kFloat, {}, {});
        Json config = weights.config();
        config[field.toStdString()] = Json::parse(value.toStdString());
        const std::string message = message_of<Error>([&] { make_model(config, weights, at::kMeta); });
        QVERIFY2(message.find(field.toStdString()) != std::string::npos, message.c_str());
    }

    void positions_begin_after_the_padding_tokens_number() {
        const auto model = open_llama(fixture(QStringLiteral("roberta")));
        QCOMPARE(model->context_length(), std::int64_t{40});
        QVERIFY_THROWS_EXCEPTION(Error, logits_of(*model, std::vector<std::int32_t>(41, 5)));
    }

private:
    static void compare_gradients(const Adapter& adapter, const QString& name) {
        const std::string prefix = "grad.base_model.model.";
        for (const auto& target : adapter.targets) {
            const std::string at = prefix + target.path;
            QVERIFY(largest_difference(target.update.A.grad(), expected(name, at + ".lora_A.weight")) < 1e-4);
            QVERIFY(largest_difference(target.update.B.grad(), expected(name, at + ".lora_B.weight")) < 1e-4);
        }
        for (const HeadLinear& linear : adapter.head->linears()) {
            const std::string at = prefix + linear.path;
            QVERIFY(largest_difference(linear.weight.grad(), expected(name, at + ".weight")) < 1e-4);
            QVERIFY(largest_difference(linear.bias.grad(), expected(name, at + ".bias")) < 1e-4);
        }
    }
};

QTEST_GUILESS_MAIN(EncodersTest)
#include "encoders_test.moc"
