// The survey on the engine's thread: what it answers, that a newer question takes an older one's place, that
// it can be stopped.

#include "engine/error.h"
#include "engine/session/survey_work.h"
#include "tests/survey/tiny_tokenizer.h"

#include <QTest>
#include <algorithm>

using namespace lora;

namespace {

std::string rows_of_numbers(int count) {
    std::string lines;
    for (int i = 1; i <= count; ++i)
        lines += Json{{"prompt", "Say"}, {"completion", " number " + std::to_string(i)}}.dump() + "\n";
    return lines;
}

/// A worker whose work is the survey alone, and what it has told.
struct Surveyor {
    Scratch scratch;
    Tokenizer tokenizer = tiny_tokenizer(scratch);
    std::vector<Event> events;
    Worker worker{[this](Emit emit) {
        auto work = std::make_shared<SurveyWork>(std::move(emit), [this](const std::string& path) {
            if (path != "tiny") fail(path, "nothing", "a model");
            return SurveyedModel{tokenizer, {}};
        });
        return Work{[work](const Request& request, const std::stop_token&) { work->take(request); },
            [work] { return work->busy(); }, [work](const std::stop_token&) { work->advance(); }};
    }};

    SurveyData question(const std::string& bytes, const std::string& model = "tiny",
        const std::string& name = "data.jsonl") const {
        SurveyData question;
        question.model = model;
        question.data.train = scratch.write(name, bytes);
        return question;
    }
    template <class E>
    std::optional<E> await(const std::function<bool(const E&)>& wanted) {
        std::optional<E> found;
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT(
                [&] {
                    for (Event& event : worker.drain()) events.push_back(std::move(event));
                    for (const Event& event : events)
                        if (const auto* each = std::get_if<E>(&event); each && wanted(*each)) found = *each;
                    return found.has_value();
                }(),
                30'000);
        }();
        return found;
    }
    DataSurveyed counted(RequestId id) {
        return *await<DataSurveyed>([&](const DataSurveyed& told) {
            return told.request == id && told.state != AnswerState::UnderWay;
        });
    }
    RowShown shown(const ShowRow& command) {
        const RequestId id = worker.post(command);
        return *await<RowShown>([&](const RowShown& told) { return told.request == id; });
    }
};

} // namespace

class SurveyWorkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_dataset_is_counted_and_its_rows_are_shown() {
        Surveyor at;
        const DataSurveyed told = at.counted(at.worker.post(at.question(rows_of_numbers(120))));
        QCOMPARE(told.state, AnswerState::Finished);
        QCOMPARE(told.fault, std::string());
        QCOMPARE(told.counts->rows, 120);
        const RowShown row = at.shown({ShowRow::By::Line, 77});
        QCOMPARE(row.row->head.index, 76);
        QCOMPARE(row.around->front().index, 50);
        QCOMPARE(row.around->size(), std::size_t(50));
        QCOMPARE(at.shown({ShowRow::By::Index, 1000}).row->head.index, 119);
        QCOMPARE(at.shown({ShowRow::By::Text, 3, "NUMBER 99"}).row->head.index, 98);
        QVERIFY(!at.shown({ShowRow::By::Text, 3, "nowhere"}).row);
        QVERIFY(!at.shown({ShowRow::By::Cut, 0}).row);
    }

    void what_cannot_be_opened_is_told_in_the_answer() {
        Surveyor at;
        const DataSurveyed no_model = at.counted(at.worker.post(at.question("{}", "none")));
        QVERIFY(contains(no_model.fault, "none: found nothing"));
        const DataSurveyed wrong =
            at.counted(at.worker.post(at.question(rows_of_numbers(2) + "{\"prompt\":1}\n")));
        QVERIFY2(contains(wrong.fault, "line 3"), wrong.fault.c_str());
        QCOMPARE(wrong.counts->rows, 2);
        QCOMPARE(at.shown({ShowRow::By::Index, 1}).row->head.line, 2);
        QVERIFY(std::none_of(at.events.begin(), at.events.end(),
            [](const Event& event) { return std::holds_alternative<Refused>(event); }));
    }

    void a_newer_question_takes_the_older_ones_place() {
        Surveyor at;
        const RequestId older = at.worker.post(at.question(rows_of_numbers(200'000)));
        const DataSurveyed told =
            at.counted(at.worker.post(at.question(rows_of_numbers(5), "tiny", "small.jsonl")));
        QCOMPARE(told.counts->rows, 5);
        for (const Event& event : at.events)
            if (const auto* each = std::get_if<DataSurveyed>(&event))
                QVERIFY(each->request != older || each->state == AnswerState::UnderWay);
    }

    void a_count_that_is_stopped_keeps_what_it_has() {
        Surveyor at;
        const RequestId id = at.worker.post(at.question(rows_of_numbers(200'000)));
        QVERIFY(at.await<DataSurveyed>([&](const DataSurveyed& told) { return told.counts->rows > 0; }));
        at.worker.post(StopSurvey{});
        const DataSurveyed told = at.counted(id);
        QCOMPARE(told.state, AnswerState::Stopped);
        QVERIFY(told.counts->rows > 0 && told.counts->rows < 200'000);
        QVERIFY(told.done > 0 && told.done < 1);
        QVERIFY(at.shown({ShowRow::By::Index, 0}).row);
    }
};

QTEST_GUILESS_MAIN(SurveyWorkTest)
#include "survey_work_test.moc"
