// A run on texts with labels: it learns, says its accuracy, goes on where it was, and keeps its head and
// labels in the adapter.

#include "engine/adapters/peft.h"
#include "engine/runs/run_record.h"
#include "engine/training/classes.h"
#include "tests/tiny_classifier.h"
#include "tests/training/tiny_run.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

struct Bench {
    Scratch scratch;
    std::string model = tiny::write_classifier(scratch.path("model"));
    std::string data = scratch.write("train.jsonl", tiny::labelled_lines(24));
    LoadedModel loaded = load_model(model, "cpu", at::kFloat);

    Bench() { at::set_num_threads(1); }

    RunSettings settings() const {
        RunSettings settings;
        settings.model = model;
        settings.device = "cpu";
        settings.data.train = data;
        settings.data.eval = data;
        settings.data.max_length = 32;
        settings.lora.rank = 4;
        settings.training.batch = 8;
        settings.training.lr = 1e-2;
        settings.training.epochs = 12;
        settings.training.eval_every = 6;
        settings.training.checkpoint_every = 5;
        settings.training.seed = 3;
        return settings;
    }
};

} // namespace

class ClassificationTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void a_run_learns_its_labels_and_says_its_accuracy() {
        Bench bench;
        const std::string folder = bench.scratch.path("run");
        const auto run = Run::start(bench.settings(), folder, bench.loaded);
        const auto evaluations = records<EvaluationRecord>(to_the_end(*run));

        QVERIFY2(evaluations.back().loss < 0.5 * evaluations.front().loss,
            qPrintable(
                QStringLiteral("from %1 to %2").arg(evaluations.front().loss).arg(evaluations.back().loss)));
        QCOMPARE(evaluations.back().accuracy.value(), 1.0);
        QCOMPARE(evaluations.back().learned_tokens, std::int64_t{24});
        const RunRecord record = read_run(folder);
        QCOMPARE(record.labels, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(record.evaluations.back().accuracy, evaluations.back().accuracy);
        QCOMPARE(run->adapter().parameters(), std::int64_t{2 * 2 * 4 * (32 + 32) + 2 * 33});
        QCOMPARE(read_run_file(folder).trainable, std::optional(run->adapter().parameters()));
        QCOMPARE(read_run_file(folder).head_parameters, std::int64_t{2 * 33});
    }

    void the_adapter_keeps_head_and_labels() {
        Bench bench;
        RunSettings settings = bench.settings();
        settings.training.steps = 2;
        const std::string folder = bench.scratch.path("run");
        const auto run = Run::start(settings, folder, bench.loaded);
        to_the_end(*run);

        const Adapter again = read_peft(folder + "/adapter", at::kCPU);
        QCOMPARE(again.head->labels, (std::vector<std::string>{"cat", "dog"}));
        QVERIFY(at::equal(again.head->weight, run->adapter().head->weight));
        QVERIFY(at::equal(again.head->bias, run->adapter().head->bias));
        const Json config = read_json(folder + "/adapter/adapter_config.json");
        QCOMPARE(config.at("task_type").get<std::string>(), std::string("SEQ_CLS"));
        QVERIFY(config.at("modules_to_save") == (Json{"classifier", "score"}));
    }

    void a_run_goes_on_exactly_where_it_was_cut_off() {
        Bench bench;
        const std::string whole = bench.scratch.path("whole"), cut = bench.scratch.path("cut");
        to_the_end(*Run::start(bench.settings(), whole, bench.loaded));
        {
            const auto run = Run::start(bench.settings(), cut, bench.loaded);
            while (run->steps_done() < 8) run->advance();
        }
        to_the_end(*Run::resume(cut, bench.loaded));
        QCOMPARE(adapter_bytes(cut), adapter_bytes(whole));
    }

    void a_new_run_can_start_from_its_adapter() {
        Bench bench;
        const std::string first = bench.scratch.path("first");
        to_the_end(*Run::start(bench.settings(), first, bench.loaded));
        RunSettings settings = bench.settings();
        settings.lora.adapter = first + "/adapter";
        settings.training.steps = 1;
        const auto run = Run::start(settings, bench.scratch.path("second"), bench.loaded);
        QCOMPARE(records<EvaluationRecord>(to_the_end(*run)).front().accuracy.value(), 1.0);
    }

    void a_trained_classifiers_own_head_goes_on() {
        Bench bench;
        RunSettings settings = bench.settings();
        settings.method = MethodKind::Full;
        settings.training.lr = 1e-3;
        const std::string first = bench.scratch.path("first");
        const auto trained =
            records<EvaluationRecord>(to_the_end(*Run::start(settings, first, bench.loaded)));
        QVERIFY(trained.back().loss < 0.9 * trained.front().loss);
        settings = bench.settings();
        settings.model = first + "/model";
        settings.training.steps = 1;
        LoadedModel loaded = load_model(settings.model, "cpu", at::kFloat);
        {
            const auto run = Run::start(settings, bench.scratch.path("second"), loaded);
            QVERIFY(run->train_set().summary.warnings.empty());
            const auto again = records<EvaluationRecord>(to_the_end(*run));
            QVERIFY(std::abs(again.front().loss - trained.back().loss) < 1e-5); // the blocks run fused here
        }
        settings.data.eval = "";
        settings.data.train = bench.scratch.write(
            "other.jsonl", "{\"text\":\"the cat\",\"label\":\"cat\"}\n{\"text\":\"a\",\"label\":\"bird\"}\n");
        const auto other = Run::start(settings, bench.scratch.path("third"), loaded);
        QCOMPARE(other->train_set().summary.labels, (std::vector<std::string>{"bird", "cat"}));
        QVERIFY(contains(other->train_set().summary.warnings.at(0), "a new one is trained"));
    }

    void a_head_without_names_has_the_models_own() {
        const Bench bench;
        const auto with_names = [&](const Json& names) {
            Json config = read_json(bench.model + "/config.json");
            config["architectures"] = {"BertForSequenceClassification"};
            config["id2label"] = names;
            write_file(bench.model + "/config.json", config.dump());
            return load_model(bench.model, "cpu", at::kFloat);
        };
        ClassifierHead two = make_head(32, {"", ""}, 1, at::kCPU),
                       three = make_head(32, {"", "", ""}, 1, at::kCPU);
        two.labels = three.labels = {};
        const LoadedModel named = with_names({{"0", "good"}, {"1", "bad"}});
        QCOMPARE(goal_of(two, *named.model).labels, (std::vector<std::string>{"good", "bad"}));
        QVERIFY(!goal_of(two, *named.model).numbered);
        QCOMPARE(goal_of(three, *named.model).labels, (std::vector<std::string>{"0", "1", "2"}));
        QVERIFY(goal_of(three, *named.model).numbered);
        two.labels = {"a", "b"};
        QCOMPARE(goal_of(two, *named.model).labels, two.labels);
        const LoadedModel generic = with_names({{"0", "LABEL_0"}, {"1", "LABEL_1"}});
        QVERIFY(goal_of(std::nullopt, *generic.model).numbered);
        QVERIFY(!goal_of(std::nullopt, *generic.model).replaceable);
        QVERIFY(goal_of_training(std::nullopt, *generic.model).replaceable);
    }

    void other_labels_than_the_adapters_are_refused() {
        Bench bench;
        const std::string first = bench.scratch.path("first");
        RunSettings settings = bench.settings();
        settings.training.steps = 1;
        to_the_end(*Run::start(settings, first, bench.loaded));
        settings.lora.adapter = first + "/adapter";
        settings.data.train = bench.scratch.write(
            "other.jsonl", "{\"text\":\"the cat\",\"label\":\"cat\"}\n{\"text\":\"a\",\"label\":\"bird\"}\n");
        settings.data.eval = "";
        QVERIFY_THROWS_EXCEPTION(Error, Run::start(settings, bench.scratch.path("second"), bench.loaded));
    }
};

QTEST_GUILESS_MAIN(ClassificationTest)
#include "classification_test.moc"
