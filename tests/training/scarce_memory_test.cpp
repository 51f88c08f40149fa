// Steps that memory does not suffice for: what they become, what is said of them, and what is left when
// nothing helps.

#include "engine/driver/driven_run.h"
#include "engine/error.h"
#include "engine/runs/run_folder.h"
#include "tests/training/scarce_allocator.h"
#include "tests/training/tiny_run.h"

#include <QTest>

using namespace lora;

class ScarceMemoryTest : public QObject {
    Q_OBJECT

    ScarceAllocator memory_; // before all tensors, which give theirs back to it
    RunBench bench_;

    RunSettings settings(std::int64_t accumulate) const {
        RunSettings settings = bench_.busy_settings();
        settings.training.accumulate = accumulate;
        return settings;
    }

    /// What the largest of the first three steps takes.
    std::size_t taken(std::int64_t accumulate) {
        const auto run = Run::start(settings(accumulate), bench_.new_folder(), bench_.loaded);
        std::size_t most = 0;
        while (run->steps_done() < 3) {
            memory_.forget_peak();
            const auto event = run->advance();
            if (event && std::holds_alternative<StepRecord>(*event)) most = std::max(most, memory_.peak());
        }
        return most;
    }

    /// Enough for micro-batches of half the rows, and too little for whole batches.
    std::size_t half_enough() {
        const std::size_t whole = taken(1), half = taken(2);
        return half < whole ? (whole + half) / 2 : 0;
    }

    static std::string whole(const std::string& folder) { return adapter_bytes(folder); }

private Q_SLOTS:
    void cleanup() { memory_.allow(ScarceAllocator::no_limit); }

    void a_step_that_lacks_memory_is_the_one_of_smaller_micro_batches_data() {
        QTest::addColumn<bool>("bad_alloc");
        QTest::newRow("torch refuses") << false;
        QTest::newRow("the language refuses") << true;
    }
    void a_step_that_lacks_memory_is_the_one_of_smaller_micro_batches() {
        QFETCH(bool, bad_alloc);
        const std::size_t enough = half_enough();
        QVERIFY(enough > 0);
        const std::string in_two = bench_.new_folder(), folder = bench_.new_folder();
        to_the_end(*Run::start(settings(2), in_two, bench_.loaded));
        memory_.throw_bad_alloc(bad_alloc);
        const auto run = Run::start(settings(1), folder, bench_.loaded);
        while (!run->is_over()) {
            memory_.allow(enough);
            run->advance();
        }
        QCOMPARE(adapter_bytes(folder), adapter_bytes(in_two));
        QCOMPARE(
            run->notes(), std::vector<std::string>{
                              "Memory did not suffice for step 1, which is begun again: the batch stays, its "
                              "parts are half as "
                              "large. From step 1 the run goes on with training.accumulate 2 in place of 1. "
                              "Its numbers are "
                              "rounded in another way than without the change, and dropout drops others."});
        QCOMPARE(read_run_file(folder).settings.training.accumulate, 2);
        const Json change = read_json(settings_path(folder))["changes"].at(0);
        QCOMPARE(change["after_step"].get<int>(), 0);
        const auto events = read_events(folder + "/events.jsonl").events;
        QCOMPARE(std::count_if(events.begin(), events.end(),
                     [&](const Json& event) { return event.value("text", "") == run->notes().front(); }),
            1);
    }

    void a_later_step_goes_on_as_a_resume_with_more_micro_batches_does() {
        const std::size_t enough = half_enough();
        const std::string resumed = bench_.new_folder(), folder = bench_.new_folder();
        {
            const auto run = Run::start(settings(1), resumed, bench_.loaded);
            while (run->steps_done() < 4) run->advance();
            run->save();
        }
        to_the_end(*Run::resume(resumed, bench_.loaded, {}, {.settings = [&] {
            RunSettings more = read_run_file(resumed).settings;
            more.training.accumulate = 2;
            return more;
        }()}));
        {
            const auto run = Run::start(settings(1), folder, bench_.loaded);
            while (run->steps_done() < 4) run->advance();
            while (run->steps_done() < 5) {
                memory_.allow(enough / 2); // for the fifth step alone, which is a small one or not
                run->advance();
            }
            memory_.allow(ScarceAllocator::no_limit);
            QCOMPARE(run->settings().training.accumulate, 2);
            to_the_end(*run);
        }
        QCOMPARE(adapter_bytes(folder), adapter_bytes(resumed));
    }

    void what_no_cut_helps_names_the_settings_that_do_and_is_saved() {
        const std::string undisturbed = bench_.new_folder(), folder = bench_.new_folder();
        RunSettings in_fours = settings(4);
        to_the_end(*Run::start(in_fours, undisturbed, bench_.loaded));
        {
            const auto run = DrivenRun::start(in_fours, folder, bench_.loaded);
            while (run->run().steps_done() < 4) run->advance();
            const std::string told = message_of<Error>([&] {
                while (!run->is_over()) {
                    memory_.allow(100);
                    run->advance();
                }
            });
            memory_.allow(ScarceAllocator::no_limit);
            QVERIFY2(
                contains(told, "step 5: found not enough memory for a micro-batch of one sample of up to "),
                told.c_str());
            QVERIFY2(
                contains(told, "{data.max_length}") && contains(told, "{training.gradient_checkpointing}"),
                told.c_str());
            QCOMPARE(run->run().steps_done(), 4);
        }
        to_the_end(*Run::resume(folder, bench_.loaded));
        QCOMPARE(adapter_bytes(folder), adapter_bytes(undisturbed));
    }

    void an_evaluation_that_lacks_memory_goes_in_halves() {
        RunSettings plain = bench_.plain_settings();
        plain.data.eval_split = 0.5;
        const auto evaluated = [&](std::size_t allowed) {
            const auto run = Run::start(plain, bench_.new_folder(), bench_.loaded);
            std::optional<EvaluationRecord> record;
            while (!record) {
                memory_.allow(allowed);
                if (const auto event = run->advance())
                    if (const auto* done = std::get_if<EvaluationRecord>(&*event)) record = *done;
            }
            return *record;
        };
        const EvaluationRecord usual = evaluated(ScarceAllocator::no_limit);
        const std::size_t peak = memory_.peak();
        const EvaluationRecord scarce = evaluated(peak * 2 / 3);
        QCOMPARE(scarce.learned_tokens, usual.learned_tokens);
        QVERIFY(std::abs(scarce.loss - usual.loss) < 1e-5);
    }
};

QTEST_GUILESS_MAIN(ScarceMemoryTest)
#include "scarce_memory_test.moc"
