// The same rows out of every container: columns of Parquet and Arrow, compressed text, folders and patterns
// of files; and what is damaged or lies about its sizes. tests/fixtures/datasets/make.py wrote the files.

#include "engine/columns/columns.h"
#include "engine/data/dataset_files.h"
#include "engine/data/dataset_paths.h"
#include "engine/data/row_shapes.h"
#include "engine/error.h"
#include "engine/files/json.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <algorithm>
#include <functional>
#include <sstream>

using namespace lora;

namespace {

using OpenColumns = std::unique_ptr<ColumnRows> (*)(std::string_view, const std::string&);

std::string fixture(const std::string& name) { return FIXTURES "/datasets/" + name; }

std::string bytes_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Json> columns_of(OpenColumns open, const std::string& bytes) {
    std::vector<Json> all;
    const auto rows = open(bytes, "data");
    while (auto row = rows->next()) all.push_back(std::move(*row));
    return all;
}

OpenColumns opener(const std::string& name) {
    return name.ends_with(".parquet") ? open_parquet_columns : open_arrow_columns;
}

std::vector<Json> expected_rows() {
    std::vector<Json> all;
    std::istringstream lines(bytes_of_file(fixture("rows.jsonl")));
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
}

std::vector<Row> all_rows(const std::string& path) {
    std::vector<Row> all;
    RowsOfFiles rows = DatasetFiles(path).rows();
    while (auto row = rows.next()) all.push_back(std::move(*row));
    return all;
}

/// The rows one after the other, up to the first fault if there is one, without its place.
std::string account_of(const std::string& path) {
    std::string account;
    try {
        RowsOfFiles rows = DatasetFiles(path).rows();
        while (const auto row = rows.next())
            account += std::to_string(row->number) + " " + row->shape->key + ", ";
    } catch (const Error& error) {
        const std::string said = error.what();
        account += said.substr(std::min(said.size(), said.find("messages")));
    }
    return account;
}

std::string told(const std::function<void()>& call) { return message_of<Error>(call); }

/// What is said of a file's rows with these bytes in the place of its own; nothing where they can be read.
std::string told_of(const std::string& name, const std::string& bytes) {
    const Scratch scratch;
    const std::string path = scratch.write(name, bytes);
    return told([&] {
        if (DatasetFile file(path); file.is_plain_text())
            file.text();
        else
            all_rows(path);
    });
}

/// Both row kinds of the small sets below.
std::string completions(const std::vector<Row>& rows) {
    std::string list;
    for (const Row& row : rows) list += row.completion + " ";
    return list;
}

std::string line(int number) {
    return R"({"prompt": "p", "completion": ")" + std::to_string(number) + "\"}\n";
}

void with_containers() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"rows.parquet", "rows.arrow", "rows.feather", "rows.jsonl.gz", "rows.jsonl.zst"})
        QTest::newRow(name) << QString::fromUtf8(name);
}

} // namespace

class ContainersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void columns_of_every_type_are_the_values_that_their_writer_gives_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"rows.parquet", "rows.arrow", "rows.feather"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void columns_of_every_type_are_the_values_that_their_writer_gives() {
        QFETCH(QString, name);
        const std::string file = name.toStdString();
        const std::vector<Json> rows = columns_of(opener(file), bytes_of_file(fixture(file)));
        const std::vector<Json> expected = expected_rows();
        QCOMPARE(rows.size(), expected.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (const auto& [column, value] : expected[i].items())
                QCOMPARE(QString::fromStdString(column + " " + rows[i].at(column).dump()),
                    QString::fromStdString(column + " " + value.dump()));
    }

    void rows_are_the_same_out_of_every_container_data() { with_containers(); }
    void rows_are_the_same_out_of_every_container() {
        QFETCH(QString, name);
        const std::string account = account_of(fixture(name.toStdString()));
        QVERIFY2(contains(account, "1 messages, 2 messages, 3 messages, "), account.c_str());
        QCOMPARE(account, account_of(fixture("rows.jsonl")));
    }

    void what_has_no_form_as_text_is_refused_where_it_is_needed() {
        const std::string said = told([&] { all_rows(fixture("bytes.parquet")); });
        QVERIFY2(
            contains(said, "bytes.parquet: row 1: text: found a value of type binary, expected a string"),
            said.c_str());
    }

    void a_saved_dataset_is_read_without_its_descriptions() {
        const DatasetFiles files(fixture("saved"));
        QCOMPARE(files.format_name(), std::string("Arrow, 2 files"));
        const std::vector<Row> rows = all_rows(fixture("saved"));
        QCOMPARE(completions(rows), std::string("0 2 4 6 8 "));
        QCOMPARE(rows.at(3).number, std::int64_t{4});
        QCOMPARE(rows.at(3).place, std::string("data-00001-of-00002.arrow: row 1"));
    }

    void a_folder_is_read_in_the_order_of_its_names() {
        const Scratch scratch;
        scratch.write("b.jsonl", line(3));
        scratch.write("a.jsonl", line(1) + line(2));
        scratch.write("README.md", "what it is");
        scratch.write(".hidden.jsonl", "not rows");
        scratch.write("notes.docx", "PK");
        QCOMPARE(completions(all_rows(scratch.path(""))), std::string("1 2 3 "));
        QCOMPARE(completions(all_rows(scratch.path("[b]*.jsonl"))), std::string("3 "));
        QVERIFY(is_dataset_folder(scratch.path("")) && names_dataset_files(scratch.path("?.jsonl")));
        QVERIFY(!names_dataset_files(scratch.path("c*")) && !is_dataset_folder(scratch.path("a.jsonl")));
    }

    void a_name_that_reads_like_a_pattern_is_that_file() {
        const Scratch scratch;
        scratch.write("a[1].jsonl", line(1));
        scratch.write("a1.jsonl", line(2));
        QCOMPARE(completions(all_rows(scratch.path("a[1].jsonl"))), std::string("1 "));
    }

    void a_folder_that_cannot_be_one_dataset_is_refused_data() {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::addColumn<QString>("message");
        QTest::newRow("formats") << "a.jsonl"
                                 << "b.csv"
                                 << "b.csv: found CSV, expected JSON Lines, as the files before it";
        QTest::newRow("splits") << "test-0.jsonl"
                                << "train-0.jsonl"
                                << "files of several splits ('test-0.jsonl' and 'train-0.jsonl')";
        QTest::newRow("none") << "a.docx"
                              << "b"
                              << "found a folder without a dataset file";
    }
    void a_folder_that_cannot_be_one_dataset_is_refused() {
        QFETCH(QString, first);
        QFETCH(QString, second);
        QFETCH(QString, message);
        const Scratch scratch;
        for (const QString& name : {first, second})
            scratch.write(name.toStdString(),
                name.endsWith(QStringLiteral("csv")) ? "question,answer\na,b\n" : line(1));
        const std::string said = told([&] { DatasetFiles(scratch.path("")); });
        QVERIFY2(contains(said, message.toStdString()), said.c_str());
    }

    void the_sum_of_a_folder_changes_with_any_file_or_name() {
        const Scratch scratch;
        const std::string one = scratch.write("a.jsonl", line(1));
        const std::string of_one = sha256_of_dataset(scratch.path(""));
        QCOMPARE(of_one, sha256_of_dataset(one));
        scratch.write("b.jsonl", line(2));
        const std::string of_two = sha256_of_dataset(scratch.path(""));
        QVERIFY(of_two != of_one);
        QCOMPARE(
            size_of_dataset(scratch.path("*")), static_cast<std::int64_t>(line(1).size() + line(2).size()));
        scratch.write("b.jsonl", line(3));
        QVERIFY(sha256_of_dataset(scratch.path("")) != of_two);
    }

    void a_compressed_file_is_told_with_what_is_in_it() {
        QCOMPARE(DatasetFile(fixture("rows.jsonl.gz")).format_name(),
            std::string("JSON Lines, compressed (gzip)"));
        QCOMPARE(DatasetFile(fixture("rows.jsonl.zst")).format_name(),
            std::string("JSON Lines, compressed (Zstandard)"));
    }

    void a_file_that_expands_beyond_all_reason_is_refused() {
        const std::string said = told([&] { DatasetFile(fixture("bomb.txt.zst")).text(); });
        QVERIFY2(contains(said, "bomb.txt.zst: found more than 64 MB that came out of")
                     && contains(said, "at most 500 times the file's size where it is more than 64 MB"),
            said.c_str());
    }

    void a_compressed_file_that_is_cut_or_damaged_is_told_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("gz") << "rows.jsonl.gz";
        QTest::newRow("zst") << "rows.jsonl.zst";
    }
    void a_compressed_file_that_is_cut_or_damaged_is_told() {
        QFETCH(QString, name);
        const std::string file = name.toStdString(), bytes = bytes_of_file(fixture(file));
        for (const std::size_t cut : {std::size_t{1}, std::size_t{9}, bytes.size() / 3}) {
            const std::string said = told_of(file, bytes.substr(0, bytes.size() - cut));
            QVERIFY2(contains(said, "the end of the file in the middle of a"), said.c_str());
        }
        std::string damaged = bytes;
        damaged[bytes.size() / 3] = static_cast<char>(damaged[bytes.size() / 3] ^ 0x55);
        const std::string said = told_of(file, damaged);
        QVERIFY2(contains(said, "damaged") || contains(said, "found"), said.c_str());
        const std::string behind = told_of(file, bytes + "more");
        QVERIFY2(contains(behind, "messages") || contains(behind, "other bytes"), behind.c_str());
    }

    void a_row_that_never_ends_is_refused_before_it_is_in_memory() {
        const std::string bomb = bytes_of_file(fixture("bomb.txt.zst"));
        for (const char* name : {"bomb.jsonl.zst", "bomb.csv.zst"}) {
            const std::string said = told_of(name, bomb);
            QVERIFY2(contains(said, "line 1: found a row of more than 16 MB"), said.c_str());
        }
    }

    void no_changed_byte_of_a_container_does_more_than_an_error_data() { with_containers(); }
    void no_changed_byte_of_a_container_does_more_than_an_error() {
        QFETCH(QString, name);
        const std::string file = name.toStdString(), bytes = bytes_of_file(fixture(file));
        const std::size_t stride = bytes.size() / 150 + 1;
        for (std::size_t at = 4; at < bytes.size(); at += stride)
            for (const char now : {'\xff', '\x7f', '\0'}) {
                std::string changed = bytes;
                changed[at] = now;
                if (name.contains(QStringLiteral("jsonl")))
                    told_of(file, changed);
                else
                    told([&] { columns_of(opener(file), changed); });
            }
        for (std::size_t size = 0; size < bytes.size(); size += stride) {
            const std::string cut = bytes.substr(0, size);
            if (!name.contains(QStringLiteral("jsonl")))
                QVERIFY(told([&] { columns_of(opener(file), cut); }) != "nothing was thrown");
        }
    }
};

QTEST_GUILESS_MAIN(ContainersTest)
#include "containers_test.moc"
