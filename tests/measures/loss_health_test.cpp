// Which losses, gradients and evaluations raise which alarm, and which raise none.

#include "engine/measures/health.h"

#include <QTest>
#include <cmath>
#include <functional>
#include <limits>

using namespace lora;

namespace {

/// Numbers from about e^(−2.5 σ) to e^(2.5 σ), as losses of batches of one row are spread: the same for the
/// same seed.
class Noise {
public:
    Noise(std::uint32_t seed, double sigma) : state_(seed * 2654435761U + 1), sigma_(sigma) {}
    double operator()() {
        double sum = 0; // of twelve: nearly normal
        for (int i = 0; i < 12; ++i) {
            state_ = state_ * 1664525U + 1013904223U;
            sum += static_cast<double>(state_ >> 8U) / 16777216.0;
        }
        return std::exp(sigma_ * (sum - 6));
    }

private:
    std::uint32_t state_;
    double sigma_;
};

/// A run of so many steps, whose loss and gradient norm are functions of the step.
RunHistory run_of(
    std::int64_t steps, const std::function<double(std::int64_t)>& loss,
    const std::function<double(std::int64_t)>& gradient_norm = [](std::int64_t) { return 1.0; }) {
    RunHistory history;
    for (std::int64_t step = 1; step <= steps; ++step) {
        history.steps.push_back(step);
        history.losses.push_back(loss(step));
        history.gradient_norms.push_back(gradient_norm(step));
    }
    return history;
}

double falling(std::int64_t step) { return 0.4 + 2.5 * std::exp(-static_cast<double>(step) / 40); }

/// From 2.9 to 0.4, and late, for four steps, up to what is not half of the first loss.
double spiked_late(std::int64_t step) { return step >= 300 && step < 304 ? 1.3 : falling(step); }

RunHistory with(RunHistory history, std::vector<RunHistory::Evaluation> evaluations) {
    history.evaluations = std::move(evaluations);
    return history;
}

std::vector<std::string> kinds(const RunHistory& history) {
    std::vector<std::string> names;
    for (const Alarm& alarm : find_alarms(history)) names.push_back(name(alarm.kind));
    return names;
}

using Names = std::vector<std::string>;

/// What a run is told of with a learning rate of 1: after one step it guesses worse than blindly.
RunHistory diverged() {
    return with(run_of(15, [](std::int64_t step) { return step == 1 ? 2.9 : 11.0 + 0.2 * (step % 5); }),
        {{0, 2.9}, {15, 12.1}});
}

} // namespace

class LossHealthTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void healthy_runs_raise_no_alarm_however_noisy_their_batches_are() {
        for (const double sigma : {0.05, 0.3, 0.6})
            for (std::uint32_t seed = 1; seed <= 60; ++seed) {
                Noise noise(seed, sigma);
                const RunHistory run = run_of(
                    1500, [&](std::int64_t step) { return falling(step) * noise(); },
                    [&](std::int64_t) { return 2 * noise() * noise(); });
                for (const std::string& kind : kinds(with(run, {{0, 2.9}, {1500, 0.5}})))
                    QFAIL(qPrintable(QString::fromStdString(kind)
                                     + QStringLiteral(", sigma %1, seed %2").arg(sigma).arg(seed)));
            }
    }

    void a_loss_that_wanders_near_zero_is_healthy() {
        Noise noise(7, 0.6);
        QCOMPARE(kinds(run_of(1000,
                     [&](std::int64_t step) {
                         return (step < 100 ? falling(step) : 0.01 + 0.02 * std::sin(step / 50.0) + 0.02)
                                * noise();
                     })),
            Names{});
    }

    void a_first_batch_that_is_easy_is_no_rise() {
        Noise noise(3, 0.3);
        QCOMPARE(
            kinds(run_of(60, [&](std::int64_t step) { return step == 1 ? 1.2 : falling(step) * noise(); })),
            Names{});
    }

    void a_diverged_run_is_told_early_and_at_its_end() {
        const auto alarms = find_alarms(diverged());
        QCOMPARE(kinds(diverged()), (Names{"loss_rises", "worse_than_before", "ended_worse"}));
        QCOMPARE(alarms[0].step, 6);
        QCOMPARE(alarms[1].sentence,
            std::string(
                "The evaluation is worse than before training: loss 12.1 after step 15, 2.9 before."));
        QCOMPARE(alarms[2].sentence,
            std::string("The model got worse: evaluation loss 12.1 after step 15, 2.9 before training."));
    }

    void a_run_without_evaluations_that_diverged_is_told_as_well() {
        RunHistory run = diverged();
        run.evaluations.clear();
        QCOMPARE(kinds(run), (Names{"loss_rises", "ended_worse"}));
    }

    void a_loss_that_turns_up_and_stays_is_told_once_it_is_more_than_noise() {
        Noise noise(5, 0.3);
        const auto alarms = find_alarms(run_of(300, [&](std::int64_t step) {
            return (step <= 150 ? falling(step) : falling(150) + 0.02 * static_cast<double>(step - 150))
                   * noise();
        }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::LossRises);
        QVERIFY(alarms[0].step > 160 && alarms[0].step < 220);
        QVERIFY(!alarms[0].advice.empty());
    }

    void spikes_are_told_at_the_second_one() {
        const auto alarms = find_alarms(
            run_of(100, [](std::int64_t step) { return step == 50 || step == 70 ? 9.0 : falling(step); }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::LossSpikes);
        QCOMPARE(alarms[0].step, 70);
    }

    void a_late_spike_below_the_first_loss_is_told_once_it_is_over() {
        for (const double sigma : {0.0, 0.05, 0.1}) {
            Noise noise(3, sigma);
            const auto alarms =
                find_alarms(run_of(400, [&](auto step) { return spiked_late(step) * noise(); }));
            QCOMPARE(alarms.size(), std::size_t{1});
            QCOMPARE(alarms[0].kind, AlarmKind::LossSpikes);
            QCOMPARE(alarms[0].step, 304);
            QVERIFY(alarms[0].sentence.find("for 4 steps") != std::string::npos);
        }
    }

    void a_spike_at_the_very_end_is_told_by_the_end() {
        const auto alarms = find_alarms(run_of(303, spiked_late));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::LossSpikes);
    }

    // While it wavers about the bound it is one spike, and half way back it is over.
    void a_spike_that_wavers_is_one() {
        QCOMPARE(kinds(run_of(400,
                     [](std::int64_t step) {
                         return step == 300 || step == 302 ? 0.9 : step == 301 ? 0.55 : falling(step);
                     })),
            Names{"loss_spikes"}); // three steps
        QCOMPARE(kinds(run_of(400,
                     [](std::int64_t step) {
                         return step == 300 ? 0.9 : step == 301 ? 0.55 : falling(step);
                     })),
            Names{});
    }

    void a_loss_that_goes_up_and_stays_is_a_rise_and_no_spike() {
        QCOMPARE(kinds(run_of(400, [](std::int64_t step) { return step < 300 ? falling(step) : 1.6; })),
            Names{"loss_rises"});
    }

    void one_strange_batch_is_no_spiking_run() {
        QCOMPARE(
            kinds(run_of(100, [](std::int64_t step) { return step == 50 ? 9.0 : falling(step); })), Names{});
    }

    void a_gradient_that_grows_without_bound_is_told_before_the_NaN() {
        const auto alarms = find_alarms(run_of(60, falling, [](std::int64_t step) {
            return step < 40 ? 2.0 : 2.0 * std::pow(10.0, static_cast<double>(step - 40));
        }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::NanNear);
        QCOMPARE(alarms[0].step, 45); // the third above 1000
    }

    void a_gradient_that_is_infinite_is_told_at_once() {
        const auto alarms = find_alarms(run_of(20, falling,
            [](std::int64_t step) { return step == 7 ? std::numeric_limits<double>::infinity() : 2.0; }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::NanNear);
        QCOMPARE(alarms[0].step, 7);
    }

    void gradients_that_grow_tenfold_while_the_run_warms_up_are_healthy() {
        QCOMPARE(kinds(run_of(100, falling,
                     [](std::int64_t step) { return step < 20 ? 0.1 * step : 2.0 + step % 7; })),
            Names{});
    }

    void an_evaluation_that_turns_up_after_its_best_is_told_with_the_best_step() {
        const auto alarms = find_alarms(with(
            run_of(200, falling), {{0, 2.9}, {40, 1.8}, {80, 1.4}, {120, 1.43}, {160, 1.5}, {200, 1.7}}));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::Overfits);
        QCOMPARE(alarms[0].step, 160);
        QVERIFY(alarms[0].advice.find("train for 80 steps") != std::string::npos);
    }

    void an_evaluation_that_wavers_about_its_best_is_healthy() {
        QCOMPARE(kinds(with(run_of(200, falling),
                     {{0, 2.9}, {40, 1.4}, {80, 1.38}, {120, 1.4}, {160, 1.37}, {200, 1.39}})),
            Names{});
        QCOMPARE(kinds(with(run_of(120, falling), {{0, 2.9}, {40, 0.002}, {80, 0.004}, {120, 0.006}})),
            Names{}); // learned to the last digit
    }

    void rows_that_are_learned_by_heart_get_other_advice_than_a_rate_that_is_too_high() {
        const auto alarms = find_alarms(with(run_of(100, falling), {{0, 2.9}, {50, 3.4}, {100, 4.0}}));
        QCOMPARE(alarms[0].kind, AlarmKind::WorseThanBefore);
        QVERIFY(alarms[0].advice.find("learned by heart") != std::string::npos);
    }

    void a_long_run_that_moves_nothing_is_told_before_its_end() {
        Noise noise(4, 0.05);
        const auto alarms = find_alarms(with(run_of(400, [&](std::int64_t) { return 2.9 * noise(); }),
            {{0, 2.9}, {50, 2.9}, {100, 2.9001}, {150, 2.9}}));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::LearnsNothing);
        QCOMPARE(alarms[0].step, 100);
    }

    void a_run_that_was_worse_on_its_way_and_better_at_its_end_did_no_harm() {
        QCOMPARE(
            kinds(with(run_of(100, falling), {{0, 2.9}, {10, 3.3}, {100, 0.6}})), Names{"worse_than_before"});
    }

    void what_comes_one_by_one_raises_what_the_whole_history_does() {
        const RunHistory run = diverged();
        RunHealth health;
        Names told;
        const auto note = [&](const std::vector<Alarm>& alarms) {
            for (const Alarm& alarm : alarms) told.push_back(name(alarm.kind));
        };
        note(health.add_evaluation(0, 2.9));
        for (std::size_t i = 0; i < run.steps.size(); ++i)
            note(health.add_step(run.steps[i], run.losses[i], run.gradient_norms[i]));
        note(health.add_evaluation(15, 12.1));
        note(health.end());
        QCOMPARE(told, kinds(run));
    }
};

QTEST_GUILESS_MAIN(LossHealthTest)
#include "loss_health_test.moc"
