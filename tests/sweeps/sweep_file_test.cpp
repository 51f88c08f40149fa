// A sweep's file: what it says, which runs follow, what is refused.

#include "engine/error.h"
#include "engine/sweeps/sweep.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

Sweep sweep_of(const std::string& json) { return sweep_from(parse_json(json, "s.json"), "s.json"); }

const char* const grid = R"({"name": "ranks",
    "base": {"model": "m", "data": {"train": "t.jsonl"}, "training": {"steps": 3}},
    "runs": [{"training.lr": 1e-3}, {"training.lr": 2e-3, "lora.alpha": 4}],
    "axes": {"lora.rank": [1, 4], "training.seed": [7, 8, 9]}})";

} // namespace

class SweepFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_grid_is_every_combination_for_each_of_the_list() {
        const std::vector<PlannedRun> runs = planned_runs(sweep_of(grid));
        QCOMPARE(runs.size(), std::size_t{12});
        RunSettings expected;
        expected.model = "m";
        expected.data.train = "t.jsonl";
        expected.training.steps = 3;
        expected.training.lr = 2e-3;
        expected.lora.alpha = 4;
        expected.lora.rank = 4;
        expected.training.seed = 8;
        QCOMPARE(runs[10].settings, expected);
        QCOMPARE(runs[0].name, std::string("001-lr=0.001-rank=1-seed=7"));
        QCOMPARE(runs[10].name, std::string("011-lr=0.002-alpha=4-rank=4-seed=8"));
    }

    void alpha_goes_along_with_the_rank_where_the_scale_is_kept() {
        Sweep sweep = sweep_of(grid);
        QCOMPARE(planned_runs(sweep)[0].settings.lora.alpha, 16.0); // at rank 1
        sweep.keep_scale = true;
        QCOMPARE(sweep_of(to_json(sweep).dump()), sweep);
        const auto runs = planned_runs(sweep);
        QCOMPARE(runs[0].settings.lora.alpha, 2.0); // 16 at the base's rank of 8
        QCOMPARE(runs[3].settings.lora.alpha, 8.0); // at rank 4
        QCOMPARE(runs[6].settings.lora.alpha, 4.0); // given
        sweep.base.method = MethodKind::RsLora;
        sweep.base.lora.rank = 16;
        QCOMPARE(planned_runs(sweep)[0].settings.lora.alpha, 4.0); // α/√r
    }

    void ranks_at_one_alpha_are_warned_of() {
        const auto warning = [](const std::string& more) {
            return scale_warning(planned_runs(sweep_of(R"({"name": "n", "axes": {)" + more + "}")));
        };
        QCOMPARE(warning(R"("lora.rank": [1, 4, 16]})"),
            std::string(
                "{lora.rank} goes from 1 to 16 at one {lora.alpha}: the scale α/r goes from 16 to 1, and "
                "what it does looks like the rank's doing."));
        QCOMPARE(warning(R"("lora.rank": [1, 4, 16]}, "keep_scale": true)"), std::string());
        QCOMPARE(warning(R"("lora.rank": [1, 4], "lora.alpha": [2, 8]})"), std::string());
        QCOMPARE(warning(R"("training.seed": [1, 2]})"), std::string());
        QCOMPARE(warning(R"("method": ["lora", "full"], "lora.rank": [1, 4]})"), std::string());
    }

    void a_sweep_without_list_and_axes_is_one_run() {
        const auto runs = planned_runs(sweep_of(R"({"name": "one", "base": {"model": "m"}})"));
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs[0].name, std::string("001"));
    }

    void json_brings_a_sweep_back() {
        const Sweep sweep = sweep_of(grid);
        QCOMPARE(sweep_of(to_json(sweep).dump()), sweep);
    }

    void names_of_folders_hold_no_separator() {
        const auto runs = planned_runs(sweep_of(
            R"({"name": "n", "axes": {"data.train": ["../a/b c.jsonl"], "lora.selection.targets": ["re:.*/x"]}})"));
        QCOMPARE(runs[0].name, std::string("001-train=b_c.jsonl-targets=x"));
    }

    void a_value_out_of_its_range_is_that_runs_fault_alone() {
        const auto runs = planned_runs(sweep_of(
            R"({"name": "n", "base": {"model": "m", "data": {"train": "t"}}, "axes": {"lora.rank": [4, 0]}})"));
        QVERIFY(runs[0].faults.empty());
        QCOMPARE(runs[1].faults, (std::vector<Fault>{{"lora.rank", "0", "1 to 65536"}}));
    }

    void what_makes_no_sweep_is_refused_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("named");
        const auto row = [](const char* json, const char* named) {
            QTest::newRow(named) << QByteArray(json) << QByteArray(named);
        };
        row(R"({"base": {}})", "s.json: name: found nothing");
        row(R"({"name": "n", "axis": {}})", "s.json: found the unknown field 'axis'");
        row(R"({"name": "n", "base": {"rank": 1}})", "s.json: base: found the unknown field 'rank'");
        row(R"({"name": "n", "axes": {"rank": [1]}})",
            "s.json: axes: found the setting 'rank', expected lora.rank");
        row(R"({"name": "n", "axes": {"lora.rank": 1}})",
            "s.json: axes: lora.rank: found 1, expected a list");
        row(R"({"name": "n", "axes": {"lora.rank": []}})", "s.json: axes: lora.rank: found []");
        row(R"({"name": "n", "axes": {"lora.rank": ["four"]}})", "s.json: lora.rank: found");
        row(R"({"name": "n", "runs": {"lora.rank": 1}})", "s.json: runs: found no list");
        row(R"({"name": "n", "runs": [4]})", "s.json: runs: found 4, expected an object");
        row(R"({"name": "n", "runs": [{"lora.rnk": 1}]})", "s.json: runs: found the setting 'lora.rnk'");
        row(R"({"name": "n", "runs": [{"training.lr": "x"}]})", "s.json: training.lr: found");
        row(R"({"name": "n", "runs": [{"lora.rank": 1}], "axes": {"lora.rank": [2]}})",
            "found 'lora.rank' in runs and in axes");
        row(R"({"name": "n", "runs": [{"training.epochs": 3}], "axes": {"training.steps": [20, 40]}})",
            "found 'training.epochs' beside 'training.steps'");
        row(R"({"name": "n", "axes": {"lora.rank": [1,2,3,4,5,6,7,8,9,10,11],
             "training.seed": [1,2,3,4,5,6,7,8,9,10], "lora.alpha": [1,2,3,4,5,6,7,8,9,10]}})",
            "found more than 1000 runs");
    }
    void what_makes_no_sweep_is_refused() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, named);
        const std::string why = message_of<Error>([&] { sweep_of(json.toStdString()); });
        QVERIFY2(contains(why, named.toStdString()), why.c_str());
    }

    void relative_paths_lie_beside_the_file_and_data_in_its_folder() {
        Sweep sweep =
            sweep_of(R"({"name": "n", "base": {"model": "m", "data": {"train": "t.jsonl", "eval": "/e"}},
            "axes": {"data.train": ["a.jsonl", "/b.jsonl"], "lora.adapter": ["x"]}})");
        resolve_paths(sweep, "/home/sweeps", "/data");
        QCOMPARE(sweep.base.model, std::string("/home/sweeps/m"));
        QCOMPARE(sweep.base.data.train, std::string("/data/t.jsonl"));
        QCOMPARE(sweep.base.data.eval, std::string("/e"));
        QCOMPARE(sweep.axes[0].values, (std::vector<Json>{"/data/a.jsonl", "/b.jsonl"}));
        QCOMPARE(sweep.axes[1].values, (std::vector<Json>{"/home/sweeps/x"}));
    }

    void a_value_set_for_all_is_of_the_settings_kind() {
        Sweep sweep = sweep_of(grid);
        set_base(sweep, "training.steps", "5");
        set_base(sweep, "model", "7");
        set_base(sweep, "data.shuffle", "false");
        QCOMPARE(sweep.base.training.steps, std::optional<std::int64_t>(5));
        QCOMPARE(sweep.base.model, std::string("7"));
        QVERIFY(!sweep.base.data.shuffle);
        set_base(sweep, "training.epochs", "3"); // in place of the steps
        QVERIFY(!sweep.base.training.steps.has_value());
        const auto refusal = [&](const char* setting, const char* value) {
            return message_of<Error>([&] { set_base(sweep, setting, value); });
        };
        QVERIFY(contains(refusal("steps", "5"), "expected training.steps"));
        QVERIFY(contains(refusal("training.steps", "many"), "--set training.steps: found"));
        QVERIFY(contains(refusal("lora.rank", "5"), "a setting that the sweep's runs decide"));
    }

    void files_that_are_not_there_are_told_before_anything_starts() {
        const Scratch scratch;
        Sweep sweep = sweep_of(R"({"name": "n", "base": {"model": "m", "data": {"train": "t.jsonl"}}})");
        resolve_paths(sweep, scratch.path(""), scratch.path(""));
        const std::string why = message_of<Error>([&] { check_startable(planned_runs(sweep)); });
        QVERIFY2(contains(why, "{model}: found nothing at "), why.c_str());
        QVERIFY2(contains(why, "{data.train}: found nothing at "), why.c_str());
        scratch.write("m", "");
        scratch.write("t.jsonl", "");
        check_startable(planned_runs(sweep));
    }

    void a_fault_of_all_runs_is_told_before_anything_starts() {
        const std::string why = message_of<Error>([&] {
            check_startable(planned_runs(sweep_of(R"({"name": "n", "axes": {"lora.rank": [1, 2]}})")));
        });
        QVERIFY2(contains(why, "{model}: found nothing"), why.c_str());
    }
};

QTEST_GUILESS_MAIN(SweepFileTest)
#include "sweep_file_test.moc"
