// A run's curves as CSV and as TensorBoard's files.

#include "engine/files/mapped_file.h"
#include "engine/runs/run_export.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

using namespace lora;

namespace {

std::shared_ptr<const SpectraOfStep> spectra_of(
    std::int64_t step, const std::vector<std::vector<double>>& all) {
    auto spectra = std::make_shared<SpectraOfStep>();
    spectra->step = step;
    for (std::size_t i = 0; i < all.size(); ++i)
        spectra->spectra.push_back({"layers." + std::to_string(i), all[i], rank_measures(all[i])});
    return spectra;
}

RunRecord small_run() {
    RunRecord run;
    run.folder = "/runs/first";
    run.steps = {
        {1, 2.5, 1e-3, std::numeric_limits<double>::infinity(), 100, 50}, {2, 2.25, 5e-4, 0.5, 100, 25}};
    run.evaluations = {{0, 3, 20, 9}, {2, 2, 7.5, 9}};
    // Effective ranks: undefined; then of two equal values 2 and of one value 1.
    run.spectra = {spectra_of(0, {{0, 0}, {0, 0}}), spectra_of(2, {{3, 3}, {2, 0}})};
    return run;
}

const Curve* find(const std::vector<Curve>& curves, const std::string& name) {
    const auto found =
        std::find_if(curves.begin(), curves.end(), [&](const Curve& curve) { return curve.name == name; });
    return found == curves.end() ? nullptr : &*found;
}

} // namespace

class RunExportTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void curves_leave_out_what_is_undefined() {
        const auto curves = run_curves(small_run());
        QCOMPARE(find(curves, "train/loss")->points, (std::vector<CurvePoint>{{1, 2.5}, {2, 2.25}}));
        QCOMPARE(find(curves, "train/grad_norm")->points, (std::vector<CurvePoint>{{2, 0.5}}));
        QCOMPARE(find(curves, "eval/loss")->points, (std::vector<CurvePoint>{{0, 3}, {2, 2}}));
        const auto& ranks = find(curves, "update/effective_rank")->points;
        QCOMPARE(ranks.size(), 1U);
        QCOMPARE(ranks[0].step, 2);
        QVERIFY(std::abs(ranks[0].value - 1.5) < 1e-12);
        QVERIFY(run_curves(RunRecord()).empty());
    }

    void a_classifiers_accuracy_is_a_curve() {
        RunRecord run = small_run();
        run.evaluations[1].accuracy = 0.75;
        QCOMPARE(find(run_curves(run), "eval/accuracy")->points, (std::vector<CurvePoint>{{2, 0.75}}));
        QVERIFY(find(run_curves(small_run()), "eval/accuracy") == nullptr);
        QVERIFY(curves_csv(run).starts_with("step,train/loss,train/lr,train/grad_norm,train/"
                                            "tokens_per_s,eval/loss,eval/perplexity,eval/accuracy,"));
    }

    void each_target_has_curves_of_its_own() {
        const auto curves = target_curves(small_run());
        QVERIFY(std::abs(find(curves, "effective_rank/layers.0")->points.at(0).value - 2) < 1e-12);
        QCOMPARE(find(curves, "frobenius/layers.1")->points, (std::vector<CurvePoint>{{0, 0}, {2, 2}}));
    }

    void a_csv_has_a_line_a_step_and_empty_cells() {
        RunRecord run = small_run();
        run.spectra.clear();
        QCOMPARE(curves_csv(run),
            std::string(
                "step,train/loss,train/lr,train/grad_norm,train/tokens_per_s,eval/loss,eval/perplexity\n"
                "0,,,,,3,20\n"
                "1,2.5,0.001,,50,,\n"
                "2,2.25,5e-04,0.5,25,2,7.5\n"));
    }

    void steps_are_as_far_apart_as_their_tokens_took() {
        // 100 tokens at 50 and at 25 a second: 2 s and 4 s.
        QCOMPARE(wall_times(small_run(), 1000), (std::vector<double>{1002, 1006}));
    }

    void event_files_lie_where_tensorboard_looks() {
        const QTemporaryDir folder;
        RunRecord run = small_run();
        run.folder = folder.path().toStdString() + "/runs/first";
        std::filesystem::create_directories(run.folder);

        const std::string path = export_tensorboard(run, folder.path().toStdString() + "/logs");

        QVERIFY(path.find("/logs/first/events.out.tfevents.") != std::string::npos);
        const MappedFile file(path);
        const auto bytes = file.bytes();
        const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        QCOMPARE(text.size(), tensorboard_events(run, 0).size());
        for (const char* tag : {"train/loss", "eval/loss", "update/frobenius", "effective_rank/layers.0"})
            QVERIFY2(text.find(tag) != std::string::npos, tag);
    }

    void a_folder_that_cannot_be_made_is_named() {
        try {
            export_tensorboard(small_run(), "/proc/none");
            QFAIL("no error");
        } catch (const std::exception& error) {
            QVERIFY(std::string(error.what()).starts_with("/proc/none/first"));
        }
    }
};

QTEST_GUILESS_MAIN(RunExportTest)
#include "run_export_test.moc"
