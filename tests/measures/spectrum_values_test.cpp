// The rank measures of spectra that can be counted by hand, and spectra as JSON.

#include "engine/error.h"
#include "engine/measures/spectrum_values.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

bool near(const std::optional<double>& value, double expected) {
    return value && std::abs(*value - expected) <= 1e-12 * expected; // a few roundings of doubles
}

} // namespace

class SpectrumValuesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void four_equal_values_have_rank_four_by_every_measure() {
        const RankMeasures measures = rank_measures({1, 1, 1, 1});
        QVERIFY(near(measures.frobenius, 2));
        QVERIFY(near(measures.effective_rank, 4));
        QVERIFY(near(measures.stable_rank, 4));
        QVERIFY(near(measures.participation_ratio, 4));
        QCOMPARE(measures.rank_90, 4);
        QCOMPARE(measures.rank_99, 4);
    }

    void one_value_among_zeros_has_rank_one_by_every_measure() {
        const RankMeasures measures = rank_measures({1, 0});
        QVERIFY(near(measures.frobenius, 1));
        QVERIFY(near(measures.effective_rank, 1));
        QVERIFY(near(measures.stable_rank, 1));
        QVERIFY(near(measures.participation_ratio, 1));
        QCOMPARE(measures.rank_90, 1);
        QCOMPARE(measures.rank_99, 1);
    }

    void values_two_one_give_what_a_hand_counts() {
        const RankMeasures measures = rank_measures({2, 1});
        QVERIFY(near(measures.frobenius, std::sqrt(5.0)));
        QVERIFY(near(measures.stable_rank, 5.0 / 4));           // (4 + 1) / 4
        QVERIFY(near(measures.participation_ratio, 25.0 / 17)); // 5² / (16 + 1)
        // p = 2/3, 1/3: exp(2/3 ln 3/2 + 1/3 ln 3) = (3/2)^(2/3) · 3^(1/3) = 3 / 2^(2/3)
        QVERIFY(near(measures.effective_rank, 3 / std::pow(2.0, 2.0 / 3)));
        QCOMPARE(measures.rank_90, 2); // 4/5 is below 90 %
    }

    void ranks_of_the_energy_are_met_exactly_data() {
        QTest::addColumn<std::vector<double>>("values");
        QTest::addColumn<qlonglong>("rank_90");
        QTest::addColumn<qlonglong>("rank_99");
        QTest::newRow("nine of ten equal ones hold 90 %") << std::vector<double>(10, 0.1) << 9LL << 10LL;
        QTest::newRow("three tenths of energy 9 and 1") << std::vector<double>{0.3, 0.1} << 1LL << 2LL;
        QTest::newRow("99 of 100 equal ones hold 99 %") << std::vector<double>(100, 0.7) << 90LL << 99LL;
        QTest::newRow("one large, one small") << std::vector<double>{10, 0.1} << 1LL << 1LL;
    }
    void ranks_of_the_energy_are_met_exactly() {
        QFETCH(std::vector<double>, values);
        const RankMeasures measures = rank_measures(values);
        QTEST(static_cast<qlonglong>(*measures.rank_90), "rank_90");
        QTEST(static_cast<qlonglong>(*measures.rank_99), "rank_99");
    }

    void zeros_leave_the_measures_undefined() {
        for (const std::vector<double>& values : {std::vector<double>{}, std::vector<double>{0, 0, 0}})
            QCOMPARE(rank_measures(values), RankMeasures{});
    }

    void measures_do_not_depend_on_the_scale_data() {
        QTest::addColumn<double>("scale");
        for (const double scale : {1e-300, 1e-100, 1e-20, 1e20, 1e100}) QTest::addRow("%g", scale) << scale;
    }
    void measures_do_not_depend_on_the_scale() {
        QFETCH(double, scale);
        const std::vector<double> values = {4, 2, 1, 0.5};
        std::vector<double> scaled;
        for (const double value : values) scaled.push_back(scale * value);
        const RankMeasures one = rank_measures(values), other = rank_measures(scaled);
        QVERIFY(near(other.frobenius, scale * one.frobenius));
        QVERIFY(near(other.effective_rank, *one.effective_rank));
        QVERIFY(near(other.stable_rank, *one.stable_rank));
        QVERIFY(near(other.participation_ratio, *one.participation_ratio));
        QCOMPARE(other.rank_90, one.rank_90);
        QCOMPARE(other.rank_99, one.rank_99);
    }

    void measures_keep_their_order() {
        // stable ≤ participation ≤ rank, effective ≤ rank, for any spectrum.
        for (const double decay : {0.1, 0.5, 0.9, 0.99}) {
            std::vector<double> values;
            for (int i = 0; i < 16; ++i) values.push_back(3 * std::pow(decay, i));
            const RankMeasures measures = rank_measures(values);
            QVERIFY(1 <= *measures.stable_rank);
            QVERIFY(*measures.stable_rank <= *measures.participation_ratio);
            QVERIFY(*measures.participation_ratio <= 16);
            QVERIFY(*measures.effective_rank <= 16);
            QVERIFY(*measures.rank_90 <= *measures.rank_99);
        }
    }

    void json_brings_a_spectrum_back() {
        const std::vector<double> values = {1.0 / 3, 0.1 + 0.2, 1e-20, 0};
        Spectrum beside_its_weight{"c", values, rank_measures(values)};
        beside_its_weight.measures.relative_norm = 0.125;
        beside_its_weight.measures.rank = 2;
        for (const Spectrum& before :
            {Spectrum{"model.layers.0.self_attn.q_proj", values, rank_measures(values)},
                Spectrum{"b", {0, 0}, {}}, beside_its_weight})
            QCOMPARE(spectrum(parse_json(to_json(before).dump(), "events"), "events"), before);
    }

    void undefined_measures_are_null_in_json() {
        const Json json = to_json(Spectrum{"a", {0}, {}});
        QVERIFY(json["effective_rank"].is_null());
        QVERIFY(json["rank_90"].is_null());
        QCOMPARE(json["frobenius"].get<double>(), 0.0);
    }

    void values_that_no_spectrum_has_are_refused_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("no path") << QByteArray(R"({"singular_values": [1]})");
        QTest::newRow("no values") << QByteArray(R"({"path": "a"})");
        QTest::newRow("no list") << QByteArray(R"({"path": "a", "singular_values": 3})");
        QTest::newRow("ascending") << QByteArray(R"({"path": "a", "singular_values": [1, 2]})");
        QTest::newRow("negative") << QByteArray(R"({"path": "a", "singular_values": [-1]})");
        QTest::newRow("a word") << QByteArray(R"({"path": "a", "singular_values": ["x"]})");
        QTest::newRow("null") << QByteArray(R"({"path": "a", "singular_values": [null]})");
    }
    void values_that_no_spectrum_has_are_refused() {
        QFETCH(QByteArray, json);
        const Json parsed = parse_json(json.toStdString(), "events");
        try {
            spectrum(parsed, "events.jsonl: event 3");
            QFAIL("accepted");
        } catch (const Error& error) {
            QVERIFY(QByteArray(error.what()).startsWith("events.jsonl: event 3"));
        }
    }
};

QTEST_GUILESS_MAIN(SpectrumValuesTest)
#include "spectrum_values_test.moc"
