// Mixtures of experts beyond what tests of every architecture show: which tokens reach an expert, what a
// checkpointed block does with experts that nobody chose, and experts' updates and weights in files.

#include "engine/adapters/changed_model.h"
#include "engine/adapters/peft.h"
#include "engine/checkpoints/experts.h"
#include "engine/files/store.h"
#include "engine/methods/dora.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/models/expert_choices.h"
#include "engine/training/batch.h"
#include "engine/training/loss.h"
#include "tests/files/scratch.h"
#include "tests/models/gradients.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <algorithm>
#include <filesystem>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

std::string mixture(const char* name) { return std::string(FIXTURES "/architectures/") + name; }

Adapter adapter_beside(const char* name) { return read_peft(mixture(name) + "/adapter", at::kCPU); }

PackedTokens packed(const std::vector<std::vector<std::int32_t>>& samples) {
    return PackedTokens::pack(samples, at::kCPU);
}

LossAndGradients two_tokens_through(const Model& model, const LowRankAdaptation& method, bool checkpointed) {
    Example example;
    example.ids = {5, 9};
    example.learned = {false, true};
    Pass pass;
    pass.gradient_checkpointing = checkpointed;
    for (const ParameterGroup& group : method.parameters()) at::Tensor(group.gradients).zero_();
    const at::Tensor loss = next_token_loss(model, make_batch({&example}, at::kCPU), pass);
    loss.backward();
    LossAndGradients found{loss.item<double>(), {}};
    for (const ParameterGroup& group : method.parameters())
        found.gradients.push_back(group.gradients.clone());
    return found;
}

const TargetUpdate& target_of(const Adapter& adapter, const std::string& path) {
    for (const TargetUpdate& target : adapter.targets)
        if (target.path == path) return target;
    throw Error("no " + path);
}

constexpr const char* first_down = "model.layers.0.mlp.experts.0.down_proj";

} // namespace

class ExpertsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_paths_of_experts_are_told_from_others() {
        const auto path = expert_path("model.layers.7.mlp.experts.12.gate_up_proj");
        QVERIFY(path);
        QCOMPARE(path->number, std::int64_t{12});
        QCOMPARE(path->parameter(), std::string("model.layers.7.mlp.experts.gate_up_proj"));
        QCOMPARE(path->path_of(3), std::string("model.layers.7.mlp.experts.3.gate_up_proj"));
        for (const char* other : {"model.layers.0.mlp.down_proj", "model.layers.0.mlp.experts.x.down_proj",
                 "model.layers.0.mlp.experts..down_proj", "experts.down_proj", "down_proj", ""})
            QVERIFY2(!expert_path(other), other);
        QCOMPARE(peft_parameter("model.layers.0.mlp.gate"), std::string("model.layers.0.mlp.gate.weight"));
        QVERIFY(peft_parameter("model.layers.0.mlp.gate_proj").empty());
    }

    void each_token_chooses_as_many_experts_as_the_configuration_says() {
        const auto model = open_llama(mixture("qwen3_moe"));
        const PackedTokens tokens = packed({{5, 7, 9, 11}, {3, 4}});
        const std::vector<ExpertChoices> choices = expert_choices(*model, tokens);
        QCOMPARE(choices.size(), std::size_t{2});
        for (std::size_t layer = 0; layer < choices.size(); ++layer) {
            QCOMPARE(choices[layer].layer, static_cast<std::int64_t>(layer));
            QCOMPARE(choices[layer].of_expert.size(), std::size_t{5});
            std::int64_t sum = 0;
            for (const std::int64_t count : choices[layer].of_expert) sum += count;
            QCOMPARE(sum, std::int64_t{6 * 2});
        }
        QVERIFY(expert_choices(*open_llama(mixture("qwen3")), tokens).empty());
    }

    void no_sample_of_a_batch_sees_another() {
        const c10::NoGradGuard no_gradient;
        for (const char* name : {"mixtral", "gpt_oss"}) {
            const auto model = open_llama(mixture(name));
            const at::Tensor both = model->hidden(packed({{5, 7, 9, 11, 13, 2, 8, 3}, {3, 4, 6}}), Pass{});
            const at::Tensor alone = model->hidden(packed({{3, 4, 6}}), Pass{});
            QVERIFY2(largest_difference(both.narrow(0, 8, 3), alone) < 1e-5, name);
        }
    }

    void a_checkpointed_block_gives_the_same_where_experts_have_no_token() {
        const auto model = open_llama(mixture("qwen3_moe")); // two tokens cannot choose all five
        const LowRankAdaptation method(adapter_beside("qwen3_moe"), *model);
        const LossAndGradients plain = two_tokens_through(*model, method, false);
        const LossAndGradients checkpointed = two_tokens_through(*model, method, true);
        QCOMPARE(checkpointed.loss, plain.loss);
        for (std::size_t i = 0; i < plain.gradients.size(); ++i)
            QVERIFY(relative_difference(checkpointed.gradients[i], plain.gradients[i]) < 1e-6);
    }

    void an_adapter_from_before_transformers_5_gives_the_logits_that_peft_has_with_it() {
        const auto model = open_llama(mixture("mixtral"));
        attach(read_peft(mixture("mixtral") + "/earlier", at::kCPU), *model);
        const std::string expected = mixture("mixtral") + "/expected.safetensors";
        QVERIFY(largest_difference(
                    logits_of(*model, tensor_of(expected, "ids")), tensor_of(expected, "earlier_logits"))
                < 1e-4);
    }

    void an_adapter_of_some_experts_with_ranks_of_their_own_comes_back_with_its_logits() {
        const Scratch scratch;
        const auto model = open_llama(mixture("qwen3_moe"));
        Adapter adapter = adapter_beside("qwen3_moe");
        std::erase_if(adapter.targets,
            [](const TargetUpdate& target) { return target.path.ends_with("experts.1.gate_up_proj"); });
        for (TargetUpdate& target : adapter.targets)
            if (target.path == first_down) {
                target.update.A = target.update.A.narrow(0, 0, 1).contiguous();
                target.update.B = target.update.B.narrow(1, 0, 1).contiguous();
                target.update.scale = target.alpha; // of rank 1
            }
        attach(adapter, *model);
        const at::Tensor wanted = logits_of(*model, {5, 7, 9, 11, 3});

        write_peft(scratch.path("adapter"), adapter, summary_of(*model, "base"));
        attach(read_peft(scratch.path("adapter"), at::kCPU), *model);

        QVERIFY(largest_difference(logits_of(*model, {5, 7, 9, 11, 3}), wanted) < 1e-5);
    }

    void a_new_adapter_has_all_experts_of_a_layer_or_none() {
        const auto model = open_llama(mixture("mixtral"));
        const std::string second = "model.layers.0.mlp.experts.1.down_proj";
        const std::string some = message_of<Error>([&] {
            make_adapter(*model, {first_down, second}, LoraSettings{}, 1);
        });
        QVERIFY2(some.find("2 of the 4 experts") != std::string::npos, some.c_str());
        std::vector<std::string> all;
        for (const NamedLinear& named : model->named_linears())
            if (named.path.ends_with("down_proj")) all.push_back(named.path);
        const std::string unequal = message_of<Error>([&] {
            make_adapter(*model, all, LoraSettings{.rank_pattern = {{second, 3}}}, 1);
        });
        QVERIFY2(unequal.find(second) != std::string::npos, unequal.c_str());
        QCOMPARE(make_adapter(*model, all, LoraSettings{}, 1).targets.size(), std::size_t{8});
    }

    void an_adapter_of_a_mixture_of_fewer_experts_is_refused() {
        const auto model = open_llama(mixture("qwen3_moe"));
        Adapter adapter = adapter_beside("qwen3_moe");
        std::erase_if(adapter.targets,
            [](const TargetUpdate& target) { return target.path.find("experts.4.") != std::string::npos; });
        const std::string message = message_of<Error>([&] { attach(adapter, *model); });
        QVERIFY2(message.find("the first 4 experts") != std::string::npos, message.c_str());
    }

    void a_stack_that_is_no_multiple_of_its_rank_is_refused_by_its_path() {
        const Scratch scratch;
        for (const char* file : {"adapter_config.json", "adapter_model.safetensors"})
            std::filesystem::copy_file(mixture("mixtral") + "/adapter/" + file, scratch.path(file));
        Json config = read_json(scratch.path("adapter_config.json"));
        config["rank_pattern"] = {{".*\\.gate_up_proj", 3}};
        scratch.write("adapter_config.json", config.dump());
        const std::string message = message_of<Error>([&] { read_peft(scratch.path(""), at::kCPU); });
        QVERIFY2(message.find("experts.base_layer") != std::string::npos, message.c_str());
        config["target_parameters"] = {"gate.weight"};
        scratch.write("adapter_config.json", config.dump());
        const std::string unnamed = message_of<Error>([&] { read_peft(scratch.path(""), at::kCPU); });
        QVERIFY2(unnamed.find("target_parameters") != std::string::npos, unnamed.c_str());
    }

    void a_method_that_peft_has_not_for_experts_is_refused_by_the_first_of_them() {
        const auto model = open_llama(mixture("mixtral"));
        const std::string message =
            message_of<Error>([&] { with_magnitudes(adapter_beside("mixtral"), *model); });
        QVERIFY2(
            message.find("mlp.experts.0") != std::string::npos && message.find("DoRA") != std::string::npos,
            message.c_str());
    }

    void trained_weights_of_one_expert_reach_its_part_of_the_checkpoint_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("path");
        QTest::newRow("tensors of each expert") << "mixtral"
                                                << "model.layers.1.mlp.experts.2.gate_up_proj.weight";
        QTest::newRow("a tensor of all") << "granitemoe"
                                         << "model.layers.1.block_sparse_moe.experts.2.gate_up_proj.weight";
        QTest::newRow("a tensor of all, turned") << "gpt_oss"
                                                 << "model.layers.1.mlp.experts.2.down_proj.weight";
        QTest::newRow("biases of all") << "gpt_oss"
                                       << "model.layers.1.mlp.experts.2.gate_up_proj.bias";
        QTest::newRow("a router by another name") << "granitemoe"
                                                  << "model.layers.1.block_sparse_moe.router.weight";
    }
    void trained_weights_of_one_expert_reach_its_part_of_the_checkpoint() {
        QFETCH(QString, name);
        QFETCH(QString, path);
        const Scratch scratch;
        const std::string model = mixture(qPrintable(name));
        const auto before = open_llama(model);
        const at::Tensor values = parameter_of(*before, path.toStdString()) * 2 + 1;

        StagedFolder staged(scratch.path("changed"));
        write_changed_model(staged, model, {{path.toStdString(), values}}, {});
        staged.commit();

        const auto after = open_llama(scratch.path("changed"));
        for (const NamedParameter& parameter : after->named_parameters())
            QVERIFY2(
                at::equal(parameter.whole(),
                    parameter.path == path.toStdString() ? values : parameter_of(*before, parameter.path)),
                parameter.path.c_str());
    }

private:
    static at::Tensor parameter_of(Model& model, const std::string& path) {
        for (const NamedParameter& parameter : model.named_parameters())
            if (parameter.path == path) return parameter.whole();
        throw Error("no " + path);
    }
};

QTEST_GUILESS_MAIN(ExpertsTest)
#include "experts_test.moc"
