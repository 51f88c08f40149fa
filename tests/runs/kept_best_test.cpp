// Which evaluation of a run was the best, for how long none was better, and what a result's folder says of
// where it comes from.

#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/runs/evaluation_watch.h"
#include "engine/runs/result_origin.h"
#include "engine/runs/run_events.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace {

EvaluationRecord evaluation(std::int64_t step, double loss) { return {step, loss, 0, 1}; }

EvaluationWatch watch_of(const std::vector<double>& losses) {
    EvaluationWatch watch;
    for (std::size_t i = 0; i < losses.size(); ++i)
        watch.add(evaluation(10 * static_cast<std::int64_t>(i), losses[i]));
    return watch;
}

} // namespace

class KeptBestTest : public QObject {
    Q_OBJECT

    Scratch scratch_;

private Q_SLOTS:
    void the_first_of_the_lowest_losses_is_the_best() {
        EvaluationWatch watch;
        QVERIFY(!watch.add(evaluation(0, 1)));
        QVERIFY(!watch.best());
        QVERIFY(watch.add(evaluation(10, 3)));
        QVERIFY(watch.add(evaluation(20, 2)));
        QVERIFY(!watch.add(evaluation(30, 2)));
        QVERIFY(!watch.add(evaluation(40, 2.5)));
        QCOMPARE(watch.best()->step, 20);
        QCOMPARE(watch.without_gain(), 2);
    }

    void patience_ends_after_as_many_evaluations_in_a_row_without_gain() {
        QVERIFY(!watch_of({5, 4, 4.5}).is_out_of(2));
        QVERIFY(watch_of({5, 4, 4.5, 4}).is_out_of(2));
        QVERIFY(!watch_of({5, 4, 4.5, 3}).is_out_of(2));
        QVERIFY(!watch_of({5, 4, 4.5, 3, 3.5}).is_out_of(2));
        QVERIFY(!watch_of({5, 4, 6, 7, 8}).is_out_of(0));
    }

    void why_a_run_ended_stands_in_its_event_and_comes_back() {
        for (const RunEnd end : {RunEnd::AllSteps, RunEnd::NoGain, RunEnd::Stopped})
            QCOMPARE(end_of(done_event(5, "run/adapter", end)), std::optional(end));
        const Json early =
            done_event(40, "run/adapter", RunEnd::NoGain, BestCheckpoint{10, 1.5, "elsewhere"});
        QCOMPARE(early.dump(), std::string(R"({"event":"done","step":40,"adapter":"run/adapter",)"
                                           R"("finished":true,"reason":"no_gain",)"
                                           R"("best":{"step":10,"evaluation_loss":1.5}})"));
        QVERIFY(!end_of(checkpoint_event(5)));
    }

    void an_end_without_a_reason_says_whether_all_was_done() {
        Json event{{"event", "done"}, {"step", 5}, {"finished", true}};
        QCOMPARE(end_of(event), std::optional(RunEnd::AllSteps));
        event["finished"] = false;
        QCOMPARE(end_of(event), std::optional(RunEnd::Stopped));
    }

    void a_checkpoint_of_the_best_says_so() {
        QCOMPARE(
            checkpoint_event(5, true).dump(), std::string(R"({"event":"checkpoint","step":5,"best":true})"));
    }

    void where_a_result_comes_from_is_read_from_beside_it() {
        const std::string folder = scratch_.path("adapter");
        std::filesystem::create_directory(folder);
        QVERIFY(!read_origin(folder));
        const ResultOrigin origin{"my run", 30, 1.25};
        const auto [name, contents] = file_of(origin);
        write_file(folder + "/" + name, contents);
        QCOMPARE(read_origin(folder), std::optional(origin));
        QCOMPARE(read_origin(folder + "/adapter_model.safetensors"), std::optional(origin));
    }

    void what_is_no_origin_is_named() {
        const std::string folder = scratch_.path("broken");
        std::filesystem::create_directory(folder);
        const std::string path = folder + "/" + file_of({}).first;
        for (const char* contents : {"{", R"({"run":"a"})", R"({"run":"a","step":-1})", R"({"step":1})",
                 R"({"run":"a","step":1,"evaluation_loss":"x"})"}) {
            write_file(path, contents);
            const std::string why = message_of<Error>([&] { read_origin(folder); });
            QVERIFY2(contains(why, path), contents);
        }
    }
};

QTEST_GUILESS_MAIN(KeptBestTest)
#include "kept_best_test.moc"
