// The dialogs that open and save: files and folders in one; a name that is taken is never gone into.

#include "ui/elements/new_folder_dialog.h"
#include "ui/elements/opening_dialog.h"

#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

class FileDialogsTest : public QObject {
    Q_OBJECT

    static void make(const QString& path) {
        QFile file(path);
        QVERIFY(file.open(QFile::WriteOnly));
    }
    static void makeAdapter(const QTemporaryDir& at, const QString& folder) {
        QVERIFY(QDir(at.path()).mkpath(folder));
        make(at.filePath(folder + u"/adapter_config.json"_s));
    }
    static void type(const QFileDialog& dialog, const QString& path) {
        auto* line = dialog.findChild<QLineEdit*>(u"fileNameEdit"_s);
        line->setText(path);
        QTest::keyClick(line, Qt::Key_Return);
    }

private Q_SLOTS:
    void files_and_folders_of_models_are_chosen_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("expected");
        QTest::newRow("file") << u"small.gguf"_s << u"small.gguf"_s;
        QTest::newRow("folder") << u"qwen"_s << u"qwen"_s;
        QTest::newRow("its configuration") << u"qwen/config.json"_s << u"qwen"_s;
    }

    void files_and_folders_of_models_are_chosen() {
        QFETCH(QString, typed);
        QFETCH(QString, expected);
        const QTemporaryDir at;
        QVERIFY(QDir(at.path()).mkpath(u"qwen"_s));
        make(at.filePath(u"qwen/config.json"_s));
        make(at.filePath(u"small.gguf"_s));
        OpeningDialog dialog(nullptr, FileKind::Model, u"Open a model"_s, at.path());
        dialog.show();

        type(dialog, at.filePath(typed));

        QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
        QCOMPARE(dialog.chosen(), at.filePath(expected));
    }

    void another_folder_is_gone_into() {
        const QTemporaryDir at;
        QVERIFY(QDir(at.path()).mkpath(u"models"_s));
        OpeningDialog dialog(nullptr, FileKind::Model, u"Open a model"_s, at.path());
        dialog.show();

        type(dialog, at.filePath(u"models"_s));

        QVERIFY(dialog.isVisible());
        QCOMPARE(dialog.directory().absolutePath(), at.filePath(u"models"_s));
    }

    void an_adapter_is_its_folder_its_file_or_its_run_data() {
        QTest::addColumn<QString>("typed");
        QTest::newRow("folder") << u"lamp/adapter"_s;
        QTest::newRow("its configuration") << u"lamp/adapter/adapter_config.json"_s;
        QTest::newRow("the run that gave it") << u"lamp"_s;
    }

    void an_adapter_is_its_folder_its_file_or_its_run() {
        QFETCH(QString, typed);
        const QTemporaryDir at;
        makeAdapter(at, u"lamp/adapter"_s);
        make(at.filePath(u"lamp/run.json"_s));
        OpeningDialog dialog(nullptr, FileKind::Adapter, u"Load an adapter"_s, at.path());
        dialog.show();

        type(dialog, at.filePath(typed));

        QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
        QCOMPARE(dialog.chosen(), at.filePath(u"lamp/adapter"_s));
    }

    void a_new_name_and_an_empty_folder_are_taken_data() {
        QTest::addColumn<QString>("typed");
        QTest::newRow("new") << u"lamp"_s;
        QTest::newRow("empty") << u"empty"_s;
    }

    void a_new_name_and_an_empty_folder_are_taken() {
        QFETCH(QString, typed);
        const QTemporaryDir at;
        QVERIFY(QDir(at.path()).mkpath(u"empty"_s));
        NewFolderDialog dialog(nullptr, u"Save"_s, at.path(), u"adapter"_s, true);
        dialog.show();

        type(dialog, typed);

        QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
        QCOMPARE(dialog.chosen(), at.filePath(typed));
    }

    void an_adapter_of_that_name_is_replaced_only_by_choice_data() {
        QTest::addColumn<int>("button");
        QTest::addColumn<int>("result");
        QTest::newRow("replace") << 0 << static_cast<int>(QDialog::Accepted);
        QTest::newRow("another name") << 1 << static_cast<int>(QDialog::Rejected);
    }

    void an_adapter_of_that_name_is_replaced_only_by_choice() {
        QFETCH(int, button);
        QFETCH(int, result);
        const QTemporaryDir at;
        makeAdapter(at, u"lamp"_s);
        NewFolderDialog dialog(nullptr, u"Save"_s, at.path(), u"adapter"_s, true);
        dialog.show();

        type(dialog, u"lamp"_s);
        auto* question = dialog.findChild<QMessageBox*>(u"replaceQuestion"_s);
        QVERIFY(question && dialog.isVisible());
        QCOMPARE(dialog.directory().absolutePath(), at.path());
        QTest::mouseClick(question->buttons().at(button), Qt::LeftButton);

        QCOMPARE(dialog.result(), result);
        QCOMPARE(dialog.isVisible(), button == 1);
    }

    void any_other_folder_and_a_file_are_left_alone_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<bool>("replacesAdapters");
        QTest::newRow("a folder with something in it") << u"full"_s << true;
        QTest::newRow("an adapter where none is wanted") << u"lamp"_s << false;
        QTest::newRow("a file") << u"full/notes.txt"_s << true;
    }

    void any_other_folder_and_a_file_are_left_alone() {
        QFETCH(QString, typed);
        QFETCH(bool, replacesAdapters);
        const QTemporaryDir at;
        QVERIFY(QDir(at.path()).mkpath(u"full"_s));
        make(at.filePath(u"full/notes.txt"_s));
        makeAdapter(at, u"lamp"_s);
        NewFolderDialog dialog(nullptr, u"Save"_s, at.path(), u"merged-model"_s, replacesAdapters);
        dialog.show();

        type(dialog, at.filePath(typed));

        QVERIFY(dialog.findChild<QMessageBox*>(u"takenName"_s));
        QVERIFY(dialog.isVisible());
        QCOMPARE(dialog.directory().absolutePath(), at.path());
    }
};

QTEST_MAIN(FileDialogsTest)
#include "file_dialogs_test.moc"
