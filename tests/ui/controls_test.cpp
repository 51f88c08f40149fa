// All controls of the window, wherever they stand: each says what it does, is called by a name, and is
// reached by the keyboard alone.

#include "tests/ui/window_fixture.h"
#include "ui/elements/number_field.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/plot.h"
#include "ui/setup/rank_budget.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAccessible>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTabBar>
#include <QTabWidget>
#include <QTextEdit>
#include <QToolBar>
#include <QToolButton>
#include <set>

using namespace lora;

namespace {

/// Qt's own parts of a control or a dock, which follow their owner.
bool isPart(const QWidget* widget) {
    if (widget->objectName().startsWith("qt_"_L1)) return true;
    for (const QWidget* each = widget->parentWidget(); each; each = each->parentWidget())
        if (qobject_cast<const QAbstractSpinBox*>(each) || qobject_cast<const QComboBox*>(each)
            || qobject_cast<const QAbstractItemView*>(each) || qobject_cast<const QTabBar*>(each)
            || qobject_cast<const QLineEdit*>(each) || each->inherits("QComboBoxPrivateContainer"))
            return true;
    return false;
}

bool isControl(const QWidget* widget) {
    if (isPart(widget) || qobject_cast<const QScrollBar*>(widget)) return false;
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget)
           || qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QLineEdit*>(widget)
           || qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QTextEdit*>(widget)
           || qobject_cast<const QAbstractSlider*>(widget)
           || (qobject_cast<const QAbstractItemView*>(widget) && !qobject_cast<const QHeaderView*>(widget))
           || qobject_cast<const QCustomPlot*>(widget);
}

/// An action's button, whose place for the keyboard is the menu.
bool isInMenu(const QWidget* widget) {
    const auto* button = qobject_cast<const QToolButton*>(widget);
    if (!button || !button->defaultAction()) return false;
    const auto places = button->defaultAction()->associatedObjects();
    return std::any_of(
        places.begin(), places.end(), [](QObject* each) { return qobject_cast<QMenu*>(each); });
}

/// A standard button's words say it all: the dialog asks, it answers.
bool isAnswer(const QWidget* widget) {
    return qobject_cast<const QDialogButtonBox*>(widget->parentWidget()) != nullptr;
}

QString placeOf(const QWidget* widget) {
    QStringList names;
    for (const QWidget* each = widget; each; each = each->parentWidget())
        if (!each->objectName().isEmpty() || each == widget)
            names.prepend(each->objectName().isEmpty() ? QString::fromLatin1(each->metaObject()->className())
                                                       : each->objectName());
    return names.join(u'/');
}

QString helpOf(const QWidget* widget) {
    return widget->toolTip().isEmpty() ? widget->whatsThis() : widget->toolTip();
}

/// Not the value of a list, which is what a screen reader would say of one without a name.
QString nameOf(QWidget* widget) {
    if (qobject_cast<const QComboBox*>(widget)) return widget->accessibleName();
    QAccessibleInterface* seen = QAccessible::queryAccessibleInterface(widget);
    return seen ? seen->text(QAccessible::Name) : QString();
}

std::vector<QWidget*> controlsOf(const QWidget& root) {
    std::vector<QWidget*> all;
    for (QWidget* each : root.findChildren<QWidget*>())
        if (isControl(each)) all.push_back(each);
    return all;
}

void check(const QWidget& root) {
    QStringList faults;
    for (QWidget* each : controlsOf(root)) {
        QStringList missing;
        if (helpOf(each).isEmpty() && !isAnswer(each)) missing << u"help"_s;
        if (nameOf(each).trimmed().isEmpty()) missing << u"name"_s;
        if ((each->focusPolicy() & Qt::TabFocus) == 0 && !isInMenu(each)) missing << u"keyboard"_s;
        if (!missing.isEmpty()) faults << placeOf(each) + u": "_s + missing.join(u", "_s);
    }
    QVERIFY2(faults.isEmpty(), qPrintable(u"\n"_s + faults.join(u'\n')));
}

bool needsName(QAccessible::Role role) {
    switch (role) {
    case QAccessible::PushButton:
    case QAccessible::CheckBox:
    case QAccessible::ComboBox:
    case QAccessible::EditableText:
    case QAccessible::SpinBox:
    case QAccessible::Slider:
    case QAccessible::PageTab:
    case QAccessible::MenuItem:
    case QAccessible::Table:
    case QAccessible::Tree:
    case QAccessible::List:
    case QAccessible::Dialog:
    case QAccessible::ButtonMenu:
    case QAccessible::Grip: // a divider
    case QAccessible::MenuBar:
    case QAccessible::StatusBar:
    case QAccessible::PageTabList:
    case QAccessible::ProgressBar: return true;
    default: return false;
    }
}

/// What a screen reader comes to, from a window down; the cells of tables are their content.
void collectNameless(QAccessibleInterface* item, const QString& path, QStringList& found) {
    if (!item || !item->isValid() || item->state().invisible) return;
    const auto* widget = qobject_cast<const QWidget*>(item->object());
    // The window's layout keeps a row of tabs for docks that lie on each other, without one where none does.
    const auto* tabs = qobject_cast<const QTabBar*>(widget);
    if (tabs && tabs->count() == 0) return;
    const QString place =
        path + u'/'
        + (item->object() && !item->object()->objectName().isEmpty() ? item->object()->objectName()
                                                                     : item->text(QAccessible::Name));
    const bool isSeparator = item->state().disabled && item->role() == QAccessible::Separator;
    if (needsName(item->role()) && !isSeparator && !(widget && isPart(widget))
        && item->text(QAccessible::Name).trimmed().isEmpty())
        found << place + u" (role %1)"_s.arg(item->role());
    if (item->role() == QAccessible::Table || item->role() == QAccessible::Tree
        || item->role() == QAccessible::List || item->role() == QAccessible::ComboBox
        || item->role() == QAccessible::SpinBox)
        return;
    for (int child = 0; child < item->childCount(); ++child)
        collectNameless(item->child(child), place, found);
}

QStringList namelessIn(QWidget& root) {
    QStringList found;
    collectNameless(QAccessible::queryAccessibleInterface(&root), {}, found);
    return found;
}

QString plainWords(const QAction& action) { return action.text().remove(u'&').remove(u'…'); }

/// All widgets that Tab comes to, from where the focus is.
std::set<const QWidget*> reachedByTab(QWidget& window) {
    constexpr int mostTabs = 500;
    std::set<const QWidget*> reached;
    for (int i = 0; i < mostTabs; ++i) {
        QWidget* now = QApplication::focusWidget();
        QTest::keyClick(now ? now : &window, Qt::Key_Tab);
        if (now) reached.insert(now);
    }
    return reached;
}

} // namespace

class ControlsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void each_control_has_help_and_a_name_and_takes_the_keyboard() {
        const WindowFixture at;
        at.open();
        check(*at.window);
    }

    void those_that_stand_in_a_dialog_too_data() {
        QTest::addColumn<QByteArray>("action");
        for (const char* action : {"shortcuts", "about", "glossary"})
            QTest::newRow(action) << QByteArray(action);
    }

    void those_that_stand_in_a_dialog_too() {
        QFETCH(QByteArray, action);
        const WindowFixture at;
        at.open();
        at.action(action.constData())->trigger();
        const auto dialogs = at.window->findChildren<QDialog*>();
        QVERIFY(!dialogs.isEmpty());
        for (QDialog* each : dialogs) {
            check(*each);
            QCOMPARE(namelessIn(*each), QStringList());
        }
    }

    void those_of_the_next_ranks_too() {
        RankBudgetDialog dialog({{"model.layers.0.self_attn.q_proj", 576, 576, 4.5}}, 9000, nullptr);
        dialog.show();
        check(dialog);
        QCOMPARE(namelessIn(dialog), QStringList());
    }

    void each_choice_of_a_menu_has_a_help_of_its_own() {
        const WindowFixture at;
        at.open();
        QStringList faults;
        for (const QMenu* menu : at.window->findChildren<QMenu*>()) {
            if (menu->title().isEmpty()) continue; // Qt's own, of a tool bar that does not fit
            if (!menu->toolTipsVisible()) faults << u"hides its help: "_s + menu->title();
            for (const QAction* action : menu->actions()) {
                if (action->isSeparator() || action->menu() || !action->isVisible()) continue;
                if (action->toolTip() == plainWords(*action)) faults << plainWords(*action);
            }
        }
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }

    void each_tab_has_help_and_a_name() {
        const WindowFixture at;
        at.open();
        QStringList faults;
        for (const QTabBar* bar : at.window->findChildren<QTabBar*>())
            for (int tab = 0; tab < bar->count(); ++tab)
                if (bar->tabText(tab).isEmpty() || bar->tabToolTip(tab).isEmpty())
                    faults << placeOf(bar) + u": "_s + bar->tabText(tab);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }

    void a_screen_reader_finds_nothing_nameless_data() {
        QTest::addColumn<int>("page");
        for (int page = 0; page < 6; ++page) QTest::addRow("page %d", page) << page;
    }

    void a_screen_reader_finds_nothing_nameless() {
        QFETCH(int, page);
        const WindowFixture at;
        at.open();
        at.find<QTabWidget>("pages")->setCurrentIndex(page);
        QTest::qWait(0);
        const QStringList nameless = namelessIn(*at.window);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    void tab_comes_to_all_that_is_in_sight_data() { a_screen_reader_finds_nothing_nameless_data(); }

    void tab_comes_to_all_that_is_in_sight() {
        QFETCH(int, page);
        const WindowFixture at;
        at.open();
        QVERIFY(QTest::qWaitForWindowActive(at.window.get()));
        at.find<QTabWidget>("pages")->setCurrentIndex(page);
        QTest::qWait(0);
        const auto reached = reachedByTab(*at.window);
        QStringList missed;
        for (const QWidget* each : controlsOf(*at.window)) {
            const auto* proxy = each->focusProxy() ? each->focusProxy() : each;
            if (each->isVisible() && each->isEnabled() && !isInMenu(each) && !reached.contains(proxy))
                missed << placeOf(each);
        }
        QVERIFY2(missed.isEmpty(), qPrintable(u"\n"_s + missed.join(u'\n')));
    }
};

QTEST_MAIN(ControlsTest)
#include "controls_test.moc"
