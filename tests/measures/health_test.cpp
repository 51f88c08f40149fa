// Which numbers of a run raise which alarm, and which raise none.

#include "engine/measures/health.h"

#include <QTest>
#include <algorithm>
#include <cmath>

using namespace lora;

namespace {

/// One target after `step` steps.
Spectrum spectrum_of(const std::string& path, std::vector<double> values) {
    const RankMeasures measures = rank_measures(values);
    return {path, std::move(values), measures};
}

/// σ falls by half from one to the next, as trained updates do.
std::vector<double> falling(std::size_t rank, double largest) {
    std::vector<double> values;
    for (std::size_t k = 0; k < rank; ++k) values.push_back(largest * std::pow(0.8, k));
    return values;
}

/// A run of 200 steps, measured every 10: the loss falls, ΔW grows as the square root of the steps.
RunHistory healthy() {
    RunHistory history;
    for (std::int64_t step = 1; step <= 200; ++step) {
        history.steps.push_back(step);
        history.losses.push_back(1 + 2 * std::exp(-static_cast<double>(step) / 60));
    }
    for (std::int64_t step = 0; step <= 200; step += 10) {
        auto measured = std::make_shared<SpectraOfStep>();
        measured->step = step;
        const double size = std::sqrt(static_cast<double>(step));
        for (const char* path : {"layers.0.q_proj", "layers.1.q_proj", "layers.1.v_proj"})
            measured->spectra.push_back(spectrum_of(path, falling(16, size)));
        history.spectra.push_back(std::move(measured));
    }
    return history;
}

/// The history with one target's singular values at `step` and later replaced.
RunHistory with(RunHistory history, std::int64_t from, const std::string& path,
    const std::function<std::vector<double>(const SpectraOfStep&)>& values) {
    for (auto& measured : history.spectra) {
        if (measured->step < from) continue;
        auto changed = std::make_shared<SpectraOfStep>(*measured);
        for (auto& spectrum : changed->spectra)
            if (path.empty() || spectrum.path == path)
                spectrum = spectrum_of(spectrum.path, values(*measured));
        measured = std::move(changed);
    }
    return history;
}

double usual_size(const SpectraOfStep& measured) { return std::sqrt(static_cast<double>(measured.step)); }

} // namespace

class HealthTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_healthy_run_raises_no_alarm() {
        for (const Alarm& alarm : find_alarms(healthy())) QFAIL(alarm.sentence.c_str());
    }

    void no_history_raises_no_alarm() { QVERIFY(find_alarms({}).empty()); }

    void a_B_that_stays_zero_is_told() {
        const auto alarms = find_alarms(with(healthy(), 0, "layers.1.q_proj",
            [](const SpectraOfStep&) { return std::vector<double>(16, 0.0); }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::StillZero);
        QCOMPARE(alarms[0].step, 10);
        QCOMPARE(alarms[0].targets, std::vector<std::string>{"layers.1.q_proj"});
        QCOMPARE(
            alarms[0].sentence, std::string("1 of 3 targets has not moved: B is still zero after 10 steps."));
    }

    void an_untrained_B_before_the_first_steps_is_not() {
        RunHistory history =
            with(healthy(), 0, "", [](const SpectraOfStep&) { return std::vector<double>(16, 0.0); });
        history.spectra.resize(1);
        QVERIFY(find_alarms(history).empty());
    }

    void a_jump_of_the_largest_singular_value_is_told() {
        const auto alarms = find_alarms(with(healthy(), 120, "layers.0.q_proj",
            [](const SpectraOfStep& measured) { return falling(16, 6 * usual_size(measured)); }));
        QVERIFY(!alarms.empty());
        QCOMPARE(alarms[0].kind, AlarmKind::Jump);
        QCOMPARE(alarms[0].step, 120);
        QCOMPARE(alarms[0].targets, std::vector<std::string>{"layers.0.q_proj"});
    }

    void a_long_run_holds_no_more_measurements_than_its_rules_look_at() {
        RunHealth health;
        std::vector<std::weak_ptr<const SpectraOfStep>> given;
        for (std::int64_t step = 1; step <= 5000; ++step) {
            health.add_step(step, 1, 1);
            if (step % 10 != 0) continue;
            const auto measured = std::make_shared<const SpectraOfStep>(SpectraOfStep{step, 0, {}});
            health.add(measured);
            given.push_back(measured);
        }
        const auto held = std::count_if(
            given.begin(), given.end(), [](const auto& measured) { return !measured.expired(); });
        QVERIFY2(held <= 10, qPrintable(QString::number(held)));
    }

    void growth_in_the_first_steps_is_no_jump() {
        // From step 10 to 20 ΔW grows tenfold.
        const auto alarms = find_alarms(with(healthy(), 20, "",
            [](const SpectraOfStep& measured) { return falling(16, 10 * usual_size(measured)); }));
        QVERIFY(alarms.empty());
    }

    void a_target_that_uses_one_direction_of_sixteen_is_told() {
        const auto alarms =
            find_alarms(with(healthy(), 0, "layers.1.v_proj", [](const SpectraOfStep& measured) {
                std::vector<double> values = falling(16, 0.1 * usual_size(measured));
                values.front() *= 10;
                return values;
            }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::OneDirection);
        QCOMPARE(alarms[0].targets, std::vector<std::string>{"layers.1.v_proj"});
        QCOMPARE(alarms[0].sentence, std::string("1 of 3 targets uses about one direction of 16."));
    }

    void one_direction_of_a_rank_of_four_is_no_waste() {
        const auto alarms = find_alarms(with(healthy(), 0, "", [](const SpectraOfStep& measured) {
            return std::vector<double>{usual_size(measured), 0.1, 0.05, 0.01};
        }));
        for (const Alarm& alarm : alarms) QVERIFY(alarm.kind != AlarmKind::OneDirection);
    }

    void a_rank_that_is_full_everywhere_is_told() {
        const auto alarms = find_alarms(with(healthy(), 0, "",
            [](const SpectraOfStep& measured) { return std::vector<double>(16, usual_size(measured)); }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::Starved);
        QVERIFY(alarms[0].targets.empty());
    }

    void a_rank_that_is_full_in_one_target_is_not() {
        const auto alarms = find_alarms(with(healthy(), 0, "layers.0.q_proj",
            [](const SpectraOfStep& measured) { return std::vector<double>(16, usual_size(measured)); }));
        QVERIFY(alarms.empty());
    }

    void an_update_that_grows_while_the_loss_stands_is_told() {
        RunHistory history = healthy();
        for (std::size_t i = 100; i < history.losses.size(); ++i) history.losses[i] = history.losses[99];
        const auto alarms = find_alarms(history);
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::GrowsForNothing);
        QVERIFY(alarms[0].step > 140); // 40 steps after the loss came to stand
    }

    void a_loss_that_stands_with_an_update_that_stands_is_a_run_at_its_end() {
        RunHistory history = with(healthy(), 100, "", [](const SpectraOfStep&) { return falling(16, 10); });
        for (std::size_t i = 100; i < history.losses.size(); ++i) history.losses[i] = history.losses[99];
        QVERIFY(find_alarms(history).empty());
    }

    void an_update_beyond_its_weight_is_told() {
        RunHistory history = healthy();
        for (auto& measured : history.spectra) {
            auto changed = std::make_shared<SpectraOfStep>(*measured);
            for (auto& spectrum : changed->spectra)
                spectrum.measures.relative_norm = 0.004 * static_cast<double>(measured->step);
            changed->spectra[2].measures.relative_norm = 0.01 * static_cast<double>(measured->step);
            measured = std::move(changed);
        }
        const auto alarms = find_alarms(history);
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(alarms[0].kind, AlarmKind::BeyondWeights);
        QCOMPARE(alarms[0].step, 110);
        QCOMPARE(alarms[0].targets, std::vector<std::string>{"layers.1.v_proj"});
        QCOMPARE(alarms[0].sentence,
            std::string(
                "The update is larger than the weight it changes in 1 of 3 targets, up to 1.1 times."));
    }

    void unused_rank_is_advice_that_waits_for_the_end() {
        const RunHistory history = with(healthy(), 0, "", [](const SpectraOfStep& measured) {
            std::vector<double> values = falling(16, 0.1 * usual_size(measured));
            values.front() *= 10;
            return values;
        });
        RunHealth health;
        QVERIFY(health.add(history).empty());
        const auto advice = health.end();
        QCOMPARE(advice.size(), std::size_t{1});
        QCOMPARE(advice[0].kind, AlarmKind::OneDirection);
        QCOMPARE(advice[0].step, 200);
        QVERIFY(is_advice(advice[0].kind));
    }

    void spectra_of_ranks_that_nobody_chose_say_nothing_of_rank() {
        RunHistory history = with(healthy(), 0, "",
            [](const SpectraOfStep& measured) { return std::vector<double>(16, usual_size(measured)); });
        history.chosen_ranks = false;
        QVERIFY(find_alarms(history).empty());
    }

    void an_alarm_is_raised_once_and_says_what_to_try() {
        const auto alarms = find_alarms(
            with(healthy(), 0, "", [](const SpectraOfStep&) { return std::vector<double>(16, 0.0); }));
        QCOMPARE(alarms.size(), std::size_t{1});
        QCOMPARE(
            alarms[0].sentence, std::string("All 3 targets have not moved: B is still zero after 10 steps."));
        QVERIFY(!alarms[0].advice.empty());
        QCOMPARE(to_json(alarms[0]).at("kind").get<std::string>(), std::string("still_zero"));
    }
};

QTEST_GUILESS_MAIN(HealthTest)
#include "health_test.moc"
