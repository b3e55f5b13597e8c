// SPDX-License-Identifier: GPL-3.0-or-later
// Delivery of results: onReady, IoThread and JobRunner, with contexts that die at the wrong moment.
#include "core/async/io_thread.h"
#include "core/async/job_runner.h"
#include "core/async/on_ready.h"

#include <QSemaphore>
#include <QtTest>

#include <atomic>

namespace keyloupe::test {

class TestAsync : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deliversOnceOnTheContextsThread();
    void deliversAReadyFuture();
    void deadContextGetsNothing();
    void contextMayDieInTheCallback();
    void droppedPromiseIsClosed_data();
    void droppedPromiseIsClosed();
    void ioThreadRunsInOrderAndBeforeItEnds();
    void ioThreadObjectsDieThere();
    void jobsGiveTheirResults();
    void jobRunnerWaitsAtItsEnd();
    void jobsSeeTheToken();
};

void TestAsync::deliversOnceOnTheContextsThread()
{
    JobRunner jobs(2);
    QObject context;
    int calls = 0;
    QThread *thread = nullptr;
    onReady(jobs.run([]() -> Result<int> { return 42; }), &context, [&](const Result<int> &result) {
        ++calls;
        thread = QThread::currentThread();
        QCOMPARE(*result, 42);
    });
    QTRY_COMPARE(calls, 1);
    QCOMPARE(thread, QThread::currentThread());
    QCoreApplication::sendPostedEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCOMPARE(calls, 1);
    QTRY_VERIFY(context.children().isEmpty()); // the watcher is gone
}

void TestAsync::deliversAReadyFuture()
{
    QObject context;
    bool called = false;
    onReady(readyFuture(Result<QString>(Error{Errc::Timeout, QStringLiteral("late"), -1, {}})), &context, [&](const Result<QString> &result) {
        called = true;
        QCOMPARE(result.error().code, Errc::Timeout);
    });
    QVERIFY(!called); // never before onReady has returned
    QTRY_VERIFY(called);
}

void TestAsync::deadContextGetsNothing()
{
    QPromise<Result<int>> promise;
    promise.start();
    bool called = false;
    {
        QObject context;
        onReady(promise.future(), &context, [&](const Result<int> &) { called = true; });
    }
    promise.addResult(Result<int>(1));
    promise.finish();
    QCoreApplication::sendPostedEvents();
    QVERIFY(!called);

    // The answer is already on its way when the context goes.
    auto *context = new QObject;
    onReady(readyFuture(Result<int>(1)), context, [&](const Result<int> &) { called = true; });
    delete context;
    QCoreApplication::sendPostedEvents();
    QVERIFY(!called);
}

void TestAsync::contextMayDieInTheCallback()
{
    auto *context = new QObject;
    QPointer<QObject> watch = context;
    int after = 0;
    onReady(readyFuture(Result<int>(7)), context, [context, &after](const Result<int> &result) {
        delete context;
        after = *result; // the result outlives the context
    });
    QTRY_COMPARE(after, 7);
    QVERIFY(watch.isNull());
}

void TestAsync::droppedPromiseIsClosed_data()
{
    QTest::addColumn<bool>("started");
    QTest::newRow("started") << true;
    QTest::newRow("never started") << false;
}

void TestAsync::droppedPromiseIsClosed()
{
    QFETCH(bool, started);
    QObject context;
    std::optional<Errc> code;
    {
        QPromise<Result<int>> promise;
        if (started)
            promise.start();
        onReady(promise.future(), &context, [&](const Result<int> &result) { code = result.error().code; });
    }
    QTRY_VERIFY(code.has_value());
    QCOMPARE(*code, Errc::Closed);
}

void TestAsync::ioThreadRunsInOrderAndBeforeItEnds()
{
    QList<int> order;
    QThread *ran = nullptr;
    {
        IoThread thread(QStringLiteral("test"));
        for (int i = 0; i < 1000; ++i)
            thread.post([&order, i] { order += i; });
        thread.post([&ran] { ran = QThread::currentThread(); });
    }
    QCOMPARE(order.size(), qsizetype(1000));
    QVERIFY(std::is_sorted(order.begin(), order.end()));
    QVERIFY(ran != nullptr && ran != QThread::currentThread());
}

void TestAsync::ioThreadObjectsDieThere()
{
    QThread *created = nullptr;
    QThread *died = nullptr;
    {
        IoThread thread(QStringLiteral("test"));
        QObject *parent = thread.context();
        thread.post([&, parent] {
            created = QThread::currentThread();
            auto *child = new QObject(parent);
            QObject::connect(child, &QObject::destroyed, child, [&died] { died = QThread::currentThread(); }, Qt::DirectConnection);
            // A second way: somebody outside watches it.
            QObject::connect(parent, &QObject::destroyed, [&died] { died = QThread::currentThread(); });
        });
    }
    QVERIFY(created != nullptr);
    QCOMPARE(died, created);
}

void TestAsync::jobsGiveTheirResults()
{
    JobRunner jobs(2);
    QList<QFuture<Result<int>>> futures;
    for (int i = 0; i < 200; ++i) {
        futures += jobs.run([i]() -> Result<int> {
            if (i % 3 == 0)
                return Error{Errc::Corrupt, QString::number(i), -1, {}};
            return i;
        });
    }
    for (int i = 0; i < 200; ++i) {
        const Result<int> result = futures[i].result();
        QCOMPARE(futures[i].resultCount(), 1);
        QCOMPARE(result.ok(), i % 3 != 0);
        if (result.ok())
            QCOMPARE(*result, i);
        else
            QCOMPARE(result.error().message, QString::number(i));
    }
}

void TestAsync::jobRunnerWaitsAtItsEnd()
{
    std::atomic<int> done = 0;
    {
        JobRunner jobs(1);
        for (int i = 0; i < 20; ++i)
            (void)jobs.run([&done]() -> Result<void> { ++done; return {}; });
    }
    QCOMPARE(done.load(), 20);
}

void TestAsync::jobsSeeTheToken()
{
    JobRunner jobs(1);
    const CancelToken token;
    QSemaphore started;
    QFuture<Result<int>> future = jobs.run([token, &started]() -> Result<int> {
        started.release();
        while (!token.isCancelled())
            QThread::yieldCurrentThread();
        return cancelledError();
    });
    started.acquire();
    token.cancel();
    QCOMPARE(future.result().error().code, Errc::Cancelled);
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestAsync)
#include "tst_async.moc"
