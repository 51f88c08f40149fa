// Weights that stay packed: their products, and a model of them, beside the same unpacked.

#include "engine/adapters/adapter.h"
#include "engine/files/gguf.h"
#include "engine/kernels/cached_attention.h"
#include "engine/kernels/product.h"
#include "engine/methods/trained_weights.h"
#include "engine/models/generate.h"
#include "engine/models/sampling.h"
#include "engine/training/loss.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include <ATen/CPUGeneratorImpl.h>

using namespace lora;

namespace {

const std::string model_file = FIXTURES "/quantized/model.gguf";

at::Tensor normal(std::vector<std::int64_t> shape, at::ScalarType type = at::kFloat) {
    static at::Generator random = at::make_generator<at::CPUGeneratorImpl>(5);
    return at::empty(shape, at::kFloat).normal_(0, 1, random).to(type);
}

/// The rows that the fixture has of this type, repeated.
PackedRows packed_rows_of(const std::string& type, std::int64_t times) {
    static const GgufFile file(FIXTURES "/gguf_blocks/blocks.gguf");
    const GgufTensor& tensor = *file.find(type);
    const at::Tensor bytes = at::empty(
        {tensor.shape[0], static_cast<std::int64_t>(tensor.bytes.size()) / tensor.shape[0]}, at::kByte);
    std::memcpy(bytes.data_ptr(), tensor.bytes.data(), tensor.bytes.size());
    return {tensor.type, bytes.repeat({times, 1}), tensor.shape[1]};
}

/// To rounding: of bfloat16's result, of a single row that meets packed blocks by whole numbers of 16 bits,
/// or of sums in float32. `terms`: of a single row the largest sum of the terms' sizes, which may cancel out.
void compare(const at::Tensor& found, const at::Tensor& expected, double terms = 0) {
    const double largest = expected.abs().max().item<double>();
    const double most = found.size(0) == 1 ? std::max(terms / 8, largest) : largest;
    const double allowed = most
                           * (found.scalar_type() == at::kBFloat16 ? 1e-2
                               : found.size(0) == 1                ? 3e-4
                                                                   : 1e-5);
    QVERIFY(std::isfinite(most) && most > 0);
    QVERIFY2(largest_difference(found.to(at::kDouble), expected.to(at::kDouble)) <= allowed,
        qPrintable(QString::number(largest_difference(found.to(at::kDouble), expected.to(at::kDouble)))));
}

std::unique_ptr<Model> open_quantized(bool packed, at::ScalarType type = at::kFloat) {
    Weights weights = open_weights(model_file);
    weights.prepare(at::kCPU, type, {}, {}, packed);
    return make_model(weights, at::kCPU);
}

/// LoRA on q, v and down, from a seed.
Adapter update_of(Model& model) {
    at::Generator random = at::make_generator<at::CPUGeneratorImpl>(11);
    Adapter adapter;
    for (const NamedLinear& named : model.named_linears()) {
        if (!named.path.ends_with("q_proj") && !named.path.ends_with("v_proj")
            && !named.path.ends_with("down_proj"))
            continue;
        LowRank update{.A = at::empty({4, named.linear->in()}, at::kFloat).normal_(0, 0.1, random),
            .B = at::empty({named.linear->out(), 4}, at::kFloat).normal_(0, 0.1, random),
            .scale = 2};
        update.A.requires_grad_(true);
        update.B.requires_grad_(true);
        adapter.targets.push_back({named.path, 8, update});
    }
    return adapter;
}

/// Two samples of different lengths, all of whose tokens are learned.
Batch some_batch() {
    static std::vector<Example> examples;
    if (examples.empty())
        for (const std::int32_t length : {23, 14}) {
            Example example;
            for (std::int32_t i = 0; i < length; ++i) {
                example.ids.push_back((i * 37 + length) % 96);
                example.learned.push_back(true);
            }
            examples.push_back(example);
        }
    return make_batch({&examples[0], &examples[1]}, at::kCPU);
}

/// The losses of ten steps of plain descent.
std::vector<double> losses_of_ten_steps(bool packed, const Pass& pass) {
    const auto model = open_quantized(packed);
    const Adapter adapter = update_of(*model);
    attach(adapter, *model);
    std::vector<double> losses;
    for (int step = 0; step < 10; ++step) {
        const at::Tensor loss = next_token_loss(*model, some_batch(), pass);
        losses.push_back(loss.item<double>());
        loss.backward();
        const c10::NoGradGuard no_gradient;
        for (const TargetUpdate& target : adapter.targets)
            for (at::Tensor part : {target.update.A, target.update.B}) {
                part.sub_(part.grad(), 1e-3);
                part.mutable_grad().reset();
            }
    }
    return losses;
}

const std::vector<TokenId> prompt = {5, 17, 80, 3, 42};

std::vector<TokenId> greedy(const Model& model) {
    Generation generation(model, prompt, {}, {.max_new_tokens = 60});
    std::vector<TokenId> tokens;
    while (const auto token = generation.next()) tokens.push_back(*token);
    return tokens;
}

} // namespace

class PackedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_packed_product_equals_that_with_the_unpacked_weight_data() {
        QTest::addColumn<QString>("type");
        for (int i = 0; i < block_types; ++i) {
            const std::string name(layout(static_cast<BlockType>(i)).name);
            if (name != "F16") QTest::newRow(name.c_str()) << QString::fromStdString(name); // infinities
        }
    }
    void a_packed_product_equals_that_with_the_unpacked_weight() {
        QFETCH(QString, type);
        for (const at::ScalarType number : {at::kFloat, at::kBFloat16}) {
            const FrozenWeight weight({packed_rows_of(type.toStdString(), 20)}, number);
            const at::Tensor whole = weight.whole().to(at::kDouble);
            QCOMPARE(whole.sizes().vec(), (std::vector<std::int64_t>{40, 512}));
            for (const std::int64_t rows : {1, 2, 3, 7, 30}) {
                const at::Tensor x = normal({rows, 512}, number), dy = normal({rows, 40}, number);
                const at::Tensor wide = x.to(at::kDouble), narrow = dy.to(at::kDouble);
                compare(product(x, weight), wide.mm(whole.t()),
                    wide.abs().mm(whole.t().abs()).max().item<double>());
                compare(product_transposed(dy, weight), narrow.mm(whole),
                    narrow.abs().mm(whole.abs()).max().item<double>());
            }
            QVERIFY(at::equal(weight.at(at::tensor({3, 0, 39}, at::kLong)),
                weight.whole().index_select(0, at::tensor({3, 0, 39}, at::kLong))));
        }
    }

    void rows_of_several_types_and_more_than_one_tile_make_one_product() {
        const FrozenWeight weight(
            {packed_rows_of("Q4_0", 1700), packed_rows_of("F32", 20), packed_rows_of("Q6_K", 900)},
            at::kFloat);
        const at::Tensor x = normal({11, 512}), whole = weight.whole();
        ProductEnd end{normal({whole.size(0)}), normal({11, whole.size(0)}), {}};
        end.parts.push_back({normal({11, 4}), normal({4, 5000}), 100, 0.5});
        const at::Tensor expected = x.mm(whole.t()) + end.bias + end.residual
                                    + at::constant_pad_nd(end.parts[0].inner.mm(end.parts[0].factor) * 0.5,
                                        {100, whole.size(0) - 5100});
        compare(product(x, weight, end), expected);
        const at::Tensor dy = normal({11, whole.size(0)});
        compare(product_transposed(dy, weight), dy.mm(whole));
    }

    void a_plain_weight_meets_few_rows_as_it_meets_many() {
        const at::Tensor w = normal({50, 333}), x = normal({3, 333});
        compare(product(x, FrozenWeight(w)), x.mm(w.t()));
        const at::Tensor narrow = w.to(at::kBFloat16);
        compare(product(x.to(at::kBFloat16), FrozenWeight(narrow)),
            x.to(at::kBFloat16).to(at::kDouble).mm(narrow.to(at::kDouble).t()));
    }

    void attention_to_kept_keys_equals_that_of_the_whole_sample_data() {
        QTest::addColumn<qint64>("window");
        QTest::addColumn<double>("softcap");
        QTest::newRow("all keys") << qint64{0} << 0.0;
        QTest::newRow("a window") << qint64{5} << 0.0;
        QTest::newRow("capped") << qint64{0} << 2.0;
    }
    void attention_to_kept_keys_equals_that_of_the_whole_sample() {
        QFETCH(qint64, window);
        QFETCH(double, softcap);
        for (const at::ScalarType number : {at::kFloat, at::kBFloat16}) {
            const AttentionShape shape{.heads = 6,
                .kv_heads = 2,
                .head_size = 16,
                .lengths = {19},
                .softcap = softcap,
                .window = window};
            const at::Tensor qkv = normal({19, shape.width()}, number);
            const at::Tensor kept = qkv.view({19, 10, 16}).transpose(0, 1).contiguous();
            const at::Tensor expected = packed_attention(qkv, shape).y.narrow(0, 16, 3);
            compare(
                cached_attention(qkv.narrow(0, 16, 3), kept.narrow(0, 6, 2), kept.narrow(0, 8, 2), 19, shape),
                expected);
        }
    }

    void a_packed_model_takes_what_its_file_takes_and_says_the_same() {
        const auto packed = open_quantized(true), unpacked = open_quantized(false);
        const Linear& down = *linears_by_path(*packed).at("model.layers.1.mlp.down_proj");
        QVERIFY(down.frozen().is_packed());
        QCOMPARE(down.frozen().bytes(), std::int64_t{64 * 96 / 32 * 34});
        const std::vector<std::int32_t> text = {5, 17, 80, 3, 42, 9, 9, 1, 0, 95};
        compare(logits_of(*packed, text), logits_of(*unpacked, text));
        compare(logits_of(*packed, {5}), logits_of(*unpacked, {5}));
    }

    // Beside the whole text's logits, since a tie may fall either way.
    void what_a_packed_model_says_is_the_likeliest_for_an_unpacked_one() {
        const auto packed = open_quantized(true), unpacked = open_quantized(false);
        const std::vector<TokenId> said = greedy(*packed);
        QCOMPARE(said.size(), std::size_t{60});
        std::vector<TokenId> text = prompt;
        text.insert(text.end(), said.begin(), said.end());
        const at::Tensor logits = logits_of(*unpacked, text);
        for (std::size_t i = 0; i < said.size(); ++i) {
            const at::Tensor row = logits[static_cast<std::int64_t>(prompt.size() + i) - 1];
            QVERIFY((row.max() - row[said[i]]).item<double>() < 0.01);
        }
    }

    void an_update_learns_the_same_on_a_packed_model_data() {
        QTest::addColumn<bool>("fused");
        QTest::newRow("fused") << true;
        QTest::newRow("by plain operators") << false;
    }
    void an_update_learns_the_same_on_a_packed_model() {
        QFETCH(bool, fused);
        Pass pass;
        pass.training = true;
        pass.fused = fused;
        const std::vector<double> packed = losses_of_ten_steps(true, pass);
        const std::vector<double> unpacked = losses_of_ten_steps(false, pass);
        QVERIFY(packed.back() < packed.front());
        for (std::size_t i = 0; i < packed.size(); ++i)
            QVERIFY(std::abs(packed[i] - unpacked[i]) < 1e-4 * unpacked[i]);
    }

    void tokens_are_drawn_from_those_that_the_settings_leave_data() {
        QTest::addColumn<qint64>("top_k");
        QTest::addColumn<double>("top_p");
        QTest::addColumn<double>("min_p");
        QTest::addColumn<double>("penalty");
        QTest::addColumn<QString>("drawn");
        // Scores of 5, 4, 3.5, 1.5, 0.5: probabilities .613 .225 .137 .018 .007. Token 4 is in the text.
        QTest::newRow("all") << qint64{0} << 1.0 << 0.0 << 1.0 << "0 1 2 3 4";
        QTest::newRow("the two likeliest") << qint64{2} << 1.0 << 0.0 << 1.0 << "0 4";
        QTest::newRow("nine tenths") << qint64{0} << 0.9 << 0.0 << 1.0 << "0 2 4";
        QTest::newRow("a third of the likeliest") << qint64{0} << 1.0 << 0.3 << 1.0 << "0 4";
        QTest::newRow("the likeliest was said") << qint64{1} << 1.0 << 0.0 << 2.0 << "0";
    }
    void tokens_are_drawn_from_those_that_the_settings_leave() {
        QFETCH(qint64, top_k);
        QFETCH(double, top_p);
        QFETCH(double, min_p);
        QFETCH(double, penalty);
        QFETCH(QString, drawn);
        const at::Tensor scores = at::tensor({4.0, 0.5, 3.5, 1.5, 5.0}, at::kFloat);
        const GenerationSettings settings{
            .temperature = 1, .top_k = top_k, .top_p = top_p, .min_p = min_p, .repetition_penalty = penalty};
        const at::Generator random = at::make_generator<at::CPUGeneratorImpl>(3);
        std::set<TokenId> found;
        for (int i = 0; i < 3000; ++i) found.insert(choose_token(scores, {4, 4}, settings, random));
        QStringList words;
        for (const TokenId token : found) words += QString::number(token);
        QCOMPARE(words.join(u' '), drawn);
    }

    void weights_that_are_trained_whole_are_unpacked_first() {
        const auto model = open_quantized(true);
        const std::vector<std::int32_t> text = {5, 17, 80, 3};
        const at::Tensor before = logits_of(*model, text);
        const std::string path = "model.layers.0.self_attn.q_proj";
        TrainedWeights trained(*model, {path + ".weight"});
        QVERIFY(!linears_by_path(*model).at(path)->frozen().is_packed());
        compare(logits_of(*model, text), before);
        const c10::NoGradGuard no_gradient;
        at::Tensor(trained.all().front().current).mul_(2);
        QVERIFY(largest_difference(logits_of(*model, text), before) > 1e-2);
        trained.show_original();
        compare(logits_of(*model, text), before);
    }
};

QTEST_GUILESS_MAIN(PackedTest)
#include "packed_test.moc"
