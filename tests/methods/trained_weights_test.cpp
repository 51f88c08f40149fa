// Full fine-tuning and subspaces: their gradients against differences of the loss in float64, the model's own
// weights put back, and what is saved opened again.
#include "engine/architectures/catalog.h"
#include "engine/methods/full_fine_tuning.h"
#include "engine/methods/subspace.h"
#include "engine/methods/subspace_files.h"
#include "engine/training/batch.h"
#include "engine/training/class_loss.h"
#include "engine/training/loss.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"
#include "tests/tiny_classifier.h"
#include "tests/tiny_model.h"

#include <QTest>

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

using namespace lora;

namespace {

/// Different modules and layers, some of them rows of a joined matrix.
const std::vector<std::string> some_weights{"model.layers.0.self_attn.k_proj.weight",
    "model.layers.0.self_attn.o_proj.weight", "model.layers.1.input_layernorm.weight",
    "model.layers.1.mlp.up_proj.weight", "model.norm.weight"};

std::vector<std::string> all_weights(Model& model) {
    std::vector<std::string> names;
    for (const NamedParameter& parameter : model.named_parameters()) names.push_back(parameter.path);
    return names;
}

Pass plain_pass() {
    Pass pass;
    pass.fused = false;
    return pass;
}

struct Bench {
    Scratch scratch;
    std::string llama_folder = tiny::write_model(scratch.path("llama"));
    std::string bert_folder = tiny::write_classifier(scratch.path("bert"));
    LoadedModel llama, bert;

    explicit Bench(at::ScalarType type)
        : llama(load_model(llama_folder, "cpu", type)), bert(load_model(bert_folder, "cpu", type)) {
        at::set_num_threads(1);
    }

    at::Tensor loss(const Model& model, const Pass& pass = plain_pass()) const {
        const bool classifies = model.task() == Task::Classification;
        Example one, other;
        one.ids = {3, 17, 5, 260, 9, 41};
        other.ids = {8, 100, 33};
        if (classifies) {
            one.label = 0;
            other.label = 1;
        } else {
            for (Example* example : {&one, &other}) example->learned.assign(example->ids.size(), true);
        }
        const Batch batch = make_batch({&one, &other}, at::kCPU);
        return classifies ? class_loss(model, batch, pass).loss : next_token_loss_plain(model, batch, pass);
    }
};

ClassifierHead head_for(const LoadedModel& loaded) {
    ClassifierHead head = make_head(loaded.summary.hidden_size, {"no", "yes"}, 3, at::kCPU);
    return {head.weight.to(at::kDouble), head.bias.to(at::kDouble), head.labels};
}

std::optional<ClassifierHead> head_where_needed(const LoadedModel& loaded) {
    return loaded.model->task() == Task::Classification ? std::optional(head_for(loaded)) : std::nullopt;
}

void scatter(Method& method, double size) {
    const c10::NoGradGuard no_gradient;
    for (ParameterGroup& group : method.parameters()) group.values.add_(at::randn_like(group.values), size);
    method.apply();
}

/// The largest difference between gradients and slopes of the loss at about 40 places of each group.
double largest_fault(Method& method, const std::function<at::Tensor()>& loss) {
    constexpr double h = 1e-5;
    loss().backward();
    method.collect();
    const c10::NoGradGuard no_gradient;
    double largest = 0;
    for (const ParameterGroup& group : method.parameters()) {
        double* const values = group.values.mutable_data_ptr<double>();
        const std::int64_t stride = std::max<std::int64_t>(1, group.values.numel() / 40);
        for (std::int64_t i = 0; i < group.values.numel(); i += stride) {
            const double there = values[i];
            double losses[2];
            for (const int side : {0, 1}) {
                values[i] = there + (side ? h : -h);
                method.apply();
                losses[side] = loss().item<double>();
            }
            values[i] = there;
            const double slope = (losses[1] - losses[0]) / (2 * h);
            const double gradient = group.gradients.view({-1})[i].item<double>();
            largest = std::max(largest, std::abs(slope - gradient) / std::max(1.0, std::abs(slope)));
        }
    }
    method.apply();
    return largest;
}

at::Tensor gradients_of(const Method& method) {
    std::vector<at::Tensor> all;
    for (const ParameterGroup& group : method.parameters()) all.push_back(group.gradients.view({-1}));
    return at::cat(all);
}

} // namespace

std::optional<ClassifierHead> head_of(bool classifier) {
    if (!classifier) return std::nullopt;
    return make_head(32, {"no", "yes"}, 3, at::kCPU);
}

class TrainedWeightsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { at::manual_seed(11); }

    void gradients_of_every_weight_equal_numeric_ones_data() {
        QTest::addColumn<bool>("classifier");
        QTest::newRow("llama") << false;
        QTest::newRow("bert") << true;
    }
    void gradients_of_every_weight_equal_numeric_ones() {
        QFETCH(bool, classifier);
        Bench bench(at::kDouble);
        LoadedModel& loaded = classifier ? bench.bert : bench.llama;
        FullFineTuning method(*loaded.model, all_weights(*loaded.model), head_where_needed(loaded));
        const double fault = largest_fault(method, [&] { return bench.loss(*loaded.model); });
        QVERIFY2(fault < 1e-6, qPrintable(QString::number(fault)));
        QVERIFY(gradients_of(method).abs().max().item<double>() > 1e-2);
    }

    void gradients_of_a_subspace_equal_numeric_ones_data() {
        QTest::addColumn<QString>("projection");
        QTest::addColumn<bool>("said");
        for (const ProjectionKind kind :
            {ProjectionKind::Fastfood, ProjectionKind::Dense, ProjectionKind::Sparse, ProjectionKind::Hashed})
            for (const bool said : {false, true})
                QTest::addRow("%s, %s", name(kind).c_str(), said ? "SAID" : "DID")
                    << QString::fromStdString(name(kind)) << said;
    }
    void gradients_of_a_subspace_equal_numeric_ones() {
        QFETCH(QString, projection);
        QFETCH(bool, said);
        Bench bench(at::kDouble);
        const SubspaceSettings settings{33, projection_kind(projection.toStdString()), said};
        Subspace method(*bench.llama.model, some_weights, settings, 7, {});
        QCOMPARE(method.parameters().front().values.numel(), 33);
        scatter(method, 0.3);
        const double fault = largest_fault(method, [&] { return bench.loss(*bench.llama.model); });
        QVERIFY2(fault < 1e-6, qPrintable(QString::number(fault)));
        QVERIFY(gradients_of(method).abs().max().item<double>() > 1e-2);
    }

    void a_classifiers_head_is_trained_freely_beside_the_subspace() {
        Bench bench(at::kDouble);
        Model& model = *bench.bert.model;
        Subspace method(
            model, all_weights(model), {10, ProjectionKind::Fastfood, true}, 7, head_for(bench.bert));
        QCOMPARE(method.parameters().front().values.numel(), 10 + 2 * 32 + 2);
        scatter(method, 0.1);
        const double fault = largest_fault(method, [&] { return bench.loss(model); });
        QVERIFY2(fault < 1e-6, qPrintable(QString::number(fault)));
    }

    // A weight's gradient is let go as it is collected, and a second batch's pieces add up.
    void pieces_of_a_batch_add_up_and_nothing_is_collected_twice() {
        Bench bench(at::kDouble);
        Subspace method(*bench.llama.model, some_weights, {12, ProjectionKind::Fastfood, false}, 7, {});
        bench.loss(*bench.llama.model).backward();
        method.collect();
        const at::Tensor once = gradients_of(method).clone();
        for (const TrainedWeight& weight : method.trained_weights()->all())
            QVERIFY(!weight.current.grad().defined());
        method.collect();
        QVERIFY(at::equal(gradients_of(method), once));
        bench.loss(*bench.llama.model).backward();
        bench.loss(*bench.llama.model).backward();
        method.collect();
        QVERIFY(at::allclose(gradients_of(method), 3 * once, 1e-12, 1e-14));
        bench.loss(*bench.llama.model).backward();
        method.drop_gradients();
        method.collect();
        QVERIFY(at::allclose(gradients_of(method), 3 * once, 1e-12, 1e-14));
    }

    void a_subspace_starts_at_the_model_and_an_end_leaves_it_as_it_was() {
        Bench bench(at::kFloat);
        Model& model = *bench.llama.model;
        const c10::NoGradGuard no_gradient;
        const at::Tensor before = bench.loss(model), fused_before = bench.loss(model, Pass{});
        {
            Subspace method(model, all_weights(model), {20, ProjectionKind::Fastfood, false}, 7, {});
            QVERIFY(at::equal(bench.loss(model), before));
            scatter(method, 0.5);
            QVERIFY(!at::equal(bench.loss(model), before));
        }
        QVERIFY(at::equal(bench.loss(model), before));
        QVERIFY(at::equal(bench.loss(model, Pass{}), fused_before));
    }

    // Evaluations run on the fused kernels, which read joined matrices.
    void fused_kernels_see_the_changed_weights_data() { gradients_of_every_weight_equal_numeric_ones_data(); }
    void fused_kernels_see_the_changed_weights() {
        QFETCH(bool, classifier);
        Bench bench(at::kFloat);
        LoadedModel& loaded = classifier ? bench.bert : bench.llama;
        FullFineTuning method(*loaded.model, all_weights(*loaded.model), head_of(classifier));
        scatter(method, 0.01);
        const c10::NoGradGuard no_gradient;
        const double plain = bench.loss(*loaded.model).item<double>();
        const double fused = bench.loss(*loaded.model, Pass{}).item<double>();
        QVERIFY2(std::abs(plain - fused) < 1e-4 * plain, qPrintable(QString::number(plain - fused)));
    }

    void bfloat16_weights_follow_float32_masters() {
        Bench bench(at::kBFloat16);
        FullFineTuning method(*bench.llama.model, some_weights, {});
        bench.loss(*bench.llama.model).backward();
        method.collect();
        const c10::NoGradGuard no_gradient;
        const auto groups = method.parameters();
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const TrainedWeight& weight = method.trained_weights()->all()[i];
            QCOMPARE(groups[i].values.scalar_type(), at::kFloat);
            QVERIFY(groups[i].gradients.abs().max().item<double>() > 0);
            groups[i].values.sub_(groups[i].gradients, 1e-4);
            const at::Tensor master = groups[i].values.clone();
            method.apply();
            QVERIFY(at::equal(weight.current, master.to(at::kBFloat16)));
            QVERIFY(at::equal(groups[i].values, master)); // not what was rounded
        }
    }

    void a_fully_trained_model_is_saved_as_a_folder_that_opens_with_equal_results_data() {
        gradients_of_every_weight_equal_numeric_ones_data();
    }
    void a_fully_trained_model_is_saved_as_a_folder_that_opens_with_equal_results() {
        QFETCH(bool, classifier);
        Bench bench(at::kFloat);
        LoadedModel& loaded = classifier ? bench.bert : bench.llama;
        FullFineTuning method(*loaded.model, all_weights(*loaded.model), head_of(classifier));
        scatter(method, 0.05);
        const std::string folder = bench.scratch.path("result");
        StagedFolder staged(folder);
        method.write_files(staged, loaded.summary);
        staged.commit();
        LoadedModel opened = load_model(folder, "cpu", at::kFloat);
        if (classifier) QCOMPARE(opened.model->labels(), (std::vector<std::string>{"no", "yes"}));
        const c10::NoGradGuard no_gradient;
        QVERIFY(at::equal(bench.loss(*opened.model), bench.loss(*loaded.model)));
    }

    void a_saved_subspace_moves_a_fresh_model_to_the_same_place() {
        Bench bench(at::kFloat);
        const std::string folder = bench.scratch.path("result");
        double expected = 0;
        {
            Subspace method(*bench.llama.model, some_weights, {20, ProjectionKind::Fastfood, true}, 7, {});
            scatter(method, 0.2);
            StagedFolder staged(folder);
            method.write_files(staged, bench.llama.summary);
            staged.commit();
            const c10::NoGradGuard no_gradient;
            expected = bench.loss(*bench.llama.model).item<double>();
        }
        QVERIFY(is_subspace(folder));
        LoadedModel opened = load_model(bench.llama_folder, "cpu", at::kFloat);
        const auto weights = put_on(read_subspace(folder), *opened.model);
        const c10::NoGradGuard no_gradient;
        QCOMPARE(bench.loss(*opened.model).item<double>(), expected);
        QVERIFY(read_text(folder + "/subspace.safetensors", 1 << 20).size() < 1024);
    }

    void what_does_not_fit_is_refused() {
        Bench bench(at::kFloat);
        Model& model = *bench.llama.model;
        QVERIFY_THROWS_EXCEPTION(Error, TrainedWeights(model, {"model.layers.9.self_attn.q_proj.weight"}));
        // Two layers and the last norm have a scale each.
        QVERIFY_THROWS_EXCEPTION(
            Error, Subspace(model, some_weights, {3, ProjectionKind::Fastfood, true}, 7, {}));
        QVERIFY_THROWS_EXCEPTION(
            Error, Subspace(model, {"model.norm.weight"}, {33, ProjectionKind::Fastfood, false}, 7, {}));
        QVERIFY_THROWS_EXCEPTION(Error, Subspace(model, {}, {1, ProjectionKind::Fastfood, false}, 7, {}));
    }
};

QTEST_GUILESS_MAIN(TrainedWeightsTest)
#include "trained_weights_test.moc"
