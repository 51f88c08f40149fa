// DoRA against PEFT's gradients, and what is said of a change that has full rank.

#include "engine/adapters/gguf_adapter.h"
#include "engine/adapters/loralib.h"
#include "engine/adapters/merge.h"
#include "engine/adapters/peft.h"
#include "engine/adapters/truncate.h"
#include "engine/analysis/rank_candidates.h"
#include "engine/analysis/spectrum.h"
#include "engine/analysis/subspace.h"
#include "engine/analysis/weight_comparison.h"
#include "tests/methods/method_bench.h"
#include "tests/methods/peft_gradients.h"

#include <QTest>
#include <cmath>
#include <filesystem>

using namespace lora;

namespace {

bool close(const at::Tensor& a, const at::Tensor& b, double tolerance) {
    return largest_difference(a, b) < tolerance;
}

} // namespace

class DoraTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Model> model_ = open_llama(peft_model);
    Adapter adapter_ = read_peft(peft_folder("dora_all_linear"), at::kCPU);

    /// W − W₀ of a target in float64, as the formula has it.
    at::Tensor change(const TargetUpdate& target) {
        const at::Tensor W = linears_by_path(*model_).at(target.path)->weight().to(at::kDouble);
        const LowRank& update = target.update;
        const at::Tensor whole = W + update.B.to(at::kDouble).mm(update.A.to(at::kDouble)) * update.scale;
        const at::Tensor lengths = at::linalg_vector_norm(whole, 2, {1});
        return whole * (update.magnitude.to(at::kDouble) / lengths).unsqueeze(1) - W;
    }

private Q_SLOTS:
    void gradients_equal_pefts_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"dora", "dora_all_linear"}) QTest::newRow(name) << QString::fromUtf8(name);
    }
    void gradients_equal_pefts() {
        QFETCH(QString, name);
        const std::string folder = name.toStdString();
        MethodStart start;
        start.kind = MethodKind::Dora;
        start.adapter = read_peft(peft_folder(folder), at::kCPU);
        const auto method = make_method(std::move(start), *model_);
        peft_loss(*model_).backward();
        method->collect();
        for (const auto& [path, alpha, update] : method->adapter().targets) {
            QVERIFY2(has_pefts_gradient(update.A, folder, path + ".lora_A.weight"), path.c_str());
            QVERIFY2(has_pefts_gradient(update.B, folder, path + ".lora_B.weight"), path.c_str());
            QVERIFY2(
                has_pefts_gradient(update.magnitude, folder, path + ".lora_magnitude_vector"), path.c_str());
        }
    }

    void a_new_magnitude_is_the_rows_length_and_changes_nothing() {
        MethodBench bench;
        const auto method = make_method(bench.start(MethodKind::Dora), *bench.loaded.model);
        for (const auto& target : method->adapter().targets) {
            const at::Tensor& W = linears_by_path(*bench.loaded.model).at(target.path)->weight();
            QVERIFY(close(target.update.magnitude, at::linalg_vector_norm(W, 2, {1}), 1e-12));
        }
        for (const Spectrum& spectrum : spectra(method->adapter(), *bench.loaded.model))
            QCOMPARE(spectrum.measures.frobenius, 0.0);
    }

    void a_plain_adapter_goes_on_with_dora_where_it_was() {
        MethodBench bench;
        MethodStart start = bench.start(MethodKind::Dora);
        for (auto& target : start.adapter.targets) target.update.B.normal_(0, 0.1);
        attach(start.adapter, *bench.loaded.model);
        const double before = bench.loss().item<double>();
        const auto method = make_method(std::move(start), *bench.loaded.model);
        QVERIFY(std::abs(bench.loss().item<double>() - before) < 1e-9);
    }

    void the_norm_follows_each_step() {
        MethodBench bench;
        const auto method = make_method(bench.start(MethodKind::Dora), *bench.loaded.model);
        {
            const c10::NoGradGuard no_gradient;
            for (ParameterGroup& group : method->parameters()) group.values.add_(0.05);
        }
        const double held = bench.loss().item<double>();
        method->apply();
        const double followed = bench.loss().item<double>();
        QVERIFY(std::abs(followed - held) > 1e-6);
        attach(method->adapter(), *bench.loaded.model); // as whoever loads the adapter
        QCOMPARE(bench.loss().item<double>(), followed);
    }

    void other_methods_refuse_its_adapter() {
        for (const MethodKind kind : {MethodKind::Lora, MethodKind::LoraPlus, MethodKind::LoraFa}) {
            MethodStart start;
            start.kind = kind;
            start.adapter = adapter_;
            const std::string why = message_of<Error>([&] { make_method(start, *model_); });
            QVERIFY2(why.find("the adapter: found DoRA's magnitudes") == 0, why.c_str());
        }
    }

    void fused_blocks_and_plain_operators_say_the_same() {
        attach(adapter_, *model_);
        const at::Tensor ids = peft_expected("ids");
        const c10::NoGradGuard no_gradient;
        const std::int64_t* data = ids.const_data_ptr<std::int64_t>();
        const PackedTokens tokens =
            PackedTokens::pack({std::vector<std::int32_t>(data, data + ids.numel())}, at::kCPU);
        Pass plain;
        plain.fused = false;
        QVERIFY(close(model_->hidden(tokens, Pass{}), model_->hidden(tokens, plain), 1e-5));
    }

    void its_spectrum_is_that_of_all_it_changes() {
        const std::vector<Spectrum> all = spectra(adapter_, *model_);
        QCOMPARE(all.size(), adapter_.targets.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            const at::Tensor expected = at::linalg_svdvals(change(adapter_.targets[i]));
            const at::Tensor found = at::tensor(all[i].singular_values, at::kDouble);
            QCOMPARE(found.numel(), expected.numel()); // all of them: the rank is full
            QVERIFY(close(found, expected, 1e-5 * expected[0].item<double>()));
        }
    }

    void beside_its_weights_all_it_changes_is_compared() {
        WeightDecompositions weights;
        WeightComparer comparer(adapter_, *model_, {}, {}, weights);
        comparer.advance();
        const WeightComparisons compared = comparer.comparisons();
        const double size = change(adapter_.targets.front()).norm().item<double>();
        QVERIFY(std::abs(compared.targets.front().update_norm - size) < 1e-5 * size);
    }

    void a_merged_model_says_what_the_adapter_in_place_says() {
        const Scratch scratch;
        merge(peft_model, adapter_, scratch.path("merged"));
        const at::Tensor merged = logits_of(*open_llama(scratch.path("merged")), peft_expected("ids"));
        QVERIFY(close(merged, peft_expected("logits.dora_all_linear"), 1e-3));
    }

    void what_has_an_answer_for_a_low_rank_alone_is_refused() {
        const auto refused = [](const std::function<void()>& what) {
            const std::string told = message_of<Error>(what);
            QVERIFY2(contains(told, "found an update with DoRA's magnitude"), told.c_str());
        };
        refused([&] { spectra(adapter_); });
        refused([&] { singular_values(adapter_.targets.front().update); });
        refused([&] { rank_candidates(adapter_); });
        refused([&] { truncate(adapter_, std::vector<std::int64_t>(adapter_.targets.size(), 1)); });
        refused([&] { compare(adapter_, adapter_); });
        refused([&] { gguf_adapter_bytes(adapter_, open_weights(peft_model).config()); });
    }

    void a_file_with_magnitudes_and_no_configuration_is_refused() {
        const Scratch scratch;
        std::filesystem::copy(
            peft_folder("dora") + "/adapter_model.safetensors", scratch.path("alone.safetensors"));
        const std::string why =
            message_of<Error>([&] { open_adapter(scratch.path("alone.safetensors"), at::kCPU); });
        QVERIFY2(contains(why, "found DoRA's magnitudes, expected A and B alone"), why.c_str());
    }

    void a_magnitude_that_is_missing_or_too_much_is_refused() {
        const auto refusal = [](const char* folder, bool use_dora) {
            const Scratch scratch;
            std::filesystem::copy(peft_folder(folder), scratch.path("adapter"));
            Json config = read_json(scratch.path("adapter/adapter_config.json"));
            config["use_dora"] = use_dora;
            scratch.write("adapter/adapter_config.json", config.dump());
            return message_of<Error>([&] { read_peft(scratch.path("adapter"), at::kCPU); });
        };
        const std::string much = refusal("dora", false), missing = refusal("plain", true);
        QVERIFY2(contains(much, "lora_magnitude_vector': found a tensor that is no part"), much.c_str());
        QVERIFY2(contains(missing, "lora_magnitude_vector': found none"), missing.c_str());
    }
};

QTEST_GUILESS_MAIN(DoraTest)
#include "dora_test.moc"
