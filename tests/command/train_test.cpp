// What a training says line by line, and what the other verbs say of its adapter.

#include "engine/files/safetensors.h"
#include "tests/command/tiny_training.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

using namespace lora;

namespace {

bool has_all(const Json& event, std::initializer_list<const char*> fields) {
    return std::all_of(
        fields.begin(), fields.end(), [&](const char* field) { return event.contains(field); });
}

} // namespace

class TrainTest : public QObject {
    Q_OBJECT

    TinyTraining training_;
    Answer trained_; // of "run": two epochs with evaluations and spectra

    Answer generated(const Words& more) const {
        Words words{"generate", "--model", training_.model, "--prompt", "What is", "--max-new-tokens", "12",
            "--json", "--threads", "1"};
        words.insert(words.end(), more.begin(), more.end());
        return lora_says(words);
    }
    Answer trained_on(const std::string& data, const Words& more = {}) const {
        Words words = training_.words("refused", more);
        words[5] = data;
        return lora_says(words);
    }

private Q_SLOTS:
    void initTestCase() {
        trained_ = lora_says(training_.words(
            "run", {"--targets", "all-linear", "--eval", training_.eval, "--epochs", "2", "--eval-every", "3",
                       "--spectrum-every", "4", "--checkpoint-every", "5"}));
        QVERIFY2(trained_.code == 0, trained_.err.c_str());
    }

    void every_line_is_an_object_with_its_fields() {
        QVERIFY2(trained_.err.empty(), trained_.err.c_str());
        for (const Json& event : trained_.objects()) QVERIFY2(event.contains("event"), event.dump().c_str());
        const auto steps = trained_.events("step");
        QCOMPARE(steps.size(), std::size_t(8)); // 13 samples in batches of 4, twice
        for (std::size_t i = 0; i < steps.size(); ++i) {
            QVERIFY(has_all(steps[i], {"step", "loss", "lr", "grad_norm", "tokens", "tokens_per_s"}));
            QCOMPARE(steps[i].at("step"), i + 1);
        }
        for (const Json& spectrum : trained_.events("spectrum"))
            QVERIFY(has_all(spectrum, {"step", "path", "singular_values", "effective_rank", "stable_rank"}));
        QCOMPARE(trained_.events("spectrum").size(), std::size_t(2 * 14)); // steps 4 and 8
        const auto done = trained_.events("done");
        QCOMPARE(done.size(), std::size_t(1));
        QCOMPARE(done[0].at("adapter"), training_.adapter("run"));
        QCOMPARE(trained_.objects().back(), done[0]);
    }

    void a_dry_run_tells_what_is_doubtful_and_what_mends_it() {
        const auto told = [&](const Words& more) {
            Words words{"train", "--dry-run", "--model", training_.model, "--data", training_.data};
            words.insert(words.end(), more.begin(), more.end());
            return lora_says(words);
        };
        const Answer doubted = told({"--lr", "1000", "--json"});
        QCOMPARE(doubted.code, 0);
        const auto doubts = doubted.events("doubt");
        const auto rate = std::find_if(doubts.begin(), doubts.end(),
            [](const Json& doubt) { return doubt.at("setting") == "training.lr"; });
        QVERIFY2(rate != doubts.end(), doubted.all().c_str());
        QCOMPARE(rate->at("mend"), (Json{{"training.lr", 2e-4}}));
        QVERIFY(rate->at("text").get<std::string>().starts_with("--lr 1000 is far above"));
        // Its smallest weight is 16 × 32.
        const Answer refused = told({"--method", "pissa", "--rank", "17"});
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.find("Better: --rank 16") != std::string::npos, refused.all().c_str());
    }

    void it_evaluates_before_the_first_step_and_after_the_last() {
        QCOMPARE(trained_.objects().front().at("event"), "evaluation");
        const auto evaluations = trained_.events("evaluation");
        std::vector<int> steps;
        for (const Json& evaluation : evaluations) steps.push_back(evaluation.at("step").get<int>());
        QCOMPARE(steps, (std::vector<int>{0, 3, 6, 8}));
        QVERIFY(evaluations.back().at("loss") < evaluations.front().at("loss"));
    }

    void evaluate_says_the_trainings_last_evaluation_again() {
        const auto last = trained_.events("evaluation").back();
        const Answer answer = lora_says({"evaluate", "--model", training_.model, "--adapter",
            training_.adapter("run"), "--data", training_.eval, "--batch", "4", "--threads", "1", "--json"});
        const Json again = answer.events("evaluation").at(0);
        QCOMPARE(again.at("loss"), last.at("loss"));
        QCOMPARE(again.at("learned_tokens"), last.at("learned_tokens"));
    }

    void the_spectrum_of_the_saved_adapter_is_the_live_one() {
        std::map<std::string, Json> live;
        for (const Json& event : trained_.events("spectrum"))
            if (event.at("step") == 8) live[event.at("path").get<std::string>()] = event;
        const auto saved = lora_says({"spectrum", training_.adapter("run"), "--json"}).events("spectrum");
        QCOMPARE(saved.size(), live.size());
        for (const Json& event : saved) {
            Json expected = live.at(event.at("path").get<std::string>());
            expected.erase("step");
            expected.erase("relative_norm"); // of the weights, which are not opened here
            QCOMPARE(event, expected);
        }
    }

    void a_profile_says_where_the_time_went_before_the_end() {
        const Answer answer = lora_says(training_.words(
            "profiled", {"--profile", "--eval", training_.eval, "--steps", "3", "--spectrum-every", "1"}));
        QVERIFY2(answer.code == 0, answer.err.c_str());
        QCOMPARE(answer.objects().back().at("event"), "done");
        const Json profile = answer.events("profile").at(0);
        std::map<std::string, std::int64_t> times;
        double seconds = 0;
        for (const Json& phase : profile.at("phases")) {
            times[phase.at("phase")] = phase.at("times");
            seconds += phase.at("seconds").get<double>();
        }
        const std::map<std::string, std::int64_t> expected{{"load", 1}, {"dataset", 1}, {"batch", 3},
            {"attention", 2 * 3}, {"mlp", 2 * 3}, {"head", 3}, {"backward", 3}, {"optimizer", 3},
            {"other", 3}, {"spectra", 3}, {"evaluation", 2}, {"checkpoint", 1}};
        QCOMPARE(times, expected);
        QVERIFY(std::abs(profile.at("seconds").get<double>() - seconds) < 1e-9);
        QVERIFY(trained_.events("profile").empty());
    }

    void a_run_is_inspected() {
        const Json run = lora_says({"inspect", training_.scratch.path("run"), "--json"}).objects().at(0);
        QCOMPARE(run.at("kind"), "run");
        QCOMPARE(run.at("steps_done"), 8);
        QCOMPARE(run.at("finished"), true);
        QCOMPARE(run.at("last_loss"), trained_.events("step").back().at("loss"));
    }

    void past_runs_are_listed_searched_compared_and_exported() {
        const std::string home = training_.scratch.path("");
        Json listed;
        for (const Json& run :
            lora_says({"runs", "--folder", home, "--search", "rank=2", "--json"}).events("run"))
            if (run.at("name") == "run") listed = run;
        QCOMPARE(listed.at("evaluation_loss"), trained_.events("evaluation").back().at("loss"));
        QVERIFY(lora_says({"runs", "--folder", home, "--search", "rank=77", "--json"}).objects().empty());
        const std::string run = training_.scratch.path("run");
        QVERIFY(lora_says({"runs", "diff", run, run, "--json"}).objects().empty());
        const Answer written = lora_says({"runs", "export", run, "--csv",
            training_.scratch.path("curves.csv"), "--tensorboard", training_.scratch.path("logs"), "--json"});
        QCOMPARE(written.events("exported").size(), std::size_t(2));
        QVERIFY(training_.scratch.read("curves.csv").starts_with("step,train/loss,"));
        QCOMPARE(lora_says({"runs", "export", run}).code, 2);
    }

    void a_second_training_goes_on_from_the_adapter_in_the_files_order() {
        const Answer on =
            lora_says(training_.words("on", {"--adapter", training_.adapter("run"), "--eval", training_.eval,
                                                "--no-shuffle", "--schedule", "constant"}));
        QVERIFY2(on.code == 0, on.err.c_str());
        QCOMPARE(on.events("evaluation").front().at("loss"), trained_.events("evaluation").back().at("loss"));
        for (const Json& step : on.events("step")) QCOMPARE(step.at("lr"), 1e-2);
        const Json run = lora_says({"inspect", training_.adapter("on"), "--json"}).objects().at(0);
        QCOMPARE(run.at("targets").size(), std::size_t(14));
        lora_says(training_.words("again", {"--adapter", training_.adapter("run"), "--no-shuffle",
                                               "--schedule", "constant", "--seed", "9"}));
        QCOMPARE(training_.adapter_bytes("again"), training_.adapter_bytes("on")); // nothing is drawn
    }

    void logits_are_written_as_one_tensor() {
        const std::string file = training_.scratch.path("logits.safetensors");
        const Words words{
            "logits", "--model", training_.model, "--ids", "1,4,9", "--out", file, "--threads", "1"};
        QCOMPARE(lora_says(words).code, 0);
        const SafetensorsFile logits(file);
        QCOMPARE(logits.tensors().size(), std::size_t(1));
        const TensorView* view = logits.find("logits");
        QVERIFY(view != nullptr);
        QVERIFY(view->type == ElementType::F32);
        QCOMPARE(view->shape, (std::vector<std::int64_t>{3, tiny::vocab}));
        Words beyond = words;
        beyond[4] = "1,500";
        const Answer answer = lora_says(beyond);
        QCOMPARE(answer.code, 1);
        QVERIFY2(contains(answer.err, "--ids: found 500"), answer.err.c_str());
    }

    void generation_follows_from_its_seed() {
        const std::string once = generated({"--temperature", "1", "--seed", "5"}).out;
        QVERIFY2(Json::parse(once).contains("ids"), once.c_str());
        QCOMPARE(generated({"--temperature", "1", "--seed", "5"}).out, once);
        QVERIFY(generated({"--temperature", "1", "--seed", "6"}).out != once);
    }

    void a_system_message_stands_before_the_prompt() {
        const std::string model = training_.scratch.path("with template");
        std::filesystem::copy(training_.model, model);
        write_file(model + "/chat_template.jinja",
            "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}");
        const auto said = [&](const Words& more) {
            Words words{"generate", "--model", model, "--max-new-tokens", "8", "--json", "--threads", "1"};
            words.insert(words.end(), more.begin(), more.end());
            return lora_says(words).out;
        };
        const std::string chat = said({"--chat", "--system", "Be brief.", "--prompt", "What is"});
        QVERIFY2(Json::parse(chat).contains("ids"), chat.c_str());
        QCOMPARE(chat, said({"--prompt", "[system] Be brief.\n[user] What is\n"}));
    }

    void faults_of_the_data_are_named_data() {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QByteArray>("named");
        QTest::newRow("a line that does not parse")
            << QByteArray("{\"text\": \"One.\"}\n{\"text\": \n") << QByteArray("data.jsonl: line 2");
        QTest::newRow("no known key")
            << QByteArray("{\"question\": \"Why?\"}\n") << QByteArray("data.jsonl: line 1");
        QTest::newRow("an empty file") << QByteArray() << QByteArray("data.jsonl: found an empty file");
        QTest::newRow("nothing to learn") << QByteArray("{\"prompt\": \"a\", \"completion\": \"\"}\n")
                                          << QByteArray("data.jsonl: found no sample with anything to learn");
    }
    void faults_of_the_data_are_named() {
        QFETCH(QByteArray, lines);
        QFETCH(QByteArray, named);
        const Answer answer = trained_on(training_.scratch.write("data.jsonl", lines.toStdString()));
        QCOMPARE(answer.code, 1);
        QVERIFY2(contains(answer.err, named.toStdString()), answer.err.c_str());
        QCOMPARE(answer.objects().at(0).at("event"), "error");
        QVERIFY(!std::filesystem::exists(training_.scratch.path("refused")));
    }

    void samples_with_nothing_to_learn_are_counted_and_warned_of() {
        const std::string empty = "{\"prompt\": \"a\", \"completion\": \"\"}\n";
        const std::string data = training_.scratch.write("some.jsonl", empty + tiny::lines(3) + empty);
        Words words = training_.words("warned");
        words[5] = data;
        const Answer answer = lora_says(words);
        QCOMPARE(answer.code, 0);
        const std::string text = answer.events("warning").at(0).at("text").get<std::string>();
        QVERIFY2(contains(text, "some.jsonl: 2 of 5 samples have nothing to learn"), text.c_str());
    }

    void an_adapter_of_another_model_is_refused_with_its_shapes() {
        Json config = tiny::config();
        config["intermediate_size"] = 16;
        const std::string other = tiny::write_model(training_.scratch.path("other"));
        write_file(other + "/config.json", config.dump());
        auto weights = tiny::weights(1, false);
        for (auto& [name, tensor] : weights) {
            if (tensor.dim() == 2 && tensor.size(0) == tiny::inner)
                tensor = tensor.narrow(0, 0, 16).contiguous();
            if (tensor.dim() == 2 && tensor.size(1) == tiny::inner)
                tensor = tensor.narrow(1, 0, 16).contiguous();
        }
        write_file(other + "/model.safetensors", tensors_as_safetensors(weights));
        const Answer refused = lora_says({"generate", "--model", other, "--adapter", training_.adapter("run"),
            "--prompt", "a", "--max-new-tokens", "1"});
        QCOMPARE(refused.code, 1);
        QVERIFY2(contains(refused.err, "mlp.up_proj.lora_B: found [48, 2], expected [16, 2]"),
            refused.err.c_str());
    }

    void a_run_without_gain_ends_by_itself_and_its_best_is_taken_by_its_name() {
        const std::string run = training_.scratch.path("impatient");
        const std::string others = training_.scratch.write("others.jsonl", tiny::lines_of_others(4));
        const Answer trained = lora_says(training_.words(
            "impatient", {"--eval", others, "--steps", "40", "--schedule", "constant", "--warmup", "0",
                             "--eval-every", "1", "--patience", "2", "--checkpoint-every", "0"}));
        QVERIFY2(trained.code == 0, trained.all().c_str());
        const Json done = trained.events("done").front();
        QCOMPARE(done.at("reason").get<std::string>(), std::string("no_gain"));
        const std::int64_t last = done.at("step").get<std::int64_t>(), best = last - 2;
        QVERIFY(last < 40);
        QCOMPARE(done.at("best").at("step").get<std::int64_t>(), best);

        const Json about = lora_says({"inspect", "--json", run}).objects().front();
        QCOMPARE(about.at("ended").get<std::string>(), std::string("no_gain"));
        const std::string folder = about.at("best").at("folder").get<std::string>();
        QCOMPARE(
            lora_says({"inspect", "--json", folder}).objects().front().at("step").get<std::int64_t>(), best);
        const auto norms = [](const Words& words) {
            const Answer answer = lora_says(words);
            std::vector<double> all;
            for (const Json& each : answer.events("spectrum"))
                all.push_back(each.at("frobenius").get<double>());
            return all;
        };
        const auto of_best = norms({"spectrum", "--json", run, "--checkpoint", "best"});
        QVERIFY(!of_best.empty());
        QCOMPARE(of_best, norms({"spectrum", "--json", folder}));
        QCOMPARE(of_best, norms({"spectrum", "--json", run, "--checkpoint", std::to_string(best)}));
        QVERIFY(of_best != norms({"spectrum", "--json", run}));

        const Answer absent = lora_says({"spectrum", run, "--checkpoint", "77"});
        QCOMPARE(absent.code, 1);
        QVERIFY2(contains(absent.err, "--checkpoint: found 77, expected last, best, or one of the steps "),
            absent.err.c_str());
        const Answer no_run = lora_says({"spectrum", folder, "--checkpoint", "best"});
        QCOMPARE(no_run.code, 1);
        QVERIFY2(contains(no_run.err, "--checkpoint: found best"), no_run.err.c_str());
        const Answer again = lora_says({"train", "--json", "--resume", run});
        QCOMPARE(again.code, 0);
        QCOMPARE(again.events("done").front().at("step").get<std::int64_t>(), last);
    }
};

QTEST_GUILESS_MAIN(TrainTest)
#include "train_test.moc"
