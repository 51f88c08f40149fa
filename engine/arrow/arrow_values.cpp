#include "engine/arrow/arrow_values.h"

#include "engine/error.h"

#include <cstddef>
#include <set>
#include <string_view>

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/scalar.h>
#include <arrow/util/utf8.h>

namespace lora {

namespace {

constexpr int deepest_column = 32;
constexpr std::size_t most_columns = 4096;
constexpr std::size_t most_values_a_row = 1 << 20;
constexpr std::size_t most_bytes_a_row = 16 << 20;

template <class To>
const To& as(const arrow::Array& array) {
    return static_cast<const To&>(array); // by its type's id
}

void check_fields(const arrow::FieldVector& fields, const std::string& path, int depth) {
    if (depth > deepest_column)
        fail(path, "columns nested deeper than " + std::to_string(deepest_column), "fewer levels");
    std::set<std::string_view> seen;
    const bool named = depth == 0 || fields.size() > 1; // a list's one field has no name that counts
    for (const auto& field : fields) {
        const std::string& name = field->name();
        if (!arrow::util::ValidateUTF8(name)) fail(path, "a column whose name is no UTF-8", "names in UTF-8");
        if (named && !seen.insert(name).second)
            fail(path, "the column '" + shown(name, 60) + "' a second time", "each name once");
        check_fields(field->type()->fields(), path, depth + 1);
    }
}

/// The values of one row, counted as they are taken: columns can share what they hold and so promise far more
/// than the file has.
class RowValues {
public:
    explicit RowValues(const std::string& place) : place_(place) {}

    Json value(const arrow::Array& array, std::int64_t at) {
        count(1, 0);
        if (array.IsNull(at)) return nullptr;
        switch (array.type_id()) {
        case arrow::Type::NA: return nullptr;
        case arrow::Type::BOOL: return as<arrow::BooleanArray>(array).Value(at);
        case arrow::Type::INT8: return as<arrow::Int8Array>(array).Value(at);
        case arrow::Type::INT16: return as<arrow::Int16Array>(array).Value(at);
        case arrow::Type::INT32: return as<arrow::Int32Array>(array).Value(at);
        case arrow::Type::INT64: return as<arrow::Int64Array>(array).Value(at);
        case arrow::Type::UINT8: return as<arrow::UInt8Array>(array).Value(at);
        case arrow::Type::UINT16: return as<arrow::UInt16Array>(array).Value(at);
        case arrow::Type::UINT32: return as<arrow::UInt32Array>(array).Value(at);
        case arrow::Type::UINT64: return as<arrow::UInt64Array>(array).Value(at);
        case arrow::Type::FLOAT: return as<arrow::FloatArray>(array).Value(at);
        case arrow::Type::DOUBLE: return as<arrow::DoubleArray>(array).Value(at);
        case arrow::Type::STRING: return text(as<arrow::StringArray>(array).GetView(at));
        case arrow::Type::LARGE_STRING: return text(as<arrow::LargeStringArray>(array).GetView(at));
        case arrow::Type::STRING_VIEW: return text(as<arrow::StringViewArray>(array).GetView(at));
        default: return built_of_others(array, at);
        }
    }

private:
    Json built_of_others(const arrow::Array& array, std::int64_t at) {
        switch (array.type_id()) {
        case arrow::Type::LIST:
        case arrow::Type::MAP: return list(as<arrow::ListArray>(array), at);
        case arrow::Type::LARGE_LIST: return list(as<arrow::LargeListArray>(array), at);
        case arrow::Type::FIXED_SIZE_LIST: return list(as<arrow::FixedSizeListArray>(array), at);
        case arrow::Type::STRUCT: return object(as<arrow::StructArray>(array), at);
        case arrow::Type::DICTIONARY: {
            const auto& encoded = as<arrow::DictionaryArray>(array);
            return value(*encoded.dictionary(), encoded.GetValueIndex(at));
        }
        case arrow::Type::EXTENSION: return value(*as<arrow::ExtensionArray>(array).storage(), at);
        case arrow::Type::DATE32:
        case arrow::Type::DATE64:
        case arrow::Type::TIME32:
        case arrow::Type::TIME64:
        case arrow::Type::TIMESTAMP:
        case arrow::Type::DECIMAL32:
        case arrow::Type::DECIMAL64:
        case arrow::Type::DECIMAL128:
        case arrow::Type::DECIMAL256: return text(array.GetScalar(at).ValueOrDie()->ToString());
        default: return without_form(*array.type());
        }
    }

    template <class List>
    Json list(const List& lists, std::int64_t at) {
        Json all = Json::array();
        const arrow::Array& values = *lists.values();
        const std::int64_t begin = lists.value_offset(at), end = begin + lists.value_length(at);
        for (std::int64_t i = begin; i < end; ++i) all.push_back(value(values, i));
        return all;
    }

    Json object(const arrow::StructArray& structs, std::int64_t at) {
        Json fields = Json::object();
        for (int i = 0; i < structs.num_fields(); ++i) {
            const std::string& name = structs.type()->field(i)->name();
            count(0, name.size());
            fields[name] = value(*structs.field(i), at);
        }
        return fields;
    }

    Json text(std::string_view letters) {
        count(0, letters.size());
        return std::string(letters);
    }

    Json without_form(const arrow::DataType& type) {
        const std::string name = shown(type.ToString(), 60);
        count(0, name.size());
        return Json::binary({name.begin(), name.end()});
    }

    void count(std::size_t values, std::size_t bytes) {
        values_ += values;
        bytes_ += bytes;
        if (values_ > most_values_a_row)
            fail(place_, "a row of more than " + std::to_string(most_values_a_row) + " values", "fewer");
        if (bytes_ > most_bytes_a_row)
            fail(place_, "a row of more than " + std::to_string(most_bytes_a_row >> 20) + " MB",
                "shorter ones");
    }

    const std::string& place_;
    std::size_t values_ = 0, bytes_ = 0;
};

} // namespace

void check_columns(const arrow::Schema& schema, const std::string& path) {
    if (schema.fields().size() > most_columns)
        fail(path, std::to_string(schema.fields().size()) + " columns",
            "at most " + std::to_string(most_columns));
    arrow::util::InitializeUTF8();
    check_fields(schema.fields(), path, /*depth=*/0);
}

Json row_of_batch(const arrow::RecordBatch& batch, std::int64_t row, const std::string& place) {
    RowValues values(place);
    Json columns = Json::object();
    for (int i = 0; i < batch.num_columns(); ++i)
        columns[batch.column_name(i)] = values.value(*batch.column(i), row);
    return columns;
}

} // namespace lora
