#include "ui/window/host_files.h"

#include "ui/elements/quantities.h"
#include "ui/elements/words.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int nameRole = Qt::UserRole, folderRole = Qt::UserRole + 1;

void addEntry(QListWidget& list, const QString& words, const QString& name, bool folder) {
    auto* item = new QListWidgetItem(words, &list);
    item->setData(nameRole, name);
    item->setData(folderRole, folder);
}

} // namespace

HostFiles::HostFiles(EngineLink& link, QWidget* parent, const QString& title, const QString& folder)
    : QDialog(parent), link_(link), path_(new QLineEdit(this)), list_(new QListWidget(this)),
      fault_(new QLabel(this)) {
    setWindowTitle(tr("%1 on %2").arg(title, text(link.connection().engine.machine)));
    setObjectName(u"hostFiles"_s);
    resize(640, 480);
    path_->setObjectName(u"hostPath"_s);
    path_->setAccessibleName(tr("File or folder"));
    list_->setObjectName(u"hostList"_s);
    list_->setAccessibleName(tr("What lies in the folder"));
    fault_->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    open_ = buttons->addButton(tr("Open"), QDialogButtonBox::AcceptRole);
    open_->setObjectName(u"hostOpen"_s);
    auto* column = new QVBoxLayout(this);
    for (QWidget* each : {static_cast<QWidget*>(path_), static_cast<QWidget*>(list_),
             static_cast<QWidget*>(fault_), static_cast<QWidget*>(buttons)})
        column->addWidget(each);
    connect(&link_, &EngineLink::folderListed, this, &HostFiles::take);
    connect(list_, &QListWidget::itemActivated, this, [this](const QListWidgetItem* entry) { go(*entry); });
    connect(
        list_, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* now) { select(now); });
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    ask(folder);
}

QString HostFiles::chosen() const { return QDir::cleanPath(path_->text().trimmed()); }

void HostFiles::ask(const QString& folder) {
    if (RemoteEngine* engine = link_.remote()) question_ = engine->list_folder(folder.toStdString());
}

void HostFiles::take(const FolderListed& listed) {
    if (listed.question != question_) return;
    list_->clear();
    folder_ = text(listed.path);
    path_->setText(folder_);
    fault_->setText(!listed.fault.empty() ? text(listed.fault)
                    : listed.more         ? tr("There is more than is shown: type the name.")
                                          : QString());
    addEntry(*list_, u".."_s, u".."_s, true);
    for (const FolderEntry& each : listed.entries) {
        const QString name = text(each.name);
        addEntry(*list_, each.folder ? name + u'/' : u"%1  (%2)"_s.arg(name, bytesText(each.bytes)), name,
            each.folder);
    }
}

QString HostFiles::below(const QListWidgetItem& entry) const {
    return QDir::cleanPath(folder_ + u'/' + entry.data(nameRole).toString());
}

void HostFiles::go(const QListWidgetItem& entry) {
    if (!entry.data(folderRole).toBool()) return accept();
    ask(below(entry));
}

void HostFiles::select(const QListWidgetItem* entry) {
    if (entry != nullptr) path_->setText(below(*entry));
}

QString askOnHost(
    EngineLink& link, QWidget* parent, const QString& title, const QString& kind, const QString& atFirst) {
    const QString key =
        u"hostFolder/%1/%2"_s.arg(text(link.connection().engine.machine).replace(u'/', u'_'), kind);
    HostFiles dialog(link, parent, title, QSettings().value(key, atFirst).toString());
    if (dialog.exec() != QDialog::Accepted || dialog.chosen().isEmpty()) return {};
    QSettings().setValue(key, QFileInfo(dialog.chosen()).path());
    return dialog.chosen();
}

} // namespace lora
