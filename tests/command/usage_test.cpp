// What the command says of itself, of wrong words and of the things it inspects.

#include "tests/command/command.h"
#include "tests/files/scratch.h"
#include "tests/tiny_model.h"

#include <QTest>
#include <filesystem>

#include <sys/resource.h>

using namespace lora;

namespace fs = std::filesystem;

class UsageTest : public QObject {
    Q_OBJECT

    Scratch scratch_;
    std::string model_ = tiny::write_model(scratch_.path("model"));

    static Json inspected(const std::string& path) {
        const Answer answer = lora_says({"inspect", path, "--json"});
        return answer.code == 0 ? answer.objects().at(0) : Json{{"failed", answer.all()}};
    }

private Q_SLOTS:
    void every_verbs_help_has_an_example_data() {
        QTest::addColumn<QString>("verb");
        for (const char* verb :
            {"inspect", "tokenize", "train", "evaluate", "logits", "generate", "spectrum", "compare",
                "health", "advise", "truncate", "merge", "export", "initialize", "sweep", "runs", "devices"})
            QTest::newRow(verb) << QString::fromLatin1(verb);
    }
    void every_verbs_help_has_an_example() {
        QFETCH(QString, verb);
        const Answer answer = lora_says({verb.toStdString(), "--help"});
        QCOMPARE(answer.code, 0);
        const std::size_t example = answer.out.find("\nExample");
        QVERIFY2(example != std::string::npos, answer.out.c_str());
        QVERIFY2(contains(answer.out.substr(example), "lora " + verb.toStdString()), answer.out.c_str());
        QVERIFY2(answer.err.empty(), answer.err.c_str());
    }

    void wrong_words_exit_with_2_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* name, const QStringList& words, const QString& named) {
            QTest::newRow(name) << words << named;
        };
        const auto words = [](const char* line) { return QString::fromLatin1(line).split(u' '); };
        QTest::newRow("no verb") << QStringList() << QStringLiteral("subcommand");
        row("an unknown verb", words("improve model"), QStringLiteral("lora: 'improve' is no verb\n"));
        row("a verb with a slip", words("trian --model m"), QStringLiteral("did you mean train?"));
        row("an unknown option before a verb", words("--versoin"), QStringLiteral("did you mean --version?"));
        row("an option before its verb", words("--json train"),
            QStringLiteral("'--json' stands before train"));
        row("an unknown option", words("train --model m --data d --out o --rang 4"),
            QStringLiteral("'--rang' is no option; did you mean --rank?"));
        row("an unknown option with a sign", words("train --spectra-every=4"),
            QStringLiteral("'--spectra-every' is no option; did you mean --spectrum-every?"));
        row("a word too many", words("inspect model another"),
            QStringLiteral("'another' belongs to no option"));
        row("a number that is none", words("train --model m --data d --out o --steps ten"),
            QStringLiteral("ten"));
        row("no model", words("train --data d --out o"), QStringLiteral("--model"));
        row("no data", words("train --model m --out o"), QStringLiteral("--data"));
        row("no folder for the run", words("train --model m --data d"), QStringLiteral("--out"));
        row("settings for a resumed run", words("train --resume run --rank 4"), QStringLiteral("--resume"));
        row("no folder for the sweep", words("sweep s.json"), QStringLiteral("--out"));
        row("a sweep out of nothing", words("sweep --out o"), QStringLiteral("FILE"));
        row("settings for a resumed sweep", words("sweep --resume s --model m"), QStringLiteral("--json"));
        row("a system message without a chat", words("generate --model m --prompt p --system s"),
            QStringLiteral("--chat"));
        row("a negative temperature", words("generate --model m --prompt p --temperature -1"),
            QStringLiteral("--temperature"));
    }
    void wrong_words_exit_with_2() {
        QFETCH(QStringList, words);
        QFETCH(QString, named);
        Words plain;
        for (const QString& word : words) plain.push_back(word.toStdString());
        const Answer answer = lora_says(plain);
        QCOMPARE(answer.code, 2);
        QVERIFY2(contains(answer.err, named.toStdString()), answer.all().c_str());
    }

    void a_file_that_is_not_there_is_named_data() {
        QTest::addColumn<QStringList>("words");
        const auto words = [](const char* line) { return QString::fromLatin1(line).split(u' '); };
        for (const char* line : {"inspect /no/such", "tokenize --model /no/such", "spectrum /no/such",
                 "generate --model /no/such --prompt p", "logits --model /no/such --ids 1 --out o",
                 "evaluate --model /no/such --data d", "train --model /no/such --data d --out o",
                 "train --resume /no/such", "sweep /no/such --out o", "sweep --resume /no/such",
                 "sweep --results /no/such"})
            QTest::newRow(line) << words(line);
    }
    void a_file_that_is_not_there_is_named() {
        QFETCH(QStringList, words);
        Words plain;
        for (const QString& word : words) plain.push_back(word.toStdString());
        const Answer answer = lora_says(plain);
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.err.starts_with("lora: /no/such: found "), answer.all().c_str());
        QVERIFY2(answer.out.empty(), answer.out.c_str());
    }

    void a_model_is_inspected_as_folder_and_as_gguf() {
        const Json folder = inspected(model_);
        QCOMPARE(folder.value("kind", folder.dump()), std::string("model"));
        QCOMPARE(folder.at("architecture"), "llama");
        QCOMPARE(folder.at("format"), "safetensors");
        QCOMPARE(folder.at("linears").size(), std::size_t(14));
        QCOMPARE(folder.at("linears").at(1),
            (Json{{"path", "model.layers.0.self_attn.k_proj"}, {"out", 16}, {"in", 32}}));
        // 500·32 embeddings, two blocks of 2·32 norms, 2·32² + 2·32·16 attention, 3·32·48 feed-forward, 32
        // norm.
        QCOMPARE(
            folder.at("parameters"), 500 * 32 + 2 * (2 * 32 + 2 * 32 * 32 + 2 * 32 * 16 + 3 * 32 * 48) + 32);
        const Json gguf = inspected(FIXTURES "/llama/gguf_rope_freqs/model.gguf");
        QCOMPARE(gguf.value("format", gguf.dump()), std::string("GGUF F32"));
        QVERIFY(gguf.at("linears").size() >= 14);
    }

    void inspecting_a_model_reads_no_weights() {
        const std::string folder = scratch_.path("large");
        fs::create_directories(folder);
        constexpr std::int64_t inner = std::int64_t{1} << 22; // 256 MB a matrix of BF16, all holes
        Json config = tiny::config(), header = Json::object();
        config["intermediate_size"] = inner;
        write_file(folder + "/config.json", config.dump());
        std::int64_t end = 0;
        for (const auto& [name, tensor] : tiny::weights(1, false)) {
            std::vector<std::int64_t> shape = tensor.sizes().vec();
            for (auto& size : shape)
                if (size == tiny::inner) size = inner;
            const std::int64_t begin = end;
            end += 2 * shape[0] * (shape.size() > 1 ? shape[1] : 1);
            header[name] = {{"dtype", "BF16"}, {"shape", shape}, {"data_offsets", {begin, end}}};
        }
        const std::string text = header.dump();
        const std::string file = scratch_.write(
            "large/model.safetensors", bytes_of(static_cast<std::uint64_t>(text.size())) + text);
        fs::resize_file(file, fs::file_size(file) + static_cast<std::uint64_t>(end));

        const Json large = inspected(folder);
        QCOMPARE(large.value("kind", large.dump()), std::string("model"));
        QVERIFY(large.at("parameters") > 6 * 32 * inner);
        rusage children = {};
        getrusage(RUSAGE_CHILDREN, &children);
        QVERIFY2(
            children.ru_maxrss < 700'000, std::to_string(children.ru_maxrss).c_str()); // KiB; read: 1.5 GB
    }

    void an_adapter_a_dataset_and_plain_text_are_inspected() {
        const Json adapter = inspected(FIXTURES "/llama/gqa_tied/adapter");
        QCOMPARE(adapter.value("kind", adapter.dump()), std::string("adapter"));
        QCOMPARE(adapter.at("rank"), 4);
        QCOMPARE(adapter.at("alpha"), 8);
        QCOMPARE(adapter.at("targets").size(), std::size_t(14));
        const Json data = inspected(scratch_.write("data.jsonl", tiny::lines(5) + "{\"text\": \"More.\"}\n"));
        QCOMPARE(data.value("kind", data.dump()), std::string("dataset"));
        QCOMPARE(data.at("prompt_completion"), 5);
        QCOMPARE(data.at("text"), 1);
        const Json text = inspected(scratch_.write("data.txt", "Twelve bytes"));
        QCOMPARE(text.value("format", text.dump()), std::string("plain text"));
        QCOMPARE(text.at("size_bytes"), 12);
    }

    void a_model_folder_without_weights_is_told_apart() {
        const std::string folder = scratch_.path("weightless");
        fs::create_directories(folder);
        fs::copy_file(model_ + "/config.json", folder + "/config.json");
        Answer answer = lora_says({"inspect", folder});
        QCOMPARE(answer.code, 1);
        QVERIFY2(contains(answer.err, folder + ": found no weights"), answer.err.c_str());
        scratch_.write("weightless/pytorch_model.bin", "");
        answer = lora_says({"inspect", folder});
        QVERIFY2(contains(answer.err, "pickle"), answer.err.c_str());
    }

    void tokenize_prints_exactly_one_line_of_json() {
        const std::string text = "Hello\nworld, \xc3\xa9t\xc3\xa9 <|im_end|>";
        const Answer answer = lora_says({"tokenize", "--model", model_, "--json"}, text);
        QCOMPARE(answer.code, 0);
        QCOMPARE(std::count(answer.out.begin(), answer.out.end(), '\n'), 1);
        QVERIFY(answer.out.ends_with('\n'));
        const Json line = answer.objects().at(0);
        QCOMPARE(line.size(), std::size_t(1));
        QCOMPARE(line.at("ids").back(), 2); // <|im_end|>
        const Answer nothing = lora_says({"tokenize", "--model", model_, "--json"});
        QCOMPARE(nothing.out, std::string("{\"ids\":[]}\n"));
    }

    void devices_always_name_the_cpu() {
        const Json devices = lora_says({"devices", "--json"}).objects().at(0);
        QCOMPARE(devices.at("devices").at(0).at("id"), "cpu");
    }
};

QTEST_GUILESS_MAIN(UsageTest)
#include "usage_test.moc"
