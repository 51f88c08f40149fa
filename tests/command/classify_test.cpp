// The command on a classifier: inspect, train, evaluate, classify, and the refusal to generate.

#include "tests/command/command.h"
#include "tests/files/scratch.h"
#include "tests/tiny_classifier.h"

#include <QTest>

class ClassifyTest : public QObject {
    Q_OBJECT

    Scratch scratch;
    std::string model = tiny::write_classifier(scratch.path("model"));
    std::string data = scratch.write("data.jsonl", tiny::labelled_lines(16));

    static Answer answer(const Words& words) { return Command(words).end(); }

private Q_SLOTS:
    void inspect_tells_the_task() {
        const Answer told = answer({"inspect", model, "--json"});
        QVERIFY2(told.code == 0, told.all().c_str());
        const lora::Json about = told.objects().front();
        QCOMPARE(about.at("task").get<std::string>(), std::string("classification"));
        QCOMPARE(about.at("linears").front().at("path").get<std::string>(),
            std::string("bert.encoder.layer.0.attention.self.query"));
    }

    void train_and_evaluate_say_the_accuracy() {
        const Answer trained = answer({"train", "--model", model, "--data", data, "--eval", data, "--out",
            scratch.path("run"), "--steps", "12", "--lr", "1e-2", "--max-length", "32", "--json"});
        QVERIFY2(trained.code == 0, trained.all().c_str());
        const auto evaluations = trained.events("evaluation");
        QVERIFY(evaluations.back().at("loss") < evaluations.front().at("loss"));
        QVERIFY(evaluations.back().contains("accuracy"));

        const Answer evaluated = answer({"evaluate", "--model", model, "--adapter",
            scratch.path("run") + "/adapter", "--data", data, "--max-length", "32", "--json"});
        QVERIFY2(evaluated.code == 0, evaluated.all().c_str());
        const lora::Json record = evaluated.events("evaluation").front();
        QCOMPARE(record.at("accuracy"), evaluations.back().at("accuracy"));
        QCOMPARE(record.at("samples").get<int>(), 16);

        const Answer about = answer({"inspect", scratch.path("run") + "/adapter", "--json"});
        QCOMPARE(about.objects().front().at("labels"), (lora::Json{"cat", "dog"}));
    }

    void several_labels_are_trained_evaluated_and_told_of_a_text() {
        std::string lines;
        for (int i = 0; i < 16; ++i)
            lines += i % 2 == 0 ? R"({"a": "the cat", "b": "they", "x": 1, "y": 0})"
                                  "\n"
                                : R"({"a": "1234 dog", "b": "they", "x": 0, "y": 1})"
                                  "\n";
        const std::string pairs = scratch.write("pairs.jsonl", lines), run = scratch.path("several");
        const Words columns{"--columns", "a=text,b=pair,x=label,y=label"};
        Words train{"train", "--model", model, "--data", pairs, "--eval", pairs, "--out", run, "--steps",
            "12", "--lr", "1e-2", "--max-length", "32", "--json"};
        train.insert(train.end(), columns.begin(), columns.end());
        const Answer trained = answer(train);
        QVERIFY2(trained.code == 0, trained.all().c_str());
        QVERIFY(trained.events("evaluation").back().contains("micro_f1"));

        const Answer told = answer({"classify", "--model", model, "--adapter", run, "--text", "the cat",
            "--pair", "they", "--json"});
        QVERIFY2(told.code == 0, told.all().c_str());
        const lora::Json verdict = told.objects().front();
        QCOMPARE(verdict.at("problem_type").get<std::string>(), std::string("multi_label_classification"));
        QVERIFY(verdict.at("labels") == lora::Json::array({"x"}));
        QVERIFY(verdict.at("scores").at("x") > verdict.at("scores").at("y"));
    }

    void labels_are_read_as_the_command_says() {
        const std::string numbers = scratch.write("numbers.jsonl", R"({"said": "the cat", "mark": 1})"
                                                                   "\n"
                                                                   R"({"said": "1234 dog", "mark": 0})"
                                                                   "\n");
        Words words{"tokenize", "--model", model, "--data", numbers, "--columns", "said=text,mark=label",
            "--rows", "0", "--json"};
        const auto problem = [&] { return answer(words).objects().back().value("problem_type", ""); };
        QCOMPARE(problem(), std::string("single_label_classification"));
        words.insert(words.end(), {"--problem-type", "regression"});
        QCOMPARE(problem(), std::string("regression"));

        const std::string run = scratch.path("numbers");
        const Words train{"train", "--model", model, "--data", numbers, "--out", run, "--steps", "1",
            "--columns", "said=text,mark=label", "--problem-type", "regression", "--max-length", "32"};
        QVERIFY(answer(train).code == 0);
        Words evaluate{"evaluate", "--model", model, "--adapter", run, "--data", numbers, "--columns",
            "said=text,mark=label", "--json", "--problem-type", "regression"};
        const Answer right = answer(evaluate);
        QVERIFY2(right.code == 0, right.all().c_str());
        evaluate.back() = "multi_label_classification";
        const Answer wrong = answer(evaluate);
        QCOMPARE(wrong.code, 1);
        QVERIFY2(wrong.err.find("--problem-type: found multi_label_classification, expected regression")
                     != std::string::npos,
            wrong.err.c_str());
    }

    void without_an_adapter_there_is_nothing_to_evaluate() {
        const Answer refused = answer({"evaluate", "--model", model, "--data", data, "--max-length", "32"});
        QCOMPARE(refused.code, 1);
        QVERIFY(refused.err.find("no classifier") != std::string::npos);
    }

    void it_does_not_generate_and_says_why() {
        const Answer refused = answer({"generate", "--model", model, "--prompt", "the cat"});
        QCOMPARE(refused.code, 1);
        QVERIFY(refused.err.find("does not generate") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(ClassifyTest)
#include "classify_test.moc"
