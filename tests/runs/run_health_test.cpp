// A run's alarms: over its record, and as its records come.

#include "engine/runs/run_health.h"

#include <QTest>

using namespace lora;

namespace {

StepRecord step(std::int64_t number, double loss) { return {number, loss, 1e-4, 1, 100, 50}; }

EvaluationRecord evaluation(std::int64_t step, double loss) { return {step, loss, 0, 900}; }

/// Learned with a rate that is far too high: nothing it says is left.
RunRecord diverged() {
    RunRecord record;
    record.evaluations.push_back(evaluation(0, 2.9));
    for (std::int64_t number = 1; number <= 15; ++number)
        record.steps.push_back(step(number, number == 1 ? 2.9 : 11.5));
    record.evaluations.push_back(evaluation(15, 12.1));
    return record;
}

/// All its targets use one direction of sixteen and outgrow their weights.
std::shared_ptr<const SpectraOfStep> one_direction(std::int64_t step) {
    auto measured = std::make_shared<SpectraOfStep>();
    measured->step = step;
    std::vector<double> values(16, 0.01);
    values.front() = 10;
    RankMeasures measures = rank_measures(values);
    measures.relative_norm = 211;
    measured->spectra.push_back({"layers.0.q_proj", values, measures});
    return measured;
}

std::vector<std::string> names(const std::vector<Alarm>& alarms) {
    std::vector<std::string> result;
    for (const Alarm& alarm : alarms) result.push_back(name(alarm.kind));
    return result;
}

using Names = std::vector<std::string>;

} // namespace

class RunHealthTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_record_tells_once_that_its_run_did_harm() {
        QCOMPARE(names(find_alarms(diverged())), (Names{"loss_rises", "ended_worse"}));
    }

    void a_watch_tells_each_when_it_comes_and_the_rest_at_the_end() {
        const RunRecord run = diverged();
        HealthWatch watch(MethodKind::Lora);
        QVERIFY(watch.add(run.evaluations.front()).empty());
        Names told;
        for (const StepRecord& each : run.steps)
            for (const std::string& name : names(watch.add(each))) told.push_back(name);
        QCOMPARE(told, Names{"loss_rises"});
        QCOMPARE(names(watch.add(one_direction(15))), Names{"beyond_weights"});
        QCOMPARE(names(watch.add(run.evaluations.back())), Names{"worse_than_before"});
        QCOMPARE(names(watch.end()), Names{"ended_worse"});
    }

    void a_run_that_goes_on_is_not_told_again_what_it_was_told() {
        RunRecord before = diverged();
        before.evaluations.pop_back();
        HealthWatch watch(before);
        QVERIFY(watch.add(step(16, 11.5)).empty());
        // The evaluation before the first step is the old process's, and counts.
        QCOMPARE(names(watch.add(evaluation(16, 12.1))), Names{"worse_than_before"});
    }

    void only_ranks_that_were_chosen_are_advised_on() {
        RunRecord run;
        run.spectra.push_back(one_direction(100));
        QCOMPARE(names(find_alarms(run)), (Names{"beyond_weights", "one_direction"}));
        run.settings.method = MethodKind::Full;
        QCOMPARE(names(find_alarms(run)), Names{"beyond_weights"});
    }
};

QTEST_GUILESS_MAIN(RunHealthTest)
#include "run_health_test.moc"
