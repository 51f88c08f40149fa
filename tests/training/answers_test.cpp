// What a run answers at its evaluations: it changes nothing of what is learned, comes at the right steps and
// is kept with the run; and of a classifier, which label was taken for which.

#include "engine/runs/run_record.h"
#include "engine/training/answering.h"
#include "tests/tiny_classifier.h"
#include "tests/training/tiny_run.h"

#include <QTest>

using namespace lora;

namespace {

RunSettings with_answers(RunSettings settings) {
    settings.answers = {.rows = 2, .prompts = {"What is"}, .chat = false, .max_new_tokens = 5};
    return settings;
}

std::vector<std::int64_t> steps_of(const std::vector<AnswersRecord>& records) {
    std::vector<std::int64_t> steps;
    for (const AnswersRecord& each : records) steps.push_back(each.step);
    return steps;
}

/// As a run's events have it, where bytes that are no UTF-8 are replaced.
std::string written(const AnswersRecord& record) {
    return to_json(record).dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

class AnswersTest : public QObject {
    Q_OBJECT

    RunBench bench_;

private Q_SLOTS:
    void they_change_no_bit_of_what_is_learned() {
        const RunSettings plain = bench_.busy_settings();
        const std::string without = bench_.new_folder(), with = bench_.new_folder();
        const auto before = to_the_end(*Run::start(plain, without, bench_.loaded));
        const auto after = to_the_end(*Run::start(with_answers(plain), with, bench_.loaded));

        const auto expected = records<StepRecord>(before), found = records<StepRecord>(after);
        QCOMPARE(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            QCOMPARE(found[i].loss, expected[i].loss);
            QCOMPARE(found[i].grad_norm, expected[i].grad_norm);
        }
        QVERIFY(adapter_bytes(with) == adapter_bytes(without));
    }

    void they_come_at_each_evaluation_and_stand_in_the_run() {
        const std::string folder = bench_.new_folder();
        const auto told = records<AnswersRecord>(
            to_the_end(*Run::start(with_answers(bench_.busy_settings()), folder, bench_.loaded)));
        QCOMPARE(steps_of(told), (std::vector<std::int64_t>{0, 4, 8, 9}));

        const RunRecord record = read_run(folder);
        QCOMPARE(record.answers.size(), told.size());
        for (std::size_t i = 0; i < told.size(); ++i) QCOMPARE(written(record.answers[i]), written(told[i]));
        QCOMPARE(record.settings.answers.prompts, std::vector<std::string>{"What is"});
        for (const AnswersRecord& each : told) {
            QCOMPARE(each.answers.size(), std::size_t{3});
            QVERIFY(each.answers[0].expected && !each.answers[2].expected);
            QCOMPARE(each.answers[2].prompt, std::string("What is"));
        }
        QVERIFY(told.front().answers != told.back().answers); // the model has changed
    }

    void prompts_alone_are_answered_where_nothing_is_held_out() {
        RunSettings settings = with_answers(bench_.plain_settings());
        settings.answers.rows = 0;
        settings.training.steps = 2;
        const auto told =
            records<AnswersRecord>(to_the_end(*Run::start(settings, bench_.new_folder(), bench_.loaded)));
        QCOMPARE(steps_of(told), (std::vector<std::int64_t>{0, 2}));
    }

    void a_run_that_goes_on_answers_what_it_had_not() {
        const std::string whole = bench_.new_folder(), cut = bench_.new_folder();
        const RunSettings settings = with_answers(bench_.busy_settings());
        to_the_end(*Run::start(settings, whole, bench_.loaded));
        {
            const auto run = Run::start(settings, cut, bench_.loaded);
            while (run->steps_done() < 4) run->advance();
            for (int i = 0; i < 3; ++i) run->advance(); // within the answers of step 4
            run->save();
        }
        to_the_end(*Run::resume(cut, bench_.loaded));
        QVERIFY(read_run(cut).answers == read_run(whole).answers);
    }

    void an_answer_is_exact_but_for_spaces_at_its_ends() {
        QVERIFY((Answer{"p", " yes\n", "yes"}.is_exact()));
        QVERIFY(!(Answer{"p", "yes, sir", "yes"}.is_exact()));
        QVERIFY(!(Answer{"p", "yes"}.is_exact()));
        const AnswersRecord record{3, {{"a", "x", "x"}, {"b", "y", "z"}, {"c", "w"}}};
        QCOMPARE(exact_matches(record), (ExactMatches{1, 2}));
        QVERIFY(answers_record(to_json(record), "here") == record);
    }

    void what_cannot_be_answered_is_refused_before_the_first_step() {
        RunSettings settings = with_answers(bench_.plain_settings());
        QVERIFY_THROWS_EXCEPTION(Error, Run::start(settings, bench_.new_folder(), bench_.loaded)); // no row
        settings.answers = {.rows = 0, .prompts = {"What is"}, .chat = true, .max_new_tokens = 5};
        const std::string folder = bench_.new_folder();
        QVERIFY_THROWS_EXCEPTION(Error, Run::start(settings, folder, bench_.loaded)); // no template
        QVERIFY(!std::filesystem::exists(folder));
    }

    void a_classifier_says_which_label_it_took_for_which() {
        const Scratch scratch;
        LoadedModel loaded = load_model(tiny::write_classifier(scratch.path("model")), "cpu", at::kFloat);
        RunSettings settings;
        settings.model = loaded.summary.path;
        settings.device = "cpu";
        settings.data.train = settings.data.eval = scratch.write("t.jsonl", tiny::labelled_lines(24));
        settings.data.max_length = 32;
        settings.training.lr = 1e-2;
        settings.training.epochs = 12;
        settings.answers.rows = 1; // which are told by their labels
        const std::string folder = scratch.path("run");
        to_the_end(*Run::start(settings, folder, loaded));

        const auto evaluations = read_run(folder).evaluations;
        for (const EvaluationRecord& each : evaluations) {
            QCOMPARE(each.confusion.size(), std::size_t{2});
            const auto &cat = each.confusion[0], &dog = each.confusion[1];
            QCOMPARE(cat[0] + cat[1] + dog[0] + dog[1], std::int64_t{24});
            QCOMPARE(static_cast<double>(cat[0] + dog[1]) / 24, each.accuracy.value());
        }
        settings.answers.prompts = {"Which one?"};
        QVERIFY_THROWS_EXCEPTION(Error, Run::start(settings, scratch.path("again"), loaded));
    }
};

QTEST_GUILESS_MAIN(AnswersTest)
#include "answers_test.moc"
