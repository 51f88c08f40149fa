// The BERT architecture against transformers' and PEFT's numbers: tests/fixtures/bert, made by make.py there.

#include "engine/adapters/peft.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/training/adamw.h"
#include "engine/training/class_loss.h"
#include "engine/training/evaluation.h"
#include "tests/models/tiny_bert.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace {

std::vector<std::int32_t> sample_of(const at::Tensor& ids) {
    const std::int64_t* data = ids.const_data_ptr<std::int64_t>();
    return {data, data + ids.numel()};
}

at::Tensor expected(const QString& variant, const std::string& name) {
    return tensor_of(bert_fixture(variant.toStdString()) + "/expected.safetensors", name);
}

Json expected_json(const QString& variant) {
    return read_json(bert_fixture(variant.toStdString()) + "/expected.json");
}

Adapter adapter_of(const QString& variant) {
    return read_peft(bert_fixture(variant.toStdString()) + "/adapter", at::kCPU);
}

at::Tensor hidden_of(const Model& model, const std::vector<std::vector<std::int32_t>>& samples) {
    const c10::NoGradGuard no_gradient;
    return model.hidden(PackedTokens::pack(samples, at::kCPU), Pass{});
}

std::string message_of_config(const char* key, const Json& value) {
    try {
        open_bert("bare", at::kFloat, {{key, value}});
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

} // namespace

class BertTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hidden_states_equal_transformers_data() { variants(); }
    void hidden_states_equal_transformers() {
        QFETCH(QString, variant);
        const auto model = open_bert(variant.toStdString());
        QVERIFY(largest_difference(
                    hidden_of(*model, {sample_of(expected(variant, "ids"))}), expected(variant, "hidden"))
                < 1e-4);
    }

    void an_adapter_with_its_head_saved_by_peft_gives_its_logits_data() { variants(); }
    void an_adapter_with_its_head_saved_by_peft_gives_its_logits() {
        QFETCH(QString, variant);
        const auto model = open_bert(variant.toStdString());
        attach(adapter_of(variant), *model);
        const c10::NoGradGuard no_gradient;
        const at::Tensor hidden = hidden_of(*model, {sample_of(expected(variant, "ids"))});
        QVERIFY(largest_difference(
                    model->logits(hidden.narrow(0, 0, 1), Pass{})[0], expected(variant, "adapted_logits"))
                < 1e-4);
    }

    void gradients_and_ten_losses_equal_pefts_data() { variants(); }
    void gradients_and_ten_losses_equal_pefts() {
        QFETCH(QString, variant);
        const auto model = open_bert(variant.toStdString());
        const LowRankAdaptation method(adapter_of(variant), *model);
        AdamW optimizer(method.parameters(), /*weight_decay=*/0);
        const Json json = expected_json(variant);
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
            if (step == 0) compare_gradients(method.adapter(), variant);
            optimizer.clip(optimizer.gradient_norm().item<double>(), json.at("clip").get<double>());
            optimizer.step(json.at("lr").get<double>());
            optimizer.clear_gradients();
        }
        Evaluation evaluation(*model, Samples(examples), /*batch=*/3);
        std::optional<EvaluationRecord> record;
        while (!record) record = evaluation.advance(0);
        QVERIFY(std::abs(record->loss - json.at("after").at("loss").get<double>()) < 1e-3);
        QCOMPARE(record->accuracy.value(), json.at("after").at("accuracy").get<double>());
        QCOMPARE(record->learned_tokens, static_cast<std::int64_t>(examples.size()));
    }

    void packed_samples_do_not_attend_to_each_other() {
        const auto model = open_bert("bare");
        const at::Tensor both = hidden_of(*model, {{1, 2, 3}, {4, 5, 6, 7, 8}});
        const at::Tensor second = hidden_of(*model, {{4, 5, 6, 7, 8}});
        QVERIFY(largest_difference(both.narrow(0, 3, 5), second) < 1e-5);
    }

    void tokens_see_what_comes_after_them() {
        const auto model = open_bert("bare");
        const at::Tensor a = hidden_of(*model, {{1, 2, 3}}), b = hidden_of(*model, {{1, 2, 4}});
        QVERIFY(largest_difference(a[0], b[0]) > 1e-3);
    }

    void dropout_acts_in_training_alone_and_follows_from_the_seed() {
        const auto model = open_bert(
            "bare", at::kFloat, {{"hidden_dropout_prob", 0.1}, {"attention_probs_dropout_prob", 0.1}});
        const PackedTokens tokens = PackedTokens::pack({{1, 2, 3, 4, 5, 6}}, at::kCPU);
        const c10::NoGradGuard no_gradient;
        Pass pass;
        const at::Tensor still = model->hidden(tokens, pass);
        QVERIFY(at::equal(model->hidden(tokens, pass), still));
        pass.training = true;
        pass.seed = 7;
        const at::Tensor once = model->hidden(tokens, pass);
        QVERIFY(at::equal(model->hidden(tokens, pass), once));
        QVERIFY(largest_difference(once, still) > 1e-3);
        pass.seed = 8;
        QVERIFY(largest_difference(model->hidden(tokens, pass), once) > 1e-3);
    }

    void a_classifier_without_a_head_says_so() {
        const auto model = open_bert("bare");
        const at::Tensor hidden = hidden_of(*model, {{1, 2, 3}});
        QVERIFY_THROWS_EXCEPTION(Error, model->logits(hidden, Pass{}));
        attach(adapter_of(QStringLiteral("bare")), *model);
        QVERIFY(model->logits(hidden, Pass{}).defined());
        detach(*model);
        QVERIFY_THROWS_EXCEPTION(Error, model->logits(hidden, Pass{}));
    }

    void a_head_of_another_width_is_refused_and_changes_nothing() {
        const auto model = open_bert("bare");
        attach(adapter_of(QStringLiteral("bare")), *model);
        Adapter other = adapter_of(QStringLiteral("bare"));
        other.head = make_head(16, {"a", "b"}, 1, at::kCPU);
        QVERIFY_THROWS_EXCEPTION(Error, attach(other, *model));
        QCOMPARE(model->head().in(), std::int64_t{32});
        QVERIFY(model->named_linears().front().linear->update);
    }

    void a_sample_longer_than_the_positions_is_refused() {
        const auto model = open_bert("bare");
        QVERIFY_THROWS_EXCEPTION(Error, hidden_of(*model, {std::vector<std::int32_t>(41, 1)}));
    }

    void fields_that_are_not_known_are_refused_by_name_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("activation") << QStringLiteral("hidden_act") << QStringLiteral("\"mish\"");
        QTest::newRow("relative positions")
            << QStringLiteral("position_embedding_type") << QStringLiteral("\"relative_key\"");
        QTest::newRow("decoder") << QStringLiteral("is_decoder") << QStringLiteral("true");
        QTest::newRow("heads") << QStringLiteral("num_attention_heads") << QStringLiteral("5");
        QTest::newRow("dropout") << QStringLiteral("hidden_dropout_prob") << QStringLiteral("1.0");
    }
    void fields_that_are_not_known_are_refused_by_name() {
        QFETCH(QString, key);
        QFETCH(QString, value);
        const std::string name = key.toStdString();
        const std::string message = message_of_config(name.c_str(), parse_json(value.toStdString(), "value"));
        QVERIFY2(message.find(name) != std::string::npos, message.c_str());
    }

private:
    static void variants() {
        QTest::addColumn<QString>("variant");
        for (const auto& entry : std::filesystem::directory_iterator(FIXTURES "/bert"))
            if (entry.is_directory())
                QTest::newRow(entry.path().filename().c_str())
                    << QString::fromStdString(entry.path().filename().string());
    }

    static void compare_gradients(const Adapter& adapter, const QString& variant) {
        const std::string prefix = "grad.base_model.model.";
        for (const auto& target : adapter.targets) {
            const std::string at = prefix + target.path;
            QVERIFY(
                largest_difference(target.update.A.grad(), expected(variant, at + ".lora_A.weight")) < 1e-4);
            QVERIFY(
                largest_difference(target.update.B.grad(), expected(variant, at + ".lora_B.weight")) < 1e-4);
        }
        QVERIFY(
            largest_difference(adapter.head->weight.grad(), expected(variant, prefix + "classifier.weight"))
            < 1e-4);
        QVERIFY(largest_difference(adapter.head->bias.grad(), expected(variant, prefix + "classifier.bias"))
                < 1e-4);
    }
};

QTEST_GUILESS_MAIN(BertTest)
#include "bert_test.moc"
