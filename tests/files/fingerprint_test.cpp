// What tells one file from another without reading all of it.

#include "engine/error.h"
#include "engine/files/digest.h"
#include "engine/files/fingerprint.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <filesystem>
#include <fstream>

using namespace lora;

class FingerprintTest : public QObject {
    Q_OBJECT

    Scratch scratch_;

    /// A file of that size without contents, and `bytes` at `place`.
    std::string sparse(std::int64_t size, std::int64_t place, const std::string& bytes) const {
        std::string path = scratch_.write("sparse", "");
        std::filesystem::resize_file(path, static_cast<std::uintmax_t>(size));
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(place);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path;
    }

private Q_SLOTS:
    void a_small_file_is_told_by_all_of_its_bytes() {
        const Fingerprint print = fingerprint_of(scratch_.write("small", "abc"));
        QCOMPARE(print, (Fingerprint{3, sha256("abc"), false}));
        QVERIFY(!(fingerprint_of(scratch_.write("small", "abd")) == print));
    }

    void a_large_file_is_told_by_samples_up_to_its_last_byte() {
        constexpr std::int64_t size = most_digested_bytes + 12'345;
        const Fingerprint empty = fingerprint_of(sparse(size, 0, ""));
        QCOMPARE(empty.size_bytes, size);
        QVERIFY(empty.sampled);
        QCOMPARE(fingerprint_of(sparse(size, 0, "")), empty);
        QVERIFY(!(fingerprint_of(sparse(size, 0, "x")) == empty));
        QVERIFY(!(fingerprint_of(sparse(size, size - 1, "x")) == empty));
        QVERIFY(!(fingerprint_of(sparse(size, size / 3, std::string(size / 128, 'x'))) == empty));
        QVERIFY(!(fingerprint_of(sparse(size + 1, 0, "")) == empty));
    }

    void what_cannot_be_read_is_an_error() {
        QVERIFY_THROWS_EXCEPTION(Error, fingerprint_of(scratch_.path("absent")));
    }
};

QTEST_GUILESS_MAIN(FingerprintTest)
#include "fingerprint_test.moc"
