// SPDX-License-Identifier: GPL-3.0-or-later
//
// BitArea: bytes as a grid of bits, 64 a row, bit 0 being the highest of the first byte. A click or Space flips one. Paints
// only what is on screen. GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>

#include <cstdint>

namespace keyloupe {

class BitArea : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit BitArea(QWidget *parent = nullptr);

    void setBytes(const QByteArray &bytes);
    const QByteArray &bytes() const { return m_bytes; }
    void setReadOnly(bool readOnly) { m_readOnly = readOnly; }
    std::int64_t bitCount() const { return std::int64_t(m_bytes.size()) * 8; }
    std::int64_t position() const { return m_position; }
    void setPosition(std::int64_t bit); ///< clamped; keeps it in sight

Q_SIGNALS:
    void moved();
    void flipped(); ///< the bit at position()

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QRect cell(int column, int top) const;
    int visibleRows() const;
    void updateScrollBars();
    void flip();

    QByteArray m_bytes;
    bool m_readOnly = false;
    std::int64_t m_position = 0;
};

} // namespace keyloupe
