// Training on the device that LORA_TEST_DEVICE names, against the plain operators and whole runs on the CPU.
#include "engine/adapters/adapter.h"
#include "engine/devices/memory.h"
#include "engine/targets/targets.h"
#include "engine/training/loss.h"
#include "tests/test_device.h"
#include "tests/training/tiny_run.h"

#include <cmath>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

/// Three samples of different lengths, all but the first tokens learned.
std::vector<Example> ragged_examples() {
    std::vector<Example> examples(3);
    for (std::size_t i = 0; i < examples.size(); ++i)
        for (std::size_t t = 0; t < 4 + 21 * i; ++t) {
            examples[i].ids.push_back(static_cast<std::int32_t>((7 * i + 13 * t) % 400));
            examples[i].learned.push_back(t > 1);
        }
    return examples;
}

struct LossAndGradients {
    double loss = 0;
    std::vector<at::Tensor> gradients;
};

/// Of every linear's A and B, with the same adapter on every device; no B is zero.
LossAndGradients loss_and_gradients(LoadedModel& loaded, bool fused) {
    LoraSettings settings;
    settings.rank = 3;
    settings.alpha = 6;
    Adapter adapter =
        make_adapter(*loaded.model, select_targets(loaded.summary.linears, {"all-linear", ""}), settings, 1);
    at::manual_seed(3);
    std::vector<at::Tensor> leaves;
    for (TargetUpdate& target : adapter.targets)
        for (at::Tensor* tensor : {&target.update.A, &target.update.B}) {
            *tensor = (at::randn(tensor->sizes()) * 0.1).to(loaded.model->device()).requires_grad_();
            leaves.push_back(*tensor);
        }
    attach(adapter, *loaded.model);
    const std::vector<Example> examples = ragged_examples();
    Pass pass;
    pass.fused = fused;
    const at::Tensor loss = next_token_loss(
        *loaded.model, make_batch({&examples[0], &examples[1], &examples[2]}, loaded.model->device()), pass);
    LossAndGradients result{loss.item<double>(), {}};
    for (const at::Tensor& gradient : torch::autograd::grad({loss}, leaves))
        result.gradients.push_back(gradient.cpu());
    return result;
}

double relative_difference(const at::Tensor& found, const at::Tensor& expected) {
    return ((found - expected).norm() / expected.norm()).item<double>();
}

} // namespace

class DevicesTest : public QObject {
    Q_OBJECT

    RunBench bench_;

    LoadedModel load(const std::string& device, at::ScalarType type) const {
        return load_model(bench_.model, device, type);
    }

    std::vector<StepRecord> steps_on(const std::string& device, at::ScalarType type) {
        LoadedModel loaded = load(device, type);
        RunSettings settings = bench_.plain_settings();
        settings.lora.selection.targets = "all-linear";
        settings.training.epochs = 3;
        settings.training.accumulate = 2;
        settings.device = device;
        return records<StepRecord>(to_the_end(*Run::start(settings, bench_.new_folder(), loaded)));
    }

private Q_SLOTS:
    void initTestCase() { SKIP_WITHOUT_TEST_DEVICE(); }

    void loss_and_gradients_equal_the_plain_operators_on_the_CPU_data() {
        QTest::addColumn<at::ScalarType>("type");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("float32") << at::kFloat << 2e-5; // sums in another order
        QTest::newRow("bfloat16")
            << at::kBFloat16
            << 1e-1; // 8 bits, rounded ten times on the way and more where no product is fused
    }
    void loss_and_gradients_equal_the_plain_operators_on_the_CPU() {
        QFETCH(at::ScalarType, type);
        QFETCH(double, tolerance);
        LoadedModel reference = load("cpu", at::kFloat), loaded = load(test_device().str(), type);
        const LossAndGradients expected = loss_and_gradients(reference, false);

        const LossAndGradients found = loss_and_gradients(loaded, true);

        QVERIFY(std::abs(found.loss / expected.loss - 1) <= tolerance);
        for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
            const double apart = relative_difference(found.gradients[i], expected.gradients[i]);
            QVERIFY2(apart <= tolerance, qPrintable(QStringLiteral("tensor %1: %2 apart").arg(i).arg(apart)));
        }
    }

    void a_run_loses_what_it_loses_on_the_CPU() {
        const std::vector<StepRecord> expected = steps_on("cpu", at::kFloat);

        const std::vector<StepRecord> found = steps_on(test_device().str(), at::kFloat);

        QCOMPARE(found.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QVERIFY(std::abs(found[i].loss - expected[i].loss) <= 1e-3);
            QVERIFY(std::abs(found[i].grad_norm / expected[i].grad_norm - 1) <= 1e-2);
        }
    }

    void a_recorded_run_loses_what_it_loses_step_by_step_data() {
        QTest::addColumn<bool>("checkpointed");
        QTest::newRow("everything kept") << false;
        QTest::newRow("blocks run again in the backward") << true;
    }
    void a_recorded_run_loses_what_it_loses_step_by_step() {
        QFETCH(bool, checkpointed);
        if (test_device().is_cpu()) QSKIP("nothing is recorded on the CPU");
        LoadedModel loaded = load(test_device().str(), at::kFloat);
        RunSettings settings = bench_.plain_settings();
        settings.lora.selection.targets = "all-linear";
        settings.training.epochs = 6;
        settings.training.accumulate = 2;
        settings.training.gradient_checkpointing = checkpointed;
        settings.training.cuda_graphs = false;
        const auto expected =
            records<StepRecord>(to_the_end(*Run::start(settings, bench_.new_folder(), loaded)));

        settings.training.cuda_graphs = true;
        const auto run = Run::start(settings, bench_.new_folder(), loaded);
        const auto found = records<StepRecord>(to_the_end(*run));

        QVERIFY(run->profile().of(Phase::Recorded).times > 0);
        for (const Json& event : read_events(run->folder() + "/events.jsonl").events)
            QVERIFY2(kind_of(event) != EventKind::Warning, event.dump().c_str());
        QCOMPARE(found.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QVERIFY(std::abs(found[i].loss - expected[i].loss) <= 1e-4);
            QVERIFY(std::abs(found[i].grad_norm / expected[i].grad_norm - 1) <= 1e-3);
        }
    }

    void inputs_that_wait_in_the_hosts_memory_change_no_loss() {
        if (test_device().is_cpu()) QSKIP("on the CPU they are in the host's memory already");
        LoadedModel loaded = load(test_device().str(), at::kFloat);
        RunSettings settings = bench_.plain_settings();
        settings.training.gradient_checkpointing = true;
        const auto kept = records<StepRecord>(to_the_end(*Run::start(settings, bench_.new_folder(), loaded)));

        settings.training.activation_offload = true;
        const auto offloaded =
            records<StepRecord>(to_the_end(*Run::start(settings, bench_.new_folder(), loaded)));

        QCOMPARE(offloaded.size(), kept.size());
        for (std::size_t i = 0; i < kept.size(); ++i)
            QVERIFY(std::abs(offloaded[i].loss - kept[i].loss) <= 1e-5);
    }

    void a_runs_peak_of_memory_is_its_own() {
        if (test_device().is_cpu()) QSKIP("the CPU's peak is the process's");
        LoadedModel loaded = load(test_device().str(), at::kFloat);
        const c10::Device device = loaded.model->device();
        at::empty({64 << 20}, at::TensorOptions(device).dtype(at::kByte));
        const std::int64_t before = measure_memory(device).peak_bytes;

        const auto run = Run::start(bench_.plain_settings(), bench_.new_folder(), loaded);

        QVERIFY(measure_memory(device).peak_bytes < before);
        to_the_end(*run);
        QVERIFY(measure_memory(device).peak_bytes > measure_memory(device).now_bytes);
    }
};

QTEST_GUILESS_MAIN(DevicesTest)
#include "devices_test.moc"
