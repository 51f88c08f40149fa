// An adapter in other forms: merged into its model, as llama.cpp's GGUF file and back, out of loralib's file.
// All of them give the logits of the adapter in place.

#include "engine/adapters/gguf_adapter.h"
#include "engine/adapters/loralib.h"
#include "engine/adapters/merge.h"
#include "engine/adapters/peft.h"
#include "engine/architectures/catalog.h"
#include "engine/files/gguf.h"
#include "engine/files/gguf_write.h"
#include "engine/files/store.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"
#include "tests/tiny_classifier.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace {

namespace fs = std::filesystem;

const std::vector<std::int32_t> sample{3, 1, 4, 1, 5, 9, 2, 6};

std::string model_folder(const QString& name) { return FIXTURES "/llama/" + name.toStdString(); }

/// Of three ranks and two scales, on every linear of the model.
Adapter many_ranks(Model& model, bool use_rslora = false) {
    std::vector<std::string> paths;
    for (const auto& named : model.named_linears()) paths.push_back(named.path);
    Adapter adapter = make_adapter(model, paths, {.rank = 4, .alpha = 8}, /*seed=*/1);
    at::manual_seed(2);
    adapter.use_rslora = use_rslora;
    for (std::size_t i = 0; i < adapter.targets.size(); ++i) {
        LowRank& update = adapter.targets[i].update;
        const auto rank = static_cast<std::int64_t>(2 + i % 3);
        update.A = update.A.slice(0, 0, rank).contiguous();
        update.B = at::randn({update.B.size(0), rank}) * 0.1;
        update.scale = i % 2 == 0 ? 2 : 0.5;
    }
    return adapter;
}

Adapter without_head(Adapter adapter) {
    std::erase_if(adapter.targets, [](const TargetUpdate& target) { return target.path == "lm_head"; });
    return adapter;
}

at::Tensor logits_with(Model& model, const Adapter& adapter) {
    attach(adapter, model);
    return logits_of(model, sample);
}

/// Of a classifier, [1, labels].
at::Tensor class_logits(const Model& model) {
    const c10::NoGradGuard no_gradient;
    const Pass pass;
    return model.logits(model.hidden(PackedTokens::pack({sample}, at::kCPU), pass).narrow(0, 0, 1), pass);
}

Json config_of(const std::string& folder) { return open_weights(folder).config(); }

std::string exported(const Scratch& scratch, const Adapter& adapter, const std::string& folder) {
    return scratch.write("adapter.gguf", gguf_adapter_bytes(adapter, config_of(folder)));
}

} // namespace

class AdapterFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_merged_model_gives_the_logits_of_the_adapter_in_place_data() { models(); }
    void a_merged_model_gives_the_logits_of_the_adapter_in_place() {
        QFETCH(QString, name);
        QFETCH(double, tolerance);
        const Scratch scratch;
        const auto model = open_llama(model_folder(name));
        const Adapter adapter = many_ranks(*model);
        const at::Tensor in_place = logits_with(*model, adapter);

        merge(model_folder(name), adapter, scratch.path("merged"));

        const at::Tensor merged = logits_of(*open_llama(scratch.path("merged")), sample);
        const double size = in_place.abs().max().item<double>();
        QVERIFY2(largest_difference(merged, in_place) <= tolerance * size,
            qPrintable(QString::number(largest_difference(merged, in_place) / size)));
        detach(*model);
        QVERIFY(largest_difference(merged, logits_of(*model, sample)) > 10 * tolerance * size);
    }

    void a_merged_folder_has_the_bases_number_types_and_its_other_files() {
        const Scratch scratch;
        const auto model = open_llama(model_folder(QStringLiteral("sharded_bf16")));
        fs::copy(
            model_folder(QStringLiteral("sharded_bf16")), scratch.path("base"), fs::copy_options::recursive);
        write_file(scratch.path("base/tokenizer_config.json"), "{}");

        const MergedModel merged =
            merge(scratch.path("base"), many_ranks(*model), scratch.path("merged"), /*shard_bytes=*/20'000);

        QVERIFY(fs::exists(scratch.path("merged/tokenizer_config.json")));
        QVERIFY(fs::exists(scratch.path("merged/model.safetensors.index.json")));
        std::int64_t bytes = 0;
        for (const std::string& file : merged.files) {
            if (!file.ends_with(".safetensors")) continue;
            const SafetensorsFile shard(scratch.path("merged/" + file));
            for (const TensorView& tensor : shard.tensors()) {
                QCOMPARE(tensor.type, ElementType::BF16);
                bytes += static_cast<std::int64_t>(tensor.bytes.size());
            }
        }
        QCOMPARE(bytes, merged.bytes);
    }

    void a_tied_head_that_the_adapter_changes_gets_its_own_weight() {
        const Scratch scratch;
        const std::string folder = model_folder(QStringLiteral("gqa_tied"));
        const at::Tensor embedding = tensor_of(folder + "/model.safetensors", "model.embed_tokens.weight");
        Adapter adapter{
            {{"lm_head", 1, {.A = at::ones({1, embedding.size(1)}), .B = at::ones({embedding.size(0), 1})}}}};

        merge(folder, adapter, scratch.path("merged"));

        const std::string file = scratch.path("merged/model.safetensors");
        QVERIFY(at::equal(tensor_of(file, "model.embed_tokens.weight"), embedding));
        QVERIFY(largest_difference(tensor_of(file, "lm_head.weight"), embedding + 1) <= 1e-6);
        QCOMPARE(read_json(scratch.path("merged/config.json")).at("tie_word_embeddings").get<bool>(), false);
    }

    void a_merged_classifier_has_the_adapters_head_and_labels() {
        const Scratch scratch;
        const std::string base = tiny::write_classifier(scratch.path("base"));
        const LoadedModel loaded = load_model(base, "cpu", at::kFloat);
        Adapter adapter = many_ranks(*loaded.model);
        adapter.head = make_head(loaded.summary.hidden_size, {"cat", "dog", "hen"}, /*seed=*/3, at::kCPU);
        adapter.head->bias.normal_();
        attach(adapter, *loaded.model);
        const at::Tensor in_place = class_logits(*loaded.model);

        merge(base, adapter, scratch.path("merged"));

        const LoadedModel merged = load_model(scratch.path("merged"), "cpu", at::kFloat);
        QCOMPARE(merged.model->labels(), (std::vector<std::string>{"cat", "dog", "hen"}));
        const double size = in_place.abs().max().item<double>();
        QVERIFY(largest_difference(class_logits(*merged.model), in_place) <= 1e-5 * size);
        const Json config = read_json(scratch.path("merged/config.json"));
        QCOMPARE(config.at("architectures").at(0).get<std::string>(),
            std::string("BertForSequenceClassification"));
        // An adapter of its own comes and goes, the merged head stays.
        attach(make_adapter(*merged.model, {"bert.encoder.layer.0.output.dense"}, {}, /*seed=*/1),
            *merged.model);
        detach(*merged.model);
        QVERIFY(largest_difference(class_logits(*merged.model), in_place) <= 1e-5 * size);
    }

    void a_head_for_labels_is_not_merged_into_a_model_that_predicts_tokens() {
        const Scratch scratch;
        const auto model = open_llama(model_folder(QStringLiteral("gqa_tied")));
        Adapter adapter = many_ranks(*model);
        adapter.head = make_head(8, {"cat", "dog"}, /*seed=*/3, at::kCPU);
        const std::string told = message_of<Error>(
            [&] { merge(model_folder(QStringLiteral("gqa_tied")), adapter, scratch.path("merged")); });
        QVERIFY2(contains(told, "'llama'"), told.c_str());
    }

    void a_folder_that_holds_something_is_not_merged_into() {
        const Scratch scratch;
        const auto model = open_llama(model_folder(QStringLiteral("gqa_tied")));
        fs::create_directories(scratch.path("mine"));
        scratch.write("mine/letter.txt", "dear");
        const std::string told = message_of<Error>([&] {
            merge(model_folder(QStringLiteral("gqa_tied")), many_ranks(*model), scratch.path("mine"));
        });
        QVERIFY2(contains(told, "new or empty"), told.c_str());
        QCOMPARE(scratch.read("mine/letter.txt"), std::string("dear"));
    }

    void an_adapter_of_another_model_is_not_merged() {
        const Scratch scratch;
        Adapter adapter;
        adapter.targets.push_back(
            {"model.layers.9.mlp.up_proj", 1, {.A = at::zeros({1, 4}), .B = at::zeros({4, 1})}});
        const std::string told = message_of<Error>(
            [&] { merge(model_folder(QStringLiteral("gqa_tied")), adapter, scratch.path("merged")); });
        QVERIFY2(contains(told, "model.layers.9.mlp.up_proj"), told.c_str());
        QVERIFY(!fs::exists(scratch.path("merged")));
    }

    void a_stopped_merge_leaves_nothing() {
        const Scratch scratch;
        const auto model = open_llama(model_folder(QStringLiteral("gqa_tied")));
        std::stop_source stop;
        stop.request_stop();
        const std::string told = message_of<Error>([&] {
            merge(model_folder(QStringLiteral("gqa_tied")), many_ranks(*model), scratch.path("merged"),
                default_shard_bytes, {}, stop.get_token());
        });
        QVERIFY2(contains(told, "stopped"), told.c_str());
        QVERIFY(!fs::exists(scratch.path("merged")));
    }

    void a_gguf_adapter_comes_back_with_equal_logits_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("use_rslora");
        QTest::newRow("tied head") << QStringLiteral("gqa_tied") << false;
        QTest::newRow("GGUF") << QStringLiteral("gguf_f32") << false;
        QTest::newRow("untied head") << QStringLiteral("untied_llama3_rope") << false;
        QTest::newRow("rsLoRA") << QStringLiteral("gqa_tied") << true;
    }
    void a_gguf_adapter_comes_back_with_equal_logits() {
        QFETCH(QString, name);
        QFETCH(bool, use_rslora);
        const Scratch scratch;
        const std::string folder = model_folder(name);
        const auto model = open_llama(folder);
        Adapter adapter = many_ranks(*model, use_rslora);
        if (config_of(folder).value("tie_word_embeddings", false)) adapter = without_head(std::move(adapter));
        const at::Tensor in_place = logits_with(*model, adapter);

        const Adapter back = read_gguf_adapter(exported(scratch, adapter, folder), config_of(folder));

        QCOMPARE(back.targets.size(), adapter.targets.size());
        QVERIFY(largest_difference(logits_with(*model, back), in_place) <= 1e-4);
    }

    void a_gguf_adapter_says_what_llama_cpp_asks_for() {
        const Scratch scratch;
        const std::string folder = model_folder(QStringLiteral("gqa_tied"));
        const auto model = open_llama(folder);
        const Adapter adapter = without_head(many_ranks(*model));

        const GgufFile file(exported(scratch, adapter, folder));

        QCOMPARE(file.string("general.type"), std::string("adapter"));
        QCOMPARE(file.string("adapter.type"), std::string("lora"));
        QCOMPARE(file.string("general.architecture"), std::string("llama"));
        QCOMPARE(file.tensors().size(), 2 * adapter.targets.size());
        const GgufTensor* a = file.find("blk.0.attn_q.weight.lora_a");
        const GgufTensor* b = file.find("blk.0.attn_q.weight.lora_b");
        QVERIFY(a != nullptr && b != nullptr);
        const LowRank& update = adapter.targets[0].update;
        QCOMPARE(a->shape, update.A.sizes().vec());
        QCOMPARE(b->shape, update.B.sizes().vec());
        // At run time llama.cpp scales by alpha / rank.
        QCOMPARE(file.number("adapter.lora.alpha") / static_cast<double>(update.rank()), update.scale);
    }

    void an_update_of_a_tied_head_is_not_exported() {
        const Json config{{"model_type", "llama"}, {"num_attention_heads", 1}, {"tie_word_embeddings", true}};
        const Adapter adapter{{{"lm_head", 1, {.A = at::ones({1, 3}), .B = at::ones({8, 1})}}}};
        const std::string told = message_of<Error>([&] { gguf_adapter_bytes(adapter, config); });
        QVERIFY2(contains(told, "lm_head: found an update of a head that is tied"), told.c_str());
    }

    void rows_of_q_and_k_are_put_into_the_converters_order() {
        // One head of size 8 in q: rows 0 1 2 3 | 4 5 6 7 become 0 4 1 5 2 6 3 7.
        const Json config{{"model_type", "llama"}, {"num_attention_heads", 1}, {"num_key_value_heads", 1}};
        Adapter adapter;
        for (const char* path : {"model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj"})
            adapter.targets.push_back(
                {path, 1, {.A = at::ones({1, 3}), .B = at::arange(8, at::kFloat).unsqueeze(1)}});
        const Scratch scratch;
        const GgufFile file(scratch.write("adapter.gguf", gguf_adapter_bytes(adapter, config)));
        const auto rows = [&](const char* name) {
            const GgufTensor* tensor = file.find(name);
            std::vector<float> values(8);
            std::memcpy(values.data(), tensor->bytes.data(), 32);
            return values;
        };
        QCOMPARE(rows("blk.0.attn_q.weight.lora_b"), (std::vector<float>{0, 4, 1, 5, 2, 6, 3, 7}));
        QCOMPARE(rows("blk.0.attn_v.weight.lora_b"), (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7}));
    }

    void a_gguf_file_that_is_no_adapter_for_this_base_is_refused() {
        const Json config{{"model_type", "llama"}, {"num_attention_heads", 1}};
        const Scratch scratch;
        using Fields = std::vector<std::pair<std::string, GgufField>>;
        const Fields fields{{"general.type", std::string("adapter")}, {"adapter.type", std::string("lora")},
            {"general.architecture", std::string("llama")}, {"adapter.lora.alpha", 2.0F}};
        const std::vector<float> values(16, 1);
        const auto refusal = [&](const Fields& said, const std::vector<GgufValues>& tensors) {
            const std::string path = scratch.write("hostile.gguf", gguf_bytes(said, tensors));
            return message_of<Error>([&] { read_gguf_adapter(path, config); });
        };
        const std::string q = "blk.0.attn_q.weight";
        const GgufValues a{q + ".lora_a", {2, 4}, {values.data(), 8}};
        const GgufValues b{q + ".lora_b", {6, 2}, {values.data(), 12}};
        QCOMPARE(refusal(fields, {a, b}), std::string("nothing was thrown"));
        QVERIFY(contains(refusal(fields, {a}), "lora_a alone"));
        QVERIFY(contains(refusal(fields, {a, {q + ".lora_b", {4, 3}, {values.data(), 12}}}), "one rank"));
        QVERIFY(
            contains(refusal(fields, {a, {q + ".lora_b", {3, 2}, {values.data(), 6}}}), "an even number"));
        QVERIFY(contains(refusal(fields, {{"blk.x.attn_q.weight.lora_a", {2, 4}, {values.data(), 8}},
                                             {"blk.x.attn_q.weight.lora_b", {6, 2}, {values.data(), 12}}}),
            "without a name"));
        QVERIFY(contains(refusal(fields, {{"token_embd.weight", {2, 4}, {values.data(), 8}}}), "no part"));
        QVERIFY(contains(refusal(fields, {}), "no tensors"));
        Fields other = fields;
        other[2].second = std::string("qwen2");
        QVERIFY(contains(refusal(other, {a, b}), "general.architecture"));
        other = fields;
        other[3].second = std::numeric_limits<float>::infinity();
        QVERIFY(contains(refusal(other, {a, b}), "adapter.lora.alpha"));
    }

    void loralibs_names_are_read_without_a_configuration() {
        const Scratch scratch;
        const std::string folder = model_folder(QStringLiteral("gqa_tied"));
        const auto model = open_llama(folder);
        const Adapter adapter = without_head(many_ranks(*model));
        std::vector<NamedTensor> tensors{{"classifier.dense.weight", at::zeros({2, 2})}};
        for (const auto& [path, alpha, update] : adapter.targets) {
            tensors.push_back({path + ".lora_A", update.A});
            tensors.push_back({path + ".lora_B", update.B});
        }
        const std::string file = scratch.write("lora.safetensors", tensors_as_safetensors(tensors));

        const OpenedAdapter opened = open_adapter(file, at::kCPU);

        QCOMPARE(opened.adapter.targets.size(), adapter.targets.size());
        for (const auto& target : opened.adapter.targets) QCOMPARE(target.update.scale, 1.0);
        QCOMPARE(opened.notes.size(), std::size_t{2});
        QVERIFY(contains(opened.notes[0], "α is taken as the rank"));
        QVERIFY(contains(opened.notes[1], "classifier.dense.weight"));
        attach(opened.adapter, *model);

        const OpenedAdapter given = open_adapter(file, at::kCPU, 6);
        const TargetUpdate& first = given.adapter.targets[0];
        QCOMPARE(first.update.scale, 6.0 / static_cast<double>(first.update.rank()));
        QCOMPARE(given.notes.size(), std::size_t{1});
    }

    void an_adapter_folder_of_peft_is_opened_as_such() {
        const std::string folder = model_folder(QStringLiteral("gqa_tied")) + "/adapter";
        const OpenedAdapter opened = open_adapter(folder, at::kCPU);
        QCOMPARE(opened.adapter.targets.size(), read_peft(folder, at::kCPU).targets.size());
        QVERIFY(opened.notes.empty());
        QVERIFY(contains(message_of<Error>([&] { open_adapter(folder, at::kCPU, 6); }), "says α"));
        QVERIFY(
            contains(message_of<Error>([&] { open_adapter(FIXTURES, at::kCPU); }), "adapter_config.json"));
    }

private:
    static void models() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("tolerance"); // of the largest logit
        QTest::newRow("float32, tied head") << QStringLiteral("gqa_tied") << 1e-5;
        QTest::newRow("untied head") << QStringLiteral("untied_llama3_rope") << 1e-5;
        QTest::newRow("biases") << QStringLiteral("bias") << 1e-5;
        QTest::newRow("GGUF") << QStringLiteral("gguf_f32") << 1e-5;
        // W₀ + ΔW rounds to 8 bits.
        QTest::newRow("bfloat16 shards") << QStringLiteral("sharded_bf16") << 2e-2;
    }
};

QTEST_GUILESS_MAIN(AdapterFilesTest)
#include "adapter_files_test.moc"
