// Steps that memory does not suffice for: what they become, what is said of them, and what is left when
// nothing helps.

#include "engine/devices/failure.h"
#include "engine/driver/driven_run.h"
#include "engine/error.h"
#include "engine/runs/run_folder.h"
#include "tests/training/scarce_allocator.h"
#include "tests/training/tiny_run.h"

#include <QFloat16> // qmetatype.h only declares it, and templates ask for it
#include <QTest>
#include <algorithm>
#include <cmath>
#include <new>
#include <system_error>

using namespace lora;

class ScarceMemoryTest : public QObject {
    Q_OBJECT

    ScarceAllocator& memory_ = ScarceAllocator::instance(); // before all tensors
    RunBench bench_;

    /// Nothing but steps, of batches of four.
    RunSettings settings(std::int64_t accumulate) const {
        RunSettings settings = bench_.busy_settings();
        settings.data.eval_split = 0;
        settings.training.eval_every = 0;
        settings.training.spectrum_every = 0;
        settings.training.checkpoint_every = 0;
        settings.training.accumulate = accumulate;
        return settings;
    }

    std::unique_ptr<Run> begun(const RunSettings& settings, const std::string& folder, int steps) {
        auto run = Run::start(settings, folder, bench_.loaded);
        while (run->steps_done() < steps) run->advance();
        return run;
    }

    /// What a step takes.
    std::size_t taken(std::int64_t accumulate, int step) {
        const auto run = begun(settings(accumulate), bench_.new_folder(), step - 1);
        memory_.forget_peak();
        run->advance();
        return memory_.peak();
    }

    /// Enough for the step with micro-batches of half the rows, and too little for its batch as a whole.
    std::size_t half_enough(int step) {
        const std::size_t whole = taken(1, step), half = taken(2, step);
        return half < whole ? (whole + half) / 2 : 0;
    }

    void with_memory(std::size_t bytes, Run& run) {
        memory_.allow(bytes);
        run.advance();
        memory_.allow(ScarceAllocator::no_limit);
    }

private Q_SLOTS:
    void a_failure_that_comes_of_memory_is_known_whoever_tells_it() {
        const std::system_error no_thread(
            std::make_error_code(std::errc::resource_unavailable_try_again), "thread");
        const std::system_error no_pages(std::make_error_code(std::errc::not_enough_memory));
        const std::system_error other(std::make_error_code(std::errc::permission_denied));
        QVERIFY(is_out_of_memory(std::bad_alloc()));
        QVERIFY(is_out_of_memory(no_thread) && is_out_of_memory(no_pages));
        QVERIFY(!is_out_of_memory(other) && !is_out_of_memory(std::runtime_error("another")));
        QVERIFY(contains(lora::message_of(no_thread), "there is not enough memory"));
        QVERIFY(contains(lora::message_of(no_thread), "temporarily unavailable"));
        QVERIFY(!contains(lora::message_of(other), "memory"));
    }

    void cleanup() {
        memory_.allow(ScarceAllocator::no_limit);
        memory_.throw_bad_alloc(false);
    }

    void a_step_that_lacks_memory_is_the_one_of_smaller_micro_batches_data() {
        QTest::addColumn<bool>("bad_alloc");
        QTest::newRow("torch refuses") << false;
        QTest::newRow("the language refuses") << true;
    }
    void a_step_that_lacks_memory_is_the_one_of_smaller_micro_batches() {
        QFETCH(bool, bad_alloc);
        const std::size_t enough = half_enough(1);
        QVERIFY(enough > 0);
        const std::string in_two = bench_.new_folder(), folder = bench_.new_folder();
        to_the_end(*Run::start(settings(2), in_two, bench_.loaded));
        memory_.throw_bad_alloc(bad_alloc);
        const auto run = begun(settings(1), folder, 0);
        with_memory(enough, *run);
        to_the_end(*run);
        QCOMPARE(adapter_bytes(folder), adapter_bytes(in_two));
        QCOMPARE(run->notes(),
            std::vector<std::string>{
                "Memory did not suffice for step 1, which is begun again: the batch stays, its parts are "
                "half as large. From step 1 the run goes on with training.accumulate 2 in place of 1. Its "
                "numbers are rounded in another way than without the change, and dropout drops others."});
        QCOMPARE(read_run_file(folder).settings.training.accumulate, 2);
        const Json change = read_json(settings_path(folder))["changes"].at(0);
        QCOMPARE(change["after_step"].get<int>(), 0);
        const auto events = read_events(events_path(folder)).events;
        QCOMPARE(std::count_if(events.begin(), events.end(),
                     [&](const Json& event) { return event.value("text", "") == run->notes().front(); }),
            1);
    }

    void a_later_step_goes_on_as_a_resume_with_more_micro_batches_does() {
        const std::size_t enough = half_enough(5);
        QVERIFY(enough > 0);
        const std::string resumed = bench_.new_folder(), folder = bench_.new_folder();
        begun(settings(1), resumed, 4)->save();
        ResumeWish wish{.settings = read_run_file(resumed).settings};
        wish.settings->training.accumulate = 2;
        to_the_end(*Run::resume(resumed, bench_.loaded, {}, wish));
        const auto run = begun(settings(1), folder, 4);
        with_memory(enough, *run);
        QCOMPARE(run->steps_done(), 5);
        QCOMPARE(run->settings().training.accumulate, 2);
        to_the_end(*run);
        QCOMPARE(adapter_bytes(folder), adapter_bytes(resumed));
    }

    void the_micro_batches_are_halved_until_they_fit() {
        const std::size_t enough = (taken(4, 1) + taken(2, 1)) / 2;
        const std::string in_four = bench_.new_folder(), folder = bench_.new_folder();
        to_the_end(*Run::start(settings(4), in_four, bench_.loaded));
        const auto run = begun(settings(1), folder, 0);
        with_memory(enough, *run);
        QCOMPARE(run->settings().training.accumulate, 4);
        QCOMPARE(run->notes().size(), std::size_t(2));
        to_the_end(*run);
        QCOMPARE(adapter_bytes(folder), adapter_bytes(in_four));
    }

    void what_no_cut_helps_names_the_settings_that_do_and_is_saved() {
        const std::string undisturbed = bench_.new_folder(), folder = bench_.new_folder();
        const std::size_t too_little = taken(4, 5) / 2;
        to_the_end(*Run::start(settings(4), undisturbed, bench_.loaded));
        {
            const auto run = DrivenRun::start(settings(4), folder, bench_.loaded);
            while (run->run().steps_done() < 4) run->advance();
            memory_.allow(too_little);
            const std::string told = message_of<Error>([&] { run->advance(); });
            memory_.allow(ScarceAllocator::no_limit);
            QVERIFY2(
                contains(told, "step 5: found not enough memory for a micro-batch of one sample of up to "),
                told.c_str());
            QVERIFY2(contains(told, "{data.max_length}"), told.c_str());
            QVERIFY2(contains(told, "{training.gradient_checkpointing}"), told.c_str());
            QVERIFY2(!run->why_not_saved(), run->why_not_saved().value_or("").c_str());
            QCOMPARE(run->run().steps_done(), 4);
        }
        const auto resumed = Run::resume(folder, bench_.loaded);
        QCOMPARE(resumed->steps_done(), 4);
        to_the_end(*resumed);
        QCOMPARE(adapter_bytes(folder), adapter_bytes(undisturbed));
    }

    void an_evaluation_that_lacks_memory_goes_in_halves() {
        RunSettings plain = bench_.plain_settings();
        plain.data.eval_split = 0.5;
        const auto evaluated = [&](std::size_t allowed) {
            const auto run = Run::start(plain, bench_.new_folder(), bench_.loaded);
            std::optional<EvaluationRecord> record;
            memory_.forget_peak();
            memory_.allow(allowed);
            while (!record)
                if (const auto event = run->advance())
                    if (const auto* done = std::get_if<EvaluationRecord>(&*event)) record = *done;
            memory_.allow(ScarceAllocator::no_limit);
            return *record;
        };
        const EvaluationRecord usual = evaluated(ScarceAllocator::no_limit);
        const EvaluationRecord scarce = evaluated(memory_.peak() * 3 / 4);
        QCOMPARE(scarce.learned_tokens, usual.learned_tokens);
        QVERIFY(std::abs(scarce.loss - usual.loss) < 1e-5);
    }
};

QTEST_GUILESS_MAIN(ScarceMemoryTest)
#include "scarce_memory_test.moc"
