// Names and addresses, and what the environment says of the hub.

#include "engine/hub/file_offers.h"
#include "engine/hub/hub_settings.h"
#include "engine/hub/origin.h"
#include "engine/hub/wanted_files.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

std::string names_of(const std::vector<HubFile>& files) {
    std::string names;
    for (const HubFile& file : files) names.append(names.empty() ? "" : " ").append(file.name);
    return names;
}

RepositoryInfo holding(const std::vector<std::string>& names, RepositoryKind kind = RepositoryKind::Model) {
    RepositoryInfo info;
    info.repository = {kind, "org/some", "main"};
    for (const std::string& name : names) info.files.push_back({name, 1, std::string(40, 'a')});
    return info;
}

/// "NAME=OPENS(FILES)" of each, and whether its patterns fetch just these.
std::string offers_of(const std::vector<std::string>& names, RepositoryKind kind) {
    const RepositoryInfo info = holding(names, kind);
    std::string all;
    for (const FileOffer& offer : file_offers(info)) {
        const std::string files = names_of(offer.files);
        if (names_of(wanted_files(info, offer.patterns).files) != files) return "other files: " + offer.name;
        all += (all.empty() ? "" : "; ") + offer.name + "=" + offer.opens + "(" + files + ")";
    }
    return all;
}

} // namespace

class NamesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        for (const char* name : {"HF_ENDPOINT", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE",
                 "XDG_CACHE_HOME", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE",
                 "TRANSFORMERS_OFFLINE", "HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_DISABLE_IMPLICIT_TOKEN"})
            qunsetenv(name);
        qputenv("HOME", "/nowhere");
    }

    void a_name_has_one_or_two_parts_that_are_no_paths() {
        for (const char* name : {"gpt2", "org/name", "HuggingFaceTB/SmolLM2-135M", "a.b/c_d"})
            QVERIFY2(is_repository_name(name), name);
        for (const char* name : {"", "/", "a/", "/a", "a/b/c", "../a", "./a", "a/..", "a--b/c", "a..b",
                 "-a/b", "a/b-", ".hidden", "a/b.git", "a b", "a/b\n", "a\\b", "a%2fb", "é/b"})
            QVERIFY2(!is_repository_name(name), name);
        QVERIFY(!is_repository_name(std::string(97, 'a')));
    }

    void a_revision_is_no_way_out_of_the_folder() {
        check_repository({.name = "org/name", .revision = "refs/pr/1"});
        for (const char* revision : {"", "../x", "/etc", "a/../../b", "a\nb"})
            QVERIFY2(contains(message_of<Error>(
                                  [&] { check_repository({.name = "org/name", .revision = revision}); }),
                         "a branch, a tag or a commit"),
                revision);
    }

    void an_address_escapes_what_it_has_to() {
        QCOMPARE(percent_encoded("refs/pr/1"), std::string("refs%2Fpr%2F1"));
        QCOMPARE(percent_encoded("a b/ü?#", true), std::string("a%20b/%C3%BC%3F%23"));
    }

    void an_origin_is_scheme_host_and_port() {
        const Origin usual = origin_of("https://Hub.Example/a", "here");
        QVERIFY(usual == origin_of("https://hub.example:443/b?c", "here"));
        QVERIFY(usual != origin_of("http://hub.example:443/", "here"));
        QVERIFY(usual != origin_of("https://hub.example:444/", "here"));
        QVERIFY(usual != origin_of("https://hub.example.evil/", "here"));
        for (const char* other : {"ftp://a/", "file:///a", "https://", "", "https://hub.example@evil/"})
            QVERIFY2(contains(message_of<Error>([&] { origin_of(other, "here"); }), "here: found"), other);
    }

    void the_environment_is_read_as_huggingface_hub_reads_it() {
        QCOMPARE(hub_settings().endpoint, std::string("https://huggingface.co"));
        QCOMPARE(hub_cache_folder(), std::string("/nowhere/.cache/huggingface/hub"));
        qputenv("XDG_CACHE_HOME", "/xdg");
        QCOMPARE(hub_cache_folder(), std::string("/xdg/huggingface/hub"));
        qputenv("HF_HOME", "~/hf");
        QCOMPARE(hub_cache_folder(), std::string("/nowhere/hf/hub"));
        qputenv("HUGGINGFACE_HUB_CACHE", "/old");
        QCOMPARE(hub_cache_folder(), std::string("/old"));
        qputenv("HF_HUB_CACHE", "${HOME}/new$");
        QCOMPARE(hub_cache_folder(), std::string("/nowhere/new$"));
        qputenv("HF_ENDPOINT", "http://mirror.example/hub/");
        qputenv("HF_HUB_OFFLINE", "yes");
        qputenv("HF_HUB_DOWNLOAD_TIMEOUT", "77");
        QCOMPARE(hub_settings().endpoint, std::string("http://mirror.example/hub"));
        QVERIFY(hub_settings().offline);
        QCOMPARE(hub_settings().stall.count(), 77);
        qputenv("HF_ENDPOINT", "mirror");
        QVERIFY(contains(message_of<Error>([] { hub_settings(); }), "HF_ENDPOINT: found"));
    }

    void the_token_is_of_the_variable_else_of_the_file() {
        const Scratch scratch;
        QCOMPARE(hub_settings().token, std::string());
        qputenv("HF_HOME", QByteArray::fromStdString(scratch.path("")));
        scratch.write("token", "hf_file\n");
        QCOMPARE(hub_settings().token, std::string("hf_file"));
        qputenv("HF_TOKEN", " hf_variable\r\n");
        QCOMPARE(hub_settings().token, std::string("hf_variable"));
        qputenv("HF_TOKEN", "hf_a\r\nX-Other: b");
        const std::string said = message_of<Error>([] { hub_settings(); });
        QVERIFY2(contains(said, "characters that no token has") && !contains(said, "hf_a"), said.c_str());
    }

    void of_a_model_what_it_opens_from_is_taken() {
        const std::vector<std::string> around{
            "README.md", "config.json", "tokenizer.json", "train.py", "onnx/model.onnx"};
        const auto taken = [&](std::vector<std::string> names) {
            names.insert(names.end(), around.begin(), around.end());
            return names_of(wanted_files(holding(names), {}).files);
        };
        const std::string rest = " README.md config.json tokenizer.json";
        QCOMPARE(taken({"model.safetensors", "model.fp16.safetensors", "a.gguf", "pytorch_model.bin"}),
            "model.safetensors" + rest);
        QCOMPARE(taken({"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                     "consolidated.safetensors", "model.safetensors.index.json"}),
            "model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json"
                + rest);
        QCOMPARE(taken({"a.gguf"}), "a.gguf" + rest);
        QCOMPARE(taken({"adapter_model.safetensors", "adapter_config.json", "sub/x.safetensors"}),
            "adapter_model.safetensors adapter_config.json" + rest);
        QVERIFY(contains(message_of<Error>([&] { taken({"notes.doc"}); }), "found no weights"));
    }

    void of_a_dataset_tables_and_texts_are_taken() {
        const RepositoryInfo info = holding({"README.md", "load.py", "data/a.parquet", "b.jsonl.gz",
                                                "c.csv.zst", "d.txt", "e.tsv", "f.arrow", "picture.png"},
            RepositoryKind::Dataset);
        QCOMPARE(names_of(wanted_files(info, {}).files),
            std::string("README.md data/a.parquet b.jsonl.gz c.csv.zst d.txt e.tsv f.arrow"));
        QVERIFY(contains(
            message_of<Error>([] { wanted_files(holding({"load.py"}, RepositoryKind::Dataset), {}); }),
            "it holds load.py"));
    }

    void a_model_is_offered_as_safetensors_and_as_each_gguf_file() {
        QCOMPARE(
            offers_of({"config.json", "model.safetensors", "q[4].gguf", "q4.gguf", "big-00001-of-00002.gguf"},
                RepositoryKind::Model),
            std::string("safetensors=(model.safetensors config.json); q[4].gguf=q[4].gguf(q[4].gguf); "
                        "q4.gguf=q4.gguf(q4.gguf)"));
        QCOMPARE(offers_of({"q4.gguf", "sub/model.safetensors"}, RepositoryKind::Model),
            std::string("q4.gguf=q4.gguf(q4.gguf)"));
        QVERIFY(contains(
            message_of<Error>([] { file_offers(holding({"big-00001-of-00002.gguf"})); }), "several parts"));
        QVERIFY(contains(message_of<Error>([] { file_offers(holding({"model.bin"})); }), "pickle"));
    }

    void a_dataset_is_offered_by_its_tables() {
        QCOMPARE(
            offers_of({"README.md", "data/test-00000-of-00001.parquet", "data/train-00000-of-00002.parquet",
                          "data/train-00001-of-00002.parquet", "dataset_infos.json"},
                RepositoryKind::Dataset),
            std::string("data/train-*-of-00002.parquet=data/train-*-of-00002.parquet("
                        "data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet); "
                        "data/test-00000-of-00001.parquet=data/test-00000-of-00001.parquet("
                        "data/test-00000-of-00001.parquet); data/*.parquet=data/*.parquet("
                        "data/test-00000-of-00001.parquet data/train-00000-of-00002.parquet "
                        "data/train-00001-of-00002.parquet)"));
        QCOMPARE(offers_of({"a.jsonl", "b.jsonl", "deep/c.jsonl"}, RepositoryKind::Dataset),
            std::string("a.jsonl=a.jsonl(a.jsonl); b.jsonl=b.jsonl(b.jsonl); "
                        "deep/c.jsonl=deep/c.jsonl(deep/c.jsonl)"));
        std::vector<std::string> many;
        for (int i = 0; i < 501; ++i) many.push_back(std::to_string(i) + ".csv");
        QCOMPARE(file_offers(holding(many, RepositoryKind::Dataset)).size(), many.size());
        many.pop_back();
        QCOMPARE(file_offers(holding(many, RepositoryKind::Dataset)).size(), many.size() + 1);
        QVERIFY(
            contains(message_of<Error>([] { file_offers(holding({"README.md"}, RepositoryKind::Dataset)); }),
                "no table and no text"));
    }

    void a_pattern_that_fits_nothing_is_told() {
        const std::string said =
            message_of<Error>([] { wanted_files(holding({"config.json"}), {"*.gguf"}); });
        QVERIFY2(contains(said, "no file that is named *.gguf") && contains(said, "it holds config.json"),
            said.c_str());
    }
};

QTEST_GUILESS_MAIN(NamesTest)
#include "names_test.moc"
