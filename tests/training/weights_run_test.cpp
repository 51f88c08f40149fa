// Runs that train the weights themselves, in full or in a subspace: they learn, resume bit for bit, give the
// model back, and leave a result that opens.
#include "engine/error.h"
#include "engine/methods/subspace_files.h"
#include "engine/runs/run_folder.h"
#include "engine/settings/wording.h"
#include "tests/tiny_classifier.h"
#include "tests/training/tiny_run.h"

#include <QTest>

using namespace lora;

namespace {

std::string bytes_of(const std::string& folder, MethodKind method) {
    const std::string file = method == MethodKind::Full ? "/model.safetensors" : "/subspace.safetensors";
    return read_text(result_path(folder, method) + file, 1 << 22);
}

} // namespace

class WeightsRunTest : public QObject {
    Q_OBJECT

    RunBench bench_;

    RunSettings settings(MethodKind method) const {
        RunSettings settings = defaults_of(method);
        const RunSettings busy = bench_.busy_settings();
        settings.model = busy.model;
        settings.device = busy.device;
        settings.data = busy.data;
        settings.training = busy.training;
        if (method == MethodKind::Subspace)
            settings.subspace = {.dimension = 60, .projection = ProjectionKind::Fastfood, .said = true};
        settings.training.lr = method == MethodKind::Full ? 1e-3 : 1e-1;
        return settings;
    }

    std::string faults_of(const RunSettings& settings) const {
        std::string all;
        for (const Fault& fault : faults(settings)) all += in_options(sentence(fault)) + "\n";
        return all;
    }

    static void each_method() {
        QTest::addColumn<bool>("full");
        QTest::newRow("full") << true;
        QTest::newRow("subspace") << false;
    }

    static MethodKind method_of(bool full) { return full ? MethodKind::Full : MethodKind::Subspace; }

private Q_SLOTS:
    void a_run_learns_and_leaves_the_model_as_it_was_data() { each_method(); }
    void a_run_learns_and_leaves_the_model_as_it_was() {
        QFETCH(bool, full);
        const Dataset data = load_dataset(bench_.data, bench_.loaded.tokenizer, 64);
        const auto evaluation = [&] {
            Evaluation all(*bench_.loaded.model, data.examples, 4);
            for (;;)
                if (const auto record = all.advance(0)) return record->loss;
        };
        const double before = evaluation();
        const auto events =
            to_the_end(*Run::start(settings(method_of(full)), bench_.new_folder(), bench_.loaded));
        const auto steps = records<StepRecord>(events);
        QCOMPARE(steps.size(), std::size_t(9));
        QVERIFY(steps.back().loss < 0.97 * steps.front().loss);
        QCOMPARE(evaluation(), before);
    }

    void a_run_resumed_ends_bit_for_bit_as_the_uninterrupted_one_data() { each_method(); }
    void a_run_resumed_ends_bit_for_bit_as_the_uninterrupted_one() {
        QFETCH(bool, full);
        const MethodKind method = method_of(full);
        const std::string whole = bench_.new_folder();
        const auto all = to_the_end(*Run::start(settings(method), whole, bench_.loaded));
        for (int events = 0; events < static_cast<int>(all.size()); events += 3)
            for (const bool saved : {false, true}) {
                const std::string folder = bench_.new_folder();
                {
                    const auto run = Run::start(settings(method), folder, bench_.loaded);
                    for (int told = 0; told < events;) told += run->advance().has_value();
                    if (saved) run->save();
                }
                to_the_end(*Run::resume(folder, bench_.loaded));
                const std::string after = "after event " + std::to_string(events);
                QVERIFY2(bytes_of(folder, method) == bytes_of(whole, method), after.c_str());
                QVERIFY2(lasting_events(folder, !saved) == lasting_events(whole, !saved), after.c_str());
            }
    }

    void spectra_are_of_all_linears_and_of_full_rank() {
        RunSettings full = settings(MethodKind::Full);
        full.training.spectrum_every = 0;
        const auto events = to_the_end(*Run::start(full, bench_.new_folder(), bench_.loaded));
        const auto spectra = records<std::shared_ptr<const SpectraOfStep>>(events);
        QCOMPARE(spectra.size(), std::size_t(1));
        QCOMPARE(spectra.front()->spectra.size(), bench_.loaded.summary.linears.size());
        QCOMPARE(spectra.front()->spectra.front().singular_values.size(), std::size_t(tiny::hidden));
        QVERIFY(*spectra.front()->spectra.front().measures.effective_rank > 8);
    }

    void a_classifier_resumes_with_its_head() {
        const std::string folder = tiny::write_classifier(bench_.scratch.path("bert"));
        LoadedModel bert = load_model(folder, "cpu", at::kFloat);
        RunSettings subspace = settings(MethodKind::Subspace);
        subspace.model = folder;
        subspace.data.train = bench_.scratch.write("labelled.jsonl", tiny::labelled_lines(16));
        const std::string whole = bench_.new_folder(), halved = bench_.new_folder();
        to_the_end(*Run::start(subspace, whole, bert));
        {
            const auto run = Run::start(subspace, halved, bert);
            while (run->steps_done() < 4) run->advance();
            run->save();
        }
        to_the_end(*Run::resume(halved, bert));
        QVERIFY(bytes_of(halved, MethodKind::Subspace) == bytes_of(whole, MethodKind::Subspace));
        const SubspaceResult saved = read_subspace(result_path(whole, MethodKind::Subspace));
        QCOMPARE(saved.head->labels, (std::vector<std::string>{"cat", "dog"}));
    }

    void what_does_not_go_together_is_refused_with_the_reason() {
        RunSettings full = settings(MethodKind::Full);
        QCOMPARE(faults_of(full), std::string());
        full.lora.dropout = 0.1;
        full.lora.adapter = "somewhere";
        full.training.gradient_checkpointing = true;
        full.lora.rank_pattern["q_proj"] = 3;
        full.lora.selection.layers = "0";
        const std::string why = faults_of(full);
        for (const char* part : {"dropout: found 0.1", "adapter: found 'somewhere'", "gradient-checkpointing",
                 "rank-pattern", "layers: found '0'"})
            QVERIFY2(why.find(part) != std::string::npos, why.c_str());
        RunSettings low_rank = bench_.busy_settings();
        low_rank.lora.selection.targets = "everything";
        QVERIFY(faults_of(low_rank).find("--targets: found everything") != std::string::npos);
        RunSettings subspace = settings(MethodKind::Subspace);
        subspace.subspace.dimension = 0;
        QVERIFY(faults_of(subspace).find("subspace-dimension: found 0") != std::string::npos);
        low_rank = bench_.busy_settings();
        low_rank.subspace.dimension = 10;
        QVERIFY(faults_of(low_rank).find("--subspace-dimension: found 10") != std::string::npos);
    }

    void the_equal_command_names_what_is_not_the_methods_own_default() {
        RunSettings full = defaults_of(MethodKind::Full);
        full.model = "m";
        full.data.train = "d";
        QCOMPARE(
            equal_command(full, "r"), std::string("lora train --model m --data d --out r --method full"));
        RunSettings subspace = defaults_of(MethodKind::Subspace);
        subspace.model = "m";
        subspace.data.train = "d";
        subspace.lora.selection.targets = "attention-qv";
        subspace.subspace = {100, ProjectionKind::Hashed, true};
        QCOMPARE(equal_command(subspace, "r"),
            std::string("lora train --model m --data d --out r --method subspace --subspace-dimension 100 "
                        "--projection hashed --said --targets attention-qv"));
        QCOMPARE(run_settings(to_json(subspace), "run.json"), subspace);
    }
};

QTEST_GUILESS_MAIN(WeightsRunTest)
#include "weights_run_test.moc"
