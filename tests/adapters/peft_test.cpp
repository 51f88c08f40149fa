// PEFT's adapter folders, both ways: tests/fixtures/peft_adapters, made by make.py there on
// ../llama/gqa_tied.

#include "engine/adapters/peft.h"
#include "engine/adapters/peft_config.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <filesystem>
#include <set>

using namespace lora;

namespace {

const std::string adapters = FIXTURES "/peft_adapters";
const std::string model_folder = FIXTURES "/llama/gqa_tied";
// float32 sums in another order: transformers' own two attention kernels differ by as much.
constexpr double logits_tolerance = 1e-3;

std::string folder(const QString& name) { return adapters + "/" + name.toStdString(); }

at::Tensor expected(const std::string& name) { return tensor_of(adapters + "/expected.safetensors", name); }

at::Tensor adapted_logits(Model& model, const Adapter& adapter) {
    attach(with_widths_of(model, adapter), model);
    return logits_of(model, expected("ids"));
}

std::string message_of_refusal(const QString& name) {
    return message_of<Error>([&] { read_peft(folder(name), at::kCPU); });
}

std::set<std::string> tensor_names(const std::string& adapter_folder) {
    const SafetensorsFile file(adapter_folder + "/adapter_model.safetensors");
    std::set<std::string> names;
    for (const TensorView& tensor : file.tensors()) names.insert(tensor.name);
    return names;
}

} // namespace

class PeftTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void an_adapter_saved_by_peft_gives_its_logits_data() { plain_folders(); }
    void an_adapter_saved_by_peft_gives_its_logits() {
        QFETCH(QString, name);
        const auto model = open_llama(model_folder);
        const at::Tensor base = logits_of(*model, expected("ids"));

        const at::Tensor adapted = adapted_logits(*model, read_peft(folder(name), at::kCPU));

        const at::Tensor pefts = expected("logits." + name.toStdString());
        QVERIFY(largest_difference(adapted, pefts) <= logits_tolerance);
        QVERIFY(largest_difference(base, pefts) > 10 * logits_tolerance); // the adapter matters
    }

    void what_is_saved_is_read_back_bit_for_bit_data() { plain_folders(); }
    void what_is_saved_is_read_back_bit_for_bit() {
        QFETCH(QString, name);
        const Scratch scratch;
        const auto model = open_llama(model_folder);
        const Adapter before = read_peft(folder(name), at::kCPU);

        write_peft(scratch.path("saved"), before, summary_of(*model, model_folder));

        const Adapter after = read_peft(scratch.path("saved"), at::kCPU);
        QCOMPARE(after.use_rslora, before.use_rslora);
        QCOMPARE(after.targets.size(), before.targets.size());
        for (std::size_t i = 0; i < before.targets.size(); ++i) {
            const TargetUpdate &one = before.targets[i], &other = after.targets[i];
            QCOMPARE(other.path, one.path);
            QCOMPARE(other.alpha, one.alpha);
            QCOMPARE(other.update.scale, one.update.scale);
            QCOMPARE(other.update.dropout, one.update.dropout);
            QVERIFY(at::equal(other.update.A, one.update.A));
            QVERIFY(at::equal(other.update.B, one.update.B));
            QCOMPARE(other.update.magnitude.defined(), one.update.magnitude.defined());
            if (one.update.magnitude.defined())
                QVERIFY(at::equal(other.update.magnitude, one.update.magnitude));
        }
        QVERIFY(at::equal(adapted_logits(*model, after), adapted_logits(*model, before)));
    }

    void a_folder_that_holds_other_things_is_not_replaced() {
        const Scratch scratch;
        const auto model = open_llama(model_folder);
        const Adapter adapter = read_peft(adapters + "/plain", at::kCPU);
        const ModelSummary summary = summary_of(*model, model_folder);
        for (const char* name : {"empty", "letters"}) std::filesystem::create_directory(scratch.path(name));
        scratch.write("letters/mother.txt", "Dear mother");

        write_peft(scratch.path("empty"), adapter, summary);
        write_peft(scratch.path("empty"), adapter, summary); // by now an adapter's
        const std::string message =
            message_of<Error>([&] { write_peft(scratch.path("letters"), adapter, summary); });

        QVERIFY2(contains(message, "letters: found a folder that holds other things"), message.c_str());
        QVERIFY(std::filesystem::exists(scratch.path("letters/mother.txt")));
    }

    void saved_tensors_have_pefts_names_and_float32_data() { plain_folders(); }
    void saved_tensors_have_pefts_names_and_float32() {
        QFETCH(QString, name);
        const Scratch scratch;
        const auto model = open_llama(model_folder);

        write_peft(
            scratch.path("saved"), read_peft(folder(name), at::kCPU), summary_of(*model, model_folder));

        QCOMPARE(tensor_names(scratch.path("saved")), tensor_names(folder(name)));
        const SafetensorsFile file(scratch.path("saved/adapter_model.safetensors"));
        for (const TensorView& tensor : file.tensors()) QCOMPARE(tensor.type, ElementType::F32);
        QCOMPARE(file.metadata().at("format"), std::string("pt"));
    }

    void saved_config_says_what_peft_asks_for() {
        const Scratch scratch;
        const auto model = open_llama(model_folder);
        const Adapter adapter = read_peft(adapters + "/patterns_rslora", at::kCPU);

        write_peft(scratch.path("saved"), adapter, summary_of(*model, "models/tiny"));

        const Json config = read_json(scratch.path("saved/adapter_config.json"));
        const Json expected_fields = Json::parse(R"({"peft_type": "LORA", "task_type": "CAUSAL_LM",
            "base_model_name_or_path": "models/tiny", "bias": "none", "fan_in_fan_out": false,
            "inference_mode": true, "init_lora_weights": true, "use_rslora": true, "use_dora": false,
            "modules_to_save": null, "layers_to_transform": null, "layers_pattern": null,
            "auto_mapping": null, "revision": null, "lora_dropout": 0.0,
            "target_modules": ["q_proj", "v_proj"]})");
        for (const auto& [key, value] : expected_fields.items()) {
            QVERIFY2(config.contains(key), key.c_str());
            QVERIFY2(config.at(key) == value, (key + " is " + config.at(key).dump()).c_str());
        }
        // q_proj: rank 4, α 3; v_proj: rank 2, α 8, each in both layers.
        const PeftConfig read = read_peft_config(scratch.path("saved/adapter_config.json"));
        QCOMPARE(read.rank_of("model.layers.0.self_attn.q_proj"), 4);
        QCOMPARE(read.rank_of("model.layers.1.self_attn.v_proj"), 2);
        QCOMPARE(read.alpha_of("model.layers.1.self_attn.q_proj"), 3.0);
        QCOMPARE(read.alpha_of("model.layers.0.self_attn.v_proj"), 8.0);
        QVERIFY(config.at("rank_pattern").size() == 2 && config.at("alpha_pattern").size() == 2);
    }

    void targets_that_no_module_name_says_are_saved_as_paths() {
        const Scratch scratch;
        const auto model = open_llama(model_folder);
        const Adapter adapter = read_peft(adapters + "/full_path", at::kCPU);

        write_peft(scratch.path("saved"), adapter, summary_of(*model, model_folder));

        const Json config = read_json(scratch.path("saved/adapter_config.json"));
        QVERIFY(config.at("target_modules")
                == Json({"model.layers.0.self_attn.q_proj", "model.layers.1.mlp.up_proj"}));
    }

    void what_cannot_be_read_is_refused_by_name_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* message) {
            QTest::newRow(name) << QString::fromUtf8(name) << QString::fromUtf8(message);
        };
        row("refused_lora_bias", "adapter_config.json: lora_bias: found true, expected nothing");
        row("refused_bias_all", "adapter_config.json: bias: found 'all', expected none");
        row("refused_ia3", "adapter_config.json: peft_type: found 'IA3', expected LORA, ADALORA or VERA");
        row("refused_vera_without_projection",
            "found no tensor 'base_model.vera_A', expected the projection beside its vectors");
        row("refused_modules_to_save", "adapter_config.json: modules_to_save: found 'norm'");
    }
    void what_cannot_be_read_is_refused_by_name() {
        QFETCH(QString, name);
        QFETCH(QString, message);
        const std::string told = message_of_refusal(name);
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

private:
    static void plain_folders() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : std::filesystem::directory_iterator(adapters)) {
            const std::string name = entry.path().filename().string();
            if (entry.is_directory() && !name.starts_with("refused_"))
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
};

QTEST_GUILESS_MAIN(PeftTest)
#include "peft_test.moc"
