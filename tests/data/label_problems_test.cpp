// Labels that are not one class a text: several classes, numbers; and pairs of sentences.

#include "engine/data/dataset.h"
#include "engine/data/labelled_example.h"
#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/files/store.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <filesystem>
#include <map>

using namespace lora;

namespace {

constexpr const char* fixture = FIXTURES "/labels/pairs.json";

struct Opened {
    Scratch scratch;
    Tokenizer tokenizer = Tokenizer::from_folder(FIXTURES "/tokenizers/bert");

    static std::string lines(const std::vector<std::string>& labels) {
        std::string all;
        for (const std::string& label : labels) all += R"({"text": "the dog", "label": )" + label + "}\n";
        return all;
    }
    Dataset load(const std::vector<std::string>& labels, const Goal& goal) const {
        return load_dataset(scratch.write("data.jsonl", lines(labels)), tokenizer, 64, /*stop=*/{}, goal);
    }
    std::string refusal(const std::vector<std::string>& labels, const Goal& goal) const {
        return message_of<Error>([&] { load(labels, goal); });
    }
};

Goal goal_for(Problem problem = Problem::Unsaid, std::vector<std::string> labels = {}) {
    Goal goal{.task = Task::Classification, .labels = std::move(labels)};
    goal.problem = problem;
    return goal;
}

/// The fixtures' tokenizer; GPT-2's with RoBERTa's frame around pairs.
Tokenizer tokenizer_of(const std::string& name, const Json& frame, const Scratch& scratch) {
    const std::string folder = std::string(FIXTURES "/tokenizers/") + name;
    if (name != "gpt2") return Tokenizer::from_folder(folder);
    Json described = read_json(folder + "/tokenizer.json");
    described["post_processor"] = frame;
    const std::string made = scratch.path("roberta");
    std::filesystem::create_directories(made);
    write_file(made + "/tokenizer.json", described.dump());
    return Tokenizer::from_folder(made);
}

} // namespace

class LabelProblemsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lists_of_names_are_several_classes_and_that_is_said() {
        const Opened opened;
        const Dataset data = opened.load({R"(["rude", "angry"])", "[]", R"(["angry"])"}, goal_for());
        QVERIFY(data.summary.problem == Problem::MultiLabel);
        QCOMPARE(data.summary.labels, (std::vector<std::string>{"angry", "rude"}));
        QCOMPARE(data.examples[0].values, (std::vector<float>{1, 1}));
        QCOMPARE(data.examples[1].values, (std::vector<float>{0, 0}));
        QCOMPARE(data.examples[2].values, (std::vector<float>{1, 0}));
        QCOMPARE(data.examples[2].loss_terms(), std::int64_t{1});
        QCOMPARE(data.summary.preview[1].back().text, std::string("none"));
        QVERIFY(contains(data.summary.warnings.front(), "several labels each"));
    }

    void lists_of_zeros_and_ones_stand_for_classes_by_their_place() {
        const Opened opened;
        const std::vector<std::string> flags{"[0, 1, 0]", "[1.0, 1.0, 0.0]"};
        const Dataset data = opened.load(flags, goal_for());
        QCOMPARE(data.summary.labels, (std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2"}));
        QCOMPARE(data.examples[1].values, (std::vector<float>{1, 1, 0}));
        const Dataset named = opened.load(flags, goal_for(Problem::MultiLabel, {"a", "b", "c"}));
        QCOMPARE(named.summary.labels, (std::vector<std::string>{"a", "b", "c"}));
        QVERIFY(contains(
            opened.refusal(flags, goal_for(Problem::MultiLabel, {"a", "b"})), "the 2 outputs of the head"));
        // Numbers of different count are the classes' own.
        const Dataset numbers = opened.load({"[0, 2]", "[1]"}, goal_for(Problem::Unsaid, {"a", "b", "c"}));
        QCOMPARE(numbers.examples[0].values, (std::vector<float>{1, 0, 1}));
    }

    void broken_numbers_are_a_regression() {
        const Opened opened;
        const Dataset data = opened.load({"0.5", "3", "-1e-3"}, goal_for());
        QVERIFY(data.summary.problem == Problem::Regression);
        QCOMPARE(data.summary.labels, (std::vector<std::string>{"LABEL_0"}));
        QCOMPARE(data.examples[0].values, (std::vector<float>{0.5F}));
        QCOMPARE(data.examples[1].values, (std::vector<float>{3}));
        QCOMPARE(data.summary.preview[0].back().text, std::string("0.5"));
        QVERIFY(contains(data.summary.warnings.front(), "(regression)"));
        QVERIFY(data.examples[0].is_labelled() && !data.summary.labels.empty());
    }

    void a_head_of_one_output_makes_whole_numbers_a_regression() {
        const Opened opened;
        const Dataset data = opened.load({"0", "1"}, goal_for(Problem::Unsaid, {"LABEL_0"}));
        QVERIFY(data.summary.problem == Problem::Regression);
    }

    void numbers_under_several_columns_are_a_regression_of_several() {
        const Opened opened;
        const Dataset data =
            opened.load({R"({"calm": 1.5, "fun": 3})", R"({"calm": 2, "fun": 0})"}, goal_for());
        QVERIFY(data.summary.problem == Problem::Regression);
        QCOMPARE(data.summary.labels, (std::vector<std::string>{"calm", "fun"}));
        QCOMPARE(data.examples[0].values, (std::vector<float>{1.5F, 3}));
        QCOMPARE(data.summary.preview[0].back().text, std::string("calm 1.5, fun 3"));
    }

    void columns_of_zeros_and_ones_find_their_class_by_name() {
        const Opened opened;
        const Dataset data = opened.load(
            {R"({"a": 1, "b": 0})", R"({"a": 0, "b": 1})"}, goal_for(Problem::Unsaid, {"b", "a"}));
        QVERIFY(data.summary.problem == Problem::MultiLabel);
        QCOMPARE(data.examples[0].values, (std::vector<float>{0, 1}));
        QVERIFY(contains(opened.refusal({R"({"a": 1, "b": 0})", R"({"a": 1, "c": 0})"}, goal_for()),
            "line 2: label: found other columns"));
    }

    void a_problem_that_is_said_is_held_to() {
        const Opened opened;
        QVERIFY(contains(opened.refusal({R"("a")", "0.5"}, goal_for()), "line 2: label: found 0.5"));
        QVERIFY(contains(opened.refusal({R"("a")", R"("b")"}, goal_for(Problem::Regression)),
            "line 1: label: found 'a', expected a number"));
        QVERIFY(contains(opened.refusal({R"(["a"])", R"(["b"])"}, goal_for(Problem::SingleLabel)),
            "line 1: label: found"));
        const Dataset single = opened.load({R"("a")", R"("b")"}, goal_for(Problem::MultiLabel));
        QCOMPARE(single.examples[1].values, (std::vector<float>{0, 1}));
        QVERIFY(single.summary.warnings.empty());
    }

    void a_setting_that_contradicts_a_trained_head_is_refused() {
        DataSettings settings;
        settings.problem_type = Problem::Regression;
        QVERIFY(training_goal(goal_for(), settings).problem == Problem::Regression);
        const std::string told =
            message_of<Error>([&] { training_goal(goal_for(Problem::MultiLabel), settings); });
        QVERIFY2(contains(told, "multi_label_classification, as the head was trained"), told.c_str());
    }

    void an_evaluation_set_is_read_as_the_training_set_is() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.scratch.write("train.jsonl", Opened::lines({"[0, 1]", "[1, 0]", "[0, 0]"}));
        settings.eval = opened.scratch.write("eval.jsonl", Opened::lines({"[1, 1]"}));
        const TrainAndEval sets = load_datasets(settings, opened.tokenizer, /*stop=*/{}, goal_for());
        QCOMPARE(sets.eval->examples[0].values, (std::vector<float>{1, 1}));
        QVERIFY(sets.eval->summary.problem == Problem::MultiLabel);
    }

    void pairs_have_the_ids_of_transformers_tokenizers() {
        const Scratch scratch;
        const Json read = read_json(fixture);
        Json frame = read.at("frame");
        std::map<std::string, Tokenizer> tokenizers;
        for (const char* name : {"bert", "bert_cased", "unigram", "gpt2"})
            tokenizers.emplace(name, tokenizer_of(name, frame, scratch));
        for (const Json& each : read.at("cases")) {
            const FramedText made = framed_text(each.at("first").get<std::string>(),
                each.at("second").get<std::string>(), tokenizers.at(each.at("tokenizer").get<std::string>()),
                each.at("limit").get<std::int64_t>());
            QVERIFY2(made.ids == each.at("ids").get<std::vector<TokenId>>(), each.dump().c_str());
            QVERIFY2(made.second == each.at("second_begins").get<std::int64_t>(), each.dump().c_str());
        }
    }

    void a_pair_that_is_cut_tells_what_is_not_seen() {
        const Opened opened;
        const std::vector<TokenId> dog = opened.tokenizer.encode("the dog"),
                                   cat = opened.tokenizer.encode("the cat");
        const FramedText made = framed_text("the dog", "the cat", opened.tokenizer, 5);
        QCOMPARE(made.ids.size(), std::size_t{5});
        QCOMPARE(made.cut_off, (std::vector<TokenId>{dog[1], cat[1]}));
        QVERIFY(contains(message_of<Error>([&] { framed_text("a", "b", opened.tokenizer, 2); }),
            "at least 3, the marks around a pair"));
    }

    void a_model_of_tokens_takes_no_pair() {
        const Opened opened;
        const std::string told = message_of<Error>([&] {
            load_dataset(opened.scratch.write("data.jsonl", R"({"premise": "a", "hypothesis": "b"})"),
                opened.tokenizer, 64);
        });
        QVERIFY2(contains(told, "a pair of sentences: found 'premise' and 'hypothesis', expected one 'text'"),
            told.c_str());
    }
};

QTEST_GUILESS_MAIN(LabelProblemsTest)
#include "label_problems_test.moc"
