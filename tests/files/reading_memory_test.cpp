// What a file can make its reader allocate: at most its own size and 64 MB. Each file here is the costliest
// of its kind, many small things in few bytes; the files' own bytes are mapped, and not counted.

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/json.h"
#include "engine/files/safetensors.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <new>
#include <string>

#include <malloc.h>

using namespace lora;

namespace {

std::atomic<std::size_t> held = 0, most_held = 0;

/// The most bytes that are allocated at once while `work` is done.
std::size_t cost_of(const std::function<void()>& work) {
    const std::size_t before = held;
    most_held = before;
    work();
    return most_held - before;
}

} // namespace

// All allocations of this program are counted; the sized and nothrow kinds come to these.
void* operator new(std::size_t size) {
    void* memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    const std::size_t now = held += ::malloc_usable_size(memory);
    if (now > most_held) most_held = now;
    return memory;
}
void operator delete(void* memory) noexcept {
    held -= ::malloc_usable_size(memory);
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace {

std::string text(const std::string& words) { return bytes_of(std::uint64_t(words.size())) + words; }

std::string gguf(std::uint64_t tensors, std::uint64_t keys, const std::string& rest) {
    return "GGUF" + bytes_of(std::uint32_t{3}) + bytes_of(tensors) + bytes_of(keys) + rest;
}

std::string gguf_array(std::uint32_t type, std::uint64_t count) {
    return gguf(0, 1, text("k") + bytes_of(std::uint32_t{9}) + bytes_of(type) + bytes_of(count));
}

/// With double quotes for single ones, since moc loses its way in raw strings.
std::string quoted(std::string words) {
    std::replace(words.begin(), words.end(), '\'', '"');
    return words;
}

std::string safetensors(const std::string& header) { return text(quoted(header)); }

std::string numbered(int number) {
    const std::string digits = std::to_string(number);
    return std::string(7 - digits.size(), '0') + digits;
}

std::string repeated(const std::string& each, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += (i > 0 ? "," : "") + each;
    return all;
}

std::string safetensors_of(int tensors, const std::string& name, const std::string& shape) {
    std::string header = "{";
    for (int i = 0; i < tensors; ++i)
        header += (i > 0 ? ",'" : "'") + name + numbered(i) + "':{'dtype':'U8','shape':[" + shape
                  + "],'data_offsets':[0,0]}";
    return safetensors(header + "}");
}

using Make = std::function<std::string()>;

} // namespace

Q_DECLARE_METATYPE(Make)

class ReadingMemoryTest : public QObject {
    Q_OBJECT

    static constexpr std::size_t slack = 64 << 20;

private Q_SLOTS:
    void a_file_of_tensors_costs_its_size_and_little_more_data() {
        QTest::addColumn<Make>("bytes");
        QTest::addColumn<qint64>("hole"); // of zeros behind the bytes, which takes no room on the disk
        const auto row = [](const char* name, const Make& make, qint64 hole = 0) {
            QTest::newRow(name) << make << hole;
        };
        constexpr qint64 gigabyte = 1 << 30;
        row(
            "GGUF: a list of a billion bytes", [] { return gguf_array(0, gigabyte); }, gigabyte);
        row(
            "GGUF: a list of four million bytes", [] { return gguf_array(0, 1 << 22); }, 1 << 22);
        row(
            "GGUF: a list of millions of empty texts", [] { return gguf_array(8, 1'398'101); },
            8 * 1'398'101);
        row(
            "GGUF: a list of too many texts", [] { return gguf_array(8, gigabyte / 8); }, gigabyte);
        row("GGUF: texts that just need memory of their own", [] {
            std::string bytes = gguf_array(8, 1'398'101);
            for (int i = 0; i < 1'398'101; ++i) bytes += text("sixteen letters.");
            return bytes;
        });
        row("GGUF: keys", [] {
            std::string keys;
            for (int i = 0; i < 65'536; ++i)
                keys += text(numbered(i)) + bytes_of(std::uint32_t{0}) + std::string(1, 'x');
            return gguf(0, 65'536, keys);
        });
        for (const int count : {131'072, 1'000'000})
            row(count > 131'072 ? "GGUF: too many tensors" : "GGUF: tensors", [count] {
                std::string tensors;
                for (int i = 0; i < count; ++i)
                    tensors += text(numbered(i)) + bytes_of(std::uint32_t{1}) + bytes_of(std::uint64_t{0})
                               + bytes_of(std::uint32_t{0}) + bytes_of(std::uint64_t{0});
                return gguf(std::uint64_t(count), 0, tensors + std::string(64, '\0'));
            });
        row("safetensors: tensors", [] { return safetensors_of(131'072, "", "0"); });
        row("safetensors: tensors of long names",
            [] { return safetensors_of(131'072, std::string(100, 'n'), "0"); });
        row("safetensors: too many tensors", [] { return safetensors_of(400'000, "", "0"); });
        row("safetensors: tensors of many dimensions",
            [] { return safetensors_of(131'072, "", repeated("0", 16)); });
        row("safetensors: a tensor of millions of dimensions",
            [] { return safetensors_of(1, "", repeated("1", 1'000'000)); });
        row("safetensors: metadata", [] {
            std::string entries;
            for (int i = 0; i < 131'072; ++i) entries += (i > 0 ? ",'" : "'") + numbered(i) + "':''";
            return safetensors("{'__metadata__':{" + entries + "}}");
        });
        row("safetensors: one long text",
            [] { return safetensors("{'__metadata__':{'a':'" + std::string(24'000'000, 'x') + "'}}"); });
        row("safetensors: a header of 90 MB",
            [] { return safetensors("{'__metadata__':{'a':'" + std::string(90'000'000, 'x') + "'}}"); });
    }
    void a_file_of_tensors_costs_its_size_and_little_more() {
        QFETCH(Make, bytes);
        QFETCH(qint64, hole);
        const Scratch scratch;
        const bool is_gguf = QByteArray(QTest::currentDataTag()).startsWith("GGUF");
        const std::string path = scratch.write("file", bytes());
        std::filesystem::resize_file(
            path, std::filesystem::file_size(path) + static_cast<std::uint64_t>(hole));
        std::string end = "it was read";
        const std::size_t cost = cost_of([&] {
            try {
                if (is_gguf)
                    const GgufFile file(path);
                else
                    const SafetensorsFile file(path);
            } catch (const Error& refused) {
                end = refused.what();
            }
        });
        const std::size_t size = std::filesystem::file_size(path);
        qInfo("%zu of %zu bytes; %s", cost, size, end.substr(0, 200).c_str());
        QVERIFY(cost <= size + slack);
    }

    // A vocabulary of a million tokens is a value of JSON with millions of parts, each of which takes more
    // room than its text: what a tokenizer.json can cost at most has a bound of its own.
    void a_json_text_costs_at_most_half_a_gigabyte_more_data() {
        QTest::addColumn<Make>("text");
        const auto row = [](const char* name, const Make& make) { QTest::newRow(name) << make; };
        row("empty objects", [] { return "[" + repeated("{}", 2'100'000) + "]"; });
        row("empty lists", [] { return "[" + repeated("[]", 2'100'000) + "]"; });
        row("numbers", [] { return "[" + repeated("1", 8'400'000) + "]"; });
        row("short texts", [] { return "[" + repeated("\"\"", 8'400'000) + "]"; });
        row("keys", [] {
            std::string entries;
            for (int i = 0; i < 2'000'000; ++i) entries += (i > 0 ? ",\"" : "\"") + numbered(i) + "\":1";
            return "{" + entries + "}";
        });
        row("lists in lists", [] { return std::string(10'000'000, '['); });
        row("one long text", [] { return "\"" + std::string(20'000'000, 'x') + "\""; });
    }
    void a_json_text_costs_at_most_half_a_gigabyte_more() {
        QFETCH(Make, text);
        const std::string json = text();
        std::string end = "it was read";
        const std::size_t cost = cost_of([&] {
            try {
                parse_json(json, "tokenizer.json", {.size_bytes = 256 << 20});
            } catch (const Error& refused) {
                end = refused.what();
            }
        });
        qInfo("%zu of %zu bytes; %s", cost, json.size(), end.substr(0, 200).c_str());
        QVERIFY(cost <= json.size() + (std::size_t{512} << 20));
    }
};

QTEST_GUILESS_MAIN(ReadingMemoryTest)
#include "reading_memory_test.moc"
