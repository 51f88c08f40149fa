// New tokens of a run: what their rows are, what training changes, and what is kept.

#include "engine/adapters/gguf_adapter.h"
#include "engine/adapters/merge.h"
#include "engine/adapters/peft.h"
#include "engine/adapters/tokens_in_place.h"
#include "engine/error.h"
#include "engine/kernels/fused.h"
#include "engine/run_settings/new_tokens.h"
#include "engine/training/batch.h"
#include "engine/training/loss.h"
#include "tests/models/tiny_llama.h"
#include "tests/training/tiny_run.h"

#include <QTest>
#include <algorithm>
#include <string>
#include <vector>

using namespace lora;

namespace {

constexpr const char* two = "<ask>, <reply>";

/// The tiny model's data with both tokens in each row.
std::string marked_lines(int samples) {
    std::string text = tiny::lines(samples);
    for (std::size_t at = 0; (at = text.find("What is", at)) != std::string::npos; at += 14)
        text.insert(at, "<ask> ");
    for (std::size_t at = 0; (at = text.find(" It is", at)) != std::string::npos; at += 14)
        text.insert(at, "<reply>");
    return text;
}

at::Tensor logits_in(const Model& model, const std::vector<TokenId>& ids, const Pass& pass = {}) {
    const c10::NoGradGuard no_gradient;
    return model.logits(model.hidden(PackedTokens::pack({ids}, at::kCPU), pass), pass);
}

struct TokenBench : RunBench {
    std::string marked = scratch.write("marked.jsonl", marked_lines(13));

    RunSettings with_tokens() const {
        RunSettings settings = busy_settings();
        settings.data.train = marked;
        settings.tokens.added = two;
        return settings;
    }
};

} // namespace

class NewTokensRunTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void an_adapter_saved_by_peft_gives_its_logits_data();
    void an_adapter_saved_by_peft_gives_its_logits();
    void the_tables_that_peft_keeps_beside_its_rows_are_known();
    void a_list_that_is_none_is_refused_with_what_is_wrong();
    void a_token_that_the_vocabulary_has_is_refused_with_its_number();
    void other_methods_refuse_new_tokens();
    void each_new_token_is_one_id_behind_the_vocabulary();
    void rows_begin_as_the_mean_and_are_trained_beside_the_updates();
    void the_base_answers_with_the_mean_and_half_the_scale_with_half_the_way();
    void the_chunked_loss_and_its_gradients_are_those_of_plain_operators();
    void a_run_that_goes_on_ends_bit_for_bit_as_one_that_was_not_cut_off();
    void the_saved_adapter_brings_its_tokens_and_its_rows();
    void taking_it_off_gives_the_tokenizer_and_the_vocabulary_back();
    void a_merged_model_has_the_tokens_and_says_what_the_adapter_did();
    void a_gguf_adapter_is_refused_with_what_helps();
};

void NewTokensRunTest::an_adapter_saved_by_peft_gives_its_logits_data() {
    QTest::addColumn<QString>("base");
    QTest::newRow("tied") << "gqa_tied";
    QTest::newRow("untied") << "untied_llama3_rope";
}

void NewTokensRunTest::an_adapter_saved_by_peft_gives_its_logits() {
    QFETCH(QString, base);
    const std::string name = QTest::currentDataTag(), place = FIXTURES "/new_tokens/";
    const auto model = open_llama(FIXTURES "/llama/" + base.toStdString());
    const Adapter adapter = read_peft(place + name, at::kCPU);
    attach(adapter, *model);
    const at::Tensor ids = tensor_of(place + "expected.safetensors", "ids." + name);
    const at::Tensor pefts = tensor_of(place + "expected.safetensors", "logits." + name);
    QVERIFY(largest_difference(logits_of(*model, ids), pefts) <= 1e-3);

    // What is written again is the same rows under the same names.
    const Scratch scratch;
    write_peft(scratch.path("again"), adapter, summary_of(*model, FIXTURES "/llama/" + base.toStdString()));
    const SafetensorsFile before(place + name + "/adapter_model.safetensors");
    const SafetensorsFile after(scratch.path("again") + "/adapter_model.safetensors");
    QCOMPARE(after.tensors().size(), before.tensors().size());
    for (const TensorView& each : before.tensors()) {
        const TensorView* const other = after.find(each.name);
        QVERIFY2(other != nullptr, each.name.c_str());
        QVERIFY(std::equal(each.bytes.begin(), each.bytes.end(), other->bytes.begin(), other->bytes.end()));
    }
    const char* const field = "trainable_token_indices";
    QVERIFY(read_json(place + name + "/adapter_config.json")[field]
            == read_json(scratch.path("again") + "/adapter_config.json")[field]);
}

// PEFT's default once the vocabulary was resized: both frozen tables, and a tied head's rows a second time.
void NewTokensRunTest::the_tables_that_peft_keeps_beside_its_rows_are_known() {
    const std::string source = FIXTURES "/new_tokens/tied/", prefix = "base_model.model.";
    const std::string rows = ".token_adapter.trainable_tokens_delta",
                      table = ".token_adapter.base_layer.weight";
    const Adapter plain = read_peft(source, at::kCPU);
    const std::int64_t size = plain.tokens->rows.ids.back() + 1, width = plain.tokens->rows.embedding.size(1);
    const Scratch scratch;
    scratch.write("adapter_config.json", read_text(source + "adapter_config.json", 1 << 16));
    const auto read = [&](const at::Tensor& head_rows, std::int64_t table_rows) {
        std::vector<NamedTensor> tensors;
        const SafetensorsFile file(source + "adapter_model.safetensors");
        for (const TensorView& view : file.tensors()) tensors.push_back({view.name, owned_tensor(view)});
        tensors.push_back({prefix + "lm_head" + rows, head_rows});
        for (const char* module : {"lm_head", "model.embed_tokens"})
            tensors.push_back({prefix + module + table, at::zeros({table_rows, width})});
        scratch.write("adapter_model.safetensors", tensors_as_safetensors(tensors));
        return read_peft(scratch.path(""), at::kCPU);
    };
    const Adapter adapter = read(plain.tokens->rows.embedding.clone(), size);
    QVERIFY(!adapter.tokens->rows.head.defined());
    QVERIFY(at::equal(adapter.tokens->rows.embedding, plain.tokens->rows.embedding));
    QVERIFY_THROWS_EXCEPTION(Error, read(plain.tokens->rows.embedding.clone(), size - 1));
    QVERIFY_THROWS_EXCEPTION(Error, read(plain.tokens->rows.embedding + 1, size));
}

void NewTokensRunTest::a_list_that_is_none_is_refused_with_what_is_wrong() {
    QCOMPARE(listed_tokens(" <a>,<b> "), (std::vector<std::string>{"<a>", "<b>"}));
    QVERIFY(fault_of_token_list("").empty());
    QVERIFY(fault_of_token_list("<a>,<b>").empty());
    for (const char* wrong : {"<a>,", "<a>,,<b>", "<a>,<b>, <a>", " "})
        QVERIFY2(!fault_of_token_list(wrong).empty(), wrong);
    QVERIFY(!fault_of_token_list(std::string(longest_new_token_bytes + 1, 'x')).empty());
    std::string many = "0";
    for (std::size_t i = 1; i <= most_new_tokens; ++i) many += "," + std::to_string(i);
    QVERIFY(!fault_of_token_list(many).empty());
}

void NewTokensRunTest::a_token_that_the_vocabulary_has_is_refused_with_its_number() {
    TokenBench bench;
    RunSettings settings = bench.with_tokens();
    settings.tokens.added = "<ask>,<|im_end|>";
    try {
        Run::start(settings, bench.new_folder(), bench.loaded);
        QFAIL("it began");
    } catch (const Error& error) {
        const std::string id = std::to_string(*bench.loaded.tokenizer.find("<|im_end|>"));
        QVERIFY2(std::string(error.what()).find("token " + id) != std::string::npos, error.what());
    }
}

void NewTokensRunTest::other_methods_refuse_new_tokens() {
    RunSettings settings;
    settings.tokens.added = two;
    for (const MethodKind kind : {MethodKind::Full, MethodKind::Vera, MethodKind::AdaLora}) {
        settings.method = kind;
        const auto all = faults(settings);
        QVERIFY(std::any_of(
            all.begin(), all.end(), [](const Fault& fault) { return fault.setting == "tokens.added"; }));
    }
}

void NewTokensRunTest::each_new_token_is_one_id_behind_the_vocabulary() {
    const TokenBench bench;
    const Tokenizer& own = bench.loaded.tokenizer;
    const Tokenizer grown = own.with_added(new_tokens(own, {"<ask>,<reply>", false}, "tokens"));
    const auto first = static_cast<TokenId>(own.size());
    QCOMPARE(grown.size(), own.size() + 2);
    QCOMPARE(grown.encode("<ask><reply>"), (std::vector<TokenId>{first, first + 1}));
    QVERIFY(own.encode("<ask>").size() > 1);
    QCOMPARE(grown.decode({first, first + 1}), std::string("<ask><reply>"));
    QVERIFY(grown.sha256() != own.sha256());
    const Tokenizer special = own.with_added(new_tokens(own, {"<ask>", true}, "tokens"));
    QCOMPARE(special.decode({first}), std::string());
}

void NewTokensRunTest::rows_begin_as_the_mean_and_are_trained_beside_the_updates() {
    TokenBench bench;
    const at::Tensor table = bench.loaded.model->named_parameters().front().tensor->clone();
    const auto run = Run::start(bench.with_tokens(), bench.new_folder(), bench.loaded);
    const TrainedTokens& tokens = run->adapter().tokens.value();
    QCOMPARE(tokens.rows.ids, (std::vector<std::int64_t>{tiny::vocab, tiny::vocab + 1}));
    QVERIFY(!tokens.rows.head.defined()); // tied
    const at::Tensor before = tokens.rows.embedding.detach().clone();
    QVERIFY(at::allclose(before, table.mean(0).expand_as(before), 1e-5, 1e-6));
    QCOMPARE(bench.loaded.model->vocab_size(), tiny::vocab + 2);
    std::int64_t updates = 0;
    for (const auto& target : run->adapter().targets)
        updates += target.update.A.numel() + target.update.B.numel();
    QCOMPARE(run->adapter().parameters(), updates + 2 * tiny::hidden);
    to_the_end(*run);
    QVERIFY(!at::equal(tokens.rows.embedding, before));
    QVERIFY(at::equal(*bench.loaded.model->named_parameters().front().tensor, table));
}

void NewTokensRunTest::the_base_answers_with_the_mean_and_half_the_scale_with_half_the_way() {
    RunBench bench;
    Model& model = *bench.loaded.model;
    TokenRows rows = model.first_token_rows({5, tiny::vocab});
    const at::Tensor mean = rows.embedding.clone();
    const std::vector<TokenId> ids{5, static_cast<TokenId>(tiny::vocab), 7};
    model.set_token_rows(rows);
    const at::Tensor base = logits_in(model, ids);
    rows.embedding = mean + 0.25;
    model.set_token_rows(rows);
    const at::Tensor halfway = logits_in(model, ids);
    rows.embedding = mean + 0.5;
    model.set_token_rows(rows);
    QVERIFY(!at::allclose(logits_in(model, ids), base, 1e-3, 1e-3));
    Pass unadapted, half;
    unadapted.adapted = false;
    half.update_scale = 0.5;
    QVERIFY(at::equal(logits_in(model, ids, unadapted), base));
    QVERIFY(at::allclose(logits_in(model, ids, half), halfway, 1e-5, 1e-5));
    QVERIFY_THROWS_EXCEPTION(Error, model.set_token_rows(model.first_token_rows({tiny::vocab + 1})));
    QVERIFY_THROWS_EXCEPTION(Error, model.set_token_rows(model.first_token_rows({5, 5})));
}

void NewTokensRunTest::the_chunked_loss_and_its_gradients_are_those_of_plain_operators() {
    RunBench bench;
    Model& model = *bench.loaded.model;
    Example row;
    for (TokenId id : {3, 500, 7, 5, 501, 9, 500}) row.ids.push_back(id);
    row.learned.assign(row.ids.size(), true);
    row.learned[0] = false;
    Pass plain;
    plain.fused = false;
    const Batch batch = make_batch({&row}, at::kCPU);
    std::vector<at::Tensor> losses, gradients;
    for (const bool chunked : {true, false}) {
        TokenRows rows = model.first_token_rows({5, tiny::vocab, tiny::vocab + 1});
        rows.embedding = (rows.embedding + at::linspace(-0.1, 0.1, tiny::hidden)).requires_grad_(true);
        model.set_token_rows(rows);
        const at::Tensor loss =
            chunked ? next_token_loss(model, batch, Pass()) : next_token_loss_plain(model, batch, plain);
        loss.backward();
        losses.push_back(loss.detach());
        gradients.push_back(rows.embedding.grad().clone());
    }
    QVERIFY(at::allclose(losses[0], losses[1], 1e-4, 1e-4));
    QVERIFY(gradients[1].abs().sum(1).min().item<float>() > 0); // each row has one
    QVERIFY(at::allclose(gradients[0], gradients[1], 1e-3, 1e-4));
}

void NewTokensRunTest::a_run_that_goes_on_ends_bit_for_bit_as_one_that_was_not_cut_off() {
    TokenBench bench;
    const auto whole = Run::start(bench.with_tokens(), bench.new_folder(), bench.loaded);
    to_the_end(*whole);
    const Adapter expected = whole->adapter();
    const std::string folder = bench.new_folder();
    {
        const auto cut = Run::start(bench.with_tokens(), folder, bench.loaded);
        while (cut->steps_done() < 5) cut->advance();
    }
    LoadedModel anew = load_model(bench.model, "cpu", at::kFloat);
    const auto rest = Run::resume(folder, anew);
    QVERIFY(rest->steps_done() < 5);
    to_the_end(*rest);
    QVERIFY(at::equal(rest->adapter().tokens->rows.embedding, expected.tokens->rows.embedding));
    for (std::size_t i = 0; i < expected.targets.size(); ++i)
        QVERIFY(at::equal(rest->adapter().targets[i].update.B, expected.targets[i].update.B));
}

void NewTokensRunTest::the_saved_adapter_brings_its_tokens_and_its_rows() {
    TokenBench bench;
    const std::string folder = bench.new_folder();
    RunSettings settings = bench.with_tokens();
    settings.tokens.special = true;
    const auto run = Run::start(settings, folder, bench.loaded);
    to_the_end(*run);
    const Adapter read = read_peft(folder + "/adapter", at::kCPU);
    QVERIFY(at::equal(read.tokens->rows.embedding, run->adapter().tokens->rows.embedding));
    QCOMPARE(read.tokens->rows.ids, run->adapter().tokens->rows.ids);
    const Json config = read_json(folder + "/adapter/adapter_config.json");
    QVERIFY(config["trainable_token_indices"] == Json({tiny::vocab, tiny::vocab + 1}));
    const SafetensorsFile file(folder + "/adapter/adapter_model.safetensors");
    QVERIFY(file.find("base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta"));

    LoadedModel anew = load_model(bench.model, "cpu", at::kFloat);
    attach(read, anew);
    QCOMPARE(anew.tokenizer.encode("<reply>"), (std::vector<TokenId>{tiny::vocab + 1}));
    QCOMPARE(anew.tokenizer.decode({tiny::vocab + 1}), std::string());
    const std::vector<TokenId> ids = anew.tokenizer.encode("<ask> What is 3?<reply>");
    QVERIFY(at::equal(logits_in(*anew.model, ids), logits_in(*bench.loaded.model, ids)));
    // The folder is a tokenizer by itself.
    QCOMPARE(Tokenizer::from_folder(folder + "/adapter").encode("<ask><reply>"),
        anew.tokenizer.encode("<ask><reply>"));
    QVERIFY(read_text(folder + "/adapter/README.md", 1 << 16).find("resize_token_embeddings(502)")
            != std::string::npos);
}

void NewTokensRunTest::taking_it_off_gives_the_tokenizer_and_the_vocabulary_back() {
    TokenBench bench;
    const std::int64_t size = bench.loaded.tokenizer.size();
    for (int times = 0; times < 2; ++times) { // the second run's tokens follow the model's own again
        const auto run = Run::start(bench.with_tokens(), bench.new_folder(), bench.loaded);
        QCOMPARE(bench.loaded.tokenizer.size(), size + 2);
        QCOMPARE(run->adapter().tokens->rows.ids.front(), tiny::vocab);
    }
    detach(bench.loaded);
    QCOMPARE(bench.loaded.tokenizer.size(), size);
    QCOMPARE(bench.loaded.model->vocab_size(), tiny::vocab);
    QVERIFY(!bench.loaded.tokenizer.find("<ask>"));
}

void NewTokensRunTest::a_merged_model_has_the_tokens_and_says_what_the_adapter_did() {
    TokenBench bench;
    const auto run = Run::start(bench.with_tokens(), bench.new_folder(), bench.loaded);
    to_the_end(*run);
    const std::string merged = bench.scratch.path("merged");
    merge(bench.model, run->adapter(), merged, default_shard_bytes);
    const LoadedModel whole = load_model(merged, "cpu", at::kFloat);
    QCOMPARE(whole.model->vocab_size(), tiny::vocab + 2);
    const std::vector<TokenId> ids = whole.tokenizer.encode("<ask> What is 3?<reply>");
    QCOMPARE(ids.front(), static_cast<TokenId>(tiny::vocab));
    QVERIFY(at::allclose(logits_in(*whole.model, ids), logits_in(*bench.loaded.model, ids), 1e-4, 1e-4));
}

void NewTokensRunTest::a_gguf_adapter_is_refused_with_what_helps() {
    Adapter adapter;
    adapter.targets.push_back({"model.layers.0.self_attn.q_proj", 1,
        {.A = at::ones({1, tiny::hidden}), .B = at::ones({tiny::hidden, 1})}});
    adapter.tokens.emplace().rows = {{tiny::vocab}, at::ones({1, tiny::hidden})};
    try {
        gguf_adapter_bytes(adapter, tiny::config());
        QFAIL("it was written");
    } catch (const Error& error) {
        QVERIFY2(std::string(error.what()).find("merge the adapter") != std::string::npos, error.what());
    }
}

QTEST_GUILESS_MAIN(NewTokensRunTest)
#include "new_tokens_run_test.moc"
