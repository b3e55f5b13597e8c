// SPDX-License-Identifier: GPL-3.0-or-later
//
// Boxes that people type bytes and durations into: what was put in comes out, whatever it is, and what is typed means what it
// says.
#include "ui/views/bytes_edit.h"
#include "ui/views/duration_edit.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QToolButton>
#include <QtTest>

namespace keyloupe::test {

class TestEntryBoxes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatItGot_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QByteArray all;
        for (int i = 0; i < 256; ++i)
            all.append(char(i));
        QTest::newRow("all bytes") << all;
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("plain") << QByteArray("user:1");
        QTest::newRow("quotes and backslashes") << QByteArray("a\"b\\c\\x00'");
        QTest::newRow("looks like an escape") << QByteArray("\\n");
        QTest::newRow("UTF-8") << QByteArray("\xe6\x88\x90\xe9\x83\xbd \xf0\x9f\x98\x80");
        QTest::newRow("spaces around") << QByteArray("  a  ");
        QTest::newRow("tab and lines") << QByteArray("a\tb\nc\n");
        QTest::newRow("CRLF") << QByteArray("a\r\nb");
        QTest::newRow("no-break space") << QByteArray("a\xc2\xa0z");
        QTest::newRow("line separator") << QByteArray("a\xe2\x80\xa8z");
        QTest::newRow("bidi control") << QByteArray("a\xe2\x80\xaez");
        QTest::newRow("not UTF-8") << QByteArray("\xff\xfe");
    }
    void givesBackWhatItGot()
    {
        QFETCH(QByteArray, bytes);
        for (const BytesEdit::Lines lines : {BytesEdit::Lines::One, BytesEdit::Lines::Many}) {
            BytesEdit box(lines, QStringLiteral("Name"));
            box.setBytes(bytes);
            QCOMPARE(*box.bytes(), bytes);
            // Escapes on, off, on: the bytes stay.
            for (int i = 0; i < 3; ++i) {
                box.findChild<QToolButton *>()->click();
                QCOMPARE(*box.bytes(), bytes);
            }
        }
    }

    void readsEscapesOnlyWhenAsked()
    {
        BytesEdit box(BytesEdit::Lines::One, QStringLiteral("Name"));
        QTest::keyClicks(box.findChild<QLineEdit *>(), QStringLiteral("a\\x00b"));
        QCOMPARE(*box.bytes(), QByteArray("a\\x00b"));
        box.setBytes(QByteArray("\0", 1)); // opens with escapes
        box.findChild<QLineEdit *>()->setText(QStringLiteral("a\\x00b\\n\\\"\\\\"));
        QCOMPARE(*box.bytes(), QByteArray("a\0b\n\"\\", 6));
        box.findChild<QLineEdit *>()->setText(QStringLiteral("a\"b"));
        QVERIFY(!box.bytes().ok());
        QCOMPARE(box.bytes().error().code, Errc::InvalidArgument);
    }

    void linesInABox()
    {
        BytesEdit box(BytesEdit::Lines::Many, QStringLiteral("Value"));
        QTest::keyClicks(box.findChild<QPlainTextEdit *>(), QStringLiteral("one"));
        QTest::keyClick(box.findChild<QPlainTextEdit *>(), Qt::Key_Return);
        QTest::keyClicks(box.findChild<QPlainTextEdit *>(), QStringLiteral("two"));
        QCOMPARE(*box.bytes(), QByteArray("one\ntwo"));
    }

    void durations_data()
    {
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<int>("number");
        QTest::newRow("one millisecond") << qint64(1) << 1;
        QTest::newRow("1.5 s") << qint64(1500) << 1500;
        QTest::newRow("90 s") << qint64(90'000) << 90;
        QTest::newRow("two minutes") << qint64(120'000) << 2;
        QTest::newRow("an hour") << qint64(3'600'000) << 1;
        QTest::newRow("36 hours") << qint64(129'600'000) << 36;
        QTest::newRow("a year") << qint64(31'536'000'000) << 365;
    }
    void durations()
    {
        QFETCH(qint64, ms);
        QFETCH(int, number);
        DurationEdit box(true);
        QCOMPARE(box.durationMs(), std::int64_t(-1));
        box.setDurationMs(ms);
        QCOMPARE(box.durationMs(), std::int64_t(ms));
        QCOMPARE(box.findChild<QSpinBox *>()->value(), number);
        box.setDurationMs(-1);
        QCOMPARE(box.durationMs(), std::int64_t(-1));
        QVERIFY(box.findChild<QSpinBox *>()->isHidden());
    }
};

} // namespace keyloupe::test

QTEST_MAIN(keyloupe::test::TestEntryBoxes)
#include "tst_entry_boxes.moc"
