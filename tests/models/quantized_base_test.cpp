// Models whose linears are quantized to NF4 or int8, as they open or in their checkpoint: beside the same
// models of the unpacked weights.

#include "engine/adapters/merge.h"
#include "engine/files/scaled_rows.h"
#include "engine/kernels/product.h"
#include "engine/kernels/scaled_loops.h"
#include "engine/machine/processor.h"
#include "engine/models/scaled_weights.h"
#include "engine/training/loss.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include <ATen/CPUGeneratorImpl.h>

using namespace lora;

namespace {

constexpr std::int64_t hidden = 64, inner = 192, vocabulary = 96, heads = 4;
const std::string q_proj = "model.layers.0.self_attn.q_proj.weight";

at::Tensor normal(const std::vector<std::int64_t>& shape, at::ScalarType type = at::kFloat) {
    static at::Generator random = at::make_generator<at::CPUGeneratorImpl>(5);
    return at::empty(shape, at::kFloat).normal_(0, 1, random).to(type);
}

Json config() {
    return {{"model_type", "llama"}, {"vocab_size", vocabulary}, {"hidden_size", hidden},
        {"intermediate_size", inner}, {"num_hidden_layers", 2}, {"num_attention_heads", heads},
        {"num_key_value_heads", 2}, {"max_position_embeddings", 128}, {"rms_norm_eps", 1e-5},
        {"tie_word_embeddings", false}};
}

/// A Llama's tensors from a seed.
std::vector<NamedTensor> tensors() {
    at::Generator random = at::make_generator<at::CPUGeneratorImpl>(3);
    std::vector<NamedTensor> all;
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        const at::Tensor tensor = at::ones(shape, at::kFloat);
        all.push_back({name + ".weight", shape.size() == 1 ? tensor : tensor.normal_(0, 0.2, random)});
    };
    add("model.embed_tokens", {vocabulary, hidden});
    add("lm_head", {vocabulary, hidden});
    add("model.norm", {hidden});
    for (const std::string layer : {"model.layers.0.", "model.layers.1."}) {
        for (const char* norm : {"input_layernorm", "post_attention_layernorm"}) add(layer + norm, {hidden});
        for (const char* linear : {"q_proj", "o_proj"}) add(layer + "self_attn." + linear, {hidden, hidden});
        for (const char* linear : {"k_proj", "v_proj"})
            add(layer + "self_attn." + linear, {hidden / 2, hidden});
        for (const char* linear : {"gate_proj", "up_proj"}) add(layer + "mlp." + linear, {inner, hidden});
        add(layer + "mlp.down_proj", {hidden, inner});
    }
    return all;
}

std::string folder_of(const Scratch& scratch, const std::string& name, const std::vector<NamedTensor>& all,
    const Json& settings = config()) {
    std::filesystem::create_directories(scratch.path(name));
    scratch.write(name + "/config.json", settings.dump());
    scratch.write(name + "/model.safetensors", tensors_as_safetensors(all));
    return scratch.path(name);
}

/// Opened; its linears become `made`, or stay as they are packed in the folder.
struct Opened {
    std::unique_ptr<Model> model;
    std::string format;
};
Opened opened(const std::string& folder, std::optional<BlockType> made = {}, bool packed = true) {
    Weights weights = open_weights(folder);
    weights.prepare(at::kCPU, at::kFloat, {}, {}, packed);
    if (made) weights.quantize_linears(*made);
    std::unique_ptr<Model> model = make_model(weights, at::kCPU);
    return {std::move(model), weights.format()};
}

/// The same model with the weights that another has, unpacked.
std::string unpacked_folder(const Scratch& scratch, Model& model) {
    std::vector<NamedTensor> all;
    for (const NamedParameter& parameter : model.named_parameters())
        all.push_back({parameter.path, parameter.whole()});
    return folder_of(scratch, "unpacked", all);
}

at::Tensor bytes_tensor(const std::string& bytes, std::vector<std::int64_t> shape) {
    const at::Tensor tensor = at::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
    std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
    return tensor.view(shape);
}

/// A weight as bitsandbytes saves it, NF4 with double quantization.
void add_quantized(std::vector<NamedTensor>& all, const NamedTensor& plain) {
    const at::Tensor numbers = at::empty({plain.tensor.numel() / 2, 1}, at::kByte);
    const at::Tensor scales = at::empty({plain.tensor.numel() / values_of_scale}, at::kFloat);
    for (std::int64_t i = 0; i < scales.numel(); ++i)
        scales[i] = quantize_nf4(plain.tensor.const_data_ptr<float>() + i * values_of_scale,
            static_cast<std::byte*>(numbers.data_ptr()) + i * values_of_scale / 2);
    const PackedScales packed =
        packed_scales({scales.const_data_ptr<float>(), static_cast<std::size_t>(scales.numel())},
            scales.mean().item<float>());
    const Json state{{"quant_type", "nf4"}, {"blocksize", values_of_scale}, {"dtype", "float32"},
        {"shape", {plain.tensor.size(0), plain.tensor.size(1)}}, {"nested_blocksize", scales_of_run},
        {"nested_dtype", "float32"}, {"nested_offset", packed.offset}};
    const auto add = [&](const std::string& ending, const at::Tensor& tensor) {
        all.push_back({plain.name + ending, tensor});
    };
    const auto floats = [](auto&& values) {
        return at::tensor(at::ArrayRef<float>(values.data(), values.size()), at::kFloat);
    };
    add("", numbers);
    add(".absmax", bytes_tensor({packed.codes.begin(), packed.codes.end()}, {scales.numel()}));
    add(".nested_absmax", floats(packed.nested));
    add(".nested_quant_map", floats(scale_levels()));
    add(".quant_map", floats(nf4_values()));
    const std::string text = state.dump();
    add(".quant_state.bitsandbytes__nf4", bytes_tensor(text, {std::ssize(text)}));
}

/// The same model with its blocks' linears as bitsandbytes saves them.
std::string bitsandbytes_folder(const Scratch& scratch) {
    std::vector<NamedTensor> all;
    for (const NamedTensor& one : tensors())
        if (one.name.ends_with("_proj.weight"))
            add_quantized(all, one);
        else
            all.push_back(one);
    Json settings = config();
    settings["quantization_config"] = {{"quant_method", "bitsandbytes"}, {"load_in_4bit", true}};
    return folder_of(scratch, "bitsandbytes", all, settings);
}

const std::vector<std::int32_t> text = {5, 17, 80, 3, 42, 9, 9, 1, 0, 95};

/// The losses of some steps of plain descent, LoRA on q_proj and down_proj.
std::vector<double> losses(Model& model) {
    at::Generator random = at::make_generator<at::CPUGeneratorImpl>(11);
    Adapter adapter;
    for (const NamedLinear& named : model.named_linears()) {
        if (!named.path.ends_with("q_proj") && !named.path.ends_with("down_proj")) continue;
        LowRank update{.A = at::empty({4, named.linear->in()}, at::kFloat).normal_(0, 0.1, random),
            .B = at::empty({named.linear->out(), 4}, at::kFloat).normal_(0, 0.1, random),
            .scale = 2};
        update.A.requires_grad_(true);
        update.B.requires_grad_(true);
        adapter.targets.push_back({named.path, 8, update});
    }
    attach(adapter, model);
    Example example;
    example.ids.assign(text.begin(), text.end());
    example.learned.assign(text.size(), true);
    Pass pass;
    pass.training = true;
    std::vector<double> all;
    for (int step = 0; step < 6; ++step) {
        const at::Tensor loss = next_token_loss(model, make_batch({&example}, at::kCPU), pass);
        all.push_back(loss.item<double>());
        loss.backward();
        const c10::NoGradGuard no_gradient;
        for (const TargetUpdate& target : adapter.targets)
            for (at::Tensor part : {target.update.A, target.update.B}) {
                part.sub_(part.grad(), 1e-3);
                part.mutable_grad().reset();
            }
    }
    return all;
}

void add_types() {
    QTest::addColumn<int>("type");
    QTest::newRow("NF4") << static_cast<int>(BlockType::NF4);
    QTest::newRow("NF4 with float scales") << static_cast<int>(BlockType::NF4Wide);
    QTest::newRow("int8") << static_cast<int>(BlockType::Int8);
}

double difference(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

} // namespace

class QuantizedBaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_product_with_quantized_rows_equals_that_with_the_unpacked_weight_data() { add_types(); }
    void a_product_with_quantized_rows_equals_that_with_the_unpacked_weight() {
        QFETCH(int, type);
        const auto kind = static_cast<BlockType>(type);
        const at::Tensor w = normal({700, 4288}); // 67 blocks a row
        for (const at::ScalarType number : {at::kFloat, at::kBFloat16}) {
            const FrozenWeight weight =
                FrozenWeight::below_each_other({FrozenWeight({quantized_rows(w, kind, "w")}, number),
                    FrozenWeight(normal({5, 4288}, number))});
            const at::Tensor whole = weight.whole().to(at::kDouble);
            QCOMPARE(whole.size(0), 705);
            QVERIFY(difference(whole.narrow(0, 0, 700), w) < (kind == BlockType::Int8 ? 0.05 : 1.0));
            for (const std::int64_t count : {1, 3, 7, 30}) {
                const at::Tensor x = normal({count, 4288}, number), dy = normal({count, 705}, number);
                const double allowed = number == at::kFloat ? 1e-3 : 2.5;
                QVERIFY(difference(product(x, weight), x.to(at::kDouble).mm(whole.t())) < allowed);
                QVERIFY(difference(product_transposed(dy, weight), dy.to(at::kDouble).mm(whole)) < allowed);
            }
        }
    }

    void every_processors_loops_unpack_the_same_data() { add_types(); }
    void every_processors_loops_unpack_the_same() {
        QFETCH(int, type);
        const auto kind = static_cast<BlockType>(type);
        const PackedRows packed = quantized_rows(normal({3, 640}), kind, "w");
        const at::Tensor expected = FrozenWeight({packed}, at::kFloat).whole();
        std::vector<const ScaledLoops*> all{&scaled_plain()};
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all.push_back(&scaled_avx2());
        if (has_avx512()) all.push_back(&scaled_avx512());
#endif
        for (const ScaledLoops* const loops : all) {
            const at::Tensor found = at::empty({3, 640}, at::kFloat);
            for (std::int64_t row = 0; row < 3; ++row)
                for (const std::int64_t begin : {0, 128})
                    loops->unpack(kind,
                        {static_cast<const std::byte*>(packed.bytes.const_data_ptr())
                                + row * packed.bytes.size(1),
                            640, begin, begin == 0 ? 128 : 512},
                        found.mutable_data_ptr<float>() + row * 640 + begin);
            QVERIFY(at::equal(found, expected));
        }
    }

    void a_quantized_model_says_and_learns_what_one_of_the_unpacked_weights_does_data() { add_types(); }
    void a_quantized_model_says_and_learns_what_one_of_the_unpacked_weights_does() {
        QFETCH(int, type);
        const auto kind = static_cast<BlockType>(type);
        const Scratch scratch;
        const std::string plain = folder_of(scratch, "plain", tensors());
        const Opened quantized = opened(plain, kind);
        QVERIFY(quantized.format.starts_with("safetensors, linears made "));
        const auto linears = linears_by_path(*quantized.model);
        for (const auto& [path, linear] : linears) QCOMPARE(linear->frozen().is_packed(), path != "lm_head");
        const Opened unpacked = opened(unpacked_folder(scratch, *quantized.model));
        QVERIFY(difference(logits_of(*quantized.model, text), logits_of(*unpacked.model, text)) < 1e-4);
        QVERIFY(difference(logits_of(*quantized.model, text), logits_of(*opened(plain).model, text)) > 1e-3);
        const std::vector<double> found = losses(*quantized.model), expected = losses(*unpacked.model);
        QVERIFY(found.back() < found.front());
        for (std::size_t i = 0; i < found.size(); ++i)
            QVERIFY(std::abs(found[i] - expected[i]) < 1e-4 * expected[i]);
    }

    void a_checkpoint_of_bitsandbytes_is_what_is_made_as_a_plain_one_opens() {
        const Scratch scratch;
        const Opened made = opened(folder_of(scratch, "plain", tensors()), BlockType::NF4);
        const std::string folder = bitsandbytes_folder(scratch);
        const Opened packed = opened(folder), unpacked = opened(folder, {}, /*packed=*/false);
        QCOMPARE(packed.format, std::string("safetensors, bitsandbytes NF4"));
        const Linear& down = *linears_by_path(*packed.model).at("model.layers.1.mlp.down_proj");
        QVERIFY(down.frozen().is_packed());
        QCOMPARE(down.frozen().bytes(), hidden * (inner / 2 + 3 + 4 + 8 + 2));
        QVERIFY(difference(logits_of(*packed.model, text), logits_of(*made.model, text)) < 1e-6);
        QVERIFY(!linears_by_path(*unpacked.model).at("model.layers.1.mlp.down_proj")->frozen().is_packed());
        QVERIFY(difference(logits_of(*unpacked.model, text), logits_of(*made.model, text)) < 1e-4);
    }

    void rows_without_whole_blocks_stay_plain_and_that_is_said() {
        const Scratch scratch;
        std::vector<NamedTensor> narrow = tensors();
        Json settings = config();
        settings["intermediate_size"] = 100;
        for (NamedTensor& one : narrow) {
            if (one.name.ends_with("down_proj.weight")) one.tensor = one.tensor.slice(1, 0, 100).contiguous();
            if (one.tensor.dim() == 2 && one.tensor.size(0) == inner)
                one.tensor = one.tensor.slice(0, 0, 100).contiguous();
        }
        const Opened model = opened(folder_of(scratch, "narrow", narrow, settings), BlockType::NF4);
        QVERIFY2(contains(model.format, "but for 2"), model.format.c_str());
        QVERIFY(!linears_by_path(*model.model).at("model.layers.0.mlp.down_proj")->frozen().is_packed());
    }

    void a_weight_that_is_no_number_is_not_quantized_in_silence() {
        const Scratch scratch;
        std::vector<NamedTensor> broken = tensors();
        for (NamedTensor& one : broken)
            if (one.name == q_proj) one.tensor[3][7] = std::numeric_limits<float>::quiet_NaN();
        const std::string folder = folder_of(scratch, "broken", broken);
        const std::string told = message_of<Error>([&] { opened(folder, BlockType::NF4); });
        QVERIFY2(contains(told, q_proj) && contains(told, "no finite number"), told.c_str());
    }

    void what_is_merged_into_a_quantized_checkpoint_has_16_bits_and_says_so() {
        const Scratch scratch;
        const std::string folder = bitsandbytes_folder(scratch);
        Adapter adapter;
        const LowRank update{.A = normal({2, hidden}), .B = normal({hidden, 2}), .scale = 0.5};
        adapter.targets.push_back({"model.layers.0.self_attn.q_proj", 1, update});
        merge(folder, adapter, scratch.path("merged"));
        const Json written = Json::parse(scratch.read("merged/config.json"));
        QVERIFY(!written.contains("quantization_config"));
        const SafetensorsFile file(scratch.path("merged/model.safetensors"));
        for (const TensorView& view : file.tensors())
            QCOMPARE(view.type, view.name.ends_with("_proj.weight") ? ElementType::BF16 : ElementType::F32);
        QCOMPARE(file.tensors().size(), tensors().size());
        const Opened base = opened(folder, {}, /*packed=*/false);
        const at::Tensor expected =
            linears_by_path(*base.model).at("model.layers.0.self_attn.q_proj")->weight()
            + update.B.mm(update.A) * update.scale;
        QVERIFY(difference(owned_tensor(*file.find(q_proj)), expected) < 0.05);
        QVERIFY(logits_of(*opened(scratch.path("merged")).model, text).isfinite().all().item<bool>());
    }
};

QTEST_GUILESS_MAIN(QuantizedBaseTest)
#include "quantized_base_test.moc"
