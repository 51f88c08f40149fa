// The one table of settings: that it has every field, and that a value is the same in run.json, as an
// option's text and in the words of window and command.

#include "engine/error.h"
#include "engine/settings/edit_effects.h"
#include "engine/settings/schema.h"
#include "engine/settings/settings.h"
#include "engine/settings/wording.h"
#include "tests/settings/awkward_settings.h"

#include <QTest>
#include <set>

using namespace lora;

namespace {

/// Stands for a value of any type.
struct Any {
    template <class T>
    operator T() const; // NOLINT: never defined, only asked whether it fits
};

/// How many fields a plain struct has.
template <class T, class... Fields>
constexpr std::size_t fields_of() {
    if constexpr (requires { T{Fields{}..., Any{}}; })
        return fields_of<T, Fields..., Any>();
    else
        return sizeof...(Fields);
}

std::size_t rows_under(const std::string& group) {
    std::size_t count = 0;
    for (const Setting& setting : all_settings())
        if (setting.path.starts_with(group) && setting.path.find('.', group.size()) == std::string::npos)
            ++count;
    return count;
}

} // namespace

class SchemaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_field_of_the_structs_has_a_row() {
        QCOMPARE(rows_under("training."), fields_of<TrainingSettings>());
        QCOMPARE(rows_under("data."), fields_of<DataSettings>());
        QCOMPARE(rows_under("lora."), fields_of<LoraSettings>() - 1); // the selection is a group
        QCOMPARE(rows_under("lora.selection."), fields_of<TargetSelection>());
        QCOMPARE(rows_under("subspace."), fields_of<SubspaceSettings>());
        QCOMPARE(rows_under("answers."), fields_of<AnswerSettings>());
        QCOMPARE(rows_under("tokens."), fields_of<TokenSettings>());
        QCOMPARE(
            rows_under("method_settings."), fields_of<MethodSettings>() - 2); // adalora and eva are groups
        QCOMPARE(rows_under("method_settings.adalora."), fields_of<AdaLoraSettings>());
        QCOMPARE(rows_under("method_settings.eva."), fields_of<EvaSettings>());
        QCOMPARE(rows_under(""), fields_of<RunSettings>() - 7);
    }

    void every_setting_has_a_name_an_option_and_help_of_its_own() {
        std::set<std::string> paths, options;
        for (const Setting& setting : all_settings()) {
            QVERIFY2(paths.insert(setting.path).second, setting.path.c_str());
            QVERIFY2(options.insert(setting.option).second, setting.option.c_str());
            QVERIFY2(!setting.label.empty() && setting.help.ends_with('.'), setting.path.c_str());
        }
    }

    void a_value_comes_back_from_run_json_and_from_an_options_text() {
        const RunSettings awkward = awkward_settings();
        QCOMPARE(run_settings(parse_json(to_json(awkward).dump(), "run.json"), "run.json"), awkward);
        RunSettings typed;
        for (const Setting& setting : all_settings()) {
            const Json value = setting.get(awkward);
            QVERIFY2(value != setting.initial(), setting.path.c_str()); // none was forgotten
            setting.put(typed, setting.parsed(text_of(value), setting.path), setting.path);
            QVERIFY2(setting.get(typed) == value, setting.path.c_str());
        }
        QCOMPARE(typed, awkward);
    }

    void a_value_lies_at_its_path() {
        for (const Setting& setting : all_settings()) {
            RunSettings changed;
            setting.put(changed, setting.get(awkward_settings()), setting.path);
            std::string pointer = "/" + setting.path;
            std::replace(pointer.begin(), pointer.end(), '.', '/');
            Json expected = to_json(RunSettings{});
            expected[Json::json_pointer(pointer)] = setting.get(awkward_settings());
            QVERIFY2(to_json(changed) == expected, setting.path.c_str());
        }
    }

    void text_that_is_no_value_is_refused_data() {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("letters") << QByteArray("lora.rank") << QByteArray("eight");
        QTest::newRow("fraction") << QByteArray("lora.rank") << QByteArray("8.5");
        QTest::newRow("rest") << QByteArray("training.lr") << QByteArray("1e-3x");
        QTest::newRow("nothing") << QByteArray("training.lr") << QByteArray("");
        QTest::newRow("negative seed") << QByteArray("training.seed") << QByteArray("-1");
        QTest::newRow("seed of 65 bits") << QByteArray("training.seed") << QByteArray("18446744073709551616");
        QTest::newRow("threads") << QByteArray("threads") << QByteArray("4294967296");
        QTest::newRow("word") << QByteArray("training.schedule") << QByteArray("cubic");
        QTest::newRow("pattern") << QByteArray("lora.rank_pattern") << QByteArray("q_proj");
    }
    void text_that_is_no_value_is_refused() {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, text);
        const Setting& setting = setting_at(path.toStdString());
        QVERIFY_THROWS_EXCEPTION(Error, setting.parsed(text.toStdString(), "here"));
    }

    void numbers_are_written_shortly_and_exactly_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("small") << 2e-5 << QByteArray("2e-5");
        QTest::newRow("lr") << 2e-4 << QByteArray("0.0002");
        QTest::newRow("whole") << 16384.0 << QByteArray("16384");
        QTest::newRow("billion") << 1e9 << QByteArray("1000000000");
        QTest::newRow("large") << 1e20 << QByteArray("1e20");
        QTest::newRow("third") << 1.0 / 3 << QByteArray("0.3333333333333333");
        QTest::newRow("negative") << -0.5 << QByteArray("-0.5");
    }
    void numbers_are_written_shortly_and_exactly() {
        QFETCH(double, value);
        QFETCH(QByteArray, text);
        QCOMPARE(number_text(value), text.toStdString());
        QCOMPARE(setting_at("method_settings.d_initial").parsed(number_text(value), "").get<double>(), value);
    }

    void epochs_take_the_place_of_steps() {
        RunSettings settings;
        assign(settings, setting_at("training.steps"), 300, "here");
        assign(settings, setting_at("training.epochs"), 3, "here");
        QVERIFY(!settings.training.steps.has_value());
        QCOMPARE(settings.training.epochs, 3);
    }

    void an_edit_keeps_the_scale_of_linears_with_a_rank_of_their_own() {
        RunSettings settings; // rank 8, α 16
        settings.lora.rank_pattern = {{"q_proj", 4}};
        settings.lora.alpha_pattern = {{"q_proj", 8.0}};
        RunSettings edited = settings;
        edited.lora.alpha = 32;
        follow_edit(edited, settings, "lora.alpha");
        QCOMPARE(edited.lora.alpha_pattern, (AlphaPattern{{"q_proj", 16.0}}));

        settings.lora.alpha_pattern = {{"q_proj", 3.0}}; // by hand
        edited = settings;
        edited.lora.alpha = 32;
        follow_edit(edited, settings, "lora.alpha");
        QCOMPARE(edited.lora.alpha_pattern, settings.lora.alpha_pattern);
    }

    void settings_are_named_in_the_words_of_who_shows_them() {
        const std::string text = "more {training.accumulate} or {method=full}; {no.setting} and { stay";
        QCOMPARE(
            in_options(text), std::string("more --accumulate or --method full; {no.setting} and { stay"));
        QCOMPARE(in_labels(text),
            std::string("more Micro-batches or Method “Full fine-tuning”; {no.setting} and { stay"));
        QCOMPARE(in_options(sentence({"training.lr", "0", "a number above 0"})),
            std::string("--lr: found 0, expected a number above 0"));
    }
};

QTEST_GUILESS_MAIN(SchemaTest)
#include "schema_test.moc"
