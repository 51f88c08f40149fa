#include "tests/ui/monkey_ground.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// What is there already stays.
void copyFolder(const QString& from, const QString& to) {
    QDirIterator each(from, QDir::Files, QDirIterator::Subdirectories);
    while (each.hasNext()) {
        const QString file = each.next();
        const QString copy = to + file.mid(from.size());
        QDir().mkpath(QFileInfo(copy).path());
        if (QFile::copy(file, copy)) QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
    }
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (file.open(QFile::WriteOnly)) file.write(bytes);
}

} // namespace

MonkeyGround::MonkeyGround() {
    const QByteArray home = path().toUtf8();
    for (const char* name : {"HOME", "TMPDIR"}) qputenv(name, home);
    for (const char* name :
        {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"})
        qputenv(name, home + '/' + name);
    // No ssh and no other program is found, nobody listens at this address, and there is no desktop's bus.
    qputenv("PATH", home + "/no-programs");
    qputenv("HF_ENDPOINT", "http://127.0.0.1:9");
    qputenv("HF_HOME", home + "/hub");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + home + "/no-bus");
    qputenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + home + "/no-bus");
    QDir().mkpath(path() + u"/XDG_RUNTIME_DIR"_s);
    QFile::setPermissions(
        path() + u"/XDG_RUNTIME_DIR"_s, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    layFixtures();
    keep();
    for (const char* each :
        {"models/llama", "models/gguf", "data/rows.jsonl", "data/rows.parquet", "data/rows.jsonl.zst",
            "data/empty.jsonl", "data", "adapters/plain", "adapters/dora", "junk.bin", "junk.gguf",
            "junk.json", "gone/model", "gone.jsonl", "a name with spaces, ümlauts and “quotes”"})
        things_ << path() + u'/' + QString::fromUtf8(each);
}

void MonkeyGround::layFixtures() const {
    const QString fixtures = QStringLiteral(FIXTURES);
    copyFolder(fixtures + u"/llama/gqa_tied"_s, path() + u"/models/llama"_s);
    copyFolder(fixtures + u"/llama/gguf_f32"_s, path() + u"/models/gguf"_s);
    copyFolder(fixtures + u"/datasets"_s, path() + u"/data"_s);
    for (const QString& name : {u"plain"_s, u"dora"_s})
        copyFolder(fixtures + u"/peft_adapters/"_s + name, path() + u"/adapters/"_s + name);
    write(path() + u"/junk.bin"_s, QByteArray(4096, '\xff'));
    write(path() + u"/junk.gguf"_s, "GGUF\x03" + QByteArray(300, '\x7f'));
    write(path() + u"/junk.json"_s, QByteArray(20'000, '['));
    write(path() + u"/data/empty.jsonl"_s, {});
}

void MonkeyGround::keep() {
    QDirIterator each(path(), QDir::Files, QDirIterator::Subdirectories);
    while (each.hasNext()) {
        QFile file(each.next());
        if (file.open(QFile::ReadOnly)) kept_[file.fileName()] = file.readAll();
    }
}

void MonkeyGround::mend() const {
    for (const auto& [file, bytes] : kept_) {
        const QString folder = QFileInfo(file).path();
        if (!QFileInfo(folder).isDir()) QFile::remove(folder); // a file that took its place
        QDir().mkpath(folder);
        if (QFileInfo(file).size() != bytes.size()) write(file, bytes);
    }
}

void MonkeyGround::layRuns(const QString& runs) const {
    copyFolder(QStringLiteral(FIXTURES) + u"/trained_runs"_s, runs);
}

QString MonkeyGround::thing(Chance& chance) const { return chance.of(things_); }

QString MonkeyGround::damage(Chance& chance) const {
    QStringList all;
    QDirIterator each(path(), QDir::AllEntries | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (each.hasNext()) {
        const QString found = each.next();
        if (!found.contains(u"XDG_"_s) && !found.contains(u".qttest"_s)) all << found;
    }
    if (all.isEmpty()) return u"found nothing to damage"_s;
    all.sort(); // the order on disk is another one each time
    const QString victim = chance.of(all);
    const QString name = victim.mid(path().size());
    if (QFileInfo(victim).isDir()) {
        if (chance.oneIn(3)) {
            QDir().rename(victim, victim + u"-moved"_s);
            return u"moved "_s + name;
        }
        QDir(victim).removeRecursively();
        if (chance.oneIn(3)) write(victim, "a file where a folder was");
        return u"deleted folder "_s + name;
    }
    switch (chance.below(4)) {
    case 0: QFile::remove(victim); return u"deleted "_s + name;
    case 1: write(victim, {}); return u"emptied "_s + name;
    case 2: QFile::resize(victim, QFileInfo(victim).size() / 2); return u"cut "_s + name;
    default:
        QFile::remove(victim); // what is mapped keeps its bytes
        write(victim, QByteArray(chance.between(1, 5000), static_cast<char>(chance.between(0, 255))));
        return u"replaced "_s + name;
    }
}

} // namespace lora
