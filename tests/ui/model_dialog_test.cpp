// The dialog that opens a model: files and folders in one.

#include "ui/elements/model_dialog.h"

#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

class ModelDialogTest : public QObject {
    Q_OBJECT

    static void make(const QString& path) {
        QFile file(path);
        QVERIFY(file.open(QFile::WriteOnly));
    }
    static void type(const ModelDialog& dialog, const QString& path) {
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
        ModelDialog dialog(nullptr, u"Open a model"_s, at.path());
        dialog.show();

        type(dialog, at.filePath(typed));

        QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
        QCOMPARE(dialog.model(), at.filePath(expected));
    }

    void another_folder_is_gone_into() {
        const QTemporaryDir at;
        QVERIFY(QDir(at.path()).mkpath(u"models"_s));
        ModelDialog dialog(nullptr, u"Open a model"_s, at.path());
        dialog.show();

        type(dialog, at.filePath(u"models"_s));

        QVERIFY(dialog.isVisible());
        QCOMPARE(dialog.directory().absolutePath(), at.filePath(u"models"_s));
    }
};

QTEST_MAIN(ModelDialogTest)
#include "model_dialog_test.moc"
