// The safetensors format: what is written is read back, and no field may be wrong.

#include "engine/error.h"
#include "engine/files/safetensors.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <array>
#include <vector>

using namespace lora;

namespace {

constexpr std::array<float, 6> floats = {1, -2, 0.5F, 4, 5, 6};
constexpr std::array<std::uint16_t, 2> halves = {0x3c00, 0xc000};

std::vector<TensorView> two_tensors() {
    return {{"b.weight", ElementType::BF16, {2}, std::as_bytes(std::span(halves))},
        {"a.weight", ElementType::F32, {2, 3}, std::as_bytes(std::span(floats))}};
}

std::string file_of(const std::string& header, std::size_t data_bytes) {
    return bytes_of<std::uint64_t>(header.size()) + header + std::string(data_bytes, '\x01');
}

} // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_is_written_is_read_back() {
        const Scratch scratch;
        const std::string path =
            scratch.write("m.safetensors", safetensors_bytes(two_tensors(), {{"format", "pt"}}));

        const SafetensorsFile file(path);

        QCOMPARE(file.tensors().size(), std::size_t{2});
        const TensorView* a = file.find("a.weight");
        QVERIFY(a != nullptr);
        QCOMPARE(a->type, ElementType::F32);
        QCOMPARE(a->shape, (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(std::memcmp(a->bytes.data(), floats.data(), sizeof floats), 0);
        QCOMPARE(file.find("b.weight")->bytes.size(), std::size_t{4});
        QVERIFY(file.find("c.weight") == nullptr);
        QCOMPARE(file.metadata().at("format"), std::string("pt"));
    }

    void the_same_tensors_give_the_reference_writers_bytes() {
        const std::string header = R"({"__metadata__":{"format":"pt"},)"
                                   R"("a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
                                   R"("b.weight":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]}})";
        const std::string bytes = safetensors_bytes(two_tensors(), {{"format", "pt"}});
        QVERIFY(contains(bytes, header));
        QCOMPARE(bytes.size() % 4, std::size_t{0});
        QCOMPARE((bytes.size() - 28) % 8, std::size_t{0});
    }

    void scalars_and_empty_tensors_are_allowed() {
        const Scratch scratch;
        const std::string path = scratch.write(
            "m.safetensors", file_of(R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                                     R"("e":{"dtype":"F32","shape":[3,0],"data_offsets":[4,4]}}   )",
                                 4));
        const SafetensorsFile file(path);
        QCOMPARE(file.find("s")->bytes.size(), std::size_t{4});
        QCOMPARE(file.find("e")->bytes.size(), std::size_t{0});
    }

    void a_file_cut_off_at_any_byte_is_refused() {
        const Scratch scratch;
        const std::string whole = safetensors_bytes(two_tensors());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::string path = scratch.write("cut.safetensors", whole.substr(0, length));
            QVERIFY_THROWS_EXCEPTION(Error, SafetensorsFile{path});
        }
    }

    void a_wrong_header_is_refused_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("data_bytes");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* header, int data_bytes, const char* message) {
            QTest::newRow(name) << QByteArray(header) << data_bytes << QString::fromUtf8(message);
        };
        row("no object", "[1]", 0, "found '[1]', expected a JSON object");
        row("a space first", " {}", 0, "expected a JSON object");
        row("a byte order mark", "\xef\xbb\xbf{}", 0, "expected a JSON object");
        row("broken JSON", R"({"a":)", 0, "line 1, column");
        row("two values", "{} {}", 0, "line 1, column");
        row("trailing data", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 2,
            "found 2 bytes of data, expected 1");
        row("data too short", R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 1,
            "inside the 1 bytes of data; the file is cut off or damaged");
        row("no tensor but data", "{}", 1, "found 1 bytes of data, expected 0");
        row("a hole", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2,
            "found data from byte 1 on");
        row("an overlap",
            R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
            3, "tensor 'b': found data from byte 1 on, expected from byte 2 on");
        row("the same range twice",
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
            1, "tensor 'b'");
        row("an end before the begin",
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[0],"data_offsets":[1,0]}})",
            1, "tensor 'b'");
        row("a shape that is too large", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4,
            "found 4 bytes of data, expected 8 bytes for F32 [2]");
        row("a product that wraps to the size",
            R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
            "more than 2^63 bytes");
        row("a product that a zero hides",
            R"({"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}})", 0,
            "more than 2^63 bytes");
        row("a negative size", R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", 1,
            "found the number -1, expected integers from 0 on");
        row("a fraction", R"({"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}})", 1,
            "found the number 1.5");
        row("a size above 2^63", R"({"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]}})",
            1, "below 2^63");
        row("an offset above 2^64",
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551617]}})", 1,
            "found the number 18446744073709551617");
        row("one offset", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", 1, "found 1 numbers");
        row("three offsets", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}})", 1,
            "a third number");
        row("no dtype", R"({"a":{"shape":[1],"data_offsets":[0,1]}})", 1, "tensor 'a': found no dtype");
        row("no shape", R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1, "found no shape");
        row("no offsets", R"({"a":{"dtype":"U8","shape":[1]}})", 1, "found no data_offsets");
        row("a field twice", R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1,
            "dtype a second time");
        row("an unknown field", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}})", 1,
            "field 'x'");
        row("an unknown dtype", R"({"a":{"dtype":"C64","shape":[1],"data_offsets":[0,1]}})", 1,
            "tensor 'a': found dtype C64");
        row("a dtype that is a number", R"({"a":{"dtype":1,"shape":[1],"data_offsets":[0,1]}})", 1,
            "found a number");
        row("a shape that is a string", R"({"a":{"dtype":"U8","shape":"1","data_offsets":[0,1]}})", 1,
            "a string");
        row("a shape in a shape", R"({"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}})", 1, "a list");
        row("null for a tensor", R"({"a":null})", 0, "found null");
        row("a name twice",
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
            2, "'a' a second time");
        row("metadata twice", R"({"__metadata__":{},"__metadata__":{}})", 0, "'__metadata__' a second time");
        row("metadata that is no string", R"({"__metadata__":{"a":1}})", 0,
            "found a number, expected a string");
        row("a metadata key twice", R"({"__metadata__":{"a":"1","a":"2"}})", 0, "'a' a second time");
    }

    void a_wrong_header_is_refused() {
        QFETCH(QByteArray, header);
        QFETCH(int, data_bytes);
        QFETCH(QString, message);
        const Scratch scratch;
        const std::string path = scratch.write(
            "bad.safetensors", file_of(header.toStdString(), static_cast<std::size_t>(data_bytes)));

        const std::string thrown = message_of<Error>([&] { SafetensorsFile{path}; });

        QVERIFY2(contains(thrown, path), thrown.c_str());
        QVERIFY2(contains(thrown, message.toStdString()), thrown.c_str());
    }

    void a_header_length_outside_the_file_is_refused() {
        const Scratch scratch;
        for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{100'000'001}, ~std::uint64_t{0}}) {
            const std::string path = scratch.write("bad.safetensors", bytes_of(length) + "{}");
            QVERIFY_THROWS_EXCEPTION(Error, SafetensorsFile{path});
        }
    }

    void a_header_that_hides_bytes_behind_a_zero_is_refused() {
        const Scratch scratch;
        const std::string path = scratch.write("bad.safetensors", file_of(std::string("{}\0PK", 5), 0));
        QVERIFY(contains(message_of<Error>([&] { SafetensorsFile{path}; }), "a zero byte"));
    }

    void a_folder_and_a_missing_file_are_refused() {
        const Scratch scratch;
        QVERIFY(contains(message_of<Error>([&] { SafetensorsFile{scratch.path("")}; }), "found a folder"));
        QVERIFY(contains(
            message_of<Error>([&] { SafetensorsFile{scratch.path("none")}; }), "No such file or directory"));
    }

    void bytes_that_do_not_fit_the_shape_are_not_written() {
        std::vector<TensorView> tensors = two_tensors();
        tensors[0].shape = {3};
        QVERIFY_THROWS_EXCEPTION(Error, safetensors_bytes(tensors));
        tensors = two_tensors();
        tensors[0].name = "a.weight";
        QVERIFY_THROWS_EXCEPTION(Error, safetensors_bytes(tensors));
        tensors[0].name = "\xff";
        QVERIFY_THROWS_EXCEPTION(Error, safetensors_bytes(tensors));
    }
};

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "safetensors_test.moc"
