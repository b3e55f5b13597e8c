// SPDX-License-Identifier: GPL-3.0-or-later
//
// Places: the numbers of GEOPOS, held against a real server.
#include "core/base/number.h"
#include "core/decode/geohash.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"

#include <QtTest>

#include <cmath>

namespace keyloupe::test {

class TestGeohash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatNoGeoaddStores_data()
    {
        QTest::addColumn<double>("score");
        QTest::newRow("negative") << -1.0;
        QTest::newRow("fraction") << 3479099956230698.5 / 4;
        QTest::newRow("53 bits") << 4503599627370496.0;
        QTest::newRow("inf") << HUGE_VAL;
        QTest::newRow("nan") << std::nan("");
    }
    void refusesWhatNoGeoaddStores()
    {
        QFETCH(double, score);
        QVERIFY(!geoFromScore(score));
    }

    void knowsThePlaceOfTheDocs()
    {
        const std::optional<GeoPoint> palermo = geoFromScore(3479099956230698);
        QVERIFY(palermo);
        QCOMPARE(palermo->longitude, 13.361389338970184);
        QCOMPARE(palermo->latitude, 38.1155563954963);
    }

    void saysWhatAServerSays()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; places are held against a real one");
        RedisServer redis;
        QVERIFY(redis.start());
        RawClient raw(redis.port());
        int number = 0;
        for (double longitude = -180; longitude <= 180; longitude += 24.37) {
            for (double latitude = -85.05; latitude <= 85.05; latitude += 17.013)
                raw.ask(Command{"GEOADD", "places", formatDouble(longitude), formatDouble(latitude), QByteArray::number(++number)});
        }
        QVERIFY(number > 100);
        for (int i = 1; i <= number; ++i) {
            const QByteArray member = QByteArray::number(i);
            const std::optional<GeoPoint> ours = geoFromScore(raw.ask(Command{"ZSCORE", "places", member}).toDouble());
            const RespValue theirs = raw.ask(Command{"GEOPOS", "places", member});
            QVERIFY(ours && theirs.items.size() == 1 && theirs.items[0].items.size() == 2);
            // GEOPOS prints 17 digits; that is enough to read the same double back.
            QCOMPARE(ours->longitude, theirs.items[0].items[0].toDouble());
            QCOMPARE(ours->latitude, theirs.items[0].items[1].toDouble());
        }
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestGeohash)
#include "tst_geohash.moc"
