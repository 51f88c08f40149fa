// Rows of 4 and 8 bits: quantized as bitsandbytes does it (tests/fixtures/quantized/make_bitsandbytes.py),
// and laid out with their scales.

#include "engine/files/safetensors.h"
#include "engine/files/scaled_rows.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace lora;

namespace {

constexpr std::int64_t columns = 192; // of the fixture

const TensorView& tensor(const std::string& name) {
    static const SafetensorsFile file(FIXTURES "/quantized/bitsandbytes.safetensors");
    return *file.find(name);
}

/// In float32 or bfloat16.
std::vector<float> floats(const std::string& name) {
    const TensorView& view = tensor(name);
    std::vector<float> values(view.bytes.size() / size_bytes(view.type));
    dequantize(view.type == ElementType::BF16 ? BlockType::BF16 : BlockType::F32, view.bytes, values);
    return values;
}

/// A weight's scales as its row in memory has them.
std::vector<float> scales_in_row(
    BlockType type, const ScaledParts& parts, std::int64_t row, std::int64_t width) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(scaled_row_bytes(type, width)));
    lay_out_row(type, parts, row, width, bytes.data());
    std::vector<float> scales(static_cast<std::size_t>(scales_of_row(type, width)));
    read_scales(type, bytes.data(), width, 0, std::ssize(scales), scales.data());
    return scales;
}

} // namespace

class ScaledRowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nf4_is_made_as_bitsandbytes_makes_it() {
        const std::vector<float> plain = floats("plain"), expected = floats("single.weight.absmax");
        std::vector<std::byte> numbers(plain.size() / 2);
        std::vector<float> scales;
        for (std::size_t at = 0; at < plain.size(); at += values_of_scale)
            scales.push_back(quantize_nf4(plain.data() + at, numbers.data() + at / 2));
        QCOMPARE(scales, expected);
        const auto theirs = tensor("single.weight").bytes;
        QVERIFY(std::equal(numbers.begin(), numbers.end(), theirs.begin(), theirs.end()));
    }

    void the_scales_are_quantized_as_bitsandbytes_does_it() {
        const std::vector<float> scales = floats("single.weight.absmax"),
                                 levels = floats("nested.weight.nested_quant_map");
        for (std::size_t i = 0; i < levels.size(); ++i)
            QVERIFY(std::abs(levels[i] - scale_levels()[i]) <= 1e-7F);
        double sum = 0;
        for (const float scale : scales) sum += scale;
        const PackedScales packed =
            packed_scales(scales, static_cast<float>(sum / static_cast<double>(scales.size())));
        const auto codes = tensor("nested.weight.absmax").bytes;
        QVERIFY(std::equal(codes.begin(), codes.end(), packed.codes.begin(), packed.codes.end(),
            [](std::byte theirs, std::uint8_t ours) { return theirs == std::byte{ours}; }));
        const std::vector<float> nested = floats("nested.weight.nested_absmax");
        QCOMPARE(packed.nested.size(), nested.size());
        for (std::size_t i = 0; i < nested.size(); ++i)
            QVERIFY(std::abs(packed.nested[i] - nested[i]) <= 1e-6F);
    }

    void int8_is_made_as_bitsandbytes_makes_it() {
        const std::vector<float> plain = floats("plain");
        std::vector<std::byte> numbers(plain.size());
        std::vector<float> scales;
        for (std::size_t at = 0; at < plain.size(); at += columns)
            scales.push_back(quantize_int8(plain.data() + at, columns, numbers.data() + at));
        QCOMPARE(scales, floats("int8.SCB"));
        const auto theirs = tensor("int8.weight").bytes;
        QVERIFY(std::equal(numbers.begin(), numbers.end(), theirs.begin(), theirs.end()));
    }

    void a_value_that_is_no_number_shows_in_the_scale() {
        std::vector<float> values(values_of_scale, 0.5F);
        std::vector<std::byte> numbers(values.size());
        QCOMPARE(quantize_nf4(values.data(), numbers.data()), 0.5F);
        values[7] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(std::isnan(quantize_nf4(values.data(), numbers.data())));
        QVERIFY(std::isnan(quantize_int8(values.data(), values_of_scale, numbers.data())));
        values[7] = std::numeric_limits<float>::infinity();
        QVERIFY(std::isinf(quantize_nf4(values.data(), numbers.data())));
        const std::vector<float> zeros(values_of_scale);
        QCOMPARE(quantize_int8(zeros.data(), values_of_scale, numbers.data()), 0.0F);
        QVERIFY(
            std::all_of(numbers.begin(), numbers.end(), [](std::byte one) { return one == std::byte{0}; }));
    }

    // Rows of 3 blocks: the 256 of a run end inside the row; a row of 600 blocks has parts of up to four
    // runs.
    void a_row_has_its_scales_with_it_wherever_runs_begin_data() {
        QTest::addColumn<qint64>("blocks");
        for (const qint64 blocks : {1, 3, 9, 255, 256, 257, 600}) QTest::addRow("%lld", blocks) << blocks;
    }
    void a_row_has_its_scales_with_it_wherever_runs_begin() {
        QFETCH(qint64, blocks);
        const std::int64_t width = blocks * values_of_scale, count = 1200 / blocks + 2;
        const std::vector<std::byte> numbers(static_cast<std::size_t>(width / 2 * count));
        std::vector<float> scales;
        for (std::int64_t i = 0; i < blocks * count; ++i)
            scales.push_back(1 + static_cast<float>(i / scales_of_run) + 0.001F * static_cast<float>(i % 97));
        const PackedScales packed = packed_scales(scales, 1.5F);
        const ScaledParts nested{.numbers = numbers,
            .codes = std::as_bytes(std::span(packed.codes)),
            .nested = std::as_bytes(std::span(packed.nested)),
            .offset = packed.offset};
        const ScaledParts wide{.numbers = numbers, .scales = std::as_bytes(std::span(scales))};
        for (std::int64_t row = 0; row < count; ++row) {
            const std::vector<float> found = scales_in_row(BlockType::NF4, nested, row, width);
            const std::vector<float> same = scales_in_row(BlockType::NF4Wide, wide, row, width);
            for (std::int64_t i = 0; i < blocks; ++i) {
                const auto at = static_cast<std::size_t>(i),
                           place = static_cast<std::size_t>(row * blocks + i);
                QCOMPARE(same[at], scales[place]);
                const float exact =
                    scale_levels()[packed.codes[place]] * packed.nested[place / scales_of_run] + 1.5F;
                QCOMPARE(found[at], exact);
                QVERIFY(std::abs(found[at] - scales[place]) < 0.02F * packed.nested[place / scales_of_run]);
            }
        }
    }
};

QTEST_APPLESS_MAIN(ScaledRowsTest)
#include "scaled_rows_test.moc"
