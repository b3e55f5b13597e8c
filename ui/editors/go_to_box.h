// SPDX-License-Identifier: GPL-3.0-or-later
//
// GoToBox: a small line to type a place into, "1200" or "0x4b0"; Enter goes there. Ctrl+L in the widget that holds it leads
// to it. GUI thread.
#pragma once

#include <QLineEdit>

#include <cstdint>
#include <optional>

namespace keyloupe {

/// Decimal, or hex behind 0x; group separators of either are skipped. Nothing for anything else, or less than zero.
std::optional<std::int64_t> parsePlace(const QString &text);

class GoToBox : public QLineEdit
{
    Q_OBJECT

public:
    /// `holder` is where Ctrl+L works.
    GoToBox(const QString &name, QWidget *holder);

Q_SIGNALS:
    void placeEntered(std::int64_t place);

protected:
    void keyPressEvent(QKeyEvent *event) override;
};

} // namespace keyloupe
