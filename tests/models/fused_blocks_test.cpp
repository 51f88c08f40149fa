// The hand-written halves of a block against the plain operators they stand in for, and against numeric
// gradients in float64.
#include "engine/adapters/adapter.h"
#include "engine/targets/targets.h"
#include "engine/training/loss.h"
#include "tests/models/gradients.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <cmath>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

std::unique_ptr<Model> open_as(const QString& variant, at::ScalarType type) {
    return open_llama(FIXTURES "/llama/" + variant.toStdString(), type);
}

/// Every update with a B that is not zero, so that all gradients are.
Adapter attach_to(Model& model, const TargetSelection& selection, at::ScalarType type = at::kFloat) {
    LoraSettings settings;
    settings.rank = 3;
    settings.alpha = 6;
    Adapter adapter =
        make_adapter(model, select_targets(summary_of(model, "").linears, selection), settings, 1);
    at::manual_seed(3);
    for (TargetUpdate& target : adapter.targets) {
        target.update.A = target.update.A.to(type).requires_grad_();
        target.update.B = (at::randn(target.update.B.sizes()) * 0.1).to(type).requires_grad_();
    }
    attach(adapter, model);
    return adapter;
}

std::vector<at::Tensor> tensors_of(const Adapter& adapter) {
    std::vector<at::Tensor> all;
    for (const TargetUpdate& target : adapter.targets)
        all.insert(all.end(), {target.update.A, target.update.B});
    return all;
}

/// Three samples of different lengths, all but the first tokens learned.
Batch ragged_batch(const Model& model) {
    std::vector<Example> examples(3);
    for (std::size_t i = 0; i < examples.size(); ++i)
        for (std::size_t t = 0; t < 4 + 5 * i; ++t) {
            examples[i].ids.push_back(static_cast<std::int32_t>((7 * i + 3 * t) % 60));
            examples[i].learned.push_back(t > 1);
        }
    return make_batch({&examples[0], &examples[1], &examples[2]}, model.device());
}

LossAndGradients through(
    const Model& model, const Adapter& adapter, bool fused, bool gradient_checkpointing = false) {
    Pass pass;
    pass.fused = fused;
    pass.gradient_checkpointing = gradient_checkpointing;
    const at::Tensor loss = next_token_loss(model, ragged_batch(model), pass);
    return {loss.item<double>(), torch::autograd::grad({loss}, tensors_of(adapter))};
}

} // namespace

class FusedBlocksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void they_equal_the_plain_operators_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("targets");
        QTest::addColumn<QString>("layers");
        const auto row = [](const char* variant, const char* targets, const char* layers) {
            QTest::addRow("%s, %s of layers %s", variant, targets, layers)
                << QString::fromUtf8(variant) << QString::fromUtf8(targets) << QString::fromUtf8(layers);
        };
        row("gqa_tied", "attention-qv", "");
        row("gqa_tied", "all-linear", "");
        row("gqa_tied", "all-linear", "1"); // nothing below is adapted
        row("gqa_tied", "o_proj,down_proj", "");
        row("gqa_tied", "mlp", "0");
        row("bias", "all-linear", "");
        row("untied_llama3_rope", "attention", "");
    }
    void they_equal_the_plain_operators() {
        QFETCH(QString, variant);
        QFETCH(QString, targets);
        QFETCH(QString, layers);
        const auto model = open_as(variant, at::kFloat);
        const Adapter adapter = attach_to(*model, {targets.toStdString(), layers.toStdString()});

        const LossAndGradients fused = through(*model, adapter, true);
        const LossAndGradients plain = through(*model, adapter, false);

        const double tolerance = 1e-5; // float32 sums in another order
        QVERIFY(std::abs(fused.loss / plain.loss - 1) <= tolerance);
        for (std::size_t i = 0; i < plain.gradients.size(); ++i)
            QVERIFY(relative_difference(fused.gradients[i], plain.gradients[i]) <= tolerance);
    }

    void in_bfloat16_they_are_no_further_from_float32_than_the_plain_operators() {
        const TargetSelection all{"all-linear", ""};
        const auto exact = open_as(QStringLiteral("gqa_tied"), at::kFloat);
        const auto rounded = open_as(QStringLiteral("gqa_tied"), at::kBFloat16);
        const LossAndGradients wanted = through(*exact, attach_to(*exact, all), false);
        const Adapter adapter = attach_to(*rounded, all);

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
        const auto model = open_as(QStringLiteral("gqa_tied"), at::kFloat);
        const Adapter adapter = attach_to(*model, {"all-linear", ""});
        const LossAndGradients fused = through(*model, adapter, true);
        const auto exact = open_as(QStringLiteral("gqa_tied"), at::kDouble);
        const Adapter exact_adapter = attach_to(*exact, {"all-linear", ""}, at::kDouble);
        const c10::NoGradGuard no_gradient;

        // Along the fused gradient of each tensor, the float64 loss must rise by its squared norm.
        const std::vector<at::Tensor> tensors = tensors_of(exact_adapter);
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const at::Tensor direction = fused.gradients[i].to(at::kDouble);
            const double norm = direction.norm().item<double>();
            const double step = 1e-3 / norm;
            const auto loss_at = [&](double along) {
                tensors[i].add_(direction, along);
                const double loss = next_token_loss_plain(*exact, ragged_batch(*exact), {}).item<double>();
                tensors[i].sub_(direction, along);
                return loss;
            };
            const double slope = (loss_at(step) - loss_at(-step)) / (2 * step);
            QVERIFY2(std::abs(slope / (norm * norm) - 1) <= 1e-4,
                qPrintable(QStringLiteral("tensor %1: %2 of %3").arg(i).arg(slope).arg(norm * norm)));
        }
    }

    void blocks_that_run_again_in_the_backward_give_the_same_bits_data() {
        QTest::addColumn<QString>("layers");
        QTest::newRow("all layers") << QString();
        QTest::newRow("nothing below is adapted") << QStringLiteral("1");
    }
    void blocks_that_run_again_in_the_backward_give_the_same_bits() {
        QFETCH(QString, layers);
        const auto model = open_as(QStringLiteral("gqa_tied"), at::kFloat);
        const Adapter adapter = attach_to(*model, {"all-linear", layers.toStdString()});
        for (const bool fused : {true, false}) {
            const LossAndGradients kept = through(*model, adapter, fused);
            const LossAndGradients again = through(*model, adapter, fused, true);

            QCOMPARE(again.loss, kept.loss);
            for (std::size_t i = 0; i < kept.gradients.size(); ++i)
                QVERIFY(again.gradients[i].equal(kept.gradients[i]));
        }
    }

    void a_block_that_runs_again_draws_the_same_dropout() {
        const auto model = open_as(QStringLiteral("gqa_tied"), at::kFloat);
        Adapter adapter = attach_to(*model, {"all-linear", ""});
        for (TargetUpdate& target : adapter.targets) target.update.dropout = 0.5;
        attach(adapter, *model);
        const auto gradients = [&](bool gradient_checkpointing) {
            Pass pass;
            pass.training = true;
            pass.gradient_checkpointing = gradient_checkpointing;
            pass.generator = at::globalContext().defaultGenerator(at::kCPU).clone();
            pass.generator->set_current_seed(7);
            const at::Tensor loss = next_token_loss(*model, ragged_batch(*model), pass);
            return torch::autograd::grad({loss}, tensors_of(adapter));
        };

        const auto kept = gradients(false), again = gradients(true);

        for (std::size_t i = 0; i < kept.size(); ++i) QVERIFY(again[i].equal(kept[i]));
    }

    void an_evaluation_gives_the_same_loss_without_a_graph() {
        const auto model = open_as(QStringLiteral("gqa_tied"), at::kFloat);
        const Adapter adapter = attach_to(*model, {"all-linear", ""});
        const double trained = through(*model, adapter, true).loss;
        const c10::NoGradGuard no_gradient;

        const at::Tensor loss = next_token_loss(*model, ragged_batch(*model), {});

        QCOMPARE(loss.item<double>(), trained);
    }
};

QTEST_GUILESS_MAIN(FusedBlocksTest)
#include "fused_blocks_test.moc"
