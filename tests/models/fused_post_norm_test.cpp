// The hand-written halves of BERT's blocks against the plain operators they stand in for, and against numeric
// gradients in float64, dropouts included.
#include "engine/adapters/adapter.h"
#include "engine/targets/targets.h"
#include "engine/training/class_loss.h"
#include "tests/models/gradients.h"
#include "tests/models/tiny_bert.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <cmath>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

const Json with_dropouts{{"hidden_dropout_prob", 0.1}, {"attention_probs_dropout_prob", 0.2}};

/// Every update with a B that is not zero, and a head, so that all gradients are.
Adapter attach_to(Model& model, const std::string& targets, at::ScalarType type = at::kFloat) {
    LoraSettings settings;
    settings.rank = 3;
    settings.alpha = 6;
    Adapter adapter =
        make_adapter(model, select_targets(summary_of(model, "").linears, {targets, ""}), settings, 1);
    at::manual_seed(3);
    for (TargetUpdate& target : adapter.targets) {
        target.update.A = target.update.A.to(type).requires_grad_();
        target.update.B = (at::randn(target.update.B.sizes()) * 0.1).to(type).requires_grad_();
    }
    adapter.head = make_head(32, {"a", "b", "c"}, 1, at::kCPU);
    adapter.head->weight = (adapter.head->weight * 10).to(type).requires_grad_();
    adapter.head->bias = adapter.head->bias.to(type).requires_grad_();
    attach(adapter, model);
    return adapter;
}

std::vector<at::Tensor> tensors_of(const Adapter& adapter) {
    std::vector<at::Tensor> all;
    for (const TargetUpdate& target : adapter.targets)
        all.insert(all.end(), {target.update.A, target.update.B});
    all.insert(all.end(), {adapter.head->weight, adapter.head->bias});
    return all;
}

Batch ragged_batch() {
    std::vector<Example> examples(3);
    for (std::size_t i = 0; i < examples.size(); ++i) {
        for (std::size_t t = 0; t < 4 + 5 * i; ++t)
            examples[i].ids.push_back(static_cast<std::int32_t>((7 * i + 3 * t) % 60));
        examples[i].label = static_cast<std::int64_t>(i);
    }
    return batch_of(examples);
}

Pass training_pass(bool fused) {
    Pass pass;
    pass.fused = fused;
    pass.training = true;
    pass.seed = 12345;
    return pass;
}

LossAndGradients through(const Model& model, const Adapter& adapter, bool fused) {
    const at::Tensor loss = class_loss(model, ragged_batch(), training_pass(fused)).loss;
    return {loss.item<double>(), torch::autograd::grad({loss}, tensors_of(adapter))};
}

} // namespace

class FusedPostNormTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void they_equal_the_plain_operators_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("targets");
        QTest::addColumn<bool>("dropouts");
        const auto row = [](const char* variant, const char* targets, bool dropouts) {
            QTest::addRow("%s, %s%s", variant, targets, dropouts ? ", dropouts" : "")
                << QString::fromUtf8(variant) << QString::fromUtf8(targets) << dropouts;
        };
        row("bare", "attention-qv", false);
        row("bare", "attention-qv", true);
        row("prefixed_tanh", "all-linear", true);
        row("old_names_relu", "mlp", true);
        row("bare", "attention.output.dense,output.dense", false);
    }
    void they_equal_the_plain_operators() {
        QFETCH(QString, variant);
        QFETCH(QString, targets);
        QFETCH(bool, dropouts);
        const auto model =
            open_bert(variant.toStdString(), at::kFloat, dropouts ? with_dropouts : Json::object());
        const Adapter adapter = attach_to(*model, targets.toStdString());

        const LossAndGradients fused = through(*model, adapter, true);
        const LossAndGradients plain = through(*model, adapter, false);

        const double tolerance = 2e-5; // float32 sums in another order
        QVERIFY(std::abs(fused.loss / plain.loss - 1) <= tolerance);
        for (std::size_t i = 0; i < plain.gradients.size(); ++i)
            QVERIFY2(relative_difference(fused.gradients[i], plain.gradients[i]) <= tolerance,
                qPrintable(QStringLiteral("tensor %1: %2")
                               .arg(i)
                               .arg(relative_difference(fused.gradients[i], plain.gradients[i]))));
    }

    void all_rows_equal_the_plain_operators_too() {
        const auto model = open_bert("bare");
        const PackedTokens tokens = ragged_batch().tokens;
        const c10::NoGradGuard no_gradient;
        Pass plain;
        plain.fused = false;
        QVERIFY(largest_difference(model->hidden(tokens, Pass{}), model->hidden(tokens, plain)) < 1e-5);
    }

    void in_bfloat16_they_are_no_further_from_float32_than_the_plain_operators() {
        const auto exact = open_bert("bare", at::kFloat, with_dropouts);
        const auto rounded = open_bert("bare", at::kBFloat16, with_dropouts);
        const LossAndGradients wanted = through(*exact, attach_to(*exact, "all-linear"), false);
        const Adapter adapter = attach_to(*rounded, "all-linear");

        const LossAndGradients fused = through(*rounded, adapter, true);
        const LossAndGradients plain = through(*rounded, adapter, false);

        double fused_error = 0, plain_error = 0;
        for (std::size_t i = 0; i < wanted.gradients.size(); ++i) {
            fused_error += relative_difference(fused.gradients[i], wanted.gradients[i]);
            plain_error += relative_difference(plain.gradients[i], wanted.gradients[i]);
        }
        QVERIFY2(fused_error <= 1.1 * plain_error,
            qPrintable(QStringLiteral("%1, plain %2").arg(fused_error).arg(plain_error)));
    }

    void their_gradients_equal_numeric_ones() {
        const auto model = open_bert("bare", at::kFloat, with_dropouts);
        const Adapter adapter = attach_to(*model, "all-linear");
        const LossAndGradients fused = through(*model, adapter, true);
        const auto exact = open_bert("bare", at::kDouble, with_dropouts);
        const Adapter exact_adapter = attach_to(*exact, "all-linear", at::kDouble);
        const c10::NoGradGuard no_gradient;

        // Along the fused gradient of each tensor, the float64 loss must rise by its squared norm.
        const std::vector<at::Tensor> tensors = tensors_of(exact_adapter);
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const at::Tensor direction = fused.gradients[i].to(at::kDouble);
            const double norm = direction.norm().item<double>();
            const double step = 1e-3 / norm;
            const auto loss_at = [&](double along) {
                tensors[i].add_(direction, along);
                const double loss =
                    class_loss(*exact, ragged_batch(), training_pass(false)).loss.item<double>();
                tensors[i].sub_(direction, along);
                return loss;
            };
            const double slope = (loss_at(step) - loss_at(-step)) / (2 * step);
            QVERIFY2(std::abs(slope / (norm * norm) - 1) <= 1e-3,
                qPrintable(QStringLiteral("tensor %1: %2 of %3").arg(i).arg(slope).arg(norm * norm)));
        }
    }

    void checkpointed_blocks_give_the_same_loss_and_gradients_bit_for_bit() {
        const auto model = open_bert("bare", at::kFloat, with_dropouts);
        const Adapter adapter = attach_to(*model, "all-linear");
        for (const bool fused : {true, false}) {
            const LossAndGradients whole = through(*model, adapter, fused);
            Pass pass = training_pass(fused);
            pass.gradient_checkpointing = true;
            const at::Tensor loss = class_loss(*model, ragged_batch(), pass).loss;
            QCOMPARE(loss.item<double>(), whole.loss);
            const auto gradients = torch::autograd::grad({loss}, tensors_of(adapter));
            for (std::size_t i = 0; i < gradients.size(); ++i)
                QVERIFY(at::equal(gradients[i], whole.gradients[i]));
        }
    }

    void a_dropout_of_the_updates_goes_by_the_plain_operators() {
        const auto model = open_bert("bare");
        Adapter adapter = attach_to(*model, "attention-qv");
        for (TargetUpdate& target : adapter.targets) target.update.dropout = 0.5;
        attach(adapter, *model);
        Pass pass = training_pass(true);
        QVERIFY_THROWS_EXCEPTION(
            Error, class_loss(*model, ragged_batch(), pass)); // it asks for its generator
        pass.training = false;
        QVERIFY(class_loss(*model, ragged_batch(), pass).loss.defined());
    }
};

QTEST_GUILESS_MAIN(FusedPostNormTest)
#include "fused_post_norm_test.moc"
