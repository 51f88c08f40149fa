#include "ui/window/about.h"

#include "ui/plots/plot.h"

#include <QMessageBox>

namespace lora {

using namespace Qt::StringLiterals;

void showAbout(QWidget* parent) {
    auto* box = new QMessageBox(parent);
    box->setObjectName(u"aboutBox"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(QMessageBox::tr("About LoRA Workbench"));
    box->setTextFormat(Qt::RichText);
    box->setText(QMessageBox::tr("<h3>LoRA Workbench %1</h3>"
                                 "<p>Fine-tunes language models with low-rank updates and shows, while it "
                                 "happens, what the update ΔW = (α/r)·B·A is made of.</p>"
                                 "<p>Free software under the GNU General Public License, version 3 or later, "
                                 "without any warranty.</p>"
                                 "<p>Qt %2 · QCustomPlot %3 · LibTorch</p>")
                     .arg(QStringLiteral(LORA_VERSION), QString::fromLatin1(qVersion()),
                         QStringLiteral(QCUSTOMPLOT_VERSION_STR)));
    box->setStandardButtons(QMessageBox::Ok);
    box->open();
}

} // namespace lora
