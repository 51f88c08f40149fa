// What each method begins as: which parameters there are, and what the model says before the first step.

#include "engine/error.h"
#include "engine/method_sheets/method_sheet.h"
#include "tests/methods/method_bench.h"

#include <QTest>
#include <cmath>

using namespace lora;

class StartsTest : public QObject {
    Q_OBJECT

    MethodBench bench_;

    std::unique_ptr<Method> make(MethodKind kind) {
        return make_method(bench_.start(kind), *bench_.loaded.model);
    }

    const Linear& linear(const std::string& path) {
        for (const NamedLinear& named : bench_.loaded.model->named_linears())
            if (named.path == path) return *named.linear;
        throw Error("no such linear");
    }

    static std::int64_t parameters(const Method& method) {
        std::int64_t count = 0;
        for (const ParameterGroup& group : method.parameters()) count += group.values.numel();
        return count;
    }

    static at::Tensor product(const LowRank& update) {
        return update.B.mm(update.A).mul(update.scale).detach();
    }
    static bool close(const at::Tensor& a, const at::Tensor& b) {
        return (a - b).abs().max().item<double>() < 1e-10;
    }

private Q_SLOTS:
    void the_model_says_at_first_what_it_said_without_data() {
        QTest::addColumn<QString>("word");
        for (const MethodKind kind : method_kinds()) {
            if (trains_weights(kind)) continue;
            const std::string word = name(kind);
            QTest::newRow(word.c_str()) << QString::fromStdString(word);
        }
    }
    void the_model_says_at_first_what_it_said_without() {
        QFETCH(QString, word);
        const MethodKind kind = method_kind(word.toStdString());
        detach(*bench_.loaded.model);
        const double before = bench_.loss().item<double>();
        const auto method = make(kind);
        // LoRA-XS starts from 1e-5, Uni-LoRA from 0.02 over a root, all others from nothing.
        const bool from_nothing = kind != MethodKind::LoraXs && kind != MethodKind::UniLora;
        QVERIFY(std::abs(bench_.loss().item<double>() - before) < (from_nothing ? 1e-9 : 1e-2));
        QVERIFY(linear("model.layers.0.self_attn.q_proj").update);
    }

    void the_trained_parameters_are_as_many_as_the_method_says() {
        // Targets: 32 × 32 of rank 3, 32 × 48 of rank 2.
        const std::int64_t A = 3 * 32 + 2 * 48, B = 3 * 32 + 2 * 32;
        for (const MethodKind kind : {MethodKind::Lora, MethodKind::RsLora, MethodKind::LoraPlus,
                 MethodKind::Pissa, MethodKind::Olora, MethodKind::Eva})
            QCOMPARE(parameters(*make(kind)), A + B);
        QCOMPARE(parameters(*make(MethodKind::LoraFa)), B);
        QCOMPARE(parameters(*make(MethodKind::Dora)), A + B + 32 + 32);
        QCOMPARE(parameters(*make(MethodKind::Vera)), std::int64_t{2 * (32 + 3)});
        QCOMPARE(parameters(*make(MethodKind::LoraXs)), std::int64_t{9 + 4});
        QCOMPARE(parameters(*make(MethodKind::UniLora)), std::int64_t{9});
        QCOMPARE(parameters(*make(MethodKind::AdaLora)), std::int64_t{4 * (32 + 32 + 1) + 4 * (32 + 48 + 1)});
        QCOMPARE(parameters(*make(MethodKind::Subspace)), std::int64_t{9});
        QCOMPARE(parameters(*make(MethodKind::Full)), std::int64_t{16 * 32 + 32});
    }

    void rslora_scales_by_the_root_of_the_rank() {
        const auto method = make(MethodKind::RsLora);
        QVERIFY(method->adapter().use_rslora);
        QCOMPARE(method->adapter().targets[0].update.scale, 6 / std::sqrt(3.0));
        QCOMPARE(method->adapter().targets[1].update.scale, 6 / std::sqrt(2.0));
    }

    void lora_plus_gives_B_alone_a_rate_of_its_own() {
        MethodStart start = bench_.start(MethodKind::LoraPlus);
        start.settings.loraplus_lr_ratio = 7;
        const auto method = make_method(std::move(start), *bench_.loaded.model);
        const auto groups = method->parameters();
        QCOMPARE(groups.size(), std::size_t(2));
        QCOMPARE(groups[0].lr_factor, 1.0);
        QCOMPARE(groups[0].values.numel(), std::int64_t{3 * 32 + 2 * 48});
        QCOMPARE(groups[1].lr_factor, 7.0);
    }

    void lora_fa_forms_no_gradient_for_A() {
        const auto method = make(MethodKind::LoraFa);
        bench_.loss().backward();
        for (const auto& target : method->adapter().targets) {
            QVERIFY(!target.update.A.grad().defined());
            QVERIFY(target.update.B.grad().count_nonzero().item<std::int64_t>() > 0);
        }
    }

    void pissa_holds_the_weights_best_approximation() {
        const auto method = make(MethodKind::Pissa);
        for (const auto& target : method->adapter().targets) {
            const std::int64_t rank = target.update.rank() / 2;
            LowRank half = target.update;
            half.A = half.A.narrow(0, 0, rank);
            half.B = half.B.narrow(1, 0, rank);
            const auto [U, S, Vh] = at::linalg_svd(linear(target.path).weight(), false);
            const at::Tensor best = (U.narrow(1, 0, rank) * S.narrow(0, 0, rank)).mm(Vh.narrow(0, 0, rank));
            QVERIFY(close(product(half), best));
            QVERIFY(close(half.A.norm(), half.B.norm())); // √S on both sides
        }
    }

    void olora_starts_with_an_orthonormal_B() {
        const auto method = make(MethodKind::Olora);
        const LowRank& update = method->adapter().targets[0].update;
        const at::Tensor B = update.B.detach().narrow(1, 0, 3);
        QVERIFY(close(B.t().mm(B), at::eye(3, at::kDouble)));
        const auto [Q, R] = at::linalg_qr(linear("model.layers.0.self_attn.q_proj").weight());
        QVERIFY(close(update.A.detach().narrow(0, 0, 3), R.narrow(0, 0, 3)));
    }

    void a_doubled_update_keeps_its_scale() {
        const auto method = make(MethodKind::Pissa);
        QCOMPARE(method->adapter().targets[0].update.rank(), 6);
        QCOMPARE(method->adapter().targets[0].alpha, 12.0);
        QCOMPARE(method->adapter().targets[0].update.scale, 2.0);
    }

    void a_rank_above_the_weights_smaller_side_is_refused_data() {
        QTest::addColumn<QString>("word");
        for (const char* word : {"pissa", "olora", "lora-xs"})
            QTest::newRow(word) << QString(QLatin1String(word));
    }
    void a_rank_above_the_weights_smaller_side_is_refused() {
        QFETCH(QString, word);
        MethodStart start = bench_.start(method_kind(word.toStdString()));
        start.adapter.targets[0].update.A = at::zeros({33, 32}, at::kDouble);
        start.adapter.targets[0].update.B = at::zeros({32, 33}, at::kDouble);
        const std::string why =
            message_of<Error>([&] { make_method(std::move(start), *bench_.loaded.model); });
        QVERIFY2(why.find("rank of model.layers.0.self_attn.q_proj: found 33, expected at most 32") == 0,
            why.c_str());
    }
};

QTEST_GUILESS_MAIN(StartsTest)
#include "starts_test.moc"
