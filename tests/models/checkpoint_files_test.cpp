// Model folders with one thing wrong: each is a good one of tests/fixtures/llama, changed in one place.

#include "engine/architectures/catalog.h"
#include "engine/checkpoints/checkpoint_files.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <functional>

#include <unistd.h>

using namespace lora;

namespace fs = std::filesystem;

namespace {

const std::string fixtures = FIXTURES "/llama/";

/// A copy of a fixture's model in a folder of its own.
struct ModelFolder {
    Scratch scratch;

    explicit ModelFolder(const std::string& variant = "gqa_tied") {
        fs::create_directory(path());
        for (const auto& entry : fs::directory_iterator(fixtures + variant))
            if (entry.is_regular_file() && !entry.path().filename().string().starts_with("expected"))
                fs::copy_file(entry.path(), path(entry.path().filename().string()));
    }
    std::string path(const std::string& name = {}) const {
        return scratch.path(name.empty() ? "model" : "model/" + name);
    }
    void write(const std::string& name, std::string_view bytes) const {
        scratch.write("model/" + name, bytes);
    }
    void remove(const std::string& name) const { fs::remove(path(name)); }

    /// config.json with one field set to a JSON value; an empty one takes the field out.
    void set(const std::string& key, const std::string& value) const {
        Json config = read_json(path("config.json"));
        config.erase(key);
        if (!value.empty()) config[key] = Json::parse(value);
        write("config.json", config.dump());
    }
    void change_tensors(const std::function<void(std::vector<NamedTensor>&)>& change) const {
        std::vector<NamedTensor> tensors;
        {
            const SafetensorsFile file(path("model.safetensors"));
            for (const TensorView& view : file.tensors()) tensors.push_back({view.name, owned_tensor(view)});
        }
        change(tensors);
        write("model.safetensors", tensors_as_safetensors(tensors));
    }
    std::string refusal() const {
        return message_of<Error>([&] { open_llama(path()); });
    }
};

NamedTensor& named(std::vector<NamedTensor>& tensors, const std::string& name) {
    return *std::find_if(
        tensors.begin(), tensors.end(), [&](const NamedTensor& tensor) { return tensor.name == name; });
}

using Spoil = std::function<void(const ModelFolder&)>;

at::Tensor first_logits(const std::string& folder) {
    return logits_of(*open_llama(folder), {1, 2, 3, 40, 5});
}

} // namespace

Q_DECLARE_METATYPE(Spoil)

class CheckpointFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_folder_that_is_spoilt_below_is_good() {
        QCOMPARE(ModelFolder().refusal(), std::string("nothing was thrown"));
    }

    void a_folder_that_may_not_be_read_is_told() {
        const ModelFolder model;
        const std::string closed = "found 'Permission denied'";
        const auto is_told = [&] { // root may read anything
            const bool is_root = ::geteuid() == 0;
            if (is_root && ::seteuid(65534) != 0) return false;
            const bool told = contains(model.refusal(), model.path() + ": " + closed);
            return (!is_root || ::seteuid(0) == 0) && told;
        };
        fs::permissions(model.path(), fs::perms::none);
        fs::permissions(
            model.scratch.path(""), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
        QVERIFY(is_told());
        fs::permissions(model.scratch.path(""), fs::perms::none);
        QVERIFY(is_told());
        for (const std::string& folder : {model.scratch.path(""), model.path()})
            fs::permissions(folder, fs::perms::owner_all);
    }

    void a_folder_that_is_no_model_is_refused_data() {
        columns();
        row(
            "no folder", [](const ModelFolder& model) { fs::remove_all(model.path()); },
            "found nothing there");
        row(
            "no weights", [](const ModelFolder& model) { model.remove("model.safetensors"); },
            "model: found no weights, expected model.safetensors");
        row(
            "weights as pickle alone",
            [](const ModelFolder& model) {
                fs::rename(model.path("model.safetensors"), model.path("pytorch_model.bin"));
            },
            "found weights as pickle only (pytorch_model.bin)");
        row(
            "no config", [](const ModelFolder& model) { model.remove("config.json"); },
            "found weights without config.json");
        row(
            "two GGUF files",
            [](const ModelFolder& model) {
                model.remove("model.safetensors");
                model.write("a.gguf", "");
                model.write("b.gguf", "");
            },
            "found 2 GGUF files, expected one");
        row(
            "empty weights", [](const ModelFolder& model) { model.write("model.safetensors", ""); },
            "model.safetensors");
        row(
            "weights that are a folder",
            [](const ModelFolder& model) {
                model.remove("model.safetensors");
                fs::create_directory(model.path("model.safetensors"));
            },
            "model.safetensors: found a folder");
        row(
            "a config that is no JSON",
            [](const ModelFolder& model) { model.write("config.json", "hidden: 1"); },
            "config.json: line 1, column");
        row(
            "a config of 2 MB",
            [](const ModelFolder& model) { model.write("config.json", std::string(2 << 20, ' ')); },
            "config.json: found 2097152 bytes");
        row(
            "a snapshot outside the cache",
            [](const ModelFolder& model) {
                fs::create_directories(model.path("refs"));
                model.write("refs/main", "../../..");
            },
            "main: found '../../..', expected a revision's name");
    }
    void a_folder_that_is_no_model_is_refused() { check_refusal(ModelFolder()); }

    void a_file_of_another_kind_is_refused() {
        const ModelFolder model;
        QVERIFY(contains(message_of<Error>([&] { find_checkpoint(model.path("config.json")); }),
            "found a file that is no .gguf"));
    }

    void weights_cut_off_anywhere_are_refused() {
        const ModelFolder model;
        const std::string whole = model.scratch.read("model/model.safetensors");
        for (std::size_t length = 0; length < whole.size(); length += 997) {
            model.write("model.safetensors", whole.substr(0, length));
            QVERIFY(contains(model.refusal(), "model.safetensors"));
        }
    }

    void a_wrong_index_is_refused_data() {
        columns();
        for (const char* name : {"../outside.safetensors", "/etc/passwd", "sub/a.safetensors", "C:\\\\a", "",
                 ".hidden", "a\\u0000b"}) {
            const std::string map = std::string("{\"weight_map\": {\"a\": \"") + name + "\"}}";
            row(
                *name == '\0' ? "an empty name" : name,
                [map](const ModelFolder& model) { model.write("model.safetensors.index.json", map); },
                "weight_map: a: found");
        }
        const auto index = [](const char* name, const char* json, const char* message) {
            row(
                name, [json](const ModelFolder& model) { model.write("model.safetensors.index.json", json); },
                message);
        };
        index("a number for a name", R"({"weight_map": {"a": 7}})", "weight_map: a: found 7");
        index("no map", "{}", "found no object weight_map");
        index("no JSON", "weights", "index.json: line 1, column");
        index("an empty map", R"({"weight_map": {}})",
            "tensor 'model.embed_tokens.weight': found none, expected shape [96, 32]");
        row(
            "a shard that is absent",
            [](const ModelFolder& model) { model.remove("model-00002-of-00003.safetensors"); },
            "model-00002-of-00003.safetensors: found No such file");
        row(
            "a tensor in two shards",
            [](const ModelFolder& model) {
                fs::copy_file(model.path("model-00002-of-00003.safetensors"),
                    model.path("model-00001-of-00003.safetensors"), fs::copy_options::overwrite_existing);
            },
            "found a tensor that another shard has too");
    }
    void a_wrong_index_is_refused() { check_refusal(ModelFolder("sharded_bf16")); }

    void an_unknown_architecture_is_named_with_the_known_ones() {
        const ModelFolder model;
        model.set("model_type", "\"mamba\"");
        const std::string told = message_of<Error>([&] { load_model(model.path(), "cpu", at::kFloat); });
        QVERIFY2(
            contains(told, "config.json: found the architecture 'mamba', expected one of: "), told.c_str());
        for (const auto& known : known_architectures()) QVERIFY(contains(told, known));
    }

    void a_tokenizer_of_another_model_is_refused() {
        const ModelFolder model;
        fs::copy_file(FIXTURES "/tokenizers/smollm/tokenizer.json", model.path("tokenizer.json"));
        const std::string told = message_of<Error>([&] { load_model(model.path(), "cpu", at::kFloat); });
        QVERIFY2(contains(told, "expected no more than the model's vocabulary of 96"), told.c_str());
    }

    void a_config_field_out_of_range_is_refused_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* key, const char* value, const char* message) {
            QTest::addRow("%s %s", key, value)
                << QString::fromUtf8(key) << QString::fromUtf8(value) << QString::fromUtf8(message);
        };
        row("num_attention_heads", "0", "num_attention_heads: found 0, expected an integer from 1");
        row("num_attention_heads", "-4", "num_attention_heads: found -4");
        row("hidden_size", "1000000000000",
            "hidden_size: found 1000000000000, expected an integer from 1 to");
        row("hidden_size", "1e12", "hidden_size: found");
        row("hidden_size", "", "hidden_size: found nothing");
        row("hidden_size", "\"32\"", "hidden_size: found \"32\"");
        row("num_hidden_layers", "1000000000", "num_hidden_layers: found 1000000000");
        row("vocab_size", "0", "vocab_size: found 0");
        row("intermediate_size", "null", "intermediate_size: found nothing");
        row("num_key_value_heads", "3",
            "num_key_value_heads: found 3, expected a divisor of num_attention_heads 4");
        row("head_dim", "7", "head_dim: found 7, expected an even number");
        row("hidden_act", "\"gelu\"", "hidden_act: found 'gelu', expected silu");
        row("rms_norm_eps", "\"small\"", "rms_norm_eps: found \"small\"");
        row("tie_word_embeddings", "1", "tie_word_embeddings: found 1, expected true or false");
        row("rope_parameters", R"({"rope_type": "elastic", "factor": 4})",
            "rope_type 'elastic', expected one of default");
        row("rope_parameters", R"({"rope_type": "longrope", "factor": 4})", "short_factor: found none");
        row("rope_parameters", R"({"rope_type": "linear", "factor": 0})", "factor 0.0");
        row("rope_parameters", R"({"rope_type": "linear"})", "factor: found nothing");
        row("rope_parameters", R"({"rope_type": "default", "rope_theta": 0})", "rope_theta");
        row("rope_parameters", "[]", "rope_parameters: found a list, expected a JSON object");
    }
    void a_config_field_out_of_range_is_refused() {
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(QString, message);
        const ModelFolder model;
        model.set(key.toStdString(), value.toStdString());
        const std::string told = model.refusal();
        QVERIFY2(contains(told, "config.json: ") && contains(told, message.toStdString()), told.c_str());
    }

    void heads_that_do_not_divide_the_width_are_refused() {
        const ModelFolder model;
        model.set("head_dim", "");
        model.set("num_key_value_heads", "");
        for (const char* heads : {"5", "64"}) {
            model.set("num_attention_heads", heads);
            const std::string told = model.refusal();
            QVERIFY2(contains(told, "expected a divisor of hidden_size 32"), told.c_str());
        }
    }

    void all_tensors_that_do_not_fit_are_told_at_once() {
        const ModelFolder model;
        model.change_tensors([](std::vector<NamedTensor>& tensors) {
            named(tensors, "model.norm.weight").name = "model.norm.wait";
            at::Tensor& v_proj = named(tensors, "model.layers.1.self_attn.v_proj.weight").tensor;
            v_proj = v_proj.t().contiguous();
        });
        const std::string told = model.refusal();
        for (const char* part : {"tensor 'model.norm.weight': found none, expected shape [32]",
                 "tensor 'model.layers.1.self_attn.v_proj.weight': found shape [32, 16], expected [16, 32]",
                 "config.json describes"})
            QVERIFY2(contains(told, part), told.c_str());
    }

    void both_spellings_of_the_config_give_the_same_logits_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QStringList>("changes");
        QTest::newRow("earlier") << QStringLiteral("gqa_tied")
                                 << QStringList{QStringLiteral("rope_parameters"), QString(),
                                        QStringLiteral("dtype"), QString(), QStringLiteral("torch_dtype"),
                                        QStringLiteral("\"float32\""), QStringLiteral("rope_theta"),
                                        QStringLiteral("10000.0"), QStringLiteral("rope_scaling"),
                                        QStringLiteral("null")};
        QTest::newRow("transformers 5")
            << QStringLiteral("untied_llama3_rope")
            << QStringList{QStringLiteral("rope_scaling"), QString(), QStringLiteral("rope_theta"), QString(),
                   QStringLiteral("rope_parameters"),
                   QStringLiteral("{\"rope_type\": \"llama3\", \"rope_theta\": 500.0, \"factor\": 8.0, "
                                  "\"high_freq_factor\": 4.0, \"low_freq_factor\": 1.0, "
                                  "\"original_max_position_embeddings\": 64}")};
        QTest::newRow("earliest, type")
            << QStringLiteral("linear_rope")
            << QStringList{QStringLiteral("rope_parameters"), QString(), QStringLiteral("rope_theta"),
                   QString(), QStringLiteral("rope_scaling"),
                   QStringLiteral("{\"type\": \"linear\", \"factor\": 2.0}")};
    }
    void both_spellings_of_the_config_give_the_same_logits() {
        QFETCH(QString, variant);
        QFETCH(QStringList, changes);
        const ModelFolder model(variant.toStdString());
        const at::Tensor before = first_logits(model.path());
        for (qsizetype i = 0; i < changes.size(); i += 2)
            model.set(changes[i].toStdString(), changes[i + 1].toStdString());
        QVERIFY(at::equal(first_logits(model.path()), before));
    }

private:
    static void columns() {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QString>("message");
    }

    static void row(const char* name, const Spoil& spoil, const char* message) {
        QTest::newRow(name) << spoil << QString::fromUtf8(message);
    }

    static void check_refusal(const ModelFolder& model) {
        QFETCH(Spoil, spoil);
        QFETCH(QString, message);
        spoil(model);
        const std::string told = model.refusal();
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }
};

QTEST_GUILESS_MAIN(CheckpointFilesTest)
#include "checkpoint_files_test.moc"
