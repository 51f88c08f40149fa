#include "ui/elements/empty_words.h"

#include <QAbstractItemView>
#include <QEvent>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int roundWords = 12; // pixels

} // namespace

EmptyWords::EmptyWords(const QString& text, QAbstractItemView* view)
    : QLabel(text, view->viewport()), view_(view) {
    setObjectName(u"emptyWords"_s);
    setTextFormat(Qt::PlainText);
    setAlignment(Qt::AlignCenter);
    setWordWrap(true);
    setMargin(roundWords);
    setForegroundRole(QPalette::PlaceholderText);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    view->viewport()->installEventFilter(this);
    const QAbstractItemModel* rows = view->model();
    connect(rows, &QAbstractItemModel::rowsInserted, this, &EmptyWords::follow);
    connect(rows, &QAbstractItemModel::rowsRemoved, this, &EmptyWords::follow);
    connect(rows, &QAbstractItemModel::modelReset, this, &EmptyWords::follow);
    follow();
}

bool EmptyWords::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) follow();
    return QLabel::eventFilter(watched, event);
}

void EmptyWords::follow() {
    setGeometry(view_->viewport()->rect());
    setVisible(view_->model()->rowCount() == 0);
}

} // namespace lora
