// The door's messages: each comes out as it went in, and what is none is refused whatever it is.

#include "engine/door/door_messages.h"
#include "engine/door/frames.h"
#include "engine/door/message_fields.h"
#include "tests/door/sample_values.h"

#include <QTest>
#include <cmath>
#include <random>

namespace lora {

// Sizes that fit each other.
template <>
struct Sample<SimilarityMap> {
    static SimilarityMap make(int& number) {
        return {2, 1, {sample<double>(number), sample<double>(number)}};
    }
};
template <>
struct Sample<SweepChanged> {
    static SweepChanged make(int& number) {
        return {sample<std::string>(number), std::make_shared<const SweepTable>(sample<SweepTable>(number)),
            1, true};
    }
};

} // namespace lora

using namespace lora;

namespace {

Json through_a_frame(const Json& message) {
    FrameReader reader("the test");
    reader.add(frame_of(message));
    const auto read = reader.next();
    if (!read || reader.next()) throw Error("not one message");
    return *read;
}

std::string bytes_of(const Json& json) {
    std::string bytes;
    Json::to_cbor(json, bytes);
    return bytes;
}

/// Whether what comes out is what went in, bit by bit.
bool is_kept(const Event& event) {
    const Json sent = to_json(EngineMessage(Told{7, event}));
    const EngineMessage got = engine_message(through_a_frame(sent), "the test");
    return std::get<Told>(got).event.index() == event.index() && bytes_of(to_json(got)) == bytes_of(sent);
}

bool is_kept(const Command& command) {
    const Json sent = to_json(WindowMessage(Posted{{7}, command}));
    const WindowMessage got = window_message(through_a_frame(sent), "the test");
    return std::get<Posted>(got).command.index() == command.index()
           && bytes_of(to_json(got)) == bytes_of(sent);
}

/// The names of the alternatives that do not come out as they went in.
template <class Variant, std::size_t... I>
std::string changed(std::index_sequence<I...>) {
    std::string names;
    int number = 0;
    const auto check = [&]<class Each>(const Each& each) {
        if (!is_kept(Variant(each))) names.append(" ").append(Fields<Each>::type_name);
    };
    (check(sample<std::variant_alternative_t<I, Variant>>(number)), ...);
    return names;
}

template <class Variant>
std::string changed() {
    return changed<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>());
}

std::string framed(const std::string& body) {
    std::string frame(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) frame[i] = static_cast<char>(body.size() >> (8 * i) & 0xff);
    return frame + body;
}

/// Why the bytes are refused; empty: they are not.
std::string refusal(const std::string& bytes, bool after_mark = false) {
    FrameReader reader("peer", after_mark);
    reader.add(bytes);
    try {
        while (const auto message = reader.next()) engine_message(*message, "peer");
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

bool says(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

} // namespace

class MessagesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void every_command_comes_out_as_it_went_in() { QCOMPARE(changed<Command>(), std::string()); }
    void every_event_comes_out_as_it_went_in() { QCOMPARE(changed<Event>(), std::string()); }

    void what_is_absent_stays_absent() {
        QVERIFY(is_kept(Event(RunStarted{})));
        QVERIFY(is_kept(Event(DataSurveyed{})));
        QVERIFY(is_kept(Event(StepDone{})));
        QVERIFY(is_kept(Command(StartRun{})));
    }

    void numbers_that_are_none_are_told() {
        StepDone step;
        step.record.loss = std::nan("");
        step.record.grad_norm = HUGE_VAL;
        const Json sent = through_a_frame(to_json(EngineMessage(Told{1, step})));
        const auto got = std::get<StepDone>(std::get<Told>(engine_message(sent, "the test")).event);
        QVERIFY(std::isnan(got.record.loss));
        QCOMPARE(got.record.grad_norm, HUGE_VAL);
    }

    void a_refusal_keeps_its_parts() {
        const Error error("model.gguf", "this", "that", "try another; or none");
        const Json sent = to_json(EngineMessage(Told{1, Refused{{{3}, StopRun{}}, error}}));
        const auto got = std::get<Refused>(std::get<Told>(engine_message(sent, "the test")).event);
        QCOMPARE(std::string(got.why.what()), std::string(error.what()));
        QCOMPARE(got.why.found(), error.found());
    }

    void enumerators_are_counted() {
        QCOMPARE(enumerators<AnswerState>(), std::size_t{3});
        QCOMPARE(enumerators<EngineState>(), std::size_t{7});
        QCOMPARE(enumerators<MethodKind>(), static_cast<std::size_t>(MethodKind::Subspace) + 1);
    }

    void a_refused_part_is_named_with_its_place() {
        Json sent = to_json(EngineMessage(Told{1, StateChanged{}}));
        sent[1][1][1][0] = 7; // behind the last state
        const std::string why = refusal(framed(bytes_of(sent)));
        QVERIFY2(says(why, "StateChanged: state: found 7, expected a whole number from 0 to 6"), why.c_str());
    }

    void events_that_no_engine_tells_are_refused() {
        SimilarityMap map{.rows = 2, .columns = 3, .values = {1}};
        AdapterComparison comparison;
        comparison.targets.push_back(
            {.path = "q", .A = map, .inputs = {}, .outputs = {}, .input_angles = {}, .output_angles = {}});
        const auto why = [](const Event& event) {
            return refusal(frame_of(to_json(EngineMessage(Told{1, event}))));
        };
        QVERIFY(says(why(ModelLoaded{}), "an event with no model"));
        QVERIFY(says(why(AdaptersCompared{std::make_shared<const AdapterComparison>(comparison)}),
            "maps of other sizes"));
        QVERIFY(
            says(why(SweepChanged{.folder = {}, .table = std::make_shared<const SweepTable>(), .current = 3}),
                "a table of other sizes"));
        QVERIFY(says(refusal(frame_of(to_json(EngineMessage(Welcome{})))), "no devices"));
    }

    void programs_of_other_messages_are_told_apart() {
        QCOMPARE(digest_of_messages().size(), std::size_t{16});
        QCOMPARE(
            why_not_served({.version = "9.9", .messages = digest_of_messages(), .window = {}, .engine = {}}),
            std::string());
        const std::string why =
            why_not_served({.version = "9.9", .messages = "another", .window = {}, .engine = {}});
        QVERIFY2(says(why, "LoRA Workbench 9.9") && says(why, "install the same version"), why.c_str());
    }

    void hostile_frames_are_refused_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const QByteArray& body, const char* words) {
            QTest::newRow(name) << body << QString::fromUtf8(words);
        };
        row("nothing", {}, "byte 0: found the end of the message");
        row("texts in texts", QByteArray(1 << 20, '\x7f'), "a length that is not told");
        row("bytes in bytes", QByteArray(1 << 20, '\x5f'), "a value of another kind");
        row("tags on tags", QByteArray(1 << 20, '\xc1'), "a value of another kind");
        row("lists in lists", QByteArray(1 << 20, '\x81'), "more than 32 lists in each other");
        row("endless lists", QByteArray(1 << 20, '\x9f'), "a length that is not told");
        row("a list of 2^64", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "a list that goes beyond the end");
        row("objects of 2^63", "\xbb\x7f\xff\xff\xff\xff\xff\xff\xff", "a list that goes beyond the end");
        row("a text of 2^64", "\x7b\xff\xff\xff\xff\xff\xff\xff\xff", "a text that goes beyond the end");
        row("a number as a key", "\xa1\x01\x01", "byte 2: found a key of another kind, expected a text");
        row("an object as a key", "\x81\xa2\x61x\x01\xa0\x01", "a key of another kind");
        row("something behind it", "\xf6\xf6", "found more bytes");
        row("an unknown message", "\x82\x61x\x80", "one that this program knows");
        row("no list", "\x01", "a list of 2");
    }
    void hostile_frames_are_refused() {
        QFETCH(QByteArray, body);
        QFETCH(QString, words);
        const std::string why = refusal(framed(body.toStdString()));
        QVERIFY2(says(why, words.toUtf8().constData()), why.c_str());
    }

    void a_length_beyond_the_limit_is_refused_before_its_bytes_come() {
        QVERIFY(says(refusal(std::string("\x01\0\0\x7f", 4)), "at most 67108864"));
    }

    void what_a_login_prints_before_the_mark_is_left_out() {
        FrameReader reader("host", /*after_mark=*/true);
        reader.add("Welcome to box!\n");
        reader.add(door_mark.substr(0, 5));
        QVERIFY(!reader.next());
        reader.add(door_mark.substr(5));
        reader.add(frame_of(Json::array({1})));
        QCOMPARE(reader.next()->size(), std::size_t{1});
        QCOMPARE(reader.words_before(), std::string("Welcome to box!\\x0a"));
        const std::string why = refusal(std::string(1 << 17, 'x'), /*after_mark=*/true);
        QVERIFY2(says(why, "the words of lora serve"), why.c_str());
    }

    void messages_come_whole_however_their_bytes_come() {
        FrameReader reader("the test");
        std::string all;
        for (int i = 0; i < 50; ++i)
            all += frame_of(Json::array({i, std::string(static_cast<std::size_t>(i) * 37, 'x')}));
        int messages = 0;
        for (std::size_t i = 0; i < all.size(); i += 13) {
            reader.add(std::string_view(all).substr(i, 13));
            while (const auto message = reader.next()) QCOMPARE((*message)[0].get<int>(), messages++);
        }
        QCOMPARE(messages, 50);
    }

    void changed_bytes_are_refused_or_read() {
        std::mt19937 random(1);
        int number = 0;
        const std::string body = bytes_of(to_json(EngineMessage(Told{1, sample<RunStarted>(number)})));
        for (int i = 0; i < 3000; ++i) {
            std::string other = body;
            for (int change = 0; change < 3; ++change)
                other[random() % other.size()] = static_cast<char>(random());
            if (i % 4 == 0) other.resize(random() % other.size());
            refusal(framed(other)); // it does not crash
        }
    }
};

QTEST_GUILESS_MAIN(MessagesTest)
#include "messages_test.moc"
