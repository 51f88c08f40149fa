// What a path is taken for, and how files that were opened are remembered.
#include "engine/data/formats.h"
#include "ui/elements/file_kind.h"
#include "ui/elements/recent_files.h"
#include "ui/runs/run_folder_name.h"

#include <QDir>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

class OpenedFilesTest : public QObject {
    Q_OBJECT

    static QString folder_with(const QTemporaryDir& at, const QString& name, const QString& file) {
        QDir().mkpath(at.filePath(name));
        QFile made(at.filePath(name) + u'/' + file);
        if (!made.open(QFile::WriteOnly)) qFatal("the test's folder cannot be written");
        return at.filePath(name);
    }

private Q_SLOTS:
    void folders_are_told_by_what_is_in_them() {
        const QTemporaryDir at;
        QCOMPARE(fileKind(folder_with(at, u"a"_s, u"adapter_config.json"_s)), FileKind::Adapter);
        QCOMPARE(fileKind(folder_with(at, u"r"_s, u"run.json"_s)), FileKind::Run);
        QCOMPARE(fileKind(folder_with(at, u"m"_s, u"config.json"_s)), FileKind::Model);
        QCOMPARE(fileKind(folder_with(at, u"n"_s, u"notes.txt"_s)), std::nullopt);
    }

    void a_peft_folders_file_stands_for_the_folder() {
        const QTemporaryDir at;
        const QString peft = folder_with(at, u"p"_s, u"adapter_config.json"_s);
        folder_with(at, u"p"_s, u"adapter_model.safetensors"_s);
        QCOMPARE(fileKind(peft + u"/adapter_model.safetensors"_s), FileKind::Adapter);
        QCOMPARE(adapterOf(peft + u"/adapter_model.safetensors"_s), peft);
        QCOMPARE(adapterOf(peft + u"/adapter_config.json"_s), peft);
        QCOMPARE(adapterOf(peft), peft);
    }

    void a_safetensors_file_alone_is_an_adapter_and_beside_a_models_configuration_is_not() {
        const QTemporaryDir at;
        const QString loralib = folder_with(at, u"l"_s, u"lora.safetensors"_s) + u"/lora.safetensors"_s;
        QCOMPARE(fileKind(loralib), FileKind::Adapter);
        QCOMPARE(adapterOf(loralib), loralib);
        folder_with(at, u"m"_s, u"config.json"_s);
        const QString weights = folder_with(at, u"m"_s, u"model.safetensors"_s) + u"/model.safetensors"_s;
        QCOMPARE(fileKind(weights), std::nullopt);
    }

    void an_adapter_is_called_by_its_run() {
        QCOMPARE(adapterName(u"/runs/e2e-r16/adapter"_s), u"e2e-r16"_s);
        QCOMPARE(adapterName(u"/adapters/mine"_s), u"mine"_s);
    }

    void files_are_told_by_their_endings() {
        QCOMPARE(fileKind(u"/x/model.Q4_1.GGUF"_s), FileKind::Model);
        QCOMPARE(fileKind(u"/x/data.jsonl"_s), FileKind::Dataset);
        for (const std::string& suffix : dataset_suffixes())
            QCOMPARE(fileKind(u"/x/data."_s + QString::fromStdString(suffix).toUpper()), FileKind::Dataset);
        for (const char* name : {"/x/data.ndjson", "/x/data.json", "/x/data.csv", "/x/book.txt"})
            QCOMPARE(fileKind(QString::fromUtf8(name)), FileKind::Dataset);
        QVERIFY(datasetSuffixes(u"*."_s).startsWith(u"*.jsonl *.ndjson *.json *.csv"_s));
        QCOMPARE(fileKind(u"/x/picture.png"_s), std::nullopt);
    }

    void a_folder_of_rows_is_a_dataset() {
        const QTemporaryDir at;
        QCOMPARE(fileKind(folder_with(at, u"d"_s, u"rows.parquet"_s)), FileKind::Dataset);
        QCOMPARE(fileKind(folder_with(at, u"e"_s, u"README.md"_s)), std::nullopt);
        QCOMPARE(fileKind(folder_with(at, u"f"_s, u"tokenizer.json"_s)), std::nullopt);
    }

    void the_newest_file_stands_first_and_only_once() {
        const QTemporaryDir at;
        QSettings settings(at.filePath(u"settings.ini"_s), QSettings::IniFormat);
        const RecentFile model{FileKind::Model, u"/m.gguf"_s};
        const RecentFile data{FileKind::Dataset, u"/d.jsonl"_s};

        rememberFile(settings, model);
        rememberFile(settings, data);
        rememberFile(settings, model);

        QCOMPARE(recentFiles(settings), (std::vector<RecentFile>{model, data}));
    }

    void twelve_files_are_remembered() {
        const QTemporaryDir at;
        QSettings settings(at.filePath(u"settings.ini"_s), QSettings::IniFormat);
        for (int i = 0; i < 20; ++i) rememberFile(settings, {FileKind::Run, u"/run-%1"_s.arg(i)});
        QCOMPARE(recentFiles(settings).size(), 12U);
        QCOMPARE(recentFiles(settings).front().path, u"/run-19"_s);
    }

    void a_new_run_never_takes_a_folder_that_is_there() {
        const QTemporaryDir at;
        RunSettings settings;
        settings.data.train = "/data/commands.jsonl";
        const QString first = newRunFolder(at.path(), settings);
        QVERIFY(first.endsWith(u"commands"_s));
        QVERIFY(QDir().mkpath(first));

        QVERIFY(!QDir(newRunFolder(at.path(), settings)).exists());
    }
};

QTEST_GUILESS_MAIN(OpenedFilesTest)
#include "opened_files_test.moc"
