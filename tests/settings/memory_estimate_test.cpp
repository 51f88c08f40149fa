#include "engine/settings/memory_estimate.h"
#include "tests/smollm2_shapes.h"

#include <QTest>

using namespace lora;

namespace {

DatasetSummary lengths(std::vector<std::int64_t> ascending) {
    DatasetSummary data;
    data.lengths = std::move(ascending);
    return data;
}

TrainingSettings batches(std::int64_t batch, std::int64_t accumulate = 1) {
    TrainingSettings training;
    training.batch = batch;
    training.accumulate = accumulate;
    return training;
}

MemoryEstimate estimate(NumberType dtype, std::int64_t tokens, std::int64_t rank = 8) {
    ModelSummary model = smollm2();
    model.hidden_size = 576;
    model.vocab_size = 49152;
    model.kept_values = 30 * (2 * 576 + 2 * (576 + 192) + 2 * 1536);
    RunSettings settings;
    settings.dtype = dtype;
    settings.lora.rank = rank;
    Savings savings;
    savings.trainable = rank * 30 * (576 + 576 + 576 + 192); // q and v
    savings.training_bytes = 16 * savings.trainable;
    savings.optimizer_bytes = 8 * savings.trainable;
    return estimate_memory(model, savings, 60, settings, tokens);
}

} // namespace

class MemoryEstimateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void each_part_is_counted_from_the_shapes() {
        const MemoryEstimate memory = estimate(NumberType::BFloat16, 1024);
        QCOMPARE(memory.weights, 2 * 134'515'008LL);
        QCOMPARE(memory.adapter, 8 * 460'800LL);   // A and B, and their gradients
        QCOMPARE(memory.optimizer, 8 * 460'800LL); // two moments
        QCOMPARE(memory.activations, 5 * 1024 * (30 * 5760 * 2 + 60 * 8 * 4LL) / 4); // a quarter for the gaps
        QCOMPARE(
            memory.work, 2 * (256 * 49152 + 2 * 1024 * 576LL)); // the head's chunk is larger than a block
        QCOMPARE(memory.total(), memory.process + memory.weights + memory.adapter + memory.optimizer
                                     + memory.activations + memory.work);
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

    void checkpointing_keeps_the_blocks_inputs_and_one_block() {
        ModelSummary model = smollm2();
        model.hidden_size = 576;
        model.kept_values = 30 * 5760;
        RunSettings settings;
        settings.training.gradient_checkpointing = true;
        const MemoryEstimate memory = estimate_memory(model, {}, 0, settings, 1024);
        QCOMPARE(memory.activations, 5 * 1024 * (30 * 576 + 5760) * 4LL / 4);
        settings.training.activation_offload = true; // all inputs but one wait in the host's memory
        QCOMPARE(
            estimate_memory(model, {}, 0, settings, 1024).activations, 5 * 1024 * (576 + 5760) * 4LL / 4);
    }

    void blocks_that_do_not_run_fused_keep_twice_as_much() {
        ModelSummary model = smollm2();
        model.kept_values = 30 * 5760;
        RunSettings settings;
        const auto activations = [&] { return estimate_memory(model, {}, 0, settings, 1024).activations; };
        const std::int64_t fused = activations();
        settings.lora.dropout = 0.1;
        QCOMPARE(activations(), 2 * fused);
        settings.lora.dropout = 0;
        settings.method = MethodKind::Dora; // of q and v it keeps the outputs too, in float32
        QCOMPARE(activations(), 2 * fused + 5 * 1024 * 30 * (576 + 192) * 4LL / 4);
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
        QCOMPARE(largest_piece(rows, 256, batches(4)), 4 * 256);
        QCOMPARE(largest_piece(rows, 256, batches(4, 2)), 2 * 256);
        QCOMPARE(largest_piece(rows, 64, batches(4)), 4 * 64); // cut
        QCOMPARE(largest_piece(lengths({}), 256, batches(4)), 0);
    }

    void samples_of_several_lengths_are_likely_to_meet_above_their_mean() {
        // mean 50, deviation 40: 4 · 50 + 2.5 · 40 · 2 = 400, but four of the longest are 360.
        QCOMPARE(largest_piece(lengths({10, 10, 90, 90}), 256, batches(4)), 360);
        // 64 · 50 + 2.5 · 40 · 8 = 4000.
        QCOMPARE(largest_piece(lengths({10, 10, 90, 90}), 256, batches(64)), 4000);
    }
};

QTEST_APPLESS_MAIN(MemoryEstimateTest)
#include "memory_estimate_test.moc"
