// The command trains weights themselves, in full or in a subspace, and opens what comes of it.

#include "engine/files/mapped_file.h"
#include "engine/files/safetensors.h"
#include "tests/command/command.h"
#include "tests/command/tiny_training.h"
#include "tests/tiny_classifier.h"

#include <QTest>

namespace {

double last_loss(const Answer& answer) { return answer.events("evaluation").back().at("loss").get<double>(); }

} // namespace

class WeightsTest : public QObject {
    Q_OBJECT

    TinyTraining tiny_;
    std::string classifier_ = tiny::write_classifier(tiny_.scratch.path("bert"));
    std::string labelled_ = tiny_.scratch.write("labelled.jsonl", tiny::labelled_lines(16));

    Answer trained(const std::string& name, const Words& more) const {
        Words words{"train", "--json", "--model", tiny_.model, "--data", tiny_.data, "--eval", tiny_.eval,
            "--out", tiny_.scratch.path(name), "--threads", "1", "--batch", "4", "--steps", "4"};
        words.insert(words.end(), more.begin(), more.end());
        return lora_says(words);
    }
    Answer classified(const std::string& name, const Words& more) const {
        Words words{"train", "--json", "--model", classifier_, "--data", labelled_, "--eval", labelled_,
            "--out", tiny_.scratch.path(name), "--threads", "1", "--steps", "4", "--max-length", "32"};
        words.insert(words.end(), more.begin(), more.end());
        return lora_says(words);
    }

private Q_SLOTS:
    void a_model_is_written_anew_with_random_weights_of_the_seed() {
        const auto made = [&](const std::string& name, const std::string& seed) {
            const std::string folder = tiny_.scratch.path(name);
            const Answer answer =
                lora_says({"initialize", "--json", "--model", classifier_, "--out", folder, "--seed", seed});
            return answer.code == 0 ? lora::read_text(folder + "/model.safetensors", 1 << 26) : answer.all();
        };
        const std::string first = made("untrained", "1");
        QCOMPARE(made("untrained-again", "1"), first);
        QVERIFY(made("untrained-other", "2") != first);

        const lora::SafetensorsFile base(classifier_ + "/model.safetensors");
        const lora::SafetensorsFile own(tiny_.scratch.path("untrained") + "/model.safetensors");
        QCOMPARE(own.tensors().size(), base.tensors().size());
        for (const lora::TensorView& tensor : own.tensors()) {
            const lora::TensorView* other = base.find(tensor.name);
            QVERIFY2(other != nullptr && other->shape == tensor.shape, tensor.name.c_str());
        }
        const Answer run = lora_says(
            {"train", "--json", "--model", tiny_.scratch.path("untrained"), "--data", labelled_, "--out",
                tiny_.scratch.path("from-random"), "--threads", "1", "--steps", "1", "--max-length", "32"});
        QVERIFY2(run.code == 0, run.all().c_str());
        const Answer refused = lora_says({"initialize", "--model", classifier_, "--out", classifier_});
        QCOMPARE(refused.code, 1);
    }

    void a_model_trained_in_full_is_a_folder_that_evaluates_as_the_run_did() {
        const Answer run = trained("full", {"--method", "full", "--lr", "1e-3"});
        QVERIFY2(run.code == 0, run.all().c_str());
        QVERIFY(last_loss(run) < run.events("evaluation").front().at("loss").get<double>());
        const std::string folder = tiny_.scratch.path("full") + "/model";
        QCOMPARE(run.events("done").front().at("adapter").get<std::string>(), folder);
        const Answer evaluated = lora_says({"evaluate", "--json", "--model", folder, "--data", tiny_.eval});
        QVERIFY2(evaluated.code == 0, evaluated.all().c_str());
        QVERIFY(std::abs(last_loss(evaluated) - last_loss(run)) < 1e-6);
        const Answer again = lora_says({"train", "--json", "--resume", tiny_.scratch.path("full")});
        QCOMPARE(again.events("done").front().at("adapter").get<std::string>(), folder);
    }

    void a_classifier_trained_in_full_keeps_its_head_and_labels() {
        const Answer run = classified("whole", {"--method", "full", "--lr", "1e-3"});
        QVERIFY2(run.code == 0, run.all().c_str());
        const Answer evaluated = lora_says({"evaluate", "--json", "--model",
            tiny_.scratch.path("whole") + "/model", "--data", labelled_, "--max-length", "32"});
        QVERIFY2(evaluated.code == 0, evaluated.all().c_str());
        QVERIFY(std::abs(last_loss(evaluated) - last_loss(run)) < 1e-6);
        QCOMPARE(evaluated.events("evaluation").back().at("accuracy"),
            run.events("evaluation").back().at("accuracy"));
    }

    void a_subspace_evaluates_and_generates_as_an_adapter_does() {
        const Answer run = trained("small",
            {"--method", "subspace", "--subspace-dimension", "40", "--projection", "hashed", "--lr", "1e-1"});
        QVERIFY2(run.code == 0, run.all().c_str());
        const std::string folder = tiny_.scratch.path("small") + "/subspace";
        const Answer evaluated = lora_says(
            {"evaluate", "--json", "--model", tiny_.model, "--adapter", folder, "--data", tiny_.eval});
        QVERIFY2(evaluated.code == 0, evaluated.all().c_str());
        QVERIFY(std::abs(last_loss(evaluated) - last_loss(run)) < 1e-6);
        QCOMPARE(
            lora_says({"generate", "--model", tiny_.model, "--adapter", folder, "--prompt", "What is"}).code,
            0);
        const Answer about = lora_says({"inspect", "--json", folder});
        QCOMPARE(about.objects().front().at("dimension").get<int>(), 40);
    }

    void a_classifier_in_a_subspace_keeps_its_head() {
        const Answer run =
            classified("small-bert", {"--method", "subspace", "--subspace-dimension", "40", "--said"});
        QVERIFY2(run.code == 0, run.all().c_str());
        const Answer evaluated = lora_says({"evaluate", "--json", "--model", classifier_, "--adapter",
            tiny_.scratch.path("small-bert") + "/subspace", "--data", labelled_, "--max-length", "32"});
        QVERIFY2(evaluated.code == 0, evaluated.all().c_str());
        QVERIFY(std::abs(last_loss(evaluated) - last_loss(run)) < 1e-6);
    }

    void spectra_of_changed_weights_are_those_of_the_run() {
        const Answer run =
            trained("measured", {"--method", "full", "--targets", "attention", "--lr", "1e-3"});
        QVERIFY2(run.code == 0, run.all().c_str());
        const Answer shown = lora_says({"spectrum", "--json", tiny_.scratch.path("measured")});
        QVERIFY2(shown.code == 0, shown.all().c_str());
        const auto found = shown.events("spectrum"), told = run.events("spectrum");
        QCOMPARE(found.size(), told.size());
        QCOMPARE(found.size(), std::size_t(8));
        for (std::size_t i = 0; i < found.size(); ++i) {
            QCOMPARE(found[i].at("path"), told[i].at("path"));
            const double expected = told[i].at("singular_values").front().get<double>();
            const double value = found[i].at("singular_values").front().get<double>();
            QVERIFY(std::abs(value - expected) < 1e-5 * expected);
        }
        const Answer alone = lora_says({"spectrum", tiny_.scratch.path("measured") + "/model"});
        QCOMPARE(alone.code, 1);
        QVERIFY(alone.err.find("--model with the base model") != std::string::npos);
    }

    void what_does_not_go_together_is_refused() {
        const Answer dropout = trained("refused", {"--method", "full", "--dropout", "0.1"});
        QCOMPARE(dropout.code, 1);
        QVERIFY2(dropout.out.find("dropout") != std::string::npos
                     || dropout.err.find("dropout") != std::string::npos,
            dropout.all().c_str());
        const Answer large =
            trained("refused", {"--method", "subspace", "--subspace-dimension", "100000000"});
        QCOMPARE(large.code, 1);
    }

    void the_memory_of_each_method_is_told() {
        const auto bytes = [&](const Words& more) {
            Words words{"train", "--json", "--dry-run", "--model", tiny_.model, "--data", tiny_.data};
            words.insert(words.end(), more.begin(), more.end());
            const Answer answer = lora_says(words);
            return answer.objects().front().at("optimizer_bytes").get<std::int64_t>();
        };
        QCOMPARE(bytes({"--method", "subspace", "--subspace-dimension", "100"}), 8 * 100);
        // Embedding, norms and two blocks of the tiny model.
        const std::int64_t block = 2 * 32 + 2 * 32 * 32 + 2 * 16 * 32 + 3 * 48 * 32;
        QCOMPARE(bytes({"--method", "full"}), 8 * (500 * 32 + 32 + 2 * block));
    }
};

QTEST_GUILESS_MAIN(WeightsTest)
#include "weights_test.moc"
