// SPDX-License-Identifier: GPL-3.0-or-later
//
// A large file shows its first keys while the rest is read: they can be read, nothing can be changed or saved until all is
// there, and leaving early harms nothing.
#include "core/rdb/rdb_writer.h"
#include "core/source/open_source.h"
#include "tests/support/await.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {

class TestFirstKeys : public QObject
{
    Q_OBJECT

    static constexpr int kKeys = 300'000;
    QTemporaryDir m_dir;
    QString m_path;

    static std::unique_ptr<Source> make(const QString &path, Opening opening)
    {
        Result<std::unique_ptr<Source>> made = makeSource(path, opening);
        return made.ok() ? std::move(*made) : nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_path = m_dir.filePath(QStringLiteral("large.rdb"));
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        RdbWriter writer([&](QByteArrayView bytes) -> Result<void> {
            file.write(bytes.data(), bytes.size());
            return {};
        }, RdbFamily::Redis, 10);
        QVERIFY(writer.begin().ok() && writer.selectDb(0).ok());
        QRandomGenerator random(1); // nothing to compress
        quint32 words[63];
        for (int i = 0; i < kKeys; ++i) {
            random.fillRange(words);
            const QByteArray value(reinterpret_cast<const char *>(words), 250);
            QVERIFY(writer.key("key:" + QByteArray::number(i), value, -1, -1, -1).ok());
        }
        QVERIFY(writer.end().ok());
        QVERIFY(file.size() > 64 * 1024 * 1024);
    }

    void firstKeysThenAll()
    {
        const auto source = make(m_path, Opening::FirstKeys);
        QVERIFY(source);
        std::vector<double> progressWhenReady;
        connect(source.get(), &Source::stateChanged, this, [&](SourceState state) {
            if (state == SourceState::Ready)
                progressWhenReady.push_back(source->openProgress());
        });
        // What is asked the moment it is Ready is answered from the beginning of the file.
        QFuture<Result<RespValue>> early;
        QFuture<Result<RespValue>> change;
        QFuture<Result<SaveReport>> save;
        connect(source.get(), &Source::stateChanged, this, [&](SourceState state) {
            if (state != SourceState::Ready)
                return;
            early = source->execute(Command{"STRLEN", "key:7"});
            change = source->execute(Command{"SET", "key:7", "x"});
            save = source->fileActions()->saveAs(m_dir.filePath(QStringLiteral("early.rdb")), CancelToken());
        });
        source->open();
        QTRY_COMPARE_WITH_TIMEOUT(source->openProgress(), 1.0, 60'000);
        QCOMPARE(progressWhenReady.size(), std::size_t(1)); // Ready once, and stays so
        QVERIFY(progressWhenReady.front() > 0 && progressWhenReady.front() < 1);
        const Result<RespValue> length = await(early);
        QVERIFY(length.ok());
        QCOMPARE(length->integer, 250);
        const Result<RespValue> changed = await(change);
        const Result<SaveReport> saved = await(save);
        if (changed.ok())
            QSKIP("this machine was so busy that the file was read before anything could be asked");
        QVERIFY(!saved.ok());
        QCOMPARE(changed.error().code, Errc::ReadOnly);
        QCOMPARE(saved.error().code, Errc::ReadOnly);
        QVERIFY(!QFile::exists(m_dir.filePath(QStringLiteral("early.rdb"))));

        QCOMPARE(ask(*source, Command{"DBSIZE"}), RespValue::ofInteger(kKeys));
        QCOMPARE(ask(*source, Command{"STRLEN", "key:299999"}), RespValue::ofInteger(250));
        QCOMPARE(ask(*source, Command{"SET", "key:7", "x"}), RespValue::ok());
        QVERIFY(!source->info().version.isEmpty());
    }

    void otherwiseReadyMeansAll()
    {
        const auto source = make(m_path, Opening::Whole);
        source->open();
        QTRY_COMPARE_WITH_TIMEOUT(source->state(), SourceState::Ready, 60'000);
        QCOMPARE(source->openProgress(), 1.0);
        QCOMPARE(ask(*source, Command{"DBSIZE"}), RespValue::ofInteger(kKeys));
    }

    void canBeLeftEarly()
    {
        for (int round = 0; round < 5; ++round) {
            const auto source = make(m_path, Opening::FirstKeys);
            source->open();
            QTRY_COMPARE_WITH_TIMEOUT(source->state(), SourceState::Ready, 60'000);
            if (round % 2 == 0) {
                source->close();
                QCOMPARE(source->state(), SourceState::Closed);
                const Result<RespValue> refused = await(source->execute(Command{"DBSIZE"}));
                QVERIFY(!refused.ok());
                QCOMPARE(refused.error().code, Errc::Closed);
            }
        } // and destroyed while it reads
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestFirstKeys)
#include "tst_first_keys.moc"
