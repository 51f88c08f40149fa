// A merged model as one GGUF file, of every architecture that llama.cpp has a name for: read again it gives
// the adapter's logits, and what GGUF has no word for is refused or said.

#include "engine/adapters/gguf_packing.h"
#include "engine/adapters/merged_gguf.h"
#include "engine/adapters/peft.h"
#include "engine/files/gguf.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <filesystem>
#include <map>

using namespace lora;
namespace fs = std::filesystem;

namespace {

std::string fixture(const QString& name) {
    return std::string(FIXTURES "/architectures/") + name.toStdString();
}

at::Tensor expected(const QString& name, const std::string& tensor) {
    return tensor_of(fixture(name) + "/expected.safetensors", tensor);
}

Adapter adapter_of(const QString& name) { return read_peft(fixture(name) + "/adapter", at::kCPU); }

/// Byte-level BPE of three tokens, one of them an end.
constexpr const char* tokenizer_json = R"({"added_tokens": [{"id": 3, "content": "<end>", "special": true}],
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
    "decoder": {"type": "ByteLevel"},
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})";

/// The fixture's model with a tokenizer beside it; a GGUF fixture as it is.
std::string with_tokenizer(const QString& name, const Scratch& scratch) {
    if (fs::exists(fixture(name) + "/model.gguf")) return fixture(name) + "/model.gguf";
    fs::create_directory(scratch.path("base"));
    for (const char* file : {"config.json", "model.safetensors"})
        fs::copy(fixture(name) + "/" + file, scratch.path("base"));
    scratch.write("base/tokenizer.json", tokenizer_json);
    scratch.write("base/tokenizer_config.json", R"({"eos_token": "<end>", "chat_template": "{{ 'x' }}"})");
    return scratch.path("base");
}

/// Fixtures that say what llama.cpp does not compute, with a word of what is refused or, behind "note: ",
/// noted.
const std::map<std::string, std::string> otherwise{{"qwen2-windows", "note: sees the whole text"},
    {"mistral", "note: sees the whole text"}, {"starcoder2", "note: sees the whole text"},
    {"gemma2", "scale of the scores"}, {"gemma3", "scale of the scores"},
    {"gemma3_text", "scale of the scores"}, {"cohere2", "rotary positions"}, {"exaone4", "rotary positions"},
    {"smollm3", "rotary positions"}, {"llama-mscale", "rotary positions"}, {"falcon", "no place for"},
    {"falcon-grouped", "no name for it in GGUF"}, {"falcon-sequential", "no name for it in GGUF"},
    {"gpt_neox-sequential", "no words for all of this model"}, {"olmoe", "a mixture of experts"},
    {"lfm2-bias", "no place for"}, {"qwen3_moe", "a mixture of experts"},
    {"qwen3_moe-stacked", "a mixture of experts"}};

} // namespace

class MergedGgufTest : public QObject {
    Q_OBJECT

    static void rows(bool in_gguf) {
        QTest::addColumn<QString>("name");
        for (const auto& entry : fs::directory_iterator(FIXTURES "/architectures")) {
            if (!entry.is_directory() || fs::exists(entry.path() / "model.gguf") != in_gguf) continue;
            const QString name = QString::fromStdString(entry.path().filename().string());
            if (!open_weights(fixture(name)).dialect().gguf.architecture.empty())
                QTest::newRow(qPrintable(name)) << name;
        }
    }

private Q_SLOTS:
    void a_folder_and_its_adapter_give_the_adapters_logits_from_one_file_data() { rows(/*in_gguf=*/false); }
    void a_folder_and_its_adapter_give_the_adapters_logits_from_one_file() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string base = with_tokenizer(name, scratch), file = scratch.path("merged.gguf");
        const auto known = otherwise.find(name.toStdString());
        const std::string word = known == otherwise.end() ? "" : known->second;
        MergedModel merged;
        const std::string message =
            message_of<Error>([&] { merged = merge_to_gguf(base, adapter_of(name), file, BlockType::F32); });
        if (!word.empty() && !word.starts_with("note: ")) {
            QVERIFY2(message.find(word) != std::string::npos, message.c_str());
            QVERIFY(!fs::exists(file));
            return;
        }
        QCOMPARE(QString::fromStdString(message), QStringLiteral("nothing was thrown"));
        QCOMPARE(merged.notes.empty(), word.empty());
        if (!word.empty()) {
            QVERIFY2(merged.notes[0].find(word.substr(6)) != std::string::npos, merged.notes[0].c_str());
            return;
        }
        QVERIFY(largest_difference(
                    logits_of(*open_llama(file), expected(name, "ids")), expected(name, "adapted_logits"))
                < 1e-4);
        const Tokenizer tokenizer = open_tokenizer(file);
        QCOMPARE(tokenizer.eos(), std::optional<TokenId>(3));
        QCOMPARE(tokenizer.chat_template(), std::string("{{ 'x' }}"));
    }

    void of_a_gguf_base_all_is_copied_but_for_the_weights_that_change_data() { rows(/*in_gguf=*/true); }
    void of_a_gguf_base_all_is_copied_but_for_the_weights_that_change() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string base = fixture(name) + "/model.gguf", file = scratch.path("merged.gguf");
        if (open_weights(base).dialect().experts != nullptr) {
            QVERIFY_THROWS_EXCEPTION(Error, merge_to_gguf(base, adapter_of(name), file, BlockType::F32));
            return;
        }
        merge_to_gguf(base, adapter_of(name), file, BlockType::F32);
        const GgufFile before(base), after(file);
        for (const auto& [key, value] : before.metadata())
            if (key != "general.file_type" && key != "general.quantization_version")
                QVERIFY2(after.metadata(key) != nullptr && *after.metadata(key) == value, key.c_str());
        for (const GgufTensor& tensor : before.tensors()) {
            const GgufTensor* const same = after.find(tensor.name);
            QVERIFY(same != nullptr);
            if (tensor.name.find("norm") == std::string::npos) continue;
            QVERIFY(std::equal(tensor.bytes.begin(), tensor.bytes.end(), same->bytes.begin()));
        }
        QVERIFY(largest_difference(
                    logits_of(*open_llama(file), expected(name, "ids")), expected(name, "adapted_logits"))
                < 1e-4);
    }

    void matrices_get_the_type_that_is_asked_for_data() {
        QTest::addColumn<QString>("type");
        QTest::addColumn<double>("tolerance"); // of the largest logit
        QTest::newRow("F16") << QStringLiteral("F16") << 1e-2;
        QTest::newRow("BF16") << QStringLiteral("BF16") << 1e-1;
    }
    void matrices_get_the_type_that_is_asked_for() {
        QFETCH(QString, type);
        QFETCH(double, tolerance);
        const QString name = QStringLiteral("qwen3");
        const Scratch scratch;
        const std::string file = scratch.path("merged.gguf");
        merge_to_gguf(
            with_tokenizer(name, scratch), adapter_of(name), file, written_type(type.toStdString()));
        const GgufFile written(file);
        for (const GgufTensor& tensor : written.tensors())
            QCOMPARE(layout(tensor.type).name,
                layout(tensor.shape.size() == 2 ? written_type(type.toStdString()) : BlockType::F32).name);
        const at::Tensor wanted = expected(name, "adapted_logits");
        QVERIFY(largest_difference(logits_of(*open_llama(file), expected(name, "ids")), wanted)
                < tolerance * wanted.abs().max().item<double>());
    }

    void a_block_of_8_bits_is_within_half_a_step_of_its_values() {
        at::manual_seed(1);
        const at::Tensor values = at::randn({3, 64});
        const std::string bytes = gguf_packed(values, BlockType::Q8_0, "a tensor");
        at::Tensor back = at::empty({3, 64});
        dequantize(BlockType::Q8_0, std::as_bytes(std::span(bytes)),
            {back.mutable_data_ptr<float>(), static_cast<std::size_t>(back.numel())});
        const at::Tensor steps = values.view({-1, 32}).abs().amax(1, true) / 127;
        // Half a step, and what the step itself loses in F16 on its way to 127.
        QVERIFY((((back - values).view({-1, 32}).abs() / steps) < 0.5 + 127.0 / 2048).all().item<bool>());
    }

    void values_beyond_16_bits_are_refused() {
        QVERIFY_THROWS_EXCEPTION(Error, gguf_packed(at::full({1, 2}, 1e5F), BlockType::F16, "a tensor"));
        QCOMPARE(gguf_packed(at::full({1, 2}, 1e5F), BlockType::BF16, "a tensor").size(), std::size_t{4});
        QVERIFY_THROWS_EXCEPTION(
            Error, gguf_packed(at::full({1, 2}, std::nan("")), BlockType::F32, "a tensor"));
    }

    void a_file_that_is_there_stays_and_nothing_is_left_of_a_stop() {
        const QString name = QStringLiteral("qwen3");
        const Scratch scratch;
        const std::string base = with_tokenizer(name, scratch), file = scratch.write("taken.gguf", "mine");
        QVERIFY_THROWS_EXCEPTION(Error, merge_to_gguf(base, adapter_of(name), file, BlockType::F16));
        QCOMPARE(scratch.read("taken.gguf"), std::string("mine"));

        std::stop_source stop;
        const auto stopping = [&](std::int64_t, std::int64_t) { stop.request_stop(); };
        QVERIFY_THROWS_EXCEPTION(Error, merge_to_gguf(base, adapter_of(name), scratch.path("new.gguf"),
                                            BlockType::F16, stopping, stop.get_token()));
        std::size_t left = 0;
        for (const auto& entry : fs::directory_iterator(scratch.path(""))) left += entry.exists() ? 1 : 0;
        QCOMPARE(left, std::size_t{2}); // base and taken.gguf
    }

    void an_architecture_without_a_name_in_gguf_is_refused() {
        const Scratch scratch;
        const QString name = QStringLiteral("opt");
        const std::string message = message_of<Error>([&] {
            merge_to_gguf(
                with_tokenizer(name, scratch), adapter_of(name), scratch.path("o.gguf"), BlockType::F16);
        });
        QVERIFY2(message.find("'opt'") != std::string::npos, message.c_str());
    }
};

QTEST_GUILESS_MAIN(MergedGgufTest)
#include "merged_gguf_test.moc"
