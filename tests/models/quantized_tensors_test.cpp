// Weights that are quantized in their checkpoint: read beside what bitsandbytes unpacks them to
// (tests/fixtures/quantized/make_bitsandbytes.py), or refused.

#include "engine/checkpoints/float8.h"
#include "engine/checkpoints/quantized_tensors.h"
#include "engine/error.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

using namespace lora;

namespace {

constexpr std::int64_t rows = 96, columns = 192, rows_apart = 19; // of the fixture, and of its values

using Shards = std::vector<std::shared_ptr<const SafetensorsFile>>;

const SafetensorsFile& fixture() {
    static const SafetensorsFile file(FIXTURES "/quantized/bitsandbytes.safetensors");
    return file;
}

/// Its tensors whose names begin with `beginning`, to be changed and written again.
std::vector<TensorView> tensors_of(const std::string& beginning) {
    std::vector<TensorView> found;
    for (const TensorView& view : fixture().tensors())
        if (view.name.starts_with(beginning) && !view.name.ends_with(".values")) found.push_back(view);
    return found;
}

std::vector<float> floats(const std::string& name) { return floats_of(*fixture().find(name), name); }

TensorView& named(std::vector<TensorView>& tensors, const std::string& name) {
    return *std::find_if(
        tensors.begin(), tensors.end(), [&](const TensorView& view) { return view.name == name; });
}

/// A file with these tensors, opened.
Shards written(const Scratch& scratch, const std::vector<TensorView>& tensors) {
    return {
        std::make_shared<const SafetensorsFile>(scratch.write("m.safetensors", safetensors_bytes(tensors)))};
}

QuantizedTensors read(const Shards& shards, const Json& config = Json::object()) {
    return {shards, config, "config.json"};
}

Json with_method(const std::string& method) { return {{"quantization_config", {{"quant_method", method}}}}; }

/// The values of `weight` in the fixture's rows, all of them near what is expected.
void compare(const QuantizedTensor& weight, const std::vector<float>& expected, float allowed) {
    QCOMPARE(weight.shape, (std::vector{rows, columns}));
    std::vector<float> row(columns);
    std::size_t place = 0;
    for (std::int64_t i = 0; i < rows; i += rows_apart) {
        weight.unpack_row(i, row.data());
        for (const float value : row) {
            const float wanted = expected.at(place++);
            QVERIFY2(std::abs(value - wanted) <= allowed * std::abs(wanted),
                (std::to_string(value) + " for " + std::to_string(wanted)).c_str());
        }
    }
    QCOMPARE(place, expected.size());
}

} // namespace

class QuantizedTensorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void checkpoints_unpack_to_bitsandbytes_values_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("words");
        QTest::newRow("nested") << static_cast<int>(BlockType::NF4) << ", bitsandbytes NF4";
        QTest::newRow("single") << static_cast<int>(BlockType::NF4Wide) << ", bitsandbytes NF4";
        QTest::newRow("fp4") << -1 << ", bitsandbytes FP4";
        QTest::newRow("int8") << static_cast<int>(BlockType::Int8) << ", bitsandbytes int8";
        QTest::newRow("fp8") << -1 << ", FP8";
    }
    void checkpoints_unpack_to_bitsandbytes_values() {
        QFETCH(int, type);
        QFETCH(QString, words);
        const Scratch scratch;
        const std::string name = QTest::currentDataTag();
        const Shards shards = written(scratch, tensors_of(name));
        const Json config{
            {"quantization_config", {{"quant_method", "fp8"}, {"weight_block_size", {48, 64}}}}};
        const QuantizedTensors found = read(shards, config);
        QCOMPARE(found.words(), words.toStdString());
        const QuantizedTensor* const weight = found.find(name + ".weight");
        QVERIFY(weight != nullptr);
        QCOMPARE(weight->row_type ? static_cast<int>(*weight->row_type) : -1, type);
        compare(*weight, floats(name + ".values"), 2e-7F);
        for (const TensorView& view : shards[0]->tensors())
            QCOMPARE(found.is_part(view.name), view.name != name + ".weight");
    }

    void fp8_takes_one_scale_or_one_for_each_row() {
        const Scratch scratch;
        std::vector<TensorView> tensors = tensors_of("fp8.");
        const std::vector<float> all(rows, 0.5F);
        TensorView& scales = named(tensors, "fp8.weight_scale_inv");
        scales.name = "fp8.weight_scale";
        std::vector<float> one(columns), each(columns);
        scales.shape = {};
        scales.bytes = std::as_bytes(std::span(all).first(1));
        Shards shards = written(scratch, tensors);
        read(shards).find("fp8.weight")->unpack_row(20, one.data());
        scales.shape = {rows, 1};
        scales.bytes = std::as_bytes(std::span(all));
        const Shards others = written(scratch, tensors);
        read(others).find("fp8.weight")->unpack_row(20, each.data());
        QCOMPARE(one, each);
        const auto bits = std::to_integer<std::uint8_t>(fixture().find("fp8.weight")->bytes[20 * columns]);
        QCOMPARE(one[0], 0.5F * float_of_e4m3(bits));
        QCOMPARE(float_of_e4m3(0x7e), 448.0F);
        QCOMPARE(float_of_e4m3(0x81), -std::ldexp(1.0F, -9));
        QVERIFY(std::isnan(float_of_e4m3(0xff)));
    }

    void what_is_wrong_with_a_weights_parts_is_said_by_file_and_tensor_data() {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("told");
        QTest::newRow("no scales") << "nested.weight.absmax"
                                   << "gone"
                                   << "no 'nested.weight.absmax' beside it";
        QTest::newRow("no nested scales") << "nested.weight.nested_absmax"
                                          << "gone"
                                          << "nested_absmax' beside it";
        QTest::newRow("no levels") << "nested.weight.nested_quant_map"
                                   << "gone"
                                   << "nested_quant_map' beside it";
        QTest::newRow("short scales") << "nested.weight.absmax"
                                      << "short"
                                      << "288 of U8";
        QTest::newRow("short nested") << "nested.weight.nested_absmax"
                                      << "short"
                                      << "2 of F32";
        QTest::newRow("short numbers") << "nested.weight"
                                       << "short"
                                       << "9216 for [96, 192] in 4 bits";
        QTest::newRow("a map with NaN") << "nested.weight.quant_map"
                                        << "nan"
                                        << "no finite number at place 3";
        QTest::newRow("levels with NaN") << "nested.weight.nested_quant_map"
                                         << "nan"
                                         << "no finite number at place 3";
        QTest::newRow("a state that is no JSON") << "nested.weight.quant_state.bitsandbytes__nf4"
                                                 << "short"
                                                 << "line 1";
        QTest::newRow("rows without a scale") << "int8.SCB"
                                              << "short"
                                              << "96 of F32";
        QTest::newRow("an order of old GPUs") << "int8.weight_format"
                                              << "one"
                                              << "rows as they are";
        QTest::newRow("blocks without a scale") << "fp8.weight_scale_inv"
                                                << "short"
                                                << "one for each row";
        QTest::newRow("FP8 alone") << "fp8.weight_scale_inv"
                                   << "gone"
                                   << "its scales";
    }
    void what_is_wrong_with_a_weights_parts_is_said_by_file_and_tensor() {
        QFETCH(QString, tensor);
        QFETCH(QString, change);
        QFETCH(QString, told);
        const std::string kind = change.toStdString();
        const Scratch scratch;
        std::vector<TensorView> tensors =
            tensors_of(tensor.toStdString().substr(0, tensor.indexOf(u'.') + 1));
        TensorView& view = named(tensors, tensor.toStdString());
        std::vector<std::byte> bytes(view.bytes.begin(), view.bytes.end());
        const float nan = std::numeric_limits<float>::quiet_NaN();
        if (kind == "nan") std::memcpy(bytes.data() + 3 * sizeof nan, &nan, sizeof nan);
        if (kind == "one") bytes[0] = std::byte{1};
        if (kind == "short") {
            bytes.resize(bytes.size() - size_bytes(view.type));
            view.shape = {static_cast<std::int64_t>(bytes.size() / size_bytes(view.type))};
        }
        view.bytes = bytes;
        if (kind == "gone") view.name = "another";
        const Shards shards = written(scratch, tensors);
        const std::string message = message_of<Error>([&] { read(shards); });
        QVERIFY2(contains(message, told.toStdString()) && contains(message, "m.safetensors: tensor '"),
            message.c_str());
    }

    void numbers_in_a_state_are_checked_before_they_are_used_data() {
        QTest::addColumn<QString>("state");
        const auto add = [](const char* name, const std::string& rest) {
            const std::string start = R"({"quant_type": "nf4", "dtype": "float32", "nested_offset": 0.1, )";
            QTest::newRow(name) << QString::fromStdString(start + rest + "}");
        };
        const std::string sizes = R"("blocksize": 64, "nested_blocksize": 256)",
                          shape = R"(, "shape": [96, 192])";
        add("no shape", sizes);
        add("a huge shape", sizes + R"(, "shape": [9e18, 2])");
        add("a product past 2^61", sizes + R"(, "shape": [2147483647, 2147483647])");
        add("blocks of nothing", R"("blocksize": 0, "nested_blocksize": 256)" + shape);
        add("runs of nothing", R"("blocksize": 64, "nested_blocksize": 0)" + shape);
    }
    void numbers_in_a_state_are_checked_before_they_are_used() {
        QFETCH(QString, state);
        const Scratch scratch;
        std::vector<TensorView> tensors = tensors_of("nested.");
        const std::string text = state.toStdString();
        TensorView& view = named(tensors, "nested.weight.quant_state.bitsandbytes__nf4");
        view.bytes = std::as_bytes(std::span(text));
        view.shape = {std::ssize(text)};
        const Shards shards = written(scratch, tensors);
        QVERIFY_THROWS_EXCEPTION(Error, read(shards));
    }

    void what_is_not_read_is_refused_by_its_name_data() {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("name");
        QTest::newRow("GPTQ") << "a.qweight"
                              << "gptq"
                              << "GPTQ";
        QTest::newRow("AWQ") << "a.qweight"
                             << "awq"
                             << "AWQ";
        QTest::newRow("neither is told") << "a.qzeros"
                                         << ""
                                         << "GPTQ or AWQ";
        QTest::newRow("HQQ") << "a.W_q"
                             << ""
                             << "HQQ";
        QTest::newRow("AQLM") << "a.codebooks"
                              << "aqlm"
                              << "AQLM";
        QTest::newRow("compressed-tensors") << "a.weight_packed"
                                            << ""
                                            << "compressed-tensors";
        QTest::newRow("quanto") << "a.weight._data"
                                << ""
                                << "quanto";
        QTest::newRow("torchao") << "a._weight_qdata"
                                 << "torchao"
                                 << "torchao";
        QTest::newRow("EETQ") << "a.weight"
                              << "eetq"
                              << "EETQ";
        QTest::newRow("MLX") << "a.weight"
                             << "mlx"
                             << "MLX";
        QTest::newRow("a new one") << "a.weight"
                                   << "tomorrow"
                                   << "tomorrow";
        QTest::newRow("nobody knows") << "a.weight"
                                      << ""
                                      << "an unknown method";
    }
    void what_is_not_read_is_refused_by_its_name() {
        QFETCH(QString, tensor);
        QFETCH(QString, method);
        QFETCH(QString, name);
        const Scratch scratch;
        const std::vector<std::byte> bytes(16);
        const bool mlx = method == QLatin1String("mlx");
        std::vector<TensorView> tensors{
            {tensor.toStdString(), mlx ? ElementType::U32 : ElementType::I8, {4, mlx ? 1 : 4}, bytes}};
        if (mlx) tensors.push_back({"a.scales", ElementType::F32, {4, 1}, bytes});
        const Shards shards = written(scratch, tensors);
        const Json config = mlx                ? Json{{"quantization", {{"group_size", 64}, {"bits", 4}}}}
                            : method.isEmpty() ? Json::object()
                                               : with_method(method.toStdString());
        const std::string message = message_of<Error>([&] { read(shards, config); });
        QVERIFY2(contains(message, "quantized by " + name.toStdString())
                     && contains(message, tensor.toStdString()) && contains(message, "take the"),
            message.c_str());
    }

    void fp8_of_compressed_tensors_is_refused_as_such() {
        const Scratch scratch;
        const Shards shards = written(scratch, tensors_of("fp8."));
        const std::string message =
            message_of<Error>([&] { read(shards, with_method("compressed-tensors")); });
        QVERIFY(contains(message, "quantized by compressed-tensors"));
    }

    void a_stale_configuration_beside_plain_weights_is_said_and_does_no_harm() {
        const Scratch scratch;
        const Shards shards = written(scratch, {*fixture().find("plain")});
        const QuantizedTensors found = read(shards, with_method("gptq"));
        QVERIFY(found.all().empty());
        QVERIFY(contains(found.words(), "gptq"));
        QVERIFY(read(shards).words().empty());
        Json config = with_method("gptq");
        forget_quantization(config);
        QVERIFY(config.empty());
        config = with_method("mxfp4");
        forget_quantization(config);
        QVERIFY(!config.empty());
    }
};

QTEST_APPLESS_MAIN(QuantizedTensorsTest)
#include "quantized_tensors_test.moc"
