// SPDX-License-Identifier: GPL-3.0-or-later
//
// The look: Fusion with our palette, light and dark, one accent, a 4 px grid, two text sizes. Widgets ask for colours by
// role with themeColors(palette), so that a change of theme reaches them through QEvent::PaletteChange. GUI thread.
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

#include <array>

class QApplication;
class QWidget;

namespace keyloupe {

enum class ThemeMode { System, Light, Dark };

/// Colours by role. Text colours have at least 4.5 : 1 on window, surface and raised.
struct ThemeColors
{
    bool dark = false;
    QColor window;      ///< behind everything
    QColor surface;     ///< lists, editors, charts
    QColor raised;      ///< headers, tool bars, cards
    QColor border;
    QColor text;
    QColor textMuted;   ///< labels, secondary columns
    QColor textFaint;   ///< disabled, placeholders
    QColor accent;
    QColor accentText;  ///< on accent
    QColor accentSoft;  ///< selection behind normal text
    QColor hover;
    QColor danger;
    QColor dangerSoft;
    QColor warning;
    QColor warningSoft;
    QColor success;
    QColor successSoft;
    std::array<QColor, 8> series; ///< chart lines, safe for colour-blind people
};

/// The colours that belong to a palette made by us (recognised by its window colour's lightness).
const ThemeColors &themeColors(const QPalette &palette);
const ThemeColors &themeColors(const QWidget *widget);

/// Installs style, palette, fonts and style sheet. May be called again to switch.
void applyTheme(QApplication &app, ThemeMode mode);

/// Spacing on the 4 px grid.
namespace space {
inline constexpr int kXs = 4;
inline constexpr int kS = 8;
inline constexpr int kM = 12;
inline constexpr int kL = 16;
inline constexpr int kXl = 24;
} // namespace space

QFont uiFont();      ///< 13 px: all normal text
QFont smallFont();   ///< 11 px: captions, badges, axis labels
QFont titleFont();   ///< 13 px bold: headings of cards and dialogs
QFont monoFont();    ///< keys, values, ids

} // namespace keyloupe
