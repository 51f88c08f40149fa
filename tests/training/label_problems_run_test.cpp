// Several labels and numbers as transformers learns them, from the loss to the adapter that a run leaves; and
// runs on packed samples.

#include "engine/adapters/peft.h"
#include "engine/runs/run_record.h"
#include "engine/training/class_loss.h"
#include "engine/training/evaluation.h"
#include "engine/training/loss.h"
#include "tests/models/tiny_bert.h"
#include "tests/tiny_classifier.h"
#include "tests/training/tiny_run.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

using namespace lora;

namespace {

Json losses_of(const QString& problem) {
    return read_json(FIXTURES "/labels/losses.json").at(problem.toStdString());
}

std::vector<Example> examples_of(const Json& expected, Problem problem) {
    std::vector<Example> examples;
    for (const Json& each : expected.at("examples")) {
        Example example;
        example.ids = each.at("ids").get<std::vector<TokenId>>();
        example.second = each.at("second").get<std::int64_t>();
        example.problem = problem;
        if (problem == Problem::SingleLabel)
            example.label = each.at("values").get<std::int64_t>();
        else
            example.values = each.at("values").get<std::vector<float>>();
        examples.push_back(std::move(example));
    }
    return examples;
}

at::Tensor tensor_of(const Json& values) {
    std::vector<float> flat;
    const Json all = values.flatten();
    for (const auto& each : all) flat.push_back(each.get<float>());
    const bool matrix = values.front().is_array();
    const auto rows = static_cast<std::int64_t>(values.size());
    return at::tensor(flat, at::kFloat)
        .view(matrix ? std::vector<std::int64_t>{rows, -1} : std::vector{rows});
}

/// A classifier and lines to learn, each with a label made by `label` from its number.
struct Bench {
    Scratch scratch;
    std::string model = tiny::write_classifier(scratch.path("model"));
    std::string data;
    LoadedModel loaded = load_model(model, "cpu", at::kFloat);

    explicit Bench(const std::function<Json(int)>& label) {
        at::set_num_threads(1);
        std::string lines;
        for (int i = 0; i < 24; ++i) {
            std::string words = i % 2 == 0 ? "the cat" : "1234 dog";
            for (int more = 0; more < i % 3; ++more) words += " and they";
            const Json line{{"text", words}, {"text_pair", "a cat"}, {"label", label(i)}};
            lines += line.dump() + "\n";
        }
        data = scratch.write("train.jsonl", lines);
    }

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
        settings.training.checkpoint_every = 5;
        settings.training.seed = 3;
        return settings;
    }
};

Json several_labels(int i) {
    Json labels = Json::array();
    if (i % 2 == 0) labels.push_back("cat");
    if (i % 3 > 0) labels.push_back("long");
    return labels;
}

double score(const EvaluationRecord& record, const std::string& name) {
    for (const Score& each : record.scores)
        if (each.name == name) return each.value;
    return std::nan("");
}

/// A run that is cut off and gone on with leaves the bytes of one that was not.
void goes_on_exactly(
    const RunSettings& settings, LoadedModel& loaded, const Scratch& scratch, std::int64_t at) {
    const std::string whole = scratch.path("whole"), cut = scratch.path("cut");
    to_the_end(*Run::start(settings, whole, loaded));
    {
        const auto run = Run::start(settings, cut, loaded);
        while (run->steps_done() < at) run->advance();
    }
    to_the_end(*Run::resume(cut, loaded));
    QCOMPARE(adapter_bytes(cut), adapter_bytes(whole));
}

} // namespace

class LabelProblemsRunTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void losses_and_gradients_equal_transformers_data() {
        QTest::addColumn<int>("problem");
        for (const auto& [word, problem] : {std::pair{"single_label_classification", Problem::SingleLabel},
                 {"multi_label_classification", Problem::MultiLabel}, {"regression", Problem::Regression},
                 {"regression of several", Problem::Regression}})
            QTest::newRow(word) << static_cast<int>(problem);
    }
    void losses_and_gradients_equal_transformers() {
        QFETCH(int, problem);
        const Json expected = losses_of(QString::fromUtf8(QTest::currentDataTag()));
        const auto model = open_bert("bare");
        at::Tensor weight = tensor_of(expected.at("weight")), bias = tensor_of(expected.at("bias"));
        bias.requires_grad_(true);
        model->set_head({{.path = "classifier", .weight = weight, .bias = bias}});
        const std::vector<Example> examples = examples_of(expected, static_cast<Problem>(problem));
        const ClassLoss said = class_loss(*model, batch_of(examples), Pass{});
        const at::Tensor loss = said.loss / static_cast<double>(examples.size());
        const double wanted = expected.at("loss").get<double>();
        QVERIFY2(std::abs(loss.item<double>() - wanted) < 1e-4 * wanted,
            qPrintable(QString::number(loss.item<double>())));
        QVERIFY((said.logits - tensor_of(expected.at("logits"))).abs().max().item<double>() < 1e-4);
        loss.backward();
        QVERIFY((bias.grad() - tensor_of(expected.at("bias_gradient"))).abs().max().item<double>() < 1e-4);
    }

    void the_second_text_of_a_pair_has_its_own_type() {
        const auto model = open_bert("bare");
        Example pair;
        pair.ids = {1, 2, 3};
        pair.label = 0;
        const at::Tensor alone = model->hidden(batch_of({pair}).tokens, Pass{});
        pair.second = 2;
        QVERIFY((alone - model->hidden(batch_of({pair}).tokens, Pass{})).abs().max().item<double>() > 1e-3);
    }

    void a_run_learns_several_labels_of_pairs_and_keeps_what_they_are() {
        Bench bench(several_labels);
        RunSettings settings = bench.settings();
        settings.training.epochs = 40;
        const std::string folder = bench.scratch.path("run");
        const auto run = Run::start(settings, folder, bench.loaded);
        const auto evaluations = records<EvaluationRecord>(to_the_end(*run));
        QVERIFY2(evaluations.back().loss < 0.5 * evaluations.front().loss,
            qPrintable(QString::number(evaluations.back().loss / evaluations.front().loss)));
        QVERIFY(!evaluations.back().accuracy);
        QVERIFY(score(evaluations.back(), "micro_f1") > 0.9);
        QVERIFY(score(evaluations.back(), "exact_match") > 0.8);
        const RunRecord record = read_run(folder);
        QCOMPARE(record.labels, (std::vector<std::string>{"cat", "long"}));
        QVERIFY(record.evaluations.back().scores == evaluations.back().scores);
        const Adapter adapter = read_peft(folder + "/adapter", at::kCPU);
        QVERIFY(adapter.head->problem == Problem::MultiLabel);
        QCOMPARE(adapter.head->labels, record.labels);
    }

    void a_run_on_several_labels_goes_on_exactly_where_it_was_cut_off() {
        Bench bench(several_labels);
        goes_on_exactly(bench.settings(), bench.loaded, bench.scratch, 8);
    }

    void a_run_learns_numbers() {
        Bench bench([](int i) { return Json(i % 2 == 0 ? 1.5 : -0.5); });
        RunSettings settings = bench.settings();
        settings.training.epochs = 20;
        const std::string folder = bench.scratch.path("run");
        const auto evaluations =
            records<EvaluationRecord>(to_the_end(*Run::start(settings, folder, bench.loaded)));
        QVERIFY(evaluations.back().loss < 0.2 * evaluations.front().loss);
        QVERIFY(std::abs(score(evaluations.back(), "mse") - evaluations.back().loss) < 1e-5);
        QVERIFY(score(evaluations.back(), "pearson") > 0.9);
        QVERIFY(read_peft(folder + "/adapter", at::kCPU).head->problem == Problem::Regression);
    }

    void a_trained_head_is_gone_on_with_as_it_was_trained() {
        Bench bench([](int i) { return Json(i % 2); });
        RunSettings settings = bench.settings();
        settings.data.problem_type = Problem::Regression;
        settings.training.steps = 1;
        const std::string folder = bench.scratch.path("run");
        to_the_end(*Run::start(settings, folder, bench.loaded));
        settings.data.problem_type = Problem::Unsaid;
        settings.lora.adapter = folder + "/adapter";
        const auto run = Run::start(settings, bench.scratch.path("second"), bench.loaded);
        QVERIFY(run->train_set().summary.problem == Problem::Regression);
        settings.data.problem_type = Problem::SingleLabel;
        QVERIFY_THROWS_EXCEPTION(Error, Run::start(settings, bench.scratch.path("third"), bench.loaded));
    }

    void packed_samples_are_learned_as_they_are_alone() {
        RunBench bench;
        RunSettings settings = bench.plain_settings();
        settings.data.packing = true;
        settings.data.shuffle = false;
        settings.data.max_length = 64;
        settings.training.batch = 1;
        settings.training.epochs = 1;
        const std::string folder = bench.new_folder();
        const auto run = Run::start(settings, folder, bench.loaded);
        const Packing packing = run->train_set().summary.packing;
        QVERIFY(packing.packs > 1 && packing.packs < 13);
        QCOMPARE(run->total_steps(), packing.packs);

        // The first pack's samples, each by itself, before anything is learned.
        EpochOrder order(run->train_set().examples, 64, /*shuffle=*/false, settings.training.seed);
        double sum = 0, learned = 0;
        const auto packs = order.at(0, 0, 1);
        for (const std::size_t sample : packs.front()) {
            const Example& example = run->train_set().examples[sample];
            sum +=
                next_token_loss(*bench.loaded.model, make_batch({&example}, at::kCPU), Pass{}).item<double>();
            learned += static_cast<double>(example.loss_terms());
        }
        const auto event = run->advance();
        const auto* step = event ? std::get_if<StepRecord>(&*event) : nullptr;
        QVERIFY(step != nullptr);
        QVERIFY2(std::abs(step->loss - sum / learned) < 1e-5, qPrintable(QString::number(step->loss)));
    }

    void a_packed_run_goes_on_exactly_where_it_was_cut_off_and_says_its_fill() {
        RunBench bench;
        RunSettings settings = bench.busy_settings();
        settings.data.packing = true;
        settings.data.max_length = 48;
        settings.training.batch = 2;
        goes_on_exactly(settings, bench.loaded, bench.scratch, 4);
        const auto events = read_events(bench.scratch.path("whole") + "/events.jsonl").events;
        const auto told = std::find_if(events.begin(), events.end(),
            [](const Json& event) { return event.value("event", "") == "packing"; });
        QVERIFY(told != events.end());
        QVERIFY(told->at("fill").get<double>() > 0.5);
        QVERIFY(read_json(bench.scratch.path("cut") + "/run.json").contains("packing"));
    }
};

QTEST_GUILESS_MAIN(LabelProblemsRunTest)
#include "label_problems_run_test.moc"
