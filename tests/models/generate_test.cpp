// Generating: the cache changes nothing, and the ends are where they should be.

#include "engine/adapters/peft.h"
#include "engine/models/generate.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>

using namespace lora;

namespace {

const std::vector<TokenId> prompt = {5, 17, 80, 3, 42};

std::vector<TokenId> generated(const Model& model, GenerationSettings settings,
    const std::vector<TokenId>& start = prompt, const std::vector<TokenId>& ends = {}) {
    Generation generation(model, start, ends, settings);
    std::vector<TokenId> tokens;
    while (const auto token = generation.next()) tokens.push_back(*token);
    return tokens;
}

/// The likeliest next token, again and again, each from the whole text anew.
std::vector<TokenId> without_cache(const Model& model, std::int64_t count) {
    std::vector<TokenId> text = prompt;
    for (std::int64_t i = 0; i < count; ++i) {
        const at::Tensor logits = logits_of(model, text);
        text.push_back(static_cast<TokenId>(logits[logits.size(0) - 1].argmax().item<std::int64_t>()));
    }
    return {text.begin() + static_cast<std::ptrdiff_t>(prompt.size()), text.end()};
}

std::unique_ptr<Model> adapted_llama(const std::string& variant) {
    const std::string folder = FIXTURES "/llama/" + variant;
    auto model = open_llama(folder);
    attach(read_peft(folder + "/adapter", at::kCPU), *model);
    return model;
}

} // namespace

class GenerateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void greedy_tokens_equal_those_of_full_logits_data() {
        QTest::addColumn<QString>("variant");
        for (const char* variant : {"gqa_tied", "untied_llama3_rope", "bias"})
            QTest::newRow(variant) << QString::fromUtf8(variant);
    }
    void greedy_tokens_equal_those_of_full_logits() {
        QFETCH(QString, variant);
        const auto model = adapted_llama(variant.toStdString());
        QCOMPARE(generated(*model, {.max_new_tokens = 24}), without_cache(*model, 24));
    }

    void the_base_speaks_where_the_update_does_not_count() {
        const auto model = adapted_llama("gqa_tied");
        const auto adapted = generated(*model, {.max_new_tokens = 24});
        const auto base = generated(*model, {.max_new_tokens = 24, .adapted = false});
        detach(*model);
        QCOMPARE(base, without_cache(*model, 24));
        QVERIFY(base != adapted);
    }

    void the_adapter_counts_by_its_scale_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<bool>("fused");
        for (const char* variant : {"gqa_tied", "bias"})
            for (const bool fused : {true, false})
                QTest::addRow("%s %s", variant, fused ? "fused" : "plain")
                    << QString::fromUtf8(variant) << fused;
    }
    void the_adapter_counts_by_its_scale() {
        QFETCH(QString, variant);
        QFETCH(bool, fused);
        const auto model = adapted_llama(variant.toStdString());
        const PackedTokens tokens = PackedTokens::pack({prompt}, at::kCPU);
        const auto logits = [&](double scale) {
            const c10::NoGradGuard no_gradient;
            Pass pass;
            pass.fused = fused;
            pass.update_scale = scale;
            return model->logits(model->hidden(tokens, pass), pass);
        };
        const auto adapter = read_peft((FIXTURES "/llama/" + variant.toStdString()) + "/adapter", at::kCPU);
        for (const double scale : {0.5, 2.0}) {
            const at::Tensor in_product = logits(scale);
            Adapter other = adapter;
            for (TargetUpdate& target : other.targets) target.update.scale *= scale;
            attach(other, *model);
            QVERIFY(at::equal(in_product, logits(1)));
            attach(adapter, *model);
        }
        QVERIFY(!at::equal(logits(1), logits(0.5)));
    }

    void a_scale_of_nothing_is_the_base_bit_for_bit() {
        const auto model = adapted_llama("gqa_tied");
        const auto at_scale = [&](double scale) {
            return generated(*model, {.max_new_tokens = 24, .adapter_scale = scale});
        };
        const auto adapted = at_scale(1), nothing = at_scale(0);
        QCOMPARE(adapted, generated(*model, {.max_new_tokens = 24}));
        detach(*model);
        QCOMPARE(nothing, generated(*model, {.max_new_tokens = 24}));
    }

    void the_end_token_ends_it_and_is_not_given() {
        const auto model = adapted_llama("gqa_tied");
        const auto all = generated(*model, {.max_new_tokens = 24});
        const TokenId end = all[6];
        const auto first = std::find(all.begin(), all.end(), end);
        QCOMPARE(generated(*model, {.max_new_tokens = 24}, prompt, {-1, end}),
            std::vector<TokenId>(all.begin(), first));
    }

    void a_full_context_ends_it() {
        // 256 places: 250 of the prompt, 6 for new tokens that are read, and the last one that is not.
        const auto model = adapted_llama("gqa_tied");
        QCOMPARE(model->context_length(), std::int64_t{256});
        QCOMPARE(
            generated(*model, {.max_new_tokens = 100}, std::vector<TokenId>(250, 7)).size(), std::size_t{7});
    }

    void drawn_tokens_follow_from_the_seed() {
        const auto model = adapted_llama("gqa_tied");
        const auto drawn = [&](std::uint64_t seed) {
            return generated(*model, {.max_new_tokens = 24, .temperature = 1, .seed = seed});
        };
        QCOMPARE(drawn(1), drawn(1));
        QVERIFY(drawn(1) != drawn(2));
    }

    void a_prompt_that_cannot_be_read_is_refused() {
        const auto model = adapted_llama("gqa_tied");
        QVERIFY(contains(message_of<Error>([&] { generated(*model, {}, {}); }), "found no tokens"));
        QVERIFY(contains(message_of<Error>([&] { generated(*model, {}, std::vector<TokenId>(257, 7)); }),
            "found 257 tokens, expected at most the model's context of 256"));
    }
};

QTEST_GUILESS_MAIN(GenerateTest)
#include "generate_test.moc"
