// The GGUF format: a good file is read, and no field may be wrong. The record of such faults in other readers
// is long: counts, products, sums, offsets, types, alignment.

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <functional>
#include <optional>
#include <vector>

using namespace lora;

namespace {

enum Type : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, Text, Array, U64, I64, F64 };
constexpr std::uint32_t tensor_f32 = 0, tensor_q8_0 = 8, tensor_iq2 = 16;
constexpr std::uint64_t huge = std::uint64_t{1} << 60;

std::string text(std::string_view words) {
    return bytes_of<std::uint64_t>(words.size()) + std::string(words);
}

std::string key(std::string_view name, std::uint32_t type, const std::string& value) {
    return text(name) + bytes_of(type) + value;
}

std::string array(std::uint32_t type, std::uint64_t count, const std::string& values) {
    return bytes_of(type) + bytes_of(count) + values;
}

std::string tensor(std::string_view name, const std::vector<std::uint64_t>& extents, std::uint32_t type,
    std::uint64_t offset) {
    std::string bytes = text(name) + bytes_of(static_cast<std::uint32_t>(extents.size()));
    for (const std::uint64_t extent : extents) bytes += bytes_of(extent);
    return bytes + bytes_of(type) + bytes_of(offset);
}

/// A file of two tensors, to be spoilt in one place.
struct Parts {
    std::string magic = "GGUF";
    std::uint32_t version = 3;
    std::optional<std::uint64_t> tensor_count, key_count; ///< in place of the true ones
    std::vector<std::string> keys = {key("general.architecture", Text, text("llama")),
        key("tokens", Array, array(Text, 2, text("a") + text("bc"))), key("eps", F32, bytes_of(0.5F)),
        key("layers", U32, bytes_of<std::uint32_t>(2)), key("yes", Bool, "\x02")};
    std::vector<std::string> tensors = {
        tensor("a", {3, 2}, tensor_f32, 0), tensor("b", {32}, tensor_q8_0, 32)};
    std::size_t alignment = 32;
    std::string data = std::string(32 + 34, '\x01');

    std::string bytes() const {
        std::string file = magic + bytes_of(version) + bytes_of(tensor_count.value_or(tensors.size()))
                           + bytes_of(key_count.value_or(keys.size()));
        for (const auto& one : keys) file += one;
        for (const auto& one : tensors) file += one;
        file.resize((file.size() + alignment - 1) / alignment * alignment, '\0');
        return file + data;
    }
};

using Spoil = std::function<void(Parts&)>;

Spoil more_key(const std::string& bytes) {
    return [=](Parts& parts) { parts.keys.push_back(bytes); };
}

Spoil first_tensor(const std::string& bytes) {
    return [=](Parts& parts) { parts.tensors[0] = bytes; };
}

Spoil alignment(std::uint32_t value) { return more_key(key("general.alignment", U32, bytes_of(value))); }

} // namespace

Q_DECLARE_METATYPE(Spoil)

class GgufTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_good_file_is_read_data() {
        QTest::addColumn<uint>("version");
        QTest::newRow("version 2") << 2U;
        QTest::newRow("version 3") << 3U;
    }
    void a_good_file_is_read() {
        QFETCH(uint, version);
        const Scratch scratch;
        Parts parts;
        parts.version = version;
        const GgufFile file(scratch.write("m.gguf", parts.bytes()));
        QCOMPARE(file.string("general.architecture"), std::string("llama"));
        QCOMPARE(file.strings("tokens"), (std::vector<std::string>{"a", "bc"}));
        QCOMPARE(file.number("eps"), 0.5);
        QCOMPARE(file.integer("layers", 1, 100), 2);
        QVERIFY(file.boolean_or("yes", false));
        QCOMPARE(file.find("a")->shape, (std::vector<std::int64_t>{2, 3})); // GGUF's order reversed
        QCOMPARE(file.find("a")->bytes.size(), std::size_t{24});
        QCOMPARE(file.find("b")->type, BlockType::Q8_0);
        QCOMPARE(file.find("b")->bytes.size(), std::size_t{34});
        QVERIFY(file.find("c") == nullptr);
    }

    void another_alignment_moves_the_data() {
        const Scratch scratch;
        Parts parts;
        parts.keys.push_back(key("general.alignment", U32, bytes_of<std::uint32_t>(8)));
        parts.alignment = 8;
        const std::string bytes = parts.bytes();
        const GgufFile file(scratch.write("m.gguf", bytes));
        QCOMPARE(file.find("b")->bytes.size(), std::size_t{34});
        QCOMPARE(static_cast<int>(file.find("a")->bytes.front()), 1);
    }

    void a_file_cut_off_at_any_byte_is_refused() {
        const Scratch scratch;
        const std::string whole = Parts().bytes();
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::string path = scratch.write("cut.gguf", whole.substr(0, length));
            QVERIFY_THROWS_EXCEPTION(Error, GgufFile{path});
        }
    }

    void a_models_file_cut_off_is_refused() {
        const Scratch scratch;
        std::ifstream input(FIXTURES "/llama/gguf_f32/model.gguf", std::ios::binary);
        const std::string whole{std::istreambuf_iterator<char>(input), {}};
        QVERIFY(whole.size() > 100'000);
        for (std::size_t length = 0; length < whole.size(); length += 509) {
            const std::string path = scratch.write("cut.gguf", whole.substr(0, length));
            QVERIFY_THROWS_EXCEPTION(Error, GgufFile{path});
        }
    }

    void any_byte_changed_is_refused_or_leaves_all_tensors_inside_the_file() {
        const Scratch scratch;
        const std::string whole = Parts().bytes();
        for (std::size_t at = 0; at < whole.size() - 66; ++at)
            for (const char value : {'\x00', '\x01', '\x7f', '\x80', '\xff'}) {
                std::string bytes = whole;
                bytes[at] = value;
                const std::string path = scratch.write("changed.gguf", bytes);
                try {
                    const GgufFile file(path);
                    for (const GgufTensor& tensor : file.tensors()) QVERIFY(tensor.bytes.size() <= 66);
                } catch (const Error& error) {
                    QVERIFY(contains(error.what(), "changed.gguf"));
                }
            }
    }

    void a_wrong_field_is_refused_data() {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QString>("message");
        head_rows();
        key_rows();
        tensor_rows();
    }
    void a_wrong_field_is_refused() {
        QFETCH(Spoil, spoil);
        QFETCH(QString, message);
        const Scratch scratch;
        Parts parts;
        spoil(parts);
        const std::string path = scratch.write("m.gguf", parts.bytes());
        const std::string told = message_of<Error>([&] { GgufFile{path}; });
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

    void a_key_of_another_kind_says_so() {
        const Scratch scratch;
        const GgufFile file(scratch.write("m.gguf", Parts().bytes()));
        const auto told = [](const auto& call) { return message_of<Error>(call); };
        QVERIFY(contains(told([&] { file.integer("eps", 0, 9); }), "key 'eps': found 0.5"));
        QVERIFY(contains(
            told([&] { file.integer("layers", 3, 9); }), "found 2, expected an integer from 3 to 9"));
        QVERIFY(contains(told([&] { file.integer("none", 3, 9); }), "key 'none': found nothing"));
        QVERIFY(contains(told([&] { file.numbers("tokens"); }), "found a list of strings"));
        QVERIFY(contains(told([&] { file.strings("layers"); }), "found 2, expected a list of strings"));
        QVERIFY(contains(told([&] { file.string("yes"); }), "found true, expected a string"));
        QVERIFY(contains(told([&] { file.boolean_or("layers", true); }), "expected true or false"));
        QCOMPARE(file.integer_or("none", 7, 0, 9), 7);
    }

private:
    static void row(const char* name, const Spoil& spoil, const char* message) {
        QTest::newRow(name) << spoil << QString::fromUtf8(message);
    }

    static void head_rows() {
        row(
            "another magic", [](Parts& parts) { parts.magic = "GGML"; }, "begins with 'GGML'");
        for (const std::uint32_t version : {0U, 1U, 4U})
            row(
                "a version", [=](Parts& parts) { parts.version = version; }, "expected version 2 or 3");
        row(
            "big-endian", [](Parts& parts) { parts.version = 0x0300'0000; }, "a big-endian GGUF file");
        row(
            "2^60 tensors", [](Parts& parts) { parts.tensor_count = huge; }, "tensors, expected at most");
        row(
            "2^60 keys", [](Parts& parts) { parts.key_count = huge; }, "keys, expected at most");
        row(
            "more tensors than bytes", [](Parts& parts) { parts.tensor_count = 100'000; }, "bytes left");
        row(
            "more keys than bytes", [](Parts& parts) { parts.key_count = 60'000; }, "bytes left");
        row(
            "a key too few", [](Parts& parts) { parts.key_count = 4; }, "m.gguf");
        row(
            "a key too many", [](Parts& parts) { parts.key_count = 6; }, "m.gguf");
        row(
            "a tensor too many", [](Parts& parts) { parts.tensor_count = 3; }, "m.gguf");
    }

    static void key_rows() {
        row("a key of 2^60 bytes", more_key(bytes_of(huge)), "a string of 1152921504606846976 bytes");
        row("a key longer than the file", more_key(bytes_of<std::uint64_t>(60'000)), "expected 60000 bytes");
        row("a text of 2^60 bytes", more_key(key("k", Text, bytes_of(huge))), "key 'k'");
        row("a text longer than the file", more_key(key("k", Text, bytes_of<std::uint64_t>(1 << 20))),
            "key 'k': found");
        row("a list of 2^60 numbers", more_key(key("k", Array, array(U64, huge, ""))), "key 'k'");
        row("a list whose size wraps", more_key(key("k", Array, array(U64, huge * 8, ""))), "key 'k'");
        row("a list of 2^60 texts", more_key(key("k", Array, array(Text, huge, ""))), "key 'k'");
        row("lists that take more here than in the file",
            more_key(key("k", Array, array(U8, (1 << 22) + 1, std::string((1 << 22) + 1, '\1')))),
            "key 'k': found 4194305 elements, expected at most 4194304 in all lists");
        row("a list of lists", more_key(key("k", Array, array(Array, 1, array(U8, 0, "")))),
            "key 'k': found an array of arrays");
        row("a list of an unknown type", more_key(key("k", Array, array(13, 0, ""))), "value type 13");
        row("an unknown type", more_key(key("k", 4711, "")), "value type 4711");
        row("a number above 2^63", more_key(key("k", U64, bytes_of(huge * 8))),
            "expected an integer below 2^63");
        row("a key twice", more_key(key("eps", F32, bytes_of(1.0F))),
            "key 'eps': found the key a second time");
        row("alignment 0", alignment(0), "key 'general.alignment': found 0");
        row("alignment 24", alignment(24), "found 24, expected a power of two");
        row("alignment 2^30", alignment(1U << 30), "general.alignment': found 1073741824");
        row("alignment a text", more_key(key("general.alignment", Text, text("32"))), "found '32'");
    }

    static void tensor_rows() {
        row("a name of 2^60 bytes", first_tensor(bytes_of(huge)), "name of a tensor");
        row("5 dimensions", first_tensor(tensor("a", {1, 1, 1, 1, 1}, tensor_f32, 0)),
            "tensor 'a': found 5 dimensions, expected at most 4");
        row("2^32 - 1 dimensions", first_tensor(text("a") + bytes_of(~std::uint32_t{0})),
            "4294967295 dimensions");
        row("a dimension of 2^63", first_tensor(tensor("a", {huge * 8}, tensor_f32, 0)),
            "expected one below 2^63");
        row("a dimension of 2^42 + 1", first_tensor(tensor("a", {(huge >> 18) + 1}, tensor_f32, 0)),
            "expected a range inside the 66 bytes of data");
        row("a product that wraps to 0", first_tensor(tensor("a", {huge >> 28, huge >> 28}, tensor_f32, 0)),
            "63 bits");
        row("a product that a zero hides",
            first_tensor(tensor("a", {0, huge >> 1, huge >> 1}, tensor_f32, 0)), "63 bits");
        row("values that fit packed but not unpacked", first_tensor(tensor("a", {huge * 2}, tensor_q8_0, 0)),
            "63 bits");
        row("an unknown type", first_tensor(tensor("a", {6}, 4711, 0)), "which is not read");
        row("a type that is not built", first_tensor(tensor("a", {256}, tensor_iq2, 0)), "which is not read");
        row("rows that split a block", first_tensor(tensor("a", {33}, tensor_q8_0, 0)),
            "found rows of 33 values, expected a multiple of 32 for Q8_0");
        row("an offset past the end", first_tensor(tensor("a", {6}, tensor_f32, 96)),
            "found 24 bytes at offset 96, expected a range inside the 66 bytes of data");
        row("an end past the end", first_tensor(tensor("a", {16}, tensor_f32, 32)), "64 bytes at offset 32");
        row("an end that wraps", first_tensor(tensor("a", {16}, tensor_f32, ~std::uint64_t{31})),
            "at offset 18446744073709551584");
        row("an offset that is not aligned", first_tensor(tensor("a", {6}, tensor_f32, 4)),
            "found offset 4, expected a multiple of 32");
        row("the same bytes twice", first_tensor(tensor("a", {6}, tensor_f32, 32)),
            "where another tensor ends");
        row("a name twice", first_tensor(tensor("b", {3, 2}, tensor_f32, 0)),
            "tensor 'b': found the name a second time");
        row(
            "no data", [](Parts& parts) { parts.data.clear(); }, "the file is cut off or damaged");
    }
};

QTEST_GUILESS_MAIN(GgufTest)
#include "gguf_test.moc"
