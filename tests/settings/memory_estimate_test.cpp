// The memory estimate beside peaks that were measured, and what it grows with.

#include "engine/settings/memory_estimate.h"
#include "tests/smollm2_shapes.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

using namespace lora;

namespace {

DatasetSummary lengths(const std::vector<std::int64_t>& all) {
    DatasetSummary data;
    for (const std::int64_t length : all) ++data.lengths[length];
    return data;
}

TrainingSettings batches(std::int64_t batch, std::int64_t accumulate = 1) {
    TrainingSettings training;
    training.batch = batch;
    training.accumulate = accumulate;
    return training;
}

ModelSummary model_that_keeps_values() {
    ModelSummary model = smollm2();
    model.hidden_size = 576;
    model.vocab_size = 49152;
    model.kept_values = 30 * (2 * 576 + 2 * (576 + 192) + 2 * 1536);
    return model;
}

/// Of LoRA on so many targets of SmolLM2, which have so many inputs and outputs together in a block.
MemoryEstimate estimate(NumberType dtype, std::int64_t tokens, std::int64_t rank = 8,
    std::size_t targets = 60, std::int64_t widths = 576 + 576 + 576 + 192, bool multiplies_bfloat16 = true) {
    RunSettings settings;
    settings.dtype = dtype;
    settings.lora.rank = rank;
    Savings savings;
    savings.trainable = rank * 30 * widths;
    savings.training_bytes = 16 * savings.trainable;
    savings.optimizer_bytes = 8 * savings.trainable;
    return estimate_memory(
        model_that_keeps_values(), savings, targets, settings, tokens, multiplies_bfloat16);
}

std::int64_t activations_with(const std::function<void(RunSettings&)>& change) {
    RunSettings settings;
    change(settings);
    return estimate_memory(model_that_keeps_values(), {}, 0, settings, 1024, true).activations;
}

} // namespace

class MemoryEstimateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Peaks of the process in a run of two steps of 4 × 256 tokens, as the README's table has them.
    void an_estimate_is_near_what_was_measured_data() {
        QTest::addColumn<bool>("half");
        QTest::addColumn<int>("rank");
        QTest::addColumn<int>("targets");
        QTest::addColumn<qint64>("widths");
        QTest::addColumn<double>("measured");
        QTest::newRow("bfloat16, q and v, rank 8") << true << 8 << 60 << qint64{1920} << 0.88e9;
        QTest::newRow("float32, q and v, rank 8") << false << 8 << 60 << qint64{1920} << 1.6e9;
        QTest::newRow("bfloat16, all linears, rank 16") << true << 16 << 210 << qint64{10176} << 0.95e9;
    }
    void an_estimate_is_near_what_was_measured() {
        QFETCH(bool, half);
        QFETCH(int, rank);
        QFETCH(int, targets);
        QFETCH(qint64, widths);
        QFETCH(double, measured);
        const auto memory = estimate(half ? NumberType::BFloat16 : NumberType::Float32, 1024, rank,
            static_cast<std::size_t>(targets), widths);
        const double ratio = static_cast<double>(memory.total()) / measured;
        QVERIFY2(std::abs(ratio - 1) < 0.1, std::to_string(ratio).c_str());
    }

    // Peaks of the same runs, rank 8 on q and v, on a processor with AVX2 alone.
    void without_avx512_the_copies_of_float32_products_are_counted_data() {
        QTest::addColumn<qint64>("tokens");
        QTest::addColumn<double>("measured");
        QTest::newRow("1 x 256") << qint64{256} << 0.653e9;
        QTest::newRow("4 x 256") << qint64{1024} << 1.051e9;
        QTest::newRow("8 x 256") << qint64{2048} << 1.574e9;
    }
    void without_avx512_the_copies_of_float32_products_are_counted() {
        QFETCH(qint64, tokens);
        QFETCH(double, measured);
        const auto memory = estimate(NumberType::BFloat16, tokens, 8, 60, 1920, false);
        const double ratio = static_cast<double>(memory.total()) / measured;
        QVERIFY2(std::abs(ratio - 1) < 0.1, std::to_string(ratio).c_str());
        QCOMPARE(estimate(NumberType::Float32, tokens, 8, 60, 1920, false),
            estimate(NumberType::Float32, tokens, 8, 60, 1920, true));
    }

    void the_whole_is_the_sum_of_its_parts() {
        const MemoryEstimate memory = estimate(NumberType::BFloat16, 1024);
        const auto parts = {memory.process, memory.weights, memory.adapter, memory.optimizer,
            memory.activations, memory.work};
        QVERIFY(std::all_of(parts.begin(), parts.end(), [](std::int64_t part) { return part > 0; }));
        QCOMPARE(memory.total(), std::accumulate(parts.begin(), parts.end(), std::int64_t{0}));
        QCOMPARE(memory.weights, 2 * 134'515'008LL); // of the model's parameters
    }

    void float32_takes_twice_what_bfloat16_takes_of_the_base() {
        const MemoryEstimate half = estimate(NumberType::BFloat16, 512),
                             full = estimate(NumberType::Float32, 512);
        QCOMPARE(full.weights, 2 * half.weights);
        QCOMPARE(full.adapter, half.adapter);
        QCOMPARE(full.work, 2 * half.work);
    }

    void activations_grow_with_the_tokens_and_the_adapter_with_the_rank() {
        const MemoryEstimate small = estimate(NumberType::Float32, 512, 8);
        QCOMPARE(estimate(NumberType::Float32, 2048, 8).activations, 4 * small.activations);
        QCOMPARE(estimate(NumberType::Float32, 512, 32).optimizer, 4 * small.optimizer);
    }

    void what_runs_again_or_waits_elsewhere_is_not_kept() {
        const std::int64_t all = activations_with([](RunSettings&) {});
        const std::int64_t inputs =
            activations_with([](RunSettings& settings) { settings.training.gradient_checkpointing = true; });
        const std::int64_t one = activations_with([](RunSettings& settings) {
            settings.training.gradient_checkpointing = true;
            settings.training.activation_offload = true;
        });
        QVERIFY(inputs < all / 4); // a block keeps ten times its input
        QVERIFY(one < inputs / 3);
        QVERIFY(one > all / 30); // a block of thirty is there whole
    }

    void blocks_that_do_not_run_fused_keep_more_and_dora_most() {
        const std::int64_t fused = activations_with([](RunSettings&) {});
        const std::int64_t dropout =
            activations_with([](RunSettings& settings) { settings.lora.dropout = 0.1; });
        const std::int64_t dora =
            activations_with([](RunSettings& settings) { settings.method = MethodKind::Dora; });
        QVERIFY(dropout > 3 * fused / 2);
        QVERIFY(dora > dropout);
    }

    void full_fine_tuning_in_bfloat16_rounds_its_masters_to_copies() {
        RunSettings settings;
        settings.method = MethodKind::Full;
        Savings savings;
        savings.trainable = 1000;
        const auto adapter = [&] { return estimate_memory(smollm2(), savings, 0, settings, 512).adapter; };
        const std::int64_t in_float32 = adapter();
        settings.dtype = NumberType::BFloat16;
        QCOMPARE(adapter(), in_float32 + 1000 * (2 + 2)); // a copy and its gradient
    }

    void a_gpu_is_not_charged_for_the_program() {
        ModelSummary model = smollm2();
        model.device = "cuda:0";
        QCOMPARE(estimate_memory(model, {}, 0, {}, 512).process, 0);
    }

    void rows_of_one_length_make_pieces_of_one_size() {
        const DatasetSummary rows = lengths({256, 256, 256, 256, 256, 256});
        QCOMPARE(largest_micro_batch(rows, 256, batches(4)), 4 * 256);
        QCOMPARE(largest_micro_batch(rows, 256, batches(4, 2)), 2 * 256);
        QCOMPARE(largest_micro_batch(rows, 64, batches(4)), 4 * 64); // cut
        QCOMPARE(largest_micro_batch(lengths({}), 256, batches(4)), 0);
    }

    void samples_of_several_lengths_are_likely_to_meet_above_their_mean() {
        // mean 50, deviation 40: 4 · 50 + 2.5 · 40 · 2 = 400, but four of the longest are 360.
        QCOMPARE(largest_micro_batch(lengths({10, 10, 10, 10, 90, 90, 90, 90}), 256, batches(4)), 360);
        // 64 · 50 + 2.5 · 40 · 8 = 4000.
        std::vector<std::int64_t> many(100, 10);
        many.resize(200, 90);
        QCOMPARE(largest_micro_batch(lengths(many), 256, batches(64)), 4000);
    }

    void batches_of_other_lengths_leave_gaps_between_them() {
        QVERIFY(lengths_vary(lengths({10, 20}), 256));
        QVERIFY(!lengths_vary(lengths({10, 10}), 256));
        QVERIFY(!lengths_vary(lengths({300, 400}), 256)); // all are cut
        QVERIFY(!lengths_vary(lengths({}), 256));
        DatasetSummary packed = lengths({10, 20});
        packed.packing.packs = 1;
        QVERIFY(!lengths_vary(packed, 256));

        const auto activations = [](std::int64_t tokens, bool vary) {
            return estimate_memory(model_that_keeps_values(), {}, 0, {}, tokens, true, vary).activations;
        };
        QCOMPARE(activations(4096, true) - activations(4096, false), 100'000'000);
        const std::int64_t few = activations(10, true) - activations(10, false);
        QVERIFY(few > 0 && few < activations(10, false)); // no more than there is to leave
    }

    void a_batch_above_the_samples_is_all_of_them_once() {
        QCOMPARE(largest_micro_batch(lengths({10, 10, 90, 90}), 256, batches(100'000)), 200);
        QCOMPARE(largest_micro_batch(lengths({10, 10, 90, 90}), 256, batches(100'000, 4)), 90);
    }
};

QTEST_APPLESS_MAIN(MemoryEstimateTest)
#include "memory_estimate_test.moc"
