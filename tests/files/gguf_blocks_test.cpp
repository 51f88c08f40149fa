// Every block type against gguf-py's values, and the half conversion against arithmetic.

#include "engine/files/gguf.h"
#include "engine/files/safetensors.h"

#include <QTest>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace lora;

class GgufBlocksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void values_equal_gguf_pys_bit_for_bit_data() {
        QTest::addColumn<QString>("type");
        for (int i = 0; i < block_types; ++i) {
            const std::string name(layout(static_cast<BlockType>(i)).name);
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }

    void values_equal_gguf_pys_bit_for_bit() {
        QFETCH(QString, type);
        const GgufFile blocks(FIXTURES "/gguf_blocks/blocks.gguf");
        const SafetensorsFile expected(FIXTURES "/gguf_blocks/expected.safetensors");
        const GgufTensor* packed = blocks.find(type.toStdString());
        const TensorView* values = expected.find(type.toStdString());
        QVERIFY(packed != nullptr && values != nullptr);
        QCOMPARE(packed->shape, values->shape);
        QCOMPARE(layout(packed->type).name, std::string_view(type.toStdString()));

        std::vector<float> unpacked(values->bytes.size() / sizeof(float));
        dequantize(packed->type, packed->bytes, unpacked);

        for (std::size_t i = 0; i < unpacked.size(); ++i) {
            std::uint32_t ours = 0;
            std::uint32_t theirs = 0;
            std::memcpy(&ours, &unpacked[i], sizeof ours);
            std::memcpy(&theirs, values->bytes.data() + i * sizeof theirs, sizeof theirs);
            if (ours != theirs) qWarning("value %zu is %g", i, static_cast<double>(unpacked[i]));
            QCOMPARE(ours, theirs);
        }
    }

    // A half is (-1)^s · (m / 1024 + [e > 0]) · 2^(max(e, 1) - 15).
    void every_half_is_what_its_bits_say() {
        for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
            const int exponent = static_cast<int>(bits >> 10 & 31);
            const int mantissa = static_cast<int>(bits & 1023);
            const auto half = static_cast<std::uint16_t>(bits);
            float value = 0;
            dequantize(BlockType::F16, std::as_bytes(std::span(&half, 1)), std::span(&value, 1));
            if (exponent == 31) {
                QVERIFY(mantissa == 0 ? std::isinf(value) : std::isnan(value));
            } else {
                const float size = std::ldexp(
                    static_cast<float>(mantissa + (exponent > 0 ? 1024 : 0)), std::max(exponent, 1) - 25);
                QCOMPARE(std::abs(value), size);
            }
            if (!std::isnan(value)) QCOMPARE(std::signbit(value), (bits & 0x8000) != 0);
        }
    }

    void an_empty_tensor_unpacks_to_nothing() {
        dequantize(BlockType::F32, {}, {});
        dequantize(BlockType::Q6_K, {}, {});
    }

    void a_type_that_is_not_read_has_ggmls_name() {
        QCOMPARE(block_type(17), std::nullopt);
        QCOMPARE(ggml_type_name(17), std::string("IQ2_XS"));
        QCOMPARE(block_type(4), std::nullopt);
        QCOMPARE(ggml_type_name(4), std::string("type 4"));
        QCOMPARE(ggml_type_name(0xffffffffu), std::string("type 4294967295"));
    }
};

QTEST_GUILESS_MAIN(GgufBlocksTest)
#include "gguf_blocks_test.moc"
