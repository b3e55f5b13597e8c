// SPDX-License-Identifier: GPL-3.0-or-later
//
// The value editor gives back what it got, byte for byte, but for what was typed; what it cannot give back it does not let a
// person edit in that view, and says so.
#include "ui/editors/bit_area.h"
#include "ui/editors/go_to_box.h"
#include "ui/editors/hex_area.h"
#include "ui/editors/text_box.h"
#include "ui/editors/value_editor.h"
#include "ui/theme/theme.h"

#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest>

namespace keyloupe::test {
namespace {

QByteArray allBytes()
{
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all.append(char(i));
    return all;
}

template <typename Widget>
Widget *visibleOne(ValueEditor &editor)
{
    for (Widget *candidate : editor.findChildren<Widget *>()) {
        if (candidate->isVisible())
            return candidate;
    }
    return nullptr;
}

} // namespace

class TestValueEditor : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ValueEditor> shown(const QByteArray &bytes, const QString &view = {})
    {
        auto editor = std::make_unique<ValueEditor>();
        editor->resize(900, 500);
        editor->show();
        editor->setValue(bytes, bytes.size());
        if (!view.isEmpty())
            editor->setViewName(view);
        return editor;
    }
    static QPushButton *save(ValueEditor &editor) { return editor.findChild<QPushButton *>(QStringLiteral("saveValue")); }

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeMode::Light); }

    void choosesTheView_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("view");
        QTest::newRow("text") << QByteArray("hello\nworld") << QStringLiteral("text");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("text");
        QTest::newRow("object") << QByteArray("{\"a\": 1}") << QStringLiteral("json");
        QTest::newRow("array") << QByteArray("[1,2]") << QStringLiteral("json");
        QTest::newRow("number is text") << QByteArray("42") << QStringLiteral("text");
        QTest::newRow("broken JSON is text") << QByteArray("{\"a\": }") << QStringLiteral("text");
        QTest::newRow("all bytes") << allBytes() << QStringLiteral("hex");
        QTest::newRow("NUL") << QByteArray("a\0b", 3) << QStringLiteral("hex");
        QTest::newRow("CRLF") << QByteArray("a\r\nb") << QStringLiteral("text");
        QTest::newRow("carriage return") << QByteArray("a\rb") << QStringLiteral("hex");
        QTest::newRow("long line") << QByteArray(300 * 1024, 'x') << QStringLiteral("text");
        QTest::newRow("broken HYLL") << QByteArray("HYLL\x00\x01", 6) << QStringLiteral("hex");
    }
    void choosesTheView()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, view);
        const auto editor = shown(bytes);
        QCOMPARE(editor->viewName(), view);
        QVERIFY(!editor->isModified());
        QCOMPARE(*editor->value(), bytes);
    }

    void givesBackWhatItGot_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("all bytes") << allBytes();
        QTest::newRow("CRLF") << QByteArray("a\r\nb\rc");
        QTest::newRow("line separator") << QByteArray("a\xe2\x80\xa8 b\xe2\x80\xa9");
        QTest::newRow("no-break space") << QByteArray("a\xc2\xa0 b");
        QTest::newRow("BOM") << QByteArray("\xef\xbb\xbf{}");
        QTest::newRow("decomposed") << QByteArray("e\xcc\x81");
        QTest::newRow("emoji") << QByteArray("\xf0\x9f\x98\x80 \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb");
        QTest::newRow("not UTF-8") << QByteArray("\xc3\x28");
        QTest::newRow("final line breaks") << QByteArray("a\n\n\n");
        QTest::newRow("tabs") << QByteArray("\ta\t");
        QTest::newRow("JSON with its own layout") << QByteArray("{ \"a\" :1.0 }\n");
        QTest::newRow("large number") << QByteArray("[12345678901234567890, 1e5, -0]");
    }
    void givesBackWhatItGot()
    {
        QFETCH(QByteArray, bytes);
        const auto editor = shown(bytes);
        for (const char *view : {"text", "json", "hex", "bitmap", "text"}) {
            editor->setViewName(QLatin1String(view));
            QVERIFY(!editor->isModified());
            QCOMPARE(*editor->value(), bytes);
        }
    }

    void changesOneByteInHex()
    {
        const QByteArray bytes = allBytes();
        const auto editor = shown(bytes);
        QCOMPARE(editor->viewName(), QStringLiteral("hex"));
        QSignalSpy modified(editor.get(), &ValueEditor::modifiedChanged);
        auto *area = visibleOne<HexArea>(*editor);
        QVERIFY(area);
        area->setPosition(0x41);
        QTest::keyClicks(area, QStringLiteral("fe"));
        QVERIFY(editor->isModified());
        QCOMPARE(modified.count(), 1);
        QByteArray expected = bytes;
        expected[0x41] = '\xfe';
        QCOMPARE(*editor->value(), expected);
        QTest::keyClick(area, Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(area, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!editor->isModified());
        QCOMPARE(*editor->value(), bytes);
        QTest::keyClick(area, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTest::keyClick(area, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(*editor->value(), expected);
        editor->revert();
        QCOMPARE(*editor->value(), bytes);
    }

    void changesAnyByteToAnyOther()
    {
        const QByteArray bytes = allBytes();
        const auto editor = shown(bytes);
        auto *area = visibleOne<HexArea>(*editor);
        for (int value = 0; value < 256; ++value) {
            const int at = (value * 91 + 7) % 256;
            area->setPosition(at);
            QTest::keyClicks(area, QStringLiteral("%1").arg(value, 2, 16, QLatin1Char('0')));
            QByteArray expected = bytes;
            expected[at] = char(value);
            QCOMPARE(*editor->value(), expected);
            editor->revert();
        }
        // A digit over a selection changes its own half of one byte.
        area->setPosition(0x41);
        area->setPosition(0x44, true);
        QTest::keyClicks(area, QStringLiteral("f"));
        QByteArray expected = bytes;
        expected[0x41] = '\xf1';
        QCOMPARE(*editor->value(), expected);
    }

    void copiesHexTextAndC()
    {
        const QByteArray bytes("A\0b\"\\?g\xff", 8);
        const auto editor = shown(bytes);
        auto *area = visibleOne<HexArea>(*editor);
        area->setPosition(0);
        area->setPosition(8, true);
        QCOMPARE(area->selectedAs(HexArea::CopyAs::Hex), QStringLiteral("41 00 62 22 5C 3F 67 FF"));
        QCOMPARE(area->selectedAs(HexArea::CopyAs::Text), QStringLiteral("\"A\\x00b\\\"\\\\?g\\xff\""));
        QCOMPARE(area->selectedAs(HexArea::CopyAs::CString), QStringLiteral("\"A\\x00\\x62\\\"\\\\\\x3fg\\xff\""));
        area->setPosition(1);
        area->setPosition(3, true);
        QTest::keyClick(area, Qt::Key_X, Qt::ControlModifier);
        QCOMPARE(*editor->value(), QByteArray("A\"\\?g\xff"));
        QTest::keyClick(area, Qt::Key_Insert);
        QTest::keyClick(area, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(*editor->value(), bytes);
    }

    void goesToAPlace_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<qint64>("place"); // -1: none
        QTest::newRow("decimal") << QStringLiteral("200") << qint64(200);
        QTest::newRow("hex") << QStringLiteral("0xfF") << qint64(255);
        QTest::newRow("groups") << QStringLiteral("1,200") << qint64(1200);
        QTest::newRow("negative") << QStringLiteral("-1") << qint64(-1);
        QTest::newRow("negative hex") << QStringLiteral("0x-1") << qint64(-1);
        QTest::newRow("word") << QStringLiteral("ff") << qint64(-1);
        QTest::newRow("0x alone") << QStringLiteral("0x") << qint64(-1);
        QTest::newRow("empty") << QString() << qint64(-1);
        QTest::newRow("too large") << QStringLiteral("99999999999999999999") << qint64(-1);
    }
    void goesToAPlace()
    {
        QFETCH(QString, typed);
        QFETCH(qint64, place);
        QCOMPARE(qint64(parsePlace(typed).value_or(-1)), place);
        const auto editor = shown(allBytes().repeated(8));
        editor->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(editor.get()));
        auto *area = visibleOne<HexArea>(*editor);
        area->setFocus();
        area->setPosition(3);
        QTest::keyClick(area, Qt::Key_L, Qt::ControlModifier);
        auto *box = visibleOne<GoToBox>(*editor);
        QVERIFY(box && QApplication::focusWidget() == box);
        box->setText(typed);
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(qint64(area->position()), place < 0 ? 3 : place);
        QVERIFY(!editor->isModified());
    }

    void hexKeys()
    {
        const auto editor = shown("abcdef", QStringLiteral("hex"));
        auto *area = visibleOne<HexArea>(*editor);
        QTest::keyClick(area, Qt::Key_Tab); // the text column
        QTest::keyClicks(area, QStringLiteral("X"));
        QCOMPARE(*editor->value(), QByteArray("Xbcdef"));
        QTest::keyClick(area, Qt::Key_Delete);
        QCOMPARE(*editor->value(), QByteArray("Xcdef"));
        QTest::keyClick(area, Qt::Key_Insert);
        QTest::keyClicks(area, QStringLiteral("yz"));
        QCOMPARE(*editor->value(), QByteArray("Xyzcdef"));
        QTest::keyClick(area, Qt::Key_Backspace);
        QCOMPARE(*editor->value(), QByteArray("Xycdef"));
        QTest::keyClick(area, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(area->position(), 6);
        QTest::keyClick(area, Qt::Key_Backtab, Qt::ShiftModifier);
        QTest::keyClicks(area, QStringLiteral("0g0")); // g is no digit
        QCOMPARE(*editor->value(), QByteArray("Xycdef\0", 7));
        QTest::keyClick(area, Qt::Key_Home, Qt::ControlModifier);
        QTest::keyClick(area, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(area, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(area->selected(), QByteArray("Xy"));
        QTest::keyClick(area, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(area->selected().size(), 7);
    }

    void readsTypedHex()
    {
        QByteArray bytes;
        QVERIFY(parseHex(QStringLiteral("48 65\n6C6c"), &bytes));
        QCOMPARE(bytes, QByteArray("Hell"));
        QVERIFY(!parseHex(QStringLiteral("4"), &bytes));
        QVERIFY(!parseHex(QStringLiteral("4 8"), &bytes));
        QVERIFY(!parseHex(QStringLiteral("4x"), &bytes));
    }

    void textChangesOnlyWhatWasTyped()
    {
        const QByteArray bytes("one\xc2\xa0two\n\tthr\xc3\xa9\x65\n");
        const auto editor = shown(bytes);
        QCOMPARE(editor->viewName(), QStringLiteral("text"));
        auto *box = visibleOne<TextBox>(*editor);
        QTest::keyClick(box, Qt::Key_End);
        QTest::keyClicks(box, QStringLiteral("!"));
        QCOMPARE(*editor->value(), QByteArray("one\xc2\xa0two!\n\tthr\xc3\xa9\x65\n"));
        QTest::keyClick(box, Qt::Key_Backspace);
        QVERIFY(!editor->isModified());
    }

    void textKeepsItsLineBreaks()
    {
        const auto editor = shown("one\r\ntwo\r\n");
        QCOMPARE(editor->viewName(), QStringLiteral("text"));
        auto *box = visibleOne<TextBox>(*editor);
        QVERIFY(!box->isReadOnly());
        QTest::keyClick(box, Qt::Key_End);
        QTest::keyClicks(box, QStringLiteral("!"));
        QCOMPARE(*editor->value(), QByteArray("one!\r\ntwo\r\n"));
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(*editor->value(), QByteArray("one!\r\n\r\ntwo\r\n"));
    }

    void longLinesAreNotCutThroughCharacters()
    {
        const QByteArray text = "x" + QByteArray("\xd0\x96").repeated(700 * 1024);
        QVERIFY(!TextBox::readable(text).contains(QLatin1String("\\x")));
    }

    void textThatABoxWouldChangeIsNotEdited_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("carriage return") << QByteArray("a\rb");
        QTest::newRow("mixed line breaks") << QByteArray("a\r\nb\nc");
        QTest::newRow("CR before CRLF") << QByteArray("a\r\r\nb");
        QTest::newRow("line separator") << QByteArray("a\xe2\x80\xa8");
        QTest::newRow("not UTF-8") << QByteArray("\xff\xfe");
        QTest::newRow("NUL") << QByteArray("a\0", 2);
        QTest::newRow("very long line") << QByteArray(300 * 1024, 'x');
        QTest::newRow("huge") << QByteArray("line\n").repeated(2 * 1024 * 1024);
    }
    void textThatABoxWouldChangeIsNotEdited()
    {
        QFETCH(QByteArray, bytes);
        const auto editor = shown(bytes, QStringLiteral("text"));
        auto *box = visibleOne<TextBox>(*editor);
        QVERIFY(box && box->isReadOnly());
        QString why;
        QVERIFY(!TextBox::survives(bytes, &why));
        QVERIFY(why.contains(QStringLiteral("Hex")));
        QCOMPARE(*editor->value(), bytes);
    }

    void jsonKeepsItsLayoutAndNumbers_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("compact") << QByteArray("{\"a\":12345678901234567890,\"b\":[1.0,1e5]}") << QByteArray("{\"a\":12345678901234567890,\"b\":[1.0,1e57]}");
        QTest::newRow("json.dumps") << QByteArray("{\"a\": 1.0, \"b\": [1, 1e5]}") << QByteArray("{\"a\": 1.0, \"b\": [1, 1e57]}");
        QTest::newRow("indented") << QByteArray("[\n    1.0,\n    1e5\n]") << QByteArray("[\n    1.0,\n    1e57\n]");
        QTest::newRow("its own") << QByteArray("[1.0 , 1e5]") << QByteArray("[1.0 , 1e57]");
    }
    void jsonKeepsItsLayoutAndNumbers()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        const auto editor = shown(before);
        QCOMPARE(editor->viewName(), QStringLiteral("json"));
        auto *box = visibleOne<TextBox>(*editor);
        const qsizetype at = box->toPlainText().indexOf(QStringLiteral("1e5"));
        QTextCursor cursor = box->textCursor();
        cursor.setPosition(int(at) + 3);
        box->setTextCursor(cursor);
        QTest::keyClicks(box, QStringLiteral("7"));
        QCOMPARE(*editor->value(), after);
    }

    void brokenJsonIsNotSaved()
    {
        const auto editor = shown("{\"a\":1}");
        auto *box = visibleOne<TextBox>(*editor);
        QTest::keyClicks(box, QStringLiteral("x"));
        QVERIFY(editor->isModified());
        QVERIFY(!editor->value().ok());
        QVERIFY(editor->value().error().message.contains(QStringLiteral("line 1")));
        QVERIFY(!save(*editor)->isEnabled());
        editor->setViewName(QStringLiteral("hex")); // would lose what was typed
        QCOMPARE(editor->viewName(), QStringLiteral("json"));
        QTest::keyClick(box, Qt::Key_Backspace);
        QVERIFY(!editor->isModified());
    }

    void changesGoAlongToAnotherView()
    {
        const auto editor = shown("{\"a\":1}");
        QTest::keyClicks(visibleOne<TextBox>(*editor), QStringLiteral(" "));
        QVERIFY(!editor->isModified()); // whitespace is not what this JSON is saved with
        editor->setViewName(QStringLiteral("hex"));
        visibleOne<HexArea>(*editor)->setPosition(5);
        QTest::keyClicks(visibleOne<HexArea>(*editor), QStringLiteral("32"));
        QVERIFY(editor->isModified());
        editor->setViewName(QStringLiteral("text"));
        QVERIFY(editor->isModified());
        QCOMPARE(visibleOne<TextBox>(*editor)->toPlainText(), QStringLiteral("{\"a\":2}"));
        QCOMPARE(*editor->value(), QByteArray("{\"a\":2}"));
        editor->setSaved("{\"a\":2}");
        QVERIFY(!editor->isModified());
    }

    void aPartIsNotEdited()
    {
        ValueEditor editor;
        editor.show();
        editor.setValue("abc", 1000);
        QVERIFY(visibleOne<TextBox>(editor)->isReadOnly());
        QVERIFY(!save(editor)->isVisible());
        QSignalSpy asked(&editor, &ValueEditor::loadAllRequested);
        for (QPushButton *button : editor.findChildren<QPushButton *>()) {
            if (button->isVisible())
                button->click();
        }
        QCOMPARE(asked.count(), 1);
        editor.setValue("abcdef", 6);
        QVERIFY(!visibleOne<TextBox>(editor)->isReadOnly());
    }

    void readOnlySaysWhy()
    {
        const auto editor = shown(allBytes());
        editor->setReadOnly(true, QStringLiteral("This source is read-only."));
        auto *area = visibleOne<HexArea>(*editor);
        QTest::keyClicks(area, QStringLiteral("ff"));
        QTest::keyClick(area, Qt::Key_Delete);
        QVERIFY(!editor->isModified());
        bool said = false;
        for (const QLabel *label : editor->findChildren<QLabel *>())
            said = said || (label->isVisible() && label->text() == QLatin1String("This source is read-only."));
        QVERIFY(said);
    }

    // Ctrl+S, and the person types on before the server has answered.
    void keepsWhatIsTypedDuringASave_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("saved");
        QTest::addColumn<QByteArray>("typedOn");
        QTest::newRow("text") << QByteArray("abc") << QByteArray("xabc") << QByteArray("xyabc");
        QTest::newRow("hex") << QByteArray("\x00\x01\x02", 3) << QByteArray("\xff\x01\x02", 3) << QByteArray("\xff\xee\x02", 3);
    }
    void keepsWhatIsTypedDuringASave()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, saved);
        QFETCH(QByteArray, typedOn);
        const auto editor = shown(bytes);
        const bool hex = editor->viewName() == QLatin1String("hex");
        auto *area = hex ? static_cast<QWidget *>(visibleOne<HexArea>(*editor)) : visibleOne<TextBox>(*editor);
        QTest::keyClicks(area, hex ? QStringLiteral("ff") : QStringLiteral("x"));
        QCOMPARE(*editor->value(), saved);
        QTest::keyClicks(area, hex ? QStringLiteral("ee") : QStringLiteral("y"));
        editor->setSaved(saved);
        QCOMPARE(*editor->value(), typedOn);
        QCOMPARE(editor->original(), saved);
        QVERIFY(editor->isModified());
        editor->revert();
        QCOMPARE(*editor->value(), saved);
        QVERIFY(!editor->isModified());
    }

    void shiftEnterIsALineBreak()
    {
        const auto editor = shown("ab");
        auto *box = visibleOne<TextBox>(*editor);
        QTest::keyClick(box, Qt::Key_Right);
        QTest::keyClick(box, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(*editor->value(), QByteArray("a\nb"));
    }

    // Every character that may be edited as text comes back from the box as it went in.
    void textBoxGivesBackEveryCharacter()
    {
        QString why;
        int refused = 0;
        for (char32_t from = 0; from < 0x110000; from += 0x400) {
            QByteArray bytes;
            for (char32_t c = from; c < from + 0x400; ++c) {
                const QByteArray one = QString::fromUcs4(&c, 1).toUtf8();
                if ((c >= 0xd800 && c < 0xe000) || !TextBox::survives("a" + one + "b", &why))
                    ++refused;
                else
                    bytes += "a" + one + "b";
            }
            TextBox box(QStringLiteral("box"));
            QVERIFY(box.setValue(bytes, &why));
            QCOMPARE(box.value(), bytes);
        }
        QVERIFY(refused > 2048 && refused < 2048 + 60); // surrogates, controls, separators
    }

    void aCutCharacterIsStillText()
    {
        const QByteArray text = QByteArray("\xd0\x96\xe4\xb8\xad\xf0\x9f\x98\x80").repeated(3);
        for (qsizetype size = text.size() - 9; size < text.size(); ++size) {
            ValueEditor editor;
            editor.show();
            editor.setValue(text.first(size), text.size());
            QCOMPARE(editor.viewName(), QStringLiteral("text"));
            QCOMPARE(*editor.value(), text.first(size));
            QVERIFY(!editor.isModified());
        }
        ValueEditor editor;
        editor.setValue(text.first(text.size() - 1), text.size() - 1); // whole, and broken
        QCOMPARE(editor.viewName(), QStringLiteral("hex"));
    }

    void findStaysWhileTyping_data()
    {
        QTest::addColumn<QString>("view");
        QTest::newRow("text") << QStringLiteral("text");
        QTest::newRow("hex") << QStringLiteral("hex");
    }
    void findStaysWhileTyping()
    {
        QFETCH(QString, view);
        const auto editor = shown("x two y two", view);
        for (const char *typed : {"t", "tw", "two"}) {
            auto *line = editor->findChild<QLineEdit *>(QStringLiteral("findText"));
            QVERIFY(line);
            line->setText(QLatin1String(typed));
            const qsizetype at = view == QLatin1String("text") ? visibleOne<TextBox>(*editor)->textCursor().selectionStart()
                                                               : visibleOne<HexArea>(*editor)->position() - qsizetype(qstrlen(typed));
            QCOMPARE(at, 2);
        }
    }

    void savesByKeyboard()
    {
        const auto editor = shown("abc");
        QSignalSpy asked(editor.get(), &ValueEditor::saveRequested);
        auto *box = visibleOne<TextBox>(*editor);
        QTest::keyClick(box, Qt::Key_S, Qt::ControlModifier); // nothing to save
        QCOMPARE(asked.count(), 0);
        QTest::keyClicks(box, QStringLiteral("x"));
        QTest::keyClick(box, Qt::Key_S, Qt::ControlModifier);
        QTest::keyClick(box, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(asked.count(), 2);
        QCOMPARE(*editor->value(), QByteArray("xabc"));
    }

    // Megabytes are not read back after each key; saving does not wait for the pause.
    void savesALargeValueAtOnce()
    {
        const QByteArray bytes = QByteArray("a line of text\n").repeated(40'000);
        const auto editor = shown(bytes);
        QSignalSpy asked(editor.get(), &ValueEditor::saveRequested);
        QSignalSpy modified(editor.get(), &ValueEditor::modifiedChanged);
        auto *box = visibleOne<TextBox>(*editor);
        QTest::keyClicks(box, QStringLiteral("xy"));
        QVERIFY(editor->isModified());
        QTest::keyClick(box, Qt::Key_S, Qt::ControlModifier);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(*editor->value(), "xy" + bytes);
        editor->setSaved("xy" + bytes);
        QVERIFY(!editor->isModified());
        QTest::keyClick(box, Qt::Key_Backspace);
        QTRY_VERIFY(save(*editor)->isEnabled());
        QCOMPARE(modified.count(), 3);
        QTest::keyClicks(box, QStringLiteral("y"));
        QTRY_VERIFY(!save(*editor)->isEnabled());
    }

    void findsInTextAndHex()
    {
        const auto editor = shown("one two three two");
        auto *box = visibleOne<TextBox>(*editor);
        QVERIFY(box->findText(QStringLiteral("two"), false));
        QCOMPARE(box->textCursor().selectionStart(), 4);
        QVERIFY(box->findText(QStringLiteral("two"), false));
        QCOMPARE(box->textCursor().selectionStart(), 14);
        QVERIFY(box->findText(QStringLiteral("two"), false)); // around
        QCOMPARE(box->textCursor().selectionStart(), 4);
        QVERIFY(!box->findText(QStringLiteral("four"), false));

        const auto binary = shown(QByteArray("\0\1needle\xff", 9));
        auto *area = visibleOne<HexArea>(*binary);
        QTest::keyClick(area, Qt::Key_F, Qt::ControlModifier);
        auto *line = visibleOne<QLineEdit>(*binary);
        QVERIFY(line);
        QTest::keyClicks(line, QStringLiteral("needle"));
        QCOMPARE(area->selected(), QByteArray("needle"));
        line->setText(QStringLiteral("6C 65 FF"));
        QCOMPARE(area->selected(), QByteArray("le\xff"));
        line->setText(QStringLiteral("zz"));
        QVERIFY(line->property("invalid").toBool());
        QTest::keyClick(line, Qt::Key_Escape);
        QVERIFY(!line->isVisible());
        QVERIFY(!binary->isModified());
    }

    void flipsABit()
    {
        const auto editor = shown(QByteArray("\x80\x00", 2), QStringLiteral("bitmap"));
        auto *area = visibleOne<QAbstractScrollArea>(*editor);
        QVERIFY(area);
        QTest::keyClick(area, Qt::Key_Right);
        QTest::keyClick(area, Qt::Key_Space);
        QCOMPARE(*editor->value(), QByteArray("\xc0\x00", 2));
        QTest::keyClick(area, Qt::Key_End);
        QTest::keyClick(area, Qt::Key_Space);
        QCOMPARE(*editor->value(), QByteArray("\xc0\x01", 2));
    }

    void jsonMistakesAreCountedInCharacters()
    {
        const auto editor = shown("{\"\xd0\x96\xf0\x9f\x98\x80\":1}");
        auto *box = visibleOne<TextBox>(*editor);
        QTextCursor cursor = box->textCursor();
        cursor.setPosition(int(box->toPlainText().indexOf(QLatin1Char('1'))) + 1);
        box->setTextCursor(cursor);
        QTest::keyClicks(box, QStringLiteral("x"));
        QVERIFY(!editor->value().ok());
        QVERIFY2(editor->value().error().message.contains(QStringLiteral("line 2, column 10:")), qPrintable(editor->value().error().message));
    }

    void bitsFlipOnLeftClicksOnly()
    {
        const auto editor = shown(QByteArray(2, '\0'), QStringLiteral("bitmap"));
        auto *area = visibleOne<BitArea>(*editor);
        QVERIFY(area);
        QPoint at(0, 12);
        while (!editor->isModified() && at.x() < 400) {
            at.rx() += 4;
            QTest::mouseClick(area->viewport(), Qt::LeftButton, {}, at);
        }
        QCOMPARE(*editor->value(), QByteArray("\x80\0", 2));
        for (const Qt::MouseButton other : {Qt::RightButton, Qt::MiddleButton}) {
            QTest::mouseClick(area->viewport(), other, {}, at);
            QCOMPARE(*editor->value(), QByteArray("\x80\0", 2));
        }
        // The second of two fast clicks counts as well.
        QMouseEvent second(QEvent::MouseButtonDblClick, at, area->viewport()->mapToGlobal(at), Qt::LeftButton, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(area->viewport(), &second);
        QCOMPARE(*editor->value(), QByteArray(2, '\0'));
    }

    void hexFindsDigitsAsTextToo()
    {
        const auto editor = shown(QByteArray("\0order 1234\xff", 12));
        auto *area = visibleOne<HexArea>(*editor);
        QTest::keyClick(area, Qt::Key_F, Qt::ControlModifier);
        auto *line = editor->findChild<QLineEdit *>(QStringLiteral("findText"));
        line->setText(QStringLiteral("1234"));
        QCOMPARE(area->selected(), QByteArray("1234"));
        QVERIFY(!line->property("invalid").toBool());
        line->setText(QStringLiteral("20 31"));
        QCOMPARE(area->selected(), QByteArray(" 1")); // hex first
    }

    void hexSelectsToTheEndOfARow()
    {
        const auto editor = shown(allBytes());
        auto *area = visibleOne<HexArea>(*editor);
        area->setPosition(0);
        QTest::mouseClick(area->viewport(), Qt::LeftButton, Qt::ShiftModifier, QPoint(area->viewport()->width() - 2, 10));
        QCOMPARE(area->selected(), allBytes().first(16));
        QTest::mouseClick(area->viewport(), Qt::LeftButton, {}, QPoint(area->viewport()->width() - 2, 10));
        QCOMPARE(area->position(), 15);
    }

    // Bytes behind an insertion are not all changed because they moved.
    void hexMarksOnlyWhatChanged()
    {
        const auto editor = shown(allBytes());
        auto *area = visibleOne<HexArea>(*editor);
        const auto marked = [&area] {
            QVector<qsizetype> places;
            for (qsizetype at = 0; at < area->bytes().size(); ++at) {
                if (area->isMarked(at))
                    places << at;
            }
            return places;
        };
        QCOMPARE(marked(), QVector<qsizetype>());
        area->setPosition(3);
        QTest::keyClicks(area, QStringLiteral("ee"));
        QCOMPARE(marked(), QVector<qsizetype>({3}));
        QTest::keyClick(area, Qt::Key_Insert);
        area->setPosition(4);
        QTest::keyClicks(area, QStringLiteral("dd"));
        QCOMPARE(marked(), QVector<qsizetype>({3, 4}));
        area->setPosition(0);
        QTest::keyClick(area, Qt::Key_Delete);
        QTest::keyClick(area, Qt::Key_Delete);
        QCOMPARE(area->bytes().size(), 255);
        QCOMPARE(marked(), QVector<qsizetype>({0, 1, 2}));
        editor->revert();
        QCOMPARE(marked(), QVector<qsizetype>());

        area->setPosition(5);
        QTest::keyClick(area, Qt::Key_Insert); // overwrites again
        QTest::keyClicks(area, QStringLiteral("aa"));
        QCOMPARE(marked(), QVector<qsizetype>({5}));
        editor->setSaved(*editor->value());
        QCOMPARE(marked(), QVector<qsizetype>());
        QTest::keyClicks(area, QStringLiteral("bb"));
        QCOMPARE(marked(), QVector<qsizetype>({6}));

        // What was typed in another view is marked too.
        const auto text = shown("abc");
        QTest::keyClicks(visibleOne<TextBox>(*text), QStringLiteral("x"));
        text->setViewName(QStringLiteral("hex"));
        area = visibleOne<HexArea>(*text);
        QCOMPARE(marked(), QVector<qsizetype>({0}));
    }

    void tabLeavesHexBehindItsTextColumn()
    {
        const auto editor = shown(allBytes());
        editor->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(editor.get()));
        auto *area = visibleOne<HexArea>(*editor);
        area->setFocus();
        QTest::keyClick(area, Qt::Key_Tab);
        QVERIFY(area->hasFocus()); // in the text column
        QTest::keyClick(area, Qt::Key_Tab);
        QVERIFY(!area->hasFocus());
        QVERIFY(QApplication::focusWidget());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab, Qt::ShiftModifier);
        QVERIFY(area->hasFocus());
        QTest::keyClicks(area, QStringLiteral("A")); // comes back into the text column
        QCOMPARE((*editor->value()).at(0), 'A');
        QTest::keyClick(area, Qt::Key_Backtab, Qt::ShiftModifier);
        QVERIFY(area->hasFocus()); // in the hex column
        QTest::keyClick(area, Qt::Key_Backtab, Qt::ShiftModifier);
        QVERIFY(!area->hasFocus());
    }

    void aFullHyperLogLogHasASaneCount()
    {
        QByteArray bytes = QByteArray("HYLL") + QByteArray(12, '\0');
        for (int i = 0; i < 16384 * 6 / 24; ++i)
            bytes += "\xf3\x3c\xcf"; // four registers of 51
        for (const char last : {'\xcf', '\xcb'}) { // …, the last one 50
            bytes[bytes.size() - 1] = last;
            const auto editor = shown(bytes);
            QCOMPARE(editor->viewName(), QStringLiteral("hyperloglog"));
            for (const QLabel *label : editor->findChildren<QLabel *>())
                QVERIFY2(!label->text().contains(QLatin1Char('-')), qPrintable(label->text()));
        }
    }

    void keepsAPersonsChoice()
    {
        const auto editor = shown("{\"a\":1}");
        QTest::mouseClick(editor->findChild<QToolButton *>(QStringLiteral("view-text")), Qt::LeftButton);
        QCOMPARE(editor->viewName(), QStringLiteral("text"));
        editor->setValue("{\"b\":1}", 7);
        QCOMPARE(editor->viewName(), QStringLiteral("text"));
        editor->setValue(allBytes(), 256); // another kind of value
        QCOMPARE(editor->viewName(), QStringLiteral("hex"));
        editor->setValue("[]", 2);
        QCOMPARE(editor->viewName(), QStringLiteral("text"));
        editor->clear();
        QVERIFY(editor->viewName().isEmpty());
        QVERIFY(!editor->isModified());
    }
};

} // namespace keyloupe::test

QTEST_MAIN(keyloupe::test::TestValueEditor)
#include "tst_value_editor.moc"
