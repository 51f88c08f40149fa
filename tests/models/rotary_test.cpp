// Rotary positions whose frequencies follow a text's length: by the formulas of their sources, and each
// sample by itself. (The scalings with one set of frequencies are in tests/architectures.)

#include "engine/error.h"
#include "engine/models/rotary.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <cmath>

#include <ATen/ATen.h>

using namespace lora;

namespace {

constexpr std::int64_t head = 8;

RotaryConfig config_of(const Json& json) { return RotaryConfig::from_json(JsonFields(json, "config.json")); }

Rotary rotary_of(const RotaryConfig& config) { return Rotary(config, head, at::Tensor(), at::kCPU); }

Rotary default_with(double theta) { return rotary_of({.rope_theta = theta}); }

PackedTokens texts(const std::vector<std::size_t>& lengths) {
    std::vector<std::vector<std::int32_t>> samples;
    for (const std::size_t length : lengths) samples.emplace_back(length, 1);
    return PackedTokens::pack(samples, at::kCPU);
}

at::Tensor cosines(const Rotary& rotary, const std::vector<std::size_t>& lengths, std::int64_t before = 0) {
    return rotary.half_tables(texts(lengths), before).cos;
}

bool close(const at::Tensor& a, const at::Tensor& b) { return at::allclose(a, b, 0, 1e-5); }

const Json dynamic_json{{"max_position_embeddings", 10}, {"rope_theta", 1e4},
    {"rope_scaling", {{"type", "dynamic"}, {"factor", 3.0}}}};

Json longrope_json() {
    return {{"max_position_embeddings", 40}, {"original_max_position_embeddings", 10},
        {"rope_parameters", {{"rope_type", "longrope"}, {"rope_theta", 1e4},
                                {"short_factor", {1., 1., 1., 1.}}, {"long_factor", {2., 2., 2., 2.}}}}};
}

std::string refusal_of(const Json& json) {
    return message_of<Error>([&] { rotary_of(config_of(json)); });
}

} // namespace

class RotaryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void dynamic_keeps_the_frequencies_up_to_the_models_length() {
        const Rotary rotary = rotary_of(config_of(dynamic_json));
        QVERIFY(close(cosines(rotary, {10}), cosines(default_with(1e4), {10})));
    }

    void dynamic_grows_theta_with_a_longer_text() {
        const Rotary rotary = rotary_of(config_of(dynamic_json));
        const double grown = 1e4 * std::pow(3.0 * 25 / 10 - 2, 8.0 / 6);
        QVERIFY(close(cosines(rotary, {25}), cosines(default_with(grown), {25})));
    }

    void longrope_divides_by_the_list_for_the_texts_length_and_scales_both() {
        const Rotary rotary = rotary_of(config_of(longrope_json()));
        const double magnitude = std::sqrt(1 + std::log(4.0) / std::log(10.0));
        const Rotary slowed = rotary_of({.rope_type = "linear", .factor = 2});
        QVERIFY(close(cosines(rotary, {10}), magnitude * cosines(default_with(1e4), {10})));
        QVERIFY(close(cosines(rotary, {11}), magnitude * cosines(slowed, {11})));
    }

    void a_sample_turns_as_it_does_alone_whatever_lies_beside_it() {
        for (const Json& json : {dynamic_json, longrope_json()}) {
            const Rotary rotary = rotary_of(config_of(json));
            const at::Tensor apart =
                at::cat({cosines(rotary, {4}), cosines(rotary, {30}), cosines(rotary, {7})});
            QVERIFY(close(cosines(rotary, {4, 30, 7}), apart));
        }
    }

    void tokens_in_a_cache_count_for_the_length() {
        const Rotary rotary = rotary_of(config_of(longrope_json()));
        const RotaryTables alone = rotary.half_tables(texts({1}), 9),
                           later = rotary.half_tables(texts({1}), 10);
        PackedTokens one = texts({1});
        one.positions = one.positions + 5;
        QVERIFY(close(alone.cos, later.cos)); // position 0 does not turn
        QVERIFY(!close(rotary.half_tables(one, 9).cos, rotary.half_tables(one, 10).cos));
    }

    void the_old_names_of_longrope_are_known() {
        Json json = longrope_json();
        json["rope_scaling"] = json["rope_parameters"];
        json.erase("rope_parameters");
        json["rope_scaling"].erase("rope_type");
        json["rope_scaling"].erase("rope_theta");
        for (const char* name : {"su", "yarn", "longrope"}) {
            json["rope_scaling"]["type"] = name;
            QCOMPARE(config_of(json).rope_type, std::string("longrope"));
        }
    }

    void proportional_turns_the_first_pairs_as_a_whole_head_would_and_no_other() {
        const Json json{{"rope_parameters",
            {{"rope_type", "proportional"}, {"rope_theta", 1e4}, {"partial_rotary_factor", 0.5}}}};
        const at::Tensor found = cosines(rotary_of(config_of(json)), {9});
        QVERIFY(close(found.narrow(1, 0, 2), cosines(default_with(1e4), {9}).narrow(1, 0, 2)));
        QVERIFY(close(found.narrow(1, 2, 2), at::ones({9, 2})));
    }

    void a_list_that_does_not_fit_the_head_is_refused() {
        Json json = longrope_json();
        json["rope_parameters"]["long_factor"] = {1.0, 2.0};
        QVERIFY(refusal_of(json).find("long_factor") != std::string::npos);
        json["rope_parameters"]["long_factor"] = {1.0, 2.0, -1.0, 1.0};
        QVERIFY(refusal_of(json).find("long_factor") != std::string::npos);
        json["rope_parameters"].erase("long_factor");
        QVERIFY(refusal_of(json).find("long_factor") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(RotaryTest)
#include "rotary_test.moc"
