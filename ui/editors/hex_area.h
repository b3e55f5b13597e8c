// SPDX-License-Identifier: GPL-3.0-or-later
//
// HexArea: bytes as offset, sixteen hex pairs and text, to look at and to edit byte by byte. Paints only the rows on screen,
// so the size of the value does not matter. Typing overwrites; Insert switches to inserting. What was changed is marked.
// Undo and redo without end. GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>

#include <vector>

namespace keyloupe {

class HexArea : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit HexArea(QWidget *parent = nullptr);

    void setBytes(const QByteArray &bytes); ///< forgets undo steps
    void setStored(const QByteArray &bytes); ///< what the marks compare with; setBytes sets it too
    const QByteArray &bytes() const { return m_bytes; }
    void setReadOnly(bool readOnly);
    bool isReadOnly() const { return m_readOnly; }
    bool isInserting() const { return m_inserting; }
    void setInserting(bool on);

    qsizetype position() const { return m_position; }
    void setPosition(qsizetype offset, bool select = false); ///< clamped; keeps it in sight
    qsizetype selectionStart() const; ///< position() while nothing is selected
    QByteArray selected() const;
    /// Differs from what is stored; where the length changed, lies between the first and the last difference.
    bool isMarked(qsizetype at) const;
    enum class CopyAs { Hex, Text, CString };
    /// The selection for the clipboard: "48 65", the text (escaped as redis-cli does where it is no UTF-8), "\\x00\\xff" of C.
    QString selectedAs(CopyAs form) const;
    void undo();
    void redo();
    bool canUndo() const { return m_step > 0; }
    bool canRedo() const { return m_step < m_steps.size(); }

Q_SIGNALS:
    void edited();
    void positionChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    struct Step
    {
        qsizetype offset;
        QByteArray before;
        QByteArray after;
    };

    void replace(qsizetype offset, qsizetype length, const QByteArray &after);
    void compareEnds();
    void apply(qsizetype offset, qsizetype length, const QByteArray &after);
    void typeHex(int digit);
    void typeText(const QByteArray &text);
    void removeAt(bool backwards);
    void copy(CopyAs form);
    void cut();
    void paste();
    void placeAt(const QPoint &point, bool select);
    void updateScrollBar();
    void showPosition();
    qsizetype rowCount() const;
    qsizetype visibleRows() const;
    qsizetype selectionEnd() const;
    int hexX(int column) const;
    int textX(int column) const;

    QByteArray m_bytes;
    QByteArray m_stored;
    std::vector<Step> m_steps;
    std::size_t m_step = 0; // of the next redo
    qsizetype m_position = 0;
    qsizetype m_anchor = -1; // other end of the selection, -1 none
    qsizetype m_sameHead = 0; // bytes as they were at both ends; only counted while the length differs
    qsizetype m_sameTail = 0;
    bool m_lowNibble = false;
    bool m_inText = false;   // the cursor is in the text column
    bool m_inserting = false;
    bool m_readOnly = false;
    int m_charWidth = 8;
    int m_rowHeight = 18;
};

/// "48 65 6C" or "48656c" as bytes; false when there is anything but hex pairs and spaces.
bool parseHex(const QString &text, QByteArray *out);

} // namespace keyloupe
