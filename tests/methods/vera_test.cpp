// VeRA against PEFT's numbers and gradients, and its file.

#include "engine/adapters/merge.h"
#include "engine/adapters/peft.h"
#include "engine/analysis/spectrum.h"
#include "engine/methods/vera.h"
#include "tests/methods/method_bench.h"
#include "tests/methods/peft_gradients.h"

#include <QTest>
#include <filesystem>
#include <limits>

using namespace lora;

namespace {

constexpr const char* mixed = "vera_mixed_widths";

using Tensors = std::vector<NamedTensor>;

bool close(const at::Tensor& a, const at::Tensor& b, double tolerance) {
    return largest_difference(a, b) < tolerance;
}

NamedTensor& that_ends(Tensors& tensors, const std::string& end) {
    for (NamedTensor& each : tensors)
        if (each.name.ends_with(end)) return each;
    throw Error("no " + end);
}

/// What read_peft says of a copy of PEFT's folder whose configuration or tensors were changed.
std::string refusal(const std::function<void(Json&, Tensors&)>& spoil) {
    const Scratch scratch;
    Json config = read_json(peft_folder(mixed) + "/adapter_config.json");
    Tensors tensors;
    const SafetensorsFile file(peft_folder(mixed) + "/adapter_model.safetensors");
    for (const TensorView& view : file.tensors()) tensors.push_back({view.name, owned_tensor(view)});
    spoil(config, tensors);
    std::filesystem::create_directory(scratch.path("adapter"));
    scratch.write("adapter/adapter_config.json", config.dump());
    scratch.write("adapter/adapter_model.safetensors", tensors_as_safetensors(tensors));
    return message_of<Error>([&] { read_peft(scratch.path("adapter"), at::kCPU); });
}

} // namespace

class VeraTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Model> model_ = open_llama(peft_model);

    Adapter mixed_widths() { return with_widths_of(*model_, read_peft(peft_folder(mixed), at::kCPU)); }
    at::Tensor logits() const { return logits_of(*model_, peft_expected("ids")); }

private Q_SLOTS:
    void gradients_equal_pefts_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"vera", mixed}) QTest::newRow(name) << QString::fromUtf8(name);
    }
    void gradients_equal_pefts() {
        QFETCH(QString, name);
        const std::string folder = name.toStdString();
        MethodStart start;
        start.kind = MethodKind::Vera;
        start.adapter = with_widths_of(*model_, read_peft(peft_folder(folder), at::kCPU));
        start.resumed = true;
        const auto method = make_method(std::move(start), *model_);
        peft_loss(*model_).backward();
        method->collect();
        for (const auto& [path, own] : method->adapter().vera->vectors) {
            QVERIFY2(has_pefts_gradient(own.b, folder, path + ".vera_lambda_b"), path.c_str());
            QVERIFY2(has_pefts_gradient(own.d, folder, path + ".vera_lambda_d"), path.c_str());
        }
    }

    void the_matrices_are_those_that_peft_draws_from_the_key() {
        const VeraProjection pefts = *read_peft(peft_folder(mixed), at::kCPU).vera;
        QCOMPARE(pefts.key, std::uint64_t{7});
        const VeraProjection ours = draw_vera(6, 48, 48, pefts.key);
        QVERIFY(at::equal(ours.A, pefts.A));
        QVERIFY(at::equal(ours.B, pefts.B));
    }

    void linears_of_one_width_share_one_A() {
        MethodBench bench;
        const Adapter started = with_shared_projection(bench.adapter(MethodKind::Vera), 0.1, 5);
        QVERIFY(started.targets[1].update.A.is_alias_of(started.vera->A)); // the widest
        QVERIFY(at::equal(started.targets[0].update.A, started.vera->A.narrow(1, 0, 32)));
        const auto method = make_method(bench.start(MethodKind::Vera), *bench.loaded.model);
        for (const auto& target : method->adapter().targets) QVERIFY(!target.update.A.requires_grad());
    }

    void ranks_that_differ_are_refused() {
        MethodBench bench;
        const std::string why =
            message_of<Error>([&] { with_shared_projection(bench.adapter(), 0.1, /*seed=*/5); });
        QVERIFY2(contains(why, "since all updates of VeRA share one A and B"), why.c_str());
    }

    void what_is_saved_says_the_same_to_whoever_reads_it() {
        const Scratch scratch;
        const Adapter adapter = mixed_widths();
        write_peft(scratch.path("saved"), adapter, summary_of(*model_, peft_model));
        const Adapter read = read_peft(scratch.path("saved"), at::kCPU);
        QVERIFY(read.vera->knows_widths()); // PEFT's own file does not say them
        QCOMPARE(read.vera->d_initial, 0.2);
        QCOMPARE(read.parameters(), std::int64_t{2 * ((32 + 6) + (16 + 6) + (48 + 6) + (32 + 6))});
        attach(read, *model_);
        QVERIFY(close(logits(), peft_expected("logits.vera_mixed_widths"), 1e-3));
    }

    void without_the_widths_no_spectrum_is_told() {
        const Adapter adapter = read_peft(peft_folder(mixed), at::kCPU);
        const std::string why = message_of<Error>([&] { spectra(adapter); });
        QVERIFY2(contains(why, "VeRA's matrices without the widths"), why.c_str());
        const auto linears = linears_by_path(*model_);
        for (const Spectrum& spectrum : spectra(adapter, *model_)) {
            const VeraVectors& own = adapter.vera->vectors.at(spectrum.path);
            const at::Tensor A = adapter.vera->A.narrow(1, 0, linears.at(spectrum.path)->in());
            const at::Tensor B = adapter.vera->B.narrow(0, 0, own.b.size(0));
            const at::Tensor change = (own.b.unsqueeze(1) * B).mm(own.d.unsqueeze(1) * A);
            const at::Tensor expected = at::linalg_svdvals(change).narrow(0, 0, 6);
            QVERIFY(close(at::tensor(spectrum.singular_values, at::kFloat), expected, 1e-5));
        }
    }

    void a_merged_model_says_what_the_adapter_in_place_says() {
        const Scratch scratch;
        merge(peft_model, read_peft(peft_folder(mixed), at::kCPU), scratch.path("merged"));
        const at::Tensor merged = logits_of(*open_llama(scratch.path("merged")), peft_expected("ids"));
        QVERIFY(close(merged, peft_expected("logits.vera_mixed_widths"), 1e-3));
    }

    void its_adapter_is_a_start_for_plain_lora() {
        MethodStart start;
        start.adapter = mixed_widths();
        const auto method = make_method(std::move(start), *model_);
        QVERIFY(!method->adapter().vera);
        QVERIFY(close(logits(), peft_expected("logits.vera_mixed_widths"), 1e-3));
    }

    void a_file_with_one_thing_wrong_is_refused_by_name() {
        const auto told = [](const std::function<void(Json&, Tensors&)>& spoil, const char* part) {
            const std::string why = refusal(spoil);
            QVERIFY2(contains(why, part), why.c_str());
        };
        const auto field = [](const char* key, Json value) {
            return [=](Json& config, Tensors&) { config[key] = value; };
        };
        const auto tensor = [](const char* end, at::Tensor value) {
            return [=](Json&, Tensors& tensors) { that_ends(tensors, end).tensor = value; };
        };
        told(field("r", 5), "vera_A': found [6, 48], expected [5");
        told(field("bias", "all"), "bias: found 'all'");
        told(field("fan_in_fan_out", true), "fan_in_fan_out: found true");
        told(field("projection_prng_key", -1), "projection_prng_key: found -1");
        told(field("vera_dropout", 1), "vera_dropout");
        told(tensor("vera_B", at::ones({48, 5})), "vera_B': found [48, 5], expected [largest out, 6]");
        told(tensor("vera_B", at::ones({48})), "vera_B: found [48], expected a matrix");
        told(tensor("vera_lambda_d", at::ones({5})), "vera_lambda_d': found [5], expected [6]");
        told(tensor("vera_lambda_b", at::ones({49})), "vera_lambda_b': found [49], expected a vector");
        told(tensor("vera_A", at::full({6, 48}, std::numeric_limits<float>::quiet_NaN())),
            "values that are not finite");
        told([](Json&, Tensors& tensors) { that_ends(tensors, "q_proj.vera_lambda_b").name += "_"; },
            "vera_lambda_b': found none");
        told(
            [](Json&, Tensors& tensors) {
                tensors.push_back({"lm_head.weight", at::ones({2})});
            },
            "found a tensor that is no part of an adapter");
    }
};

QTEST_GUILESS_MAIN(VeraTest)
#include "vera_test.moc"
