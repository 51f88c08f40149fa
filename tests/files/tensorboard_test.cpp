// TensorBoard's event files, read back byte by byte as its own reader does.

#include "engine/files/bytes.h"
#include "engine/files/tensorboard.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <vector>

using namespace lora;

namespace {

std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// One field of a protocol buffer: its number and what it holds.
struct Field {
    std::uint64_t number = 0;
    std::uint64_t varint = 0;
    std::string bytes; ///< of a fixed number or of a nested message
};

std::uint64_t read_varint(ByteReader& reader) {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto byte = reader.number<std::uint8_t>("a varint");
        value |= static_cast<std::uint64_t>(byte & 127) << shift;
        if (byte < 128) return value;
    }
}

std::vector<Field> fields_of(const std::string& message) {
    ByteReader reader(std::as_bytes(std::span(message)), "message");
    std::vector<Field> fields;
    while (reader.left() > 0) {
        const std::uint64_t key = read_varint(reader);
        Field field{key >> 3, 0, {}};
        switch (key & 7) {
        case 0: field.varint = read_varint(reader); break;
        case 1: field.bytes = text(reader.take(8, "a double")); break;
        case 2: field.bytes = text(reader.take(read_varint(reader), "bytes")); break;
        case 5: field.bytes = text(reader.take(4, "a float")); break;
        default: qFatal("an unknown kind of field");
        }
        fields.push_back(std::move(field));
    }
    return fields;
}

const Field* find(const std::vector<Field>& fields, std::uint64_t number) {
    for (const Field& field : fields)
        if (field.number == number) return &field;
    return nullptr;
}

template <class Number>
Number number_of(const std::string& bytes) {
    Number number{};
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

/// The records' data; an empty list where a checksum does not hold.
std::vector<std::string> records_of(const std::string& bytes) {
    ByteReader reader(std::as_bytes(std::span(bytes)), "events");
    std::vector<std::string> records;
    while (reader.left() > 0) {
        const std::string length(text(reader.take(8, "a length")));
        if (reader.number<std::uint32_t>("a checksum") != masked_crc32c(length)) return {};
        const std::string data(text(reader.take(number_of<std::uint64_t>(length), "an event")));
        if (reader.number<std::uint32_t>("a checksum") != masked_crc32c(data)) return {};
        records.push_back(data);
    }
    return records;
}

} // namespace

class TensorBoardTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void the_checksum_is_the_one_of_rfc_3720_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<quint32>("crc");
        // RFC 3720, appendix B.4, and the value that every CRC catalogue gives for the digits.
        QTest::newRow("32 zeros") << QByteArray(32, '\0') << 0x8a9136aaU;
        QTest::newRow("32 times 0xff") << QByteArray(32, '\xff') << 0x62a8ab43U;
        QTest::newRow("digits") << QByteArray("123456789") << 0xe3069283U;
        QTest::newRow("nothing") << QByteArray() << 0U;
    }
    void the_checksum_is_the_one_of_rfc_3720() {
        QFETCH(QByteArray, bytes);
        QFETCH(quint32, crc);
        QCOMPARE(crc32c(bytes.toStdString()), crc);
    }

    void a_masked_checksum_is_rotated_and_moved() {
        // 0xe3069283 rotated right by 15: 0x2507c60d; + 0xa282ead8 = 0xc78ab0e5.
        QCOMPARE(masked_crc32c("123456789"), 0xc78ab0e5U);
    }

    void an_event_file_begins_with_its_version() {
        const auto records = records_of(TensorBoardEvents(1.5).bytes());
        QCOMPARE(records.size(), 1U);
        const auto fields = fields_of(records[0]);
        QCOMPARE(find(fields, 3)->bytes, std::string("brain.Event:2"));
        QCOMPARE(number_of<double>(find(fields, 1)->bytes), 1.5);
    }

    void scalars_come_back_with_step_time_and_tag_data() {
        QTest::addColumn<qint64>("step");
        QTest::addColumn<double>("value");
        QTest::newRow("zero") << qint64(0) << 0.0;
        QTest::newRow("one byte's limit") << qint64(127) << 2.25;
        QTest::newRow("two bytes") << qint64(128) << -1e-30;
        QTest::newRow("a million") << qint64(1'000'000) << 3e38;
        QTest::newRow("largest") << std::numeric_limits<qint64>::max() << 0.5;
    }
    void scalars_come_back_with_step_time_and_tag() {
        QFETCH(qint64, step);
        QFETCH(double, value);
        TensorBoardEvents events(0);
        events.add(1700000000.25, step, "train/loss", value);
        events.add(1700000001.0, step, std::string(300, 'x'), std::nan(""));

        const auto records = records_of(events.bytes());
        QCOMPARE(records.size(), 3U);
        const auto event = fields_of(records[1]);
        QCOMPARE(number_of<double>(find(event, 1)->bytes), 1700000000.25);
        QCOMPARE(static_cast<qint64>(find(event, 2)->varint), step);
        const auto scalar = fields_of(find(fields_of(find(event, 5)->bytes), 1)->bytes);
        QCOMPARE(find(scalar, 1)->bytes, std::string("train/loss"));
        QCOMPARE(number_of<float>(find(scalar, 2)->bytes), static_cast<float>(value));
        const auto second = fields_of(find(fields_of(find(fields_of(records[2]), 5)->bytes), 1)->bytes);
        QCOMPARE(find(second, 1)->bytes.size(), 300U);
        QVERIFY(std::isnan(number_of<float>(find(second, 2)->bytes)));
    }
};

QTEST_GUILESS_MAIN(TensorBoardTest)
#include "tensorboard_test.moc"
