// The window's style: what Fusion leaves unseen, cut or crowded is seen, ends in …, and has room.

#include "ui/elements/outlined_style.h"
#include "ui/elements/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <QStyleFactory>
#include <QtTest>
#include <algorithm>

using namespace lora;
using namespace Qt::StringLiterals;

class OutlinedStyleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void it_is_put_on_where_the_desktops_own_style_is_fusion() {
        QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
        applyTheme(*qApp, Theme::Dark, {});
        QVERIFY(qobject_cast<OutlinedStyle*>(QApplication::style()));
    }

    void a_box_to_tick_is_outlined_on_a_dark_window() {
        applyTheme(*qApp, Theme::Dark, {});
        QCheckBox box(u"Log axis"_s);
        const QImage image = box.grab().toImage();
        const int window = box.palette().color(QPalette::Window).lightness();
        int brightest = 0; // along a line through the box, left of its middle
        const int least = box.style()->pixelMetric(QStyle::PM_IndicatorWidth) / 2;
        for (int x = 0; x < least; ++x)
            brightest = std::max(brightest, image.pixelColor(x, image.height() / 2).lightness());
        QVERIFY2(brightest > window + 40, qPrintable(u"%1 on %2"_s.arg(brightest).arg(window)));
    }

    void a_buttons_words_have_room_on_both_sides() {
        applyTheme(*qApp, Theme::Light, {});
        const QPushButton button(u"Next left out, and more"_s);
        const int words = button.fontMetrics().horizontalAdvance(button.text());
        QVERIFY(button.sizeHint().width() >= words + 20);
    }

    void a_choice_without_room_looks_like_its_beginning_and_an_ellipsis() {
        applyTheme(*qApp, Theme::Light, {});
        const auto pictureOf = [](const QString& words) {
            QComboBox box;
            box.addItem(words);
            box.resize(120, 26);
            return box.grab().toImage();
        };
        const QString longWords = u"auto: a processor with a long name"_s;
        const QImage whole = pictureOf(longWords);
        bool found = false;
        for (qsizetype kept = 3; kept < longWords.size() && !found; ++kept)
            found = pictureOf(longWords.left(kept).trimmed() + u'…') == whole;
        QVERIFY(found);
    }
};

QTEST_MAIN(OutlinedStyleTest)
#include "outlined_style_test.moc"
