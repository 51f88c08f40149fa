#pragma once
// Reads files off the window's thread, one after the other in the order asked, and answers on the thread that
// it lives in.

#include "ui/elements/exception_words.h"

#include <QMetaObject>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <exception>
#include <utility>

namespace lora {

class BackgroundReader {
public:
    BackgroundReader() { pool_.setMaxThreadCount(1); }
    BackgroundReader(const BackgroundReader&) = delete;
    BackgroundReader& operator=(const BackgroundReader&) = delete;
    /// Drops what has not begun and waits for what is being read; nothing is answered afterwards.
    ~BackgroundReader() {
        pool_.clear();
        pool_.waitForDone();
    }

    /// answer(read()), or failed(why) whatever exception `read` throws: beyond ours, the file system and lack
    /// of memory have their own.
    template <class Read, class Answer, class Failed>
    void read(Read read, Answer answer, Failed failed) {
        pool_.start([this, read = std::move(read), answer = std::move(answer), failed = std::move(failed)] {
            try {
                say([answer, found = read()] { answer(found); });
            } catch (const std::exception& error) {
                say([failed, why = wordsOf(error)] { failed(why); });
            }
        });
    }

private:
    template <class Words>
    void say(Words words) {
        QMetaObject::invokeMethod(&here_, std::move(words), Qt::QueuedConnection);
    }

    QObject here_; ///< what is queued for it goes with it
    QThreadPool pool_;
};

} // namespace lora
