#pragma once
// A window on the real engine with a tiny model and data, worked as a person does.

#include "engine/session/session.h"
#include "tests/tiny_model.h"
#include "tests/ui/window_fixture.h"

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

namespace lora {

constexpr int patience = 60'000; // of a busy machine; what is waited for takes a second

/// A window whose model and data were typed into their fields.
class Desk {
public:
    Desk()
        : model(tiny::write_model(files.path().toStdString() + "/tiny")),
          data(write(u"rows.jsonl"_s, tiny::lines(24))), at(open_session, {files.path(), {}, data}) {
        at.window->begin();
        enter("modelPath", QString::fromStdString(model));
        if (!QTest::qWaitFor([&] { return at.can("start"); }, patience)) qFatal("the window did not open");
    }

    QString write(const QString& name, const std::string& text) const {
        const QString path = files.filePath(name);
        write_file(path.toStdString(), text);
        return path;
    }
    /// Key by key, in place of what is there, and Return.
    void enter(const char* name, const QString& text) const {
        auto* field = at.find<QLineEdit>(name);
        field->selectAll();
        QTest::keyClicks(field, text);
        QTest::keyClick(field, Qt::Key_Return);
    }
    /// A run of so many steps by the button, to its end; gives its folder.
    std::string train(const QString& steps) const {
        at.type("steps", steps);
        bool hasBegun = false; // a short run has ended before the next look
        const auto heard = QObject::connect(at.action("start"), &QAction::enabledChanged,
            [&](bool isEnabled) { hasBegun = hasBegun || !isEnabled; });
        at.click("startButton");
        const bool began = QTest::qWaitFor([&] { return hasBegun; }, patience);
        QObject::disconnect(heard);
        if (!began) qFatal("no run began");
        if (!QTest::qWaitFor([&] { return at.can("start"); }, patience)) qFatal("the run did not end");
        return runs().front();
    }
    /// Folders, the newest first.
    std::vector<std::string> runs() const {
        std::vector<std::string> folders;
        const QDir home(at.folder.path() + u"/runs"_s);
        for (const QFileInfo& each : home.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Time))
            folders.push_back(each.absoluteFilePath().toStdString());
        return folders;
    }
    QString command() const { return at.find<QPlainTextEdit>("equalCommand")->toPlainText(); }
    QString told() const { return at.banners().join(u'\n'); }
    void press(const QString& words) const {
        for (QPushButton* each : at.window->findChildren<QPushButton*>())
            if (each->text() == words && each->isVisible()) return QTest::mouseClick(each, Qt::LeftButton);
        QFAIL(qPrintable(u"no button says "_s + words));
    }

    QTemporaryDir files;
    std::string model;
    QString data;
    WindowFixture at;
};

} // namespace lora
