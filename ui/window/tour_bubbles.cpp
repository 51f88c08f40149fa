#include "ui/window/tour_bubbles.h"

#include <QtGlobal>
#include <array>

namespace lora {

namespace {

constexpr std::array tourBubbleTable{
    TourBubble{"setup", QT_TRANSLATE_NOOP("lora", "What will run"),
        QT_TRANSLATE_NOOP("lora",
            "Model, data, method, layers, rank and training, from top to bottom. A small model and "
            "sample data are ready; whatever you point at says what it means.")},
    TourBubble{"startPanel", QT_TRANSLATE_NOOP("lora", "Start"),
        QT_TRANSLATE_NOOP("lora",
            "Above it stands what the run will cost, and what is doubtful about it, with a button "
            "that mends it. With “Add to queue” runs follow one another.")},
    TourBubble{"lossPlot", QT_TRANSLATE_NOOP("lora", "Does it learn?"),
        QT_TRANSLATE_NOOP("lora",
            "The loss while it trains, and the evaluation on samples that it never sees. The ? "
            "of each plot says how to read it.")},
    TourBubble{"heatMap", QT_TRANSLATE_NOOP("lora", "Where it learns"),
        QT_TRANSLATE_NOOP("lora",
            "Every linear of the model in one map. A click shows its singular values beside it, "
            "Shift and a click those of another one too.")},
    TourBubble{"playground", QT_TRANSLATE_NOOP("lora", "What it learned"),
        QT_TRANSLATE_NOOP("lora",
            "One prompt to the model without and with the adapter, side by side. A run that is "
            "paused can be talked to as well.")},
    TourBubble{"pageTabs", QT_TRANSLATE_NOOP("lora", "And then"),
        QT_TRANSLATE_NOOP("lora",
            "The laboratory says how small the adapter could be, sweeps try many settings, and "
            "all past runs are under Runs. Help has this tour again, and a glossary.")}};

} // namespace

std::span<const TourBubble> tourBubbles() { return tourBubbleTable; }

} // namespace lora
