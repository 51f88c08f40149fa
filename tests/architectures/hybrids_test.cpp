// Blocks that are no attention, or take and give more than the hidden state (Gemma 4's), beyond what tests of
// every architecture show: the short convolution and the
// gated delta rule against their definitions, samples apart from each other, gradients of all parameters
// against transformers', and configurations in older words.

#include "engine/adapters/changed_model.h"
#include "engine/adapters/peft.h"
#include "engine/checkpoints/experts.h"
#include "engine/files/store.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/methods/trained_weights.h"
#include "engine/models/causal_convolution.h"
#include "engine/models/gated_delta_rule.h"
#include "engine/training/batch.h"
#include "engine/training/loss.h"
#include "tests/files/scratch.h"
#include "tests/models/gradients.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <cmath>
#include <filesystem>

#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

std::string hybrid(const QString& name) {
    return std::string(FIXTURES "/architectures/") + name.toStdString();
}

at::Tensor expected_of(const QString& name, const std::string& tensor) {
    return tensor_of(hybrid(name) + "/expected.safetensors", tensor);
}

std::vector<Example> first_batch(const QString& name) {
    const Json json = read_json(hybrid(name) + "/expected.json");
    std::vector<Example> examples;
    for (std::size_t i = 0; i < json.at("batch").get<std::size_t>(); ++i) {
        Example example;
        example.ids = json.at("examples").at(i).at("ids").get<std::vector<TokenId>>();
        for (const auto& learned : json.at("examples").at(i).at("learned"))
            example.learned.push_back(learned.get<int>() != 0);
        examples.push_back(example);
    }
    return examples;
}

at::Tensor mean_loss(const Model& model, const std::vector<Example>& examples, const Pass& pass) {
    std::int64_t learned = 0;
    for (const Example& example : examples) learned += example.learned_tokens();
    const Batch batch = make_batch(pointers_to(examples), at::kCPU);
    return next_token_loss(model, batch, pass) / static_cast<double>(learned);
}

/// By transformers' name for the parameter, which has the experts of a block in one.
at::Tensor whole_gradient(const QString& name, const std::string& path) {
    const auto expert = expert_path(path.substr(0, path.rfind('.')));
    if (!expert) return expected_of(name, "whole_grad." + path);
    return expected_of(name, "whole_grad." + expert->parameter())[expert->number];
}

DeltaRule random_rule(std::int64_t tokens) {
    const auto leaf = [](const at::Tensor& values) { return values.requires_grad_(); };
    return {.queries = leaf(at::randn({tokens, 2, 5})),
        .keys = leaf(at::randn({tokens, 2, 5})),
        .values = leaf(at::randn({tokens, 4, 3})),
        .decay = leaf(-at::rand({tokens, 4})),
        .rate = leaf(at::rand({tokens, 4}))};
}

std::vector<at::Tensor> inputs_of(const DeltaRule& rule) {
    return {rule.queries, rule.keys, rule.values, rule.decay, rule.rate};
}

DeltaRule part_of(const DeltaRule& rule, std::int64_t first, std::int64_t count) {
    const auto part = [&](const at::Tensor& all) { return all.narrow(0, first, count); };
    return {.queries = part(rule.queries),
        .keys = part(rule.keys),
        .values = part(rule.values),
        .decay = part(rule.decay),
        .rate = part(rule.rate)};
}

// The definition, of one sample.
at::Tensor token_by_token(const DeltaRule& rule) {
    const auto unit = [](const at::Tensor& x) { return x / (x * x).sum(-1, true).add(1e-6).sqrt(); };
    const std::int64_t heads = rule.values.size(1), each = heads / rule.keys.size(1);
    const at::Tensor queries = unit(rule.queries).repeat_interleave(each, 1) / std::sqrt(5.0);
    const at::Tensor keys = unit(rule.keys).repeat_interleave(each, 1);
    at::Tensor memory = at::zeros({heads, 5, 3});
    std::vector<at::Tensor> read;
    for (std::int64_t t = 0; t < keys.size(0); ++t) {
        memory = memory * rule.decay[t].exp().view({-1, 1, 1});
        const at::Tensor key = keys[t].unsqueeze(-1);
        const at::Tensor said = (memory * key).sum(1);
        const at::Tensor change = (rule.values[t] - said) * rule.rate[t].unsqueeze(-1);
        memory = memory + key * change.unsqueeze(1);
        read.push_back((memory * queries[t].unsqueeze(-1)).sum(1));
    }
    return at::stack(read);
}

/// The same folder with another configuration.
std::string with_config(const QString& name, const Scratch& scratch, const Json& config) {
    const std::string folder = scratch.path("model");
    std::filesystem::create_directory(folder);
    std::filesystem::copy(hybrid(name) + "/model.safetensors", folder);
    scratch.write("model/config.json", config.dump());
    return folder;
}

void names_of_text_models() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"lfm2", "lfm2-bias", "qwen3_5_text", "qwen3_5_text-interval", "qwen3_next",
             "gemma4_text", "gemma4_text-keys"})
        QTest::newRow(name) << name;
}

void names_of_hybrids() {
    names_of_text_models();
    for (const char* name : {"qwen3_5", "gemma4"}) QTest::newRow(name) << name; // with other parts
}

} // namespace

class HybridsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_convolution_equals_torchs_of_each_sample() {
        at::manual_seed(1);
        const at::Tensor x = at::randn({9, 3}).requires_grad_(),
                         weight = at::randn({3, 1, 4}).requires_grad_();
        const at::Tensor bias = at::randn({3});
        const PackedTokens tokens = PackedTokens::pack({{1, 2, 3, 4, 5, 6}, {7, 8}, {9}}, at::kCPU);
        const at::Tensor found = causal_convolution(x, weight, bias, tokens.positions);
        std::vector<at::Tensor> each;
        std::int64_t first = 0;
        for (const std::int64_t length : tokens.lengths) {
            const at::Tensor own = x.narrow(0, first, length).t().unsqueeze(0);
            each.push_back(at::conv1d(own, weight, bias, 1, 3, 1, 3).narrow(2, 0, length).squeeze(0).t());
            first += length;
        }
        const at::Tensor wanted = at::cat(each), dy = at::randn({9, 3});
        QVERIFY(largest_difference(found, wanted) < 1e-5);
        const auto by_hand = torch::autograd::grad({found}, {x, weight}, {dy});
        const auto by_torch = torch::autograd::grad({wanted}, {x, weight}, {dy});
        for (std::size_t i = 0; i < 2; ++i) QVERIFY(largest_difference(by_hand[i], by_torch[i]) < 1e-5);
    }

    void a_convolution_goes_on_where_it_stopped() {
        at::manual_seed(2);
        const at::Tensor x = at::randn({9, 3}), weight = at::randn({3, 1, 4});
        const at::Tensor wanted = causal_convolution(x, weight, {}, at::arange(9));
        at::Tensor last;
        std::vector<at::Tensor> parts;
        for (const auto& [first, count] : {std::pair{0, 2}, std::pair{2, 1}, std::pair{3, 6}})
            parts.push_back(continued_convolution(x.narrow(0, first, count), weight, {}, last));
        QVERIFY(largest_difference(at::cat(parts), wanted) < 1e-6);
    }

    void the_delta_rule_in_chunks_equals_its_definition() {
        at::manual_seed(3);
        const std::vector<std::int64_t> lengths{70, 150, 3}; // of chunks of 64
        const DeltaRule rule = random_rule(223);
        std::vector<std::vector<std::int32_t>> samples;
        std::vector<at::Tensor> each;
        std::int64_t first = 0;
        for (const std::int64_t length : lengths) {
            samples.emplace_back(static_cast<std::size_t>(length), 1);
            each.push_back(token_by_token(part_of(rule, first, length)));
            first += length;
        }
        const at::Tensor found = gated_delta_rule(rule, PackedTokens::pack(samples, at::kCPU));
        const at::Tensor wanted = at::cat(each), dy = at::randn({223, 4, 3});
        QVERIFY(largest_difference(found, wanted) < 1e-5);
        const auto by_chunks = torch::autograd::grad({found}, inputs_of(rule), {dy});
        const auto by_tokens = torch::autograd::grad({wanted}, inputs_of(rule), {dy});
        for (std::size_t i = 0; i < by_tokens.size(); ++i)
            QVERIFY2(largest_difference(by_chunks[i], by_tokens[i]) < 1e-4, qPrintable(QString::number(i)));
    }

    void a_delta_rule_goes_on_where_it_stopped() {
        at::manual_seed(4);
        const c10::NoGradGuard no_gradient;
        const DeltaRule rule = random_rule(80);
        at::Tensor memory;
        std::vector<at::Tensor> parts;
        for (const auto& [first, count] : {std::pair{0, 70}, std::pair{70, 1}, std::pair{71, 9}})
            parts.push_back(continued_delta_rule(part_of(rule, first, count), memory));
        QVERIFY(largest_difference(at::cat(parts), token_by_token(rule)) < 1e-5);
    }

    void no_sample_of_a_batch_sees_another_data() { names_of_hybrids(); }
    void no_sample_of_a_batch_sees_another() {
        QFETCH(QString, name);
        const c10::NoGradGuard no_gradient;
        const auto model = open_llama(hybrid(name));
        const std::vector<std::vector<std::int32_t>> samples{{3, 4, 6}, {5, 7, 9, 11, 13, 2, 8, 3}, {4}};
        for (const bool fused : {true, false}) {
            Pass pass;
            pass.fused = fused;
            const at::Tensor all = model->hidden(PackedTokens::pack(samples, at::kCPU), pass);
            std::int64_t first = 0;
            for (const auto& sample : samples) {
                const at::Tensor alone = model->hidden(PackedTokens::pack({sample}, at::kCPU), pass);
                QVERIFY(largest_difference(all.narrow(0, first, alone.size(0)), alone) < 1e-5);
                first += alone.size(0);
            }
        }
    }

    void gradients_of_all_parameters_equal_transformers_data() { names_of_text_models(); }
    void gradients_of_all_parameters_equal_transformers() {
        QFETCH(QString, name);
        const auto model = open_llama(hybrid(name));
        std::vector<std::string> paths;
        for (const NamedParameter& parameter : model->named_parameters()) paths.push_back(parameter.path);
        const TrainedWeights weights(*model, paths);
        Pass pass;
        pass.fused = false; // which forms no gradient of a norm's weight
        mean_loss(*model, first_batch(name), pass).backward();
        for (const TrainedWeight& weight : weights.all()) {
            const at::Tensor wanted = whole_gradient(name, weight.path);
            QVERIFY2(weight.current.grad().defined(), weight.path.c_str());
            QVERIFY2(largest_difference(weight.current.grad(), wanted) < 1e-4, weight.path.c_str());
        }
    }

    void a_checkpointed_block_gives_the_same_gradients_data() { names_of_hybrids(); }
    void a_checkpointed_block_gives_the_same_gradients() {
        QFETCH(QString, name);
        const auto model = open_llama(hybrid(name));
        const LowRankAdaptation method(read_peft(hybrid(name) + "/adapter", at::kCPU), *model);
        std::vector<at::Tensor> factors;
        for (const TargetUpdate& target : method.adapter().targets)
            factors.insert(factors.end(), {target.update.A, target.update.B});
        std::vector<std::vector<at::Tensor>> found;
        for (const bool checkpointed : {false, true}) {
            Pass pass;
            pass.gradient_checkpointing = checkpointed;
            found.push_back(torch::autograd::grad({mean_loss(*model, first_batch(name), pass)}, factors));
        }
        for (std::size_t i = 0; i < factors.size(); ++i)
            QVERIFY(largest_difference(found[0][i], found[1][i]) < 1e-6);
    }

    void in_bfloat16_the_logits_are_near_data() { names_of_hybrids(); }
    void in_bfloat16_the_logits_are_near() {
        QFETCH(QString, name);
        const at::Tensor wanted = expected_of(name, "logits"), ids = expected_of(name, "ids");
        const at::Tensor found = logits_of(*open_llama(hybrid(name), at::kBFloat16), ids).to(at::kFloat);
        QVERIFY(relative_difference(found, wanted) < 0.1);
    }

    void trained_parameters_of_a_mixer_reach_the_checkpoint_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("path");
        QTest::newRow("a convolution") << "lfm2"
                                       << "model.layers.0.conv.conv.weight";
        QTest::newRow("a rule's convolution") << "qwen3_5_text"
                                              << "model.layers.0.linear_attn.conv1d.weight";
        QTest::newRow("decays") << "qwen3_next"
                                << "model.layers.0.linear_attn.A_log";
        QTest::newRow("a part of a whole") << "qwen3_5"
                                           << "model.language_model.layers.0.linear_attn.norm.weight";
    }
    void trained_parameters_of_a_mixer_reach_the_checkpoint() {
        QFETCH(QString, name);
        QFETCH(QString, path);
        const Scratch scratch;
        const auto parameter = [&](Model& model) {
            for (const NamedParameter& each : model.named_parameters())
                if (each.path == path.toStdString()) return each.whole();
            throw Error("no such parameter");
        };
        const at::Tensor values = parameter(*open_llama(hybrid(name))) * 2 + 1;
        StagedFolder staged(scratch.path("changed"));
        write_changed_model(staged, hybrid(name), {{path.toStdString(), values}}, {});
        staged.commit();
        QVERIFY(at::equal(parameter(*open_llama(scratch.path("changed"))), values));
    }

    void a_configuration_in_older_words_describes_the_same_model() {
        const QString name = QStringLiteral("lfm2");
        const Scratch scratch;
        Json config = read_json(hybrid(name) + "/config.json");
        const Json inner = config["intermediate_size"], width = config["hidden_size"],
                   theta = config["rope_parameters"]["rope_theta"];
        config["block_ff_dim"] = inner;
        config["intermediate_size"] = 9999;
        config["tie_embedding"] = true;
        config["tie_word_embeddings"] = false;
        config["full_attn_idxs"] = {1};
        config["block_dim"] = width;
        config["conv_dim"] = width;
        config.erase("layer_types");
        config["rope_theta"] = theta;
        config.erase("rope_parameters");
        const auto model = open_llama(with_config(name, scratch, config));
        QVERIFY(largest_difference(logits_of(*model, expected_of(name, "ids")), expected_of(name, "logits"))
                < 1e-4);
    }

    void what_is_not_known_is_refused_by_its_field_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("no rotary positions") << "lfm2"
                                             << "use_pos_enc"
                                             << "false";
        QTest::newRow("another width of the convolution") << "lfm2"
                                                          << "conv_dim"
                                                          << "32";
        QTest::newRow("an unknown kind of layer") << "lfm2"
                                                  << "layer_types"
                                                  << R"(["conv", "full_attention", "mamba"])";
        QTest::newRow("attention without a gate") << "qwen3_5_text"
                                                  << "attn_output_gate"
                                                  << "false";
        QTest::newRow("heads that do not divide") << "qwen3_5_text"
                                                  << "linear_num_key_heads"
                                                  << "3";
        QTest::newRow("layers without experts") << "qwen3_next"
                                                << "mlp_only_layers"
                                                << "[0]";
    }
    void what_is_not_known_is_refused_by_its_field() {
        QFETCH(QString, name);
        QFETCH(QString, field);
        QFETCH(QString, value);
        const Scratch scratch;
        Json config = read_json(hybrid(name) + "/config.json");
        config[field.toStdString()] = Json::parse(value.toStdString());
        const std::string folder = with_config(name, scratch, config);
        const std::string message = message_of<Error>([&] { open_llama(folder); });
        QVERIFY2(message.find(field.toStdString()) != std::string::npos, message.c_str());
    }
};

QTEST_GUILESS_MAIN(HybridsTest)
#include "hybrids_test.moc"
