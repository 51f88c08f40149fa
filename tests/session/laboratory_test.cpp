// The laboratory behind the worker: comparisons and advice step by step, and other forms of the adapter.

#include "engine/adapters/peft.h"
#include "engine/architectures/catalog.h"
#include "engine/models/safetensors_tensors.h"
#include "engine/runs/run_record.h"
#include "engine/session/session.h"
#include "tests/files/scratch.h"
#include "tests/session/desk.h"
#include "tests/tiny_adapter.h"
#include "tests/tiny_model.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace {

bool is_whole(const WeightsCompared& compared) { return compared.state == AnswerState::Finished; }

DataSettings of_file(const std::string& path) {
    DataSettings data;
    data.eval = path;
    return data;
}

std::shared_ptr<const RankAdvice> advised(Desk& desk, const AdviseRank& question) {
    desk.post(question);
    const auto last = desk.await<RankAdvised>([](const RankAdvised& each) { return each.finished; });
    return last ? last->advice : std::make_shared<const RankAdvice>();
}

} // namespace

class LaboratoryTest : public QObject {
    Q_OBJECT

    Scratch scratch_;
    std::string model_ = tiny::write_model(scratch_.path("model"));
    std::string data_ = scratch_.write("data.jsonl", tiny::lines(13));
    std::string first_ = tiny::write_adapter(model_, scratch_.path("first"), 1);
    std::string second_ = tiny::write_adapter(model_, scratch_.path("second"), 2);

    bool load(Desk& desk) const {
        desk.post(LoadModel{model_, "cpu"});
        desk.post(LoadAdapter{first_});
        return desk.await<SpectraDone>().has_value();
    }

private Q_SLOTS:
    void two_adapters_are_compared() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(CompareAdapters{second_});
        const auto compared = desk.await<AdaptersCompared>();
        QVERIFY(compared);
        QCOMPARE(compared->comparison->targets.size(), std::size_t{14});
        QCOMPARE(compared->comparison->same_starts(), 0);
        desk.post(CompareAdapters{first_});
        QCOMPARE(desk.await<AdaptersCompared>()->comparison->same_starts(), 14);
    }

    void loralibs_file_is_loaded_and_compared_without_a_configuration() {
        std::vector<NamedTensor> tensors;
        for (const auto& [path, alpha, update] : read_peft(first_, at::kCPU).targets) {
            tensors.push_back({path + ".lora_A", update.A});
            tensors.push_back({path + ".lora_B", update.B});
        }
        const std::string file = scratch_.write("lora.safetensors", tensors_as_safetensors(tensors));
        Desk desk;
        desk.post(LoadModel{model_, "cpu"});
        desk.post(LoadAdapter{file});
        QVERIFY(contains(desk.await<Warning>()->text, "α is taken as the rank"));
        QCOMPARE(desk.await<SpectraDone>()->spectra->spectra.size(), std::size_t{14});
        desk.post(CompareAdapters{file});
        QVERIFY(contains(desk.await<Warning>()->text, "α is taken as the rank"));
        QCOMPARE(desk.await<AdaptersCompared>()->comparison->targets.size(), std::size_t{14});
    }

    void a_loaded_adapters_size_stands_beside_its_weights() {
        Desk desk;
        desk.post(LoadModel{model_, "cpu"});
        desk.post(LoadAdapter{first_});
        const auto spectra = desk.await<SpectraDone>()->spectra->spectra;
        desk.post(CompareWithWeights{{}, {}});
        const auto compared = desk.await<WeightsCompared>(is_whole)->comparisons->targets;
        QCOMPARE(spectra.size(), compared.size());
        for (std::size_t i = 0; i < spectra.size(); ++i)
            QVERIFY(std::abs(*spectra[i].measures.relative_norm / compared[i].relative_norm() - 1) <= 1e-5);
    }

    void the_comparison_with_the_weights_grows_target_by_target() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(CompareWithWeights{{.directions = true, .intruders = true}, {}});
        QCOMPARE(desk.await<AnalysisProgress>()->total, 14);
        const auto first = desk.await<WeightsCompared>();
        QVERIFY(first && first->state == AnswerState::UnderWay);
        QCOMPARE(first->comparisons->targets.size(), std::size_t{1});
        const auto compared = desk.await<WeightsCompared>(is_whole);
        QVERIFY(compared);
        QCOMPARE(compared->comparisons->targets.size(), std::size_t{14});
        for (const auto& target : compared->comparisons->targets)
            QVERIFY(target.amplification && target.intruders);
    }

    void only_the_paths_asked_for_are_compared() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(CompareWithWeights{{}, {"model.layers.1.mlp.up_proj"}});
        const auto compared = desk.await<WeightsCompared>(is_whole);
        QCOMPARE(compared->comparisons->targets.size(), std::size_t{1});
        QCOMPARE(compared->comparisons->targets[0].path, std::string("model.layers.1.mlp.up_proj"));
    }

    void advice_grows_rank_by_rank_and_leaves_the_adapter_in_place() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(AdviseRank{.data = of_file(data_), .batch = 4});
        QVERIFY(!desk.await<RankAdvised>()->advice->points[0].loss);
        const auto first = desk.await<RankAdvised>();
        QVERIFY(first->advice->points[0].loss && !first->advice->points[1].loss);
        const auto last =
            desk.await<RankAdvised>([](const RankAdvised& advised) { return advised.finished; });
        QVERIFY(last);
        for (const auto& point : last->advice->points) QVERIFY(point.loss.has_value());
        desk.post(SaveAdapter{scratch_.path("still")});
        QVERIFY(desk.await<AdapterSaved>());
        QCOMPARE(scratch_.read("still/adapter_model.safetensors"),
            scratch_.read("first/adapter_model.safetensors"));
    }

    void advice_without_data_is_energies_alone() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(AdviseRank{});
        const auto advised = desk.await<RankAdvised>();
        QVERIFY(advised->finished);
        QCOMPARE(advised->advice->points.back().kept_energy, 1.0);
    }

    void advice_is_measured_on_the_rows_that_the_run_was_evaluated_on() {
        Desk desk;
        desk.post(LoadModel{model_, "cpu"});
        RunSettings settings;
        settings.model = model_;
        settings.device = "cpu";
        settings.data.train = data_;
        settings.data.eval_split = 0.3;
        settings.data.split_seed = 5;
        settings.lora.rank = 2;
        settings.training.steps = 6;
        settings.training.lr = 0.05;
        desk.post(StartRun{settings, scratch_.path("split")});
        QVERIFY(desk.await<RunEnded>());
        const RunRecord run = read_run_curves(scratch_.path("split"));

        const auto advice = advised(desk, {.data = settings.data});

        QCOMPARE(advice->rows, AdviceRows::HeldOut);
        QCOMPARE(advice->samples, 4);
        QVERIFY(std::abs(*advice->points.front().loss - run.evaluations.front().loss) <= 1e-5);
        QVERIFY(std::abs(*advice->points.back().loss - run.evaluations.back().loss) <= 1e-5);
        QVERIFY2(contains(advice->in_words(), "Measured on 4 held-out rows."), advice->in_words().c_str());
    }

    void advice_on_training_rows_says_that_it_is() {
        Desk desk;
        QVERIFY(load(desk));
        DataSettings data;
        data.train = data_;
        const auto advice = advised(desk, {.data = data, .samples = 7});
        QCOMPARE(advice->rows, AdviceRows::Training);
        QCOMPARE(advice->samples, 7);
        QVERIFY2(contains(advice->in_words(), "7 training rows, which it has learned"),
            advice->in_words().c_str());
    }

    void a_stop_tells_what_is_done() {
        Desk desk;
        QVERIFY(load(desk));
        AdviseRank long_advice{.data = of_file(data_), .batch = 1};
        long_advice.ranks = std::vector<std::int64_t>(1000, 2);
        desk.post(long_advice);
        QVERIFY(desk.await<AnalysisProgress>());
        desk.post(StopAnalysis{});
        const auto told =
            desk.await<RankAdvised>([](const RankAdvised& advised) { return advised.finished; });
        QVERIFY(told);
        QVERIFY(!told->advice->points.back().loss);
    }

    void the_model_can_be_talked_to_in_between() {
        Desk desk;
        QVERIFY(load(desk));
        AdviseRank long_advice{.data = of_file(data_), .batch = 1};
        long_advice.ranks = std::vector<std::int64_t>(1000, 2);
        desk.post(long_advice);
        desk.post(Generate{.prompt = "What is", .settings = {.max_new_tokens = 2}});
        QVERIFY(desk.await<GenerationEnded>());
        desk.post(StopAnalysis{});
        QVERIFY(desk.await<RankAdvised>([](const RankAdvised& advised) { return advised.finished; }));
    }

    void a_smaller_adapter_is_saved_with_the_ranks_asked_for() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(SaveTruncated{scratch_.path("smaller"),
            {{"model.layers.0.self_attn.q_proj", 1}, {"model.layers.0.self_attn.k_proj", 0}}});
        QVERIFY(desk.await<AdapterSaved>());
        const Adapter smaller = read_peft(scratch_.path("smaller"), at::kCPU);
        QCOMPARE(smaller.targets.size(), std::size_t{13});
        for (const auto& target : smaller.targets)
            QCOMPARE(target.update.rank(), target.path == "model.layers.0.self_attn.q_proj" ? 1 : 4);
    }

    void model_and_adapter_are_merged_and_exported() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(MergeModel{scratch_.path("merged")});
        QVERIFY(desk.await<ModelMerged>());
        desk.post(ExportGguf{scratch_.path("adapter.gguf")});
        QVERIFY(desk.await<AdapterExported>());
        QVERIFY(std::filesystem::exists(scratch_.path("adapter.gguf")));
        desk.post(LoadModel{scratch_.path("merged"), "cpu"});
        QVERIFY(desk.await<ModelLoaded>());
    }

    void without_an_adapter_there_is_nothing_to_look_at() {
        Desk desk;
        desk.post(LoadModel{model_, "cpu"});
        desk.post(CompareWithWeights{});
        const std::string refusal = desk.await_refusal();
        QVERIFY2(contains(refusal, "no adapter"), refusal.c_str());
    }
};

QTEST_GUILESS_MAIN(LaboratoryTest)
#include "laboratory_test.moc"
