// Smaller adapters: what they lose is the tail of the spectrum, and PEFT's files carry them with their scale.

#include "engine/adapters/peft.h"
#include "engine/adapters/truncate.h"
#include "engine/analysis/spectrum.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <algorithm>

using namespace lora;

namespace {

const std::string model_folder = FIXTURES "/llama/gqa_tied";
const std::vector<std::int32_t> sample{3, 1, 4, 1, 5, 9, 2, 6};

Adapter of_one(std::int64_t rank, double scale, bool use_rslora = false) {
    const double size = static_cast<double>(rank);
    return {{{"layer", scale * (use_rslora ? std::sqrt(size) : size),
                {.A = at::randn({rank, 30}), .B = at::randn({20, rank}), .scale = scale}}},
        {}, use_rslora};
}

at::Tensor matrix_of(const Adapter& adapter) {
    const LowRank& update = adapter.targets[0].update;
    return update.scale * update.B.to(at::kDouble).mm(update.A.to(at::kDouble));
}

/// One of rank 8 for every linear of the model.
Adapter for_all_linears(Model& model) {
    std::vector<std::string> paths;
    for (const auto& named : model.named_linears()) paths.push_back(named.path);
    Adapter adapter = make_adapter(model, paths, {.rank = 8, .alpha = 16}, /*seed=*/1);
    for (auto& target : adapter.targets) target.update.B.normal_(0, 0.05);
    return adapter;
}

} // namespace

class TruncateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { at::manual_seed(5); }

    void the_error_is_the_tail_of_the_spectrum_data() {
        QTest::addColumn<double>("scale");
        QTest::addColumn<bool>("use_rslora");
        QTest::newRow("plain") << 2.0 << false;
        QTest::newRow("rsLoRA") << 2.0 << true;
        QTest::newRow("a negative scale") << -0.5 << false;
        QTest::newRow("a tiny one") << 1e-12 << false;
    }
    void the_error_is_the_tail_of_the_spectrum() {
        QFETCH(double, scale);
        QFETCH(bool, use_rslora);
        const Adapter whole = of_one(8, scale, use_rslora);
        const std::vector<double> values = singular_values(whole.targets[0].update);
        for (std::int64_t rank = 1; rank < 8; ++rank) {
            const Adapter smaller = truncate(whole, {rank});
            double tail = 0;
            for (auto i = static_cast<std::size_t>(rank); i < 8; ++i) tail += values[i] * values[i];
            const double error = (matrix_of(whole) - matrix_of(smaller)).norm().item<double>();
            QVERIFY(std::abs(error - std::sqrt(tail)) <= 1e-6 * values[0]); // float32 factors
            QCOMPARE(smaller.targets[0].update.rank(), rank);
            const double size = static_cast<double>(rank);
            QCOMPARE(smaller.targets[0].alpha / (use_rslora ? std::sqrt(size) : size), scale);
        }
    }

    void the_full_rank_loses_nothing() {
        const Adapter whole = of_one(8, 2);
        QVERIFY(at::equal(matrix_of(truncate(whole, {8})), matrix_of(whole)));
        QVERIFY(at::equal(matrix_of(truncate(whole, {100})), matrix_of(whole)));
    }

    void an_untrained_target_stays_trainable() {
        Adapter whole = of_one(8, 2);
        whole.targets[0].update.B.zero_();
        const Adapter smaller = truncate(whole, {3});
        QVERIFY(smaller.targets[0].update.B.eq(0).all().item<bool>());
        QVERIFY(smaller.targets[0].update.A.norm().item<double>() > 1);
    }

    void a_target_at_rank_0_is_left_out_and_nothing_left_is_an_error() {
        Adapter whole = of_one(8, 2);
        whole.targets.push_back(whole.targets[0]);
        whole.targets[1].path = "other";
        const Adapter smaller = truncate(whole, {0, 2});
        QCOMPARE(smaller.targets.size(), std::size_t{1});
        QCOMPARE(smaller.targets[0].path, std::string("other"));
        QVERIFY(contains(message_of<Error>([&] { truncate(whole, {0, 0}); }), "no direction"));
    }

    void a_classifiers_head_stays() {
        Adapter whole = of_one(8, 2);
        whole.head = make_head(30, {"no", "yes"}, /*seed=*/1, at::kCPU);

        const Adapter smaller = truncate(whole, {3});

        QVERIFY(smaller.head.has_value());
        QVERIFY(smaller.head->weight.equal(whole.head->weight));
        QVERIFY(smaller.head->bias.equal(whole.head->bias));
        QCOMPARE(smaller.head->labels, whole.head->labels);
    }

    void an_adapter_moves_with_its_head() {
        Adapter whole = of_one(8, 2);
        whole.head = make_head(30, {"no", "yes"}, /*seed=*/1, at::kCPU);

        const Adapter moved = whole.on(at::kMeta);

        QVERIFY(moved.targets[0].update.A.is_meta());
        QVERIFY(moved.head->weight.is_meta());
        QVERIFY(moved.head->bias.is_meta());
        QVERIFY(whole.head->weight.is_cpu());
    }

    void a_truncated_adapter_comes_back_from_its_folder_with_equal_logits() {
        const Scratch scratch;
        const auto model = open_llama(model_folder);
        const Adapter whole = for_all_linears(*model);
        std::vector<std::int64_t> ranks;
        for (std::size_t i = 0; i < whole.targets.size(); ++i)
            ranks.push_back(static_cast<std::int64_t>(1 + i % 9));
        const Adapter smaller = truncate(whole, ranks);
        attach(smaller, *model);
        const at::Tensor in_place = logits_of(*model, sample);

        write_peft(scratch.path("smaller"), smaller, summary_of(*model, model_folder));
        attach(read_peft(scratch.path("smaller"), at::kCPU), *model);

        QVERIFY(largest_difference(logits_of(*model, sample), in_place) <= 1e-6);
    }
};

QTEST_GUILESS_MAIN(TruncateTest)
#include "truncate_test.moc"
