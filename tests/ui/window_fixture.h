#pragma once
// A window on a scripted engine, found by object names and used as a person does; with its own settings and
// folders that vanish with it.

#include "tests/ui/fake_work.h"
#include "ui/elements/banner.h"
#include "ui/elements/quantities.h"
#include "ui/window/main_window.h"

#include <QAbstractSpinBox>
#include <QAction>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

namespace lora {

using namespace Qt::StringLiterals;

class WindowFixture {
public:
    explicit WindowFixture(std::shared_ptr<FakeScript> fake = std::make_shared<FakeScript>())
        : WindowFixture([fake](Emit emit) { return fake_work(std::move(emit), fake); }, {}) {
        script = std::move(fake);
    }

    /// On another engine; `places` fills what is not empty in the temporary ones.
    WindowFixture(std::function<Work(Emit)> makeWork, const Places& places) : makeWork_(std::move(makeWork)) {
        QStandardPaths::setTestModeEnabled(true);
        useOneLocale();
        QCoreApplication::setOrganizationName(u"lora-workbench-tests"_s);
        QSettings().clear();
        const QString root = folder.path();
        const auto or_else = [](const QString& given, const QString& other) {
            return given.isEmpty() ? other : given;
        };
        places_ = {or_else(places.models, root + u"/models"_s), root + u"/runs"_s,
            or_else(places.sample, root + u"/sample.jsonl"_s)};
        if (places.models.isEmpty())
            write(places_.models + u"/SmolLM2-135M-Instruct"_s, u"SmolLM2-135M-Instruct.Q4_1.gguf"_s);
        if (places.sample.isEmpty()) write(root, u"sample.jsonl"_s);
        makeWindow();
        window->resize(1280, 800);
        window->show();
    }

    /// Closes the window and makes it anew with what it remembers, or what `meanwhile` makes of that.
    void startAgain(const std::function<void()>& meanwhile = [] {}) {
        window->close();
        meanwhile();
        makeWindow();
        window->show();
    }

    /// Until its model and data are there and a run can start.
    void open() const {
        window->begin();
        QTRY_COMPARE(stateWord(), QStringLiteral("Ready"));
        QTRY_VERIFY(can("start"));
    }

    template <class T>
    T* find(const char* name) const {
        T* found = window->findChild<T*>(QLatin1StringView(name));
        if (!found) qFatal("no widget is named %s", name);
        return found;
    }
    QAction* action(const char* name) const { return find<QAction>(name); }
    bool can(const char* name) const { return action(name)->isEnabled(); }
    QString stateWord() const { return find<QLabel>("statePill")->text(); }
    /// Text into a field in place of what is there, key by key.
    void type(const char* name, const QString& text) const {
        auto* field = find<QAbstractSpinBox>(name);
        field->selectAll();
        QTest::keyClicks(field, text);
    }
    void click(const char* name) const { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
    QStringList banners() const {
        QStringList texts;
        for (const Banner* each : window->findChildren<Banner*>()) texts << each->text();
        return texts;
    }
    bool isTold(const QString& words) const { return banners().join(u'\n').contains(words); }

    QTemporaryDir folder;
    std::shared_ptr<FakeScript> script;
    std::unique_ptr<MainWindow> window;

private:
    void makeWindow() {
        window.reset(); // before its successor, which reads what it has left
        window = std::make_unique<MainWindow>(
            WindowParts{makeWork_, {{{"cpu", "a processor", 8'000'000'000}}, "no GPU here"}, places_});
    }
    static void write(const QString& folder, const QString& name) {
        QDir().mkpath(folder);
        QFile file(folder + u'/' + name);
        if (!file.open(QFile::WriteOnly)) qFatal("the test's folder cannot be written");
    }

    std::function<Work(Emit)> makeWork_;
    Places places_;
};

} // namespace lora
