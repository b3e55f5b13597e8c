// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/theme_sheet.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyleFactory>
#include <QToolTip>
#include <QWidget>

namespace keyloupe {
namespace {

const ThemeColors &lightColors()
{
    static const ThemeColors colors = [] {
        ThemeColors c;
        c.dark = false;
        c.window = QColor(0xf1f4f7);
        c.surface = QColor(0xffffff);
        c.raised = QColor(0xf8fafb);
        c.border = QColor(0xd9dfe6);
        c.text = QColor(0x1a2330);
        c.textMuted = QColor(0x556170);
        c.textFaint = QColor(0x8592a1);
        c.accent = QColor(0x0e7490);
        c.accentText = QColor(0xffffff);
        c.accentSoft = QColor(0xd3ecf3);
        c.hover = QColor(0xe9eef3);
        c.danger = QColor(0xb91c2c);
        c.dangerSoft = QColor(0xfde8ea);
        c.warning = QColor(0x8f5200);
        c.warningSoft = QColor(0xfdf0d8);
        c.success = QColor(0x0b7a4b);
        c.successSoft = QColor(0xdcf4e8);
        c.series = {QColor(0x0072b2), QColor(0xd55e00), QColor(0x009e73), QColor(0xb85c93),
                    QColor(0xc98500), QColor(0x3f9fd8), QColor(0x6b4fa0), QColor(0x6f7a86)};
        return c;
    }();
    return colors;
}

const ThemeColors &darkColors()
{
    static const ThemeColors colors = [] {
        ThemeColors c;
        c.dark = true;
        c.window = QColor(0x12161c);
        c.surface = QColor(0x181d25);
        c.raised = QColor(0x1f2630);
        c.border = QColor(0x303947);
        c.text = QColor(0xe5eaf1);
        c.textMuted = QColor(0xa2aebd);
        c.textFaint = QColor(0x6f7c8c);
        c.accent = QColor(0x35bcd6);
        c.accentText = QColor(0x06222b);
        c.accentSoft = QColor(0x17414e);
        c.hover = QColor(0x262e3a);
        c.danger = QColor(0xff7b85);
        c.dangerSoft = QColor(0x47202a);
        c.warning = QColor(0xf0b35a);
        c.warningSoft = QColor(0x43331a);
        c.success = QColor(0x4fce94);
        c.successSoft = QColor(0x173c2c);
        c.series = {QColor(0x4da3e0), QColor(0xf0803c), QColor(0x2cc49a), QColor(0xe39ac4),
                    QColor(0xf2b84b), QColor(0x8fd3f7), QColor(0xa98fdb), QColor(0xa9b0ba)};
        return c;
    }();
    return colors;
}

QPalette paletteOf(const ThemeColors &c)
{
    QPalette p;
    p.setColor(QPalette::Window, c.window);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.surface);
    p.setColor(QPalette::AlternateBase, c.raised);
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::Button, c.raised);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.danger);
    p.setColor(QPalette::ToolTipBase, c.raised);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::PlaceholderText, c.textFaint);
    p.setColor(QPalette::Highlight, c.accentSoft);
    p.setColor(QPalette::HighlightedText, c.text);
    p.setColor(QPalette::Link, c.accent);
    p.setColor(QPalette::LinkVisited, c.accent);
    p.setColor(QPalette::Light, c.dark ? c.raised : c.surface);
    p.setColor(QPalette::Midlight, c.hover);
    p.setColor(QPalette::Mid, c.border);
    p.setColor(QPalette::Dark, c.border);
    p.setColor(QPalette::Shadow, c.dark ? QColor(Qt::black) : QColor(0xb0b8c2));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, c.textFaint);
    p.setColor(QPalette::Disabled, QPalette::Base, c.window);
    return p;
}

bool systemIsDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128;
}

QFont pixelFont(QFont font, int pixels)
{
    font.setPixelSize(pixels);
    return font;
}

} // namespace

const ThemeColors &themeColors(const QPalette &palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightness() < 128 ? darkColors() : lightColors();
}

const ThemeColors &themeColors(const QWidget *widget)
{
    // The application's palette, not the widget's own, which a style sheet may have changed in part.
    Q_UNUSED(widget)
    return themeColors(QApplication::palette());
}

void applyTheme(QApplication &app, ThemeMode mode)
{
    static const bool systemDark = systemIsDark(QApplication::palette()); // before we set one of ours
    const bool dark = mode == ThemeMode::Dark || (mode == ThemeMode::System && systemDark);
    const ThemeColors &colors = dark ? darkColors() : lightColors();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(colors));
    QApplication::setFont(uiFont());
    QToolTip::setPalette(QApplication::palette());
    QToolTip::setFont(smallFont());
    app.setStyleSheet(themeStyleSheet(colors));
}

QFont uiFont()
{
    static const QFont system = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    return pixelFont(system, 13);
}

QFont smallFont()
{
    return pixelFont(uiFont(), 11);
}

QFont titleFont()
{
    QFont font = uiFont();
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont monoFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPixelSize(12);
    font.setStyleHint(QFont::Monospace);
    return font;
}

} // namespace keyloupe
