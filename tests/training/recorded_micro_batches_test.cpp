// Which micro-batches are recorded, and that a recording counts as the micro-batch itself. The recorder here
// does again what it was given; a GPU's own is tested in devices_test.
#include "engine/adapters/adapter.h"
#include "engine/targets/targets.h"
#include "engine/training/recorded_micro_batches.h"
#include "tests/training/tiny_run.h"

#include <cmath>

#include <ATen/ATen.h>

using namespace lora;

namespace {

struct Repetition : Recording {
    std::function<void()> work;
    explicit Repetition(std::function<void()> what) : work(std::move(what)) {}
    void replay() override { work(); }
};

/// How often it was asked; from then on it refuses, where `refuses`.
struct Repeater : Recorder {
    int* count;
    bool refuses;
    Repeater(int* asked, bool no) : count(asked), refuses(no) {}
    std::unique_ptr<Recording> record(const std::function<void()>& work) override {
        ++*count;
        TORCH_CHECK(!refuses, "it cannot be");
        return std::make_unique<Repetition>(work);
    }
};

Example example(std::size_t length, std::int32_t first, std::size_t prompt) {
    Example made;
    for (std::size_t t = 0; t < length; ++t) {
        made.ids.push_back(static_cast<std::int32_t>((first + 13 * t) % 400));
        made.learned.push_back(t >= prompt);
    }
    return made;
}

} // namespace

class RecordedMicroBatchesTest : public QObject {
    Q_OBJECT

    RunBench bench_;
    Adapter adapter_;
    int recordings_ = 0;
    at::Tensor total_;

    RecordedMicroBatches micro_batches(bool refuses = false) {
        recordings_ = 0;
        return {*bench_.loaded.model, bench_.loaded.summary.parameters,
            std::make_unique<Repeater>(&recordings_, refuses)};
    }

    MicroBatchWeight weight(double factor) const { return {factor, total_}; }

    std::vector<at::Tensor> gradients() const {
        std::vector<at::Tensor> all;
        for (const TargetUpdate& target : adapter_.targets)
            for (const at::Tensor& tensor : {target.update.A, target.update.B}) all.push_back(tensor.grad());
        return all;
    }

    std::vector<at::Tensor> taken_gradients() {
        std::vector<at::Tensor> all;
        for (const at::Tensor& gradient : gradients()) {
            all.push_back(gradient.clone());
            gradient.zero_();
        }
        return all;
    }

    static double apart(const std::vector<at::Tensor>& found, const std::vector<at::Tensor>& expected) {
        double most = 0;
        for (std::size_t i = 0; i < expected.size(); ++i)
            most = std::max(most, (found[i] - expected[i]).abs().max().item<double>());
        return most;
    }

private Q_SLOTS:
    void initTestCase() {
        LoraSettings settings;
        settings.rank = 2;
        adapter_ = make_adapter(*bench_.loaded.model,
            select_targets(bench_.loaded.summary.linears, {"all-linear", ""}), settings, 1);
        at::manual_seed(5);
        for (TargetUpdate& target : adapter_.targets)
            for (at::Tensor* tensor : {&target.update.A, &target.update.B}) {
                *tensor = at::randn(tensor->sizes()).mul_(0.1).requires_grad_();
                tensor->mutable_grad() = at::zeros_like(*tensor);
            }
        attach(adapter_, *bench_.loaded.model);
    }
    void init() {
        taken_gradients();
        total_ = at::zeros({}, at::kDouble);
    }

    void a_shape_is_recorded_when_it_comes_again_and_counts_as_the_micro_batch_itself() {
        RecordedMicroBatches recorded = micro_batches();
        for (int i = 0; i < 4; ++i) {
            const Example one = example(20, 3 + i, 4), other = example(20, 90 - i, 4);
            const Batch batch = make_filled_batch({&one, &other}, at::kCPU);
            const double factor = 0.25 + i;
            add_micro_batch(*bench_.loaded.model, batch, {}, weight(factor));
            const std::vector<at::Tensor> expected = taken_gradients();
            const double loss = total_.item<double>();
            total_.zero_();

            recorded.add(batch, {}, weight(factor));

            QCOMPARE(recordings_, i == 0 ? 0 : 1);
            QVERIFY(std::abs(total_.item<double>() - loss) <= 1e-6 * loss);
            QVERIFY(apart(taken_gradients(), expected) <= 1e-6);
            total_.zero_();
        }
        QVERIFY(!recorded.take_refusal());
    }

    void a_filled_batch_has_the_loss_and_the_gradients_of_the_batch() {
        const Example one = example(37, 3, 9), other = example(11, 90, 2);
        add_micro_batch(*bench_.loaded.model, make_batch({&one, &other}, at::kCPU), {}, weight(1));
        const std::vector<at::Tensor> expected = taken_gradients();
        const double loss = total_.item<double>();
        total_.zero_();

        const Batch filled = make_filled_batch({&one, &other}, at::kCPU);
        add_micro_batch(*bench_.loaded.model, filled, {}, weight(1));

        const BatchShape shape = shape_of(filled);
        QVERIFY((shape == BatchShape{64, 3, 64, 64}));
        QVERIFY(std::abs(total_.item<double>() - loss) <= 1e-6 * loss);
        QVERIFY(apart(taken_gradients(), expected) <= 1e-6);
    }

    void samples_of_one_length_that_are_learned_whole_are_not_filled_up() {
        const Example one = example(33, 3, 1), other = example(33, 90, 1);

        const BatchShape shape = shape_of(make_filled_batch({&one, &other}, at::kCPU));

        QVERIFY((shape == BatchShape{66, 2, 64, 64}));
    }

    void what_cannot_be_recorded_is_done_as_it_is_and_said_once() {
        RecordedMicroBatches recorded = micro_batches(/*refuses=*/true);
        const Example one = example(20, 3, 4);
        const Batch batch = make_filled_batch({&one}, at::kCPU);
        add_micro_batch(*bench_.loaded.model, batch, {}, weight(1));
        const std::vector<at::Tensor> expected = taken_gradients();

        for (int i = 0; i < 3; ++i) {
            recorded.add(batch, {}, weight(1));
            QVERIFY(apart(taken_gradients(), expected) <= 1e-6);
        }

        QCOMPARE(recordings_, 1);
        const auto why = recorded.take_refusal();
        QVERIFY(why && why->find("it cannot be") != std::string::npos);
        QVERIFY(!recorded.take_refusal());
    }

    void the_shape_that_was_not_seen_for_longest_makes_room() {
        RecordedMicroBatches recorded = micro_batches();
        const auto twice = [&](std::size_t length) {
            const Example one = example(length, 3, 1);
            const Batch batch = make_filled_batch({&one}, at::kCPU);
            recorded.add(batch, {}, weight(1));
            recorded.add(batch, {}, weight(1));
        };
        for (std::size_t length = 4; length < 4 + 33; ++length) twice(length);
        QCOMPARE(recordings_, 33);

        twice(36);
        QCOMPARE(recordings_, 33);
        twice(4);
        QCOMPARE(recordings_, 34);
    }

    void large_micro_batches_and_offloaded_ones_are_not_recorded() {
        RecordedMicroBatches small = micro_batches();
        RecordedMicroBatches large(
            *bench_.loaded.model, 8'000'000'000, std::make_unique<Repeater>(&recordings_, false));
        RecordedMicroBatches none(*bench_.loaded.model, 1, nullptr);
        Pass offloaded;
        offloaded.activation_offload = true;
        Pass plain;
        plain.fused = false;

        QVERIFY(small.records({}, 8192));
        QVERIFY(!large.records({}, 8192));
        QVERIFY(!none.records({}, 1));
        QVERIFY(!small.records(offloaded, 1));
        QVERIFY(!small.records(plain, 1));
    }
};

QTEST_GUILESS_MAIN(RecordedMicroBatchesTest)
#include "recorded_micro_batches_test.moc"
