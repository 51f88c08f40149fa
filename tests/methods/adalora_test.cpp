// AdaLoRA beside PEFT's: the budget, which directions are taken, the penalty, and the adapter's folder both
// ways. tests/fixtures/adalora, made by make.py there.

#include "engine/adapters/peft.h"
#include "engine/files/json.h"
#include "engine/methods/adalora.h"
#include "tests/methods/method_bench.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <cmath>

#include <c10/core/GradMode.h>

using namespace lora;

namespace {

const std::string fixtures = FIXTURES "/adalora";
constexpr double logits_tolerance = 1e-3;

AdaLoraSettings settings_of(const Json& json) {
    AdaLoraSettings settings;
    settings.init_r = json["init_r"];
    settings.tinit = json["tinit"];
    settings.tfinal = json["tfinal"];
    settings.deltaT = json["deltaT"];
    return settings;
}

/// As make.py has it.
at::Tensor formula(std::int64_t count, std::int64_t step, double shift) {
    at::Tensor values = at::empty({count}, at::kDouble);
    auto* data = values.mutable_data_ptr<double>();
    for (std::int64_t i = 0; i < count; ++i)
        data[i] = std::sin(0.37 * static_cast<double>(i + 1) + 0.11 * static_cast<double>(step) + shift)
                  * std::cos(0.011 * static_cast<double>(i * step));
    return values;
}

} // namespace

class AdaLoraTest : public QObject {
    Q_OBJECT

    MethodBench bench_;
    Json expected_ = read_json(fixtures + "/schedule.json");

    std::unique_ptr<AdaLora> make(
        const AdaLoraSettings& settings, std::int64_t target_r, std::int64_t steps) {
        return std::make_unique<AdaLora>(
            bench_.adapter(), settings, target_r, steps, /*seed=*/1, *bench_.loaded.model);
    }

private Q_SLOTS:
    void the_budget_after_each_step_is_pefts() {
        for (const Json& schedule : expected_["schedules"]) {
            const AdaLoraSettings settings = settings_of(schedule);
            const std::int64_t linears = schedule["linears"], steps = schedule["total_step"];
            for (std::int64_t step = 1; step <= steps; ++step) {
                const RankBudget budget = rank_budget(settings, settings.init_r * linears,
                    schedule["target_r"].get<std::int64_t>() * linears, step, steps);
                const auto at = static_cast<std::size_t>(step - 1);
                QCOMPARE(budget.directions, schedule["budgets"][at].get<std::int64_t>());
                // PEFT takes for the last time whatever deltaT says, and afterwards keeps taking the same.
                if (budget.phase == RankBudget::Phase::Measure)
                    QCOMPARE(budget.allocate, schedule["taken"][at].get<bool>());
            }
        }
    }

    void the_directions_that_are_left_are_pefts() {
        const c10::NoGradGuard no_gradient;
        const Json& allocation = expected_["allocation"];
        const AdaLoraSettings settings = settings_of(allocation);
        const std::int64_t steps = allocation["total_step"], rank = settings.init_r;
        const auto method = make(settings, allocation["target_r"], steps);
        const ParameterGroup all = method->parameters().front();
        for (std::int64_t step = 1; step <= steps; ++step) {
            all.values.copy_(formula(all.values.numel(), step, 0));
            all.gradients.copy_(formula(all.values.numel(), step, 1));
            method->after_step(step, steps);
            method->apply();
            const Json& left = allocation["left"][static_cast<std::size_t>(step - 1)];
            for (std::size_t target = 0; target < 2; ++target)
                for (std::int64_t k = 0; k < rank; ++k) {
                    const at::Tensor row = method->adapter().targets[target].update.A[k];
                    QCOMPARE(
                        row.ne(0).any().item<bool>(), left[target][static_cast<std::size_t>(k)].get<bool>());
                }
        }
    }

    void the_penaltys_gradient_equals_the_numeric_one() {
        const auto method = make({.init_r = 4}, 2, 10);
        const ParameterGroup all = method->parameters().front();
        const c10::NoGradGuard no_gradient;
        all.gradients.zero_();
        method->regularize();
        constexpr double h = 1e-6;
        auto* values = all.values.mutable_data_ptr<double>();
        const double* gradients = all.gradients.const_data_ptr<double>();
        double largest = 0;
        for (std::int64_t i = 0; i < all.values.numel(); ++i) {
            const double before = values[i];
            values[i] = before + h;
            const double above = method->penalty();
            values[i] = before - h;
            const double below = method->penalty();
            values[i] = before;
            largest = std::max(largest, std::abs((above - below) / (2 * h) - gradients[i]));
        }
        QVERIFY(largest < 1e-7);
        QVERIFY(all.gradients.abs().max().item<double>() > 1e-3);
    }

    void orthonormal_rows_pay_no_penalty() {
        const auto method = make({.init_r = 4}, 2, 10);
        const c10::NoGradGuard no_gradient;
        const ParameterGroup all = method->parameters().front();
        std::int64_t at = 0;
        for (const std::int64_t in : {32, 48}) { // A [4, in], E [4, 1], B [32, 4]
            all.values.narrow(0, at, 4 * in).view({4, in}).copy_(at::eye(4, in, at::kDouble));
            all.values.narrow(0, at + 4 * in + 4, 128).view({32, 4}).copy_(at::eye(32, 4, at::kDouble));
            at += 4 * in + 4 + 128;
        }
        QCOMPARE(method->penalty(), 0.0);
        all.gradients.zero_();
        method->regularize();
        QVERIFY(!all.gradients.any().item<bool>());
    }

    void a_run_too_short_for_the_schedule_is_refused() {
        const std::string why =
            message_of<Error>([&] { make({.init_r = 4, .tinit = 6, .tfinal = 4}, 2, 10); });
        QVERIFY2(
            why.find(
                "{method_settings.adalora.tinit} and {method_settings.adalora.tfinal}: found 6 and 4 steps")
                == 0,
            why.c_str());
    }

    void an_adapter_saved_by_peft_gives_its_logits() {
        const auto model = open_llama(FIXTURES "/llama/gqa_tied");
        const at::Tensor ids = tensor_of(fixtures + "/expected.safetensors", "ids");
        const at::Tensor base = logits_of(*model, ids);
        const Adapter adapter = read_peft(fixtures + "/adapter", at::kCPU);
        QCOMPARE(adapter.targets.size(), std::size_t(3)); // of four: nothing is left of one
        attach(adapter, *model);
        const at::Tensor pefts = tensor_of(fixtures + "/expected.safetensors", "logits");
        QVERIFY(largest_difference(logits_of(*model, ids), pefts) <= logits_tolerance);
        QVERIFY(largest_difference(base, pefts) > 10 * logits_tolerance);
    }

    void what_is_written_is_read_as_the_same_update() {
        const c10::NoGradGuard no_gradient;
        const auto method = make({.init_r = 4}, 2, 10);
        const ParameterGroup all = method->parameters().front();
        for (std::int64_t step = 1; step <= 10; ++step) {
            all.values.copy_(formula(all.values.numel(), step, 0));
            all.gradients.copy_(formula(all.values.numel(), step, 1));
            method->after_step(step, 10);
        }
        method->apply();
        const std::string folder = bench_.scratch.path("written");
        StagedFolder staged(folder);
        method->write_files(staged, bench_.loaded.summary);
        staged.commit();
        const Adapter read = read_peft(folder, at::kCPU);
        std::int64_t left = 0;
        for (const TargetUpdate& target : read.targets) {
            left += target.update.rank();
            for (const TargetUpdate& own : method->adapter().targets) {
                if (own.path != target.path) continue;
                const at::Tensor before = own.update.B.mm(own.update.A) * own.update.scale;
                const at::Tensor after = target.update.B.mm(target.update.A) * target.update.scale;
                QVERIFY(
                    (before - after).abs().max().item<double>() < 1e-6 * before.abs().max().item<double>());
            }
        }
        QCOMPARE(left, 4); // two a target, wherever
    }
};

QTEST_GUILESS_MAIN(AdaLoraTest)
#include "adalora_test.moc"
