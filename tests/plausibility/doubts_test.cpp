// Doubts before a run starts: each is raised when it must be, its mend ends it, and healthy settings of every
// method have none.

#include "engine/plausibility/doubts.h"
#include "engine/settings/settings.h"
#include "engine/settings/wording.h"
#include "tests/plausibility/planned_run.h"

#include <QTest>
#include <functional>

using namespace lora;

namespace {

using Change = std::function<void(RunPlan&)>;

std::string all(const std::vector<Doubt>& doubts) {
    std::string text;
    for (const Doubt& doubt : doubts) text += doubt.sentence + "\n";
    return text;
}

/// Of a setting; one without a sentence where there is none.
Doubt about(const std::string& setting, const std::vector<Doubt>& doubts) {
    for (const Doubt& doubt : doubts)
        if (doubt.setting == setting) return doubt;
    return {};
}

RunPlan changed(const Change& change) {
    RunPlan plan = planned_run();
    change(plan);
    return plan;
}

/// As data is that was read with the settings as they are: whole samples, and others to evaluate on.
void read_anew(RunPlan& plan) {
    train_on(plan, [](DatasetSummary& data) { data.cut = data.dropped = 0; });
    plan.eval = std::make_shared<const DatasetSummary>(samples(20));
}

/// A row of a table of doubts; an empty mend: there is none.
void row(
    const char* name, const char* setting, const char* sentence, const char* mend, const Change& change) {
    QTest::newRow(name) << std::string(setting) << std::string(sentence) << std::string(mend) << change;
}

constexpr const char* too_steep =
    "Learning rate 1000 is far above what LoRA is trained with, 1e-5 to 0.02: the "
    "loss would rise in place of falling.";

void training_rows() {
    row("a huge learning rate", "training.lr", too_steep, "--lr 0.0002",
        [](RunPlan& plan) { plan.settings.training.lr = 1000; });
    row("LoRA's rate for all weights", "training.lr",
        "Learning rate 0.005 is far above what Full fine-tuning is trained with, 1e-7 to 0.002: the loss "
        "would "
        "rise in place of falling.",
        "--lr 2e-5", [](RunPlan& plan) {
            plan.settings.method = MethodKind::Full;
            plan.settings.training.lr = 5e-3;
        });
    row("a tiny learning rate", "training.lr",
        "Learning rate 1e-9 is far below what LoRA is trained with, 1e-5 to 0.02: hardly anything would be "
        "learned.",
        "--lr 0.0002", [](RunPlan& plan) { plan.settings.training.lr = 1e-9; });
    row("a batch above the samples", "training.batch",
        "Batch 100000 is more than the 380 samples there are: each step would see all of them, and an epoch "
        "would be one step.",
        "--batch 8 --accumulate 8", [](RunPlan& plan) {
            plan.settings.training.batch = 100'000;
            plan.settings.training.accumulate = 50;
            plan.settings.training.epochs = 20;
        });
    row("one step", "training.steps",
        "The run would have 1 step in all, in which hardly anything is learned.", "--steps 50",
        [](RunPlan& plan) { plan.settings.training.steps = 1; });
    row("few steps of few samples", "training.epochs",
        "The run would have 3 steps in all, in which hardly anything is learned.", "--epochs 17",
        [](RunPlan& plan) { plan.train = std::make_shared<const DatasetSummary>(samples(10)); });
    row("a warm-up as long as the run", "training.warmup",
        "Warm-up 95 is no shorter than the run of 95 steps: the learning rate would never be reached.",
        "no --warmup", [](RunPlan& plan) { plan.settings.training.warmup = 95; });
}

void rank_rows() {
    row("a rank above the smaller side", "lora.rank",
        "Rank r 1000 is above the smaller side of 60 of the 60 chosen linears, which is down to 192: "
        "directions "
        "above it add nothing.",
        "--rank 192 --alpha 384", [](RunPlan& plan) {
            plan.settings.lora.rank = 1000;
            plan.settings.lora.alpha = 2000;
        });
    row("more directions than the weight has", "lora.rank",
        "Rank r 200 is above the smaller side of 30 of the 60 chosen linears, which is down to 192: PiSSA "
        "starts "
        "from the weight's own directions, of which there are no more.",
        "--rank 192 --alpha 192", [](RunPlan& plan) {
            plan.settings.method = MethodKind::Pissa;
            plan.settings.lora.rank = 200;
            plan.settings.lora.alpha = 200;
        });
    row("a rank of a linear's own", "lora.rank_pattern",
        "Own ranks: 1 linear gets one above its smaller side, such as model.layers.0.self_attn.v_proj; the "
        "smallest is 192: directions above it add nothing.",
        "--rank-pattern layers.0.self_attn.v_proj=300,model.layers.0.self_attn.v_proj=192",
        [](RunPlan& plan) {
            plan.settings.lora.rank_pattern = {{"layers.0.self_attn.v_proj", 300}};
        });
}

void data_rows() {
    row("samples that are cut", "data.max_length",
        "300 of 380 samples are cut at Longest sample 128: their ends are not learned.", "--max-length 900",
        [](RunPlan& plan) {
            train_on(plan, [](DatasetSummary& data) {
                data.cut = 300;
                set_longest(data, 900);
            });
        });
    row("samples without anything to learn", "data.max_length",
        "300 of 380 samples have nothing to learn within Longest sample 128 and are left out.",
        "--max-length 8192", [](RunPlan& plan) {
            train_on(plan, [](DatasetSummary& data) {
                data.dropped = 300;
                data.samples = 80;
                set_longest(data, 9000);
            });
        });
    row("more tokens than positions", "data.max_length",
        "Longest sample 20000 lets in samples of 9000 tokens, but the model has 8192 positions.",
        "--max-length 8192", [](RunPlan& plan) {
            plan.settings.data.max_length = 20'000;
            train_on(plan, [](DatasetSummary& data) { set_longest(data, 9000); });
        });
    row("the training file to evaluate on", "data.eval",
        "All 20 samples to evaluate on are trained on too: what they tell is how well the data is "
        "remembered.",
        "no --eval --eval-split 0.1", [](RunPlan& plan) {
            plan.settings.data.eval = "train.jsonl";
            plan.settings.data.eval_split = 0;
            DatasetSummary eval = samples(20);
            eval.also_trained = 20;
            plan.eval = std::make_shared<const DatasetSummary>(eval);
        });
    row("some samples twice", "data.eval_split",
        "3 of the 20 samples to evaluate on are trained on too: what they tell is how well the data is "
        "remembered.",
        "", [](RunPlan& plan) {
            DatasetSummary eval = samples(20);
            eval.also_trained = 3;
            plan.eval = std::make_shared<const DatasetSummary>(eval);
        });
}

} // namespace

class DoubtsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void healthy_settings_of_every_method_are_not_doubted() {
        for (const MethodKind method : method_kinds()) {
            RunPlan plan = planned_run();
            const DataSettings data = plan.settings.data;
            plan.settings = defaults_of(method);
            plan.settings.data = data;
            plan.settings.training.lr = sheet_of(method).lr;
            const std::vector<Doubt> doubts = doubts_of(plan);
            QVERIFY2(doubts.empty(), (name(method) + ": " + all(doubts)).c_str());
        }
    }

    void the_programs_first_run_is_not_doubted() { QCOMPARE(all(doubts_of(planned_run())), std::string()); }

    void what_is_not_known_is_not_doubted() {
        RunPlan plan;
        plan.settings.training.batch = 100'000;
        plan.settings.lora.rank = 1000;
        QCOMPARE(all(doubts_of(plan)), std::string());
        plan.model = planned_run().model;
        plan.settings.lora.selection.targets = "no such linear";
        QCOMPARE(all(doubts_of(plan)), std::string());
    }

    void each_doubt_is_told_and_its_mend_ends_it_data() {
        QTest::addColumn<std::string>("setting");
        QTest::addColumn<std::string>("sentence");
        QTest::addColumn<std::string>("mend");
        QTest::addColumn<Change>("change");
        training_rows();
        rank_rows();
        data_rows();
    }
    void each_doubt_is_told_and_its_mend_ends_it() {
        QFETCH(std::string, setting);
        QFETCH(std::string, sentence);
        QFETCH(std::string, mend);
        QFETCH(Change, change);
        RunPlan plan = changed(change);
        const Doubt found = about(setting, doubts_of(plan));
        QCOMPARE(in_labels(found.sentence), sentence);
        QCOMPARE(mend_options(found.mend), mend);
        if (mend.empty()) return;
        plan.settings = mended(plan.settings, found.mend);
        if (setting.starts_with("data.")) read_anew(plan);
        QVERIFY(faults(plan.settings).empty());
        const std::string after = about(setting, doubts_of(plan)).sentence;
        QVERIFY2(after.empty(), after.c_str());
    }

    void a_rank_that_is_idle_for_one_method_stops_another() {
        const auto kind = [](MethodKind method) {
            RunPlan plan = planned_run();
            plan.settings.method = method;
            plan.settings.lora.rank = 200;
            return about("lora.rank", doubts_of(plan));
        };
        QVERIFY(kind(MethodKind::Lora).kind == DoubtKind::Warning);
        for (const MethodKind method : {MethodKind::Pissa, MethodKind::Olora, MethodKind::LoraXs})
            QVERIFY(kind(method).kind == DoubtKind::Refusal);
        QVERIFY(kind(MethodKind::Vera).sentence.empty()); // its rank is none of the update's
        QVERIFY(kind(MethodKind::Full).sentence.empty());
    }

    void a_lower_rank_keeps_the_scale_of_its_method() {
        RunPlan plan = planned_run();
        plan.settings.method = MethodKind::RsLora;
        plan.settings.lora.rank = 768;
        plan.settings.lora.alpha = 16;
        const RunSettings less = mended(plan.settings, about("lora.rank", doubts_of(plan)).mend);
        QCOMPARE(less.lora.rank, 192);
        QCOMPARE(less.lora.alpha, 8.0); // α/√r
    }

    void a_run_above_the_free_memory_is_mended_by_smaller_parts() {
        RunPlan plan = planned_run();
        plan.settings.training.batch = 64;
        const std::int64_t needed = memory_of(plan).total();
        plan.room = MemoryRoom{needed, 16 * gigabyte};
        QVERIFY(about("training.batch", doubts_of(plan)).sentence.empty());
        plan.room->free_bytes = needed - 1;
        const Doubt found = about("training.batch", doubts_of(plan));
        QVERIFY(found.kind == DoubtKind::Warning);
        QCOMPARE(mend_options(found.mend), std::string("--accumulate 2"));
        plan.settings = mended(plan.settings, found.mend);
        QVERIFY(about("training.batch", doubts_of(plan)).sentence.empty());
    }

    void blocks_run_again_where_smaller_parts_do_not_do() {
        RunPlan plan = planned_run();
        plan.settings.data.max_length = 1024;
        train_on(plan, [](DatasetSummary& data) { data.lengths = {{1024, 380}}; });
        plan.settings.training.batch = 1;
        plan.room = MemoryRoom{memory_of(plan).total() - 1, 16 * gigabyte};
        QCOMPARE(mend_options(about("training.batch", doubts_of(plan)).mend),
            std::string("--gradient-checkpointing"));
        plan.room->free_bytes = gigabyte / 10; // not even the weights
        const Doubt hopeless = about("training.batch", doubts_of(plan));
        QVERIFY(!hopeless.sentence.empty() && hopeless.mend.empty());
    }

    void a_run_above_the_machines_memory_is_refused_and_comes_first() {
        RunPlan plan = planned_run();
        plan.settings.training.lr = 1000;
        plan.settings.training.batch = 380;
        plan.settings.data.max_length = 4096;
        train_on(plan, [](DatasetSummary& data) { data.lengths = {{4096, 380}}; });
        const std::vector<Doubt> doubts = doubts_of(plan);
        QCOMPARE(doubts.front().setting, std::string("training.batch"));
        QVERIFY(doubts.front().kind == DoubtKind::Refusal);
        QVERIFY2(
            doubts.front().sentence.ends_with(" TB of memory, more than the 16.0 GB that this machine has."),
            doubts.front().sentence.c_str());
        plan.room = std::nullopt; // a GPU, of which nothing is told
        QVERIFY(about("training.batch", doubts_of(plan)).sentence.empty());
    }

    void a_classifier_cannot_go_beyond_its_table_of_positions() {
        RunPlan plan = planned_run();
        ModelSummary model = *plan.model;
        model.task = Task::Classification;
        model.context_length = 50;
        plan.model = std::make_shared<const ModelSummary>(model);
        QVERIFY(about("data.max_length", doubts_of(plan)).kind == DoubtKind::Refusal);
    }

    void an_outline_counts_what_is_known() {
        RunPlan plan = planned_run();
        const RunOutline outline = outline_of(plan);
        QCOMPARE(outline.steps, std::optional<std::int64_t>(95));
        QCOMPARE(outline.savings->trainable, 460'800);
        QVERIFY(outline.memory->total() > 500'000'000);
        plan.train = nullptr;
        QVERIFY(!outline_of(plan).steps && !outline_of(plan).memory && outline_of(plan).savings);
        plan.settings.lora.rank = 0;
        QVERIFY(!outline_of(plan).savings);
    }

    void the_time_is_told_by_a_run_of_the_same_work() {
        RunPlan plan = planned_run();
        QVERIFY(!pace_of(plan.settings, {9, 1, 1})); // too few after the first
        plan.pace = pace_of(plan.settings, {9, 1, 2, 3});
        QCOMPARE(plan.pace->seconds_a_step, 2.0);
        plan.settings.training.lr = 1e-3;
        plan.settings.training.epochs = 2;
        QCOMPARE(outline_of(plan).seconds, std::optional<double>(2 * 2 * 95));
        plan.settings.training.accumulate = 2;
        QVERIFY(!outline_of(plan).seconds);
    }

    void the_machines_memory_is_told_for_the_processor_alone() {
        const auto room = memory_room("cpu");
        QVERIFY(room && room->free_bytes > 0 && room->free_bytes <= room->all_bytes);
        QVERIFY(!memory_room("cuda:0"));
    }
};

QTEST_APPLESS_MAIN(DoubtsTest)
#include "doubts_test.moc"
