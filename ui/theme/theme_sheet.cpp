// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_sheet.h"

#include "ui/theme/theme.h"

namespace keyloupe {
namespace {

// @name stands for a colour of ThemeColors.
const char kSheet[] = R"(
QMainWindow::separator { background: @border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 6px; }

QMenuBar { background: @window; border-bottom: 1px solid @border; }
QMenuBar::item { padding: 5px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @surface; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @accentSoft; color: @text; }
QMenu::item:disabled { color: @textFaint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }

QStatusBar { background: @window; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @textMuted; padding: 2px 6px; }

QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: @window; padding: 6px 8px; border-bottom: 1px solid @border; text-align: left; }

QPushButton { background: @surface; color: @text; border: 1px solid @border; border-radius: 5px; padding: 4px 12px; min-height: 18px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed, QPushButton:checked { background: @accentSoft; border-color: @accent; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @textFaint; background: @window; }
QPushButton[variant="primary"] { background: @accent; color: @accentText; border-color: @accent; }
QPushButton[variant="primary"]:hover { background: @accentHover; }
QPushButton[variant="primary"]:focus { border: 1px solid @text; }
QPushButton[variant="primary"]:disabled { background: @border; color: @textFaint; border-color: @border; }
QPushButton[variant="danger"] { color: @danger; border-color: @danger; }
QPushButton[variant="danger"]:hover { background: @dangerSoft; }
QPushButton[variant="danger"]:disabled { color: @textFaint; border-color: @border; }
QPushButton[variant="flat"] { background: transparent; border-color: transparent; }
QPushButton[variant="flat"]:hover { background: @hover; }
QPushButton[variant="flat"]:checked { background: @accentSoft; }
QPushButton[variant="flat"]:focus { border-color: @accent; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 3px 5px; color: @text; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @accentSoft; }
QToolButton:focus { border: 1px solid @accent; }
QToolButton:disabled { color: @textFaint; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[variant="outlined"] { background: @surface; border: 1px solid @border; color: @textMuted; padding: 4px 6px; }
QToolButton[variant="outlined"]:checked { background: @accentSoft; border-color: @accent; color: @text; }
QToolButton[variant="outlined"]:focus { border-color: @accent; }
QToolButton[variant="danger"]:hover { background: @dangerSoft; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit {
    background: @surface; color: @text; border: 1px solid @border; border-radius: 5px; selection-background-color: @accentSoft; selection-color: @text; }
QLineEdit { padding: 3px 7px; min-height: 20px; }
QSpinBox, QDoubleSpinBox, QDateTimeEdit { padding: 3px 5px; min-height: 20px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateTimeEdit:focus { border: 1px solid @accent; }
QLineEdit:disabled, QPlainTextEdit:disabled { background: @window; color: @textFaint; }
QLineEdit[invalid="true"] { border: 1px solid @danger; }
QComboBox { background: @surface; color: @text; border: 1px solid @border; border-radius: 5px; padding: 3px 8px; min-height: 20px; }
QComboBox:hover { background: @hover; }
QComboBox:focus { border: 1px solid @accent; }
QComboBox:disabled { color: @textFaint; background: @window; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; selection-background-color: @accentSoft; selection-color: @text; outline: none; }

QComboBox::drop-down { subcontrol-origin: padding; subcontrol-position: center right; width: 20px; border: none; }
QComboBox::down-arrow { image: url(:/icons/mark-down.svg); width: 12px; height: 12px; }
QDateTimeEdit::drop-down { subcontrol-origin: padding; subcontrol-position: center right; width: 20px; border: none; }
QDateTimeEdit::down-arrow { image: url(:/icons/mark-down.svg); width: 12px; height: 12px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: padding; subcontrol-position: top right; width: 18px; border: none; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: padding; subcontrol-position: bottom right; width: 18px; border: none; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/mark-up.svg); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(:/icons/mark-down.svg); width: 10px; height: 10px; }

QToolBar { background: @window; border: none; border-bottom: 1px solid @border; padding: 3px 6px; spacing: 2px; }
QTabBar::close-button { image: url(:/icons/mark-close.svg); border-radius: 4px; width: 14px; height: 14px; }
QTabBar::close-button:hover { background: @border; }
QTabBar::scroller { width: 48px; }
QTabBar QToolButton { background: @raised; border: 1px solid @border; border-radius: 4px; }
QTabBar QToolButton::left-arrow { image: url(:/icons/mark-left.svg); width: 14px; height: 14px; }
QTabBar QToolButton::right-arrow { image: url(:/icons/mark-right.svg); width: 14px; height: 14px; }
QTabWidget::pane { border: none; border-top: 1px solid @border; }
QTabBar { background: @window; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @textMuted; padding: 7px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { background: @hover; color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; background: @surface; }
QTabBar::tab:focus { color: @accent; }

QAbstractItemView { background: @surface; alternate-background-color: @raised; border: 1px solid @border; outline: none;
    selection-background-color: @accentSoft; selection-color: @text; }
QTreeView, QTableView, QListView { border-radius: 0; }
QTreeView::item, QListView::item { min-height: 24px; }
QTreeView::item:hover, QListView::item:hover, QTableView::item:hover { background: @hover; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected { background: @accentSoft; color: @text; }
QHeaderView { background: @raised; border: none; }
QHeaderView::section { background: @raised; color: @textMuted; border: none; border-right: 1px solid @border; border-bottom: 1px solid @border; padding: 5px 8px; }
QHeaderView::section:last { border-right: none; }
QTableView { gridline-color: @border; }
QTableCornerButton::section { background: @raised; border: none; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @scroll; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @textFaint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QScrollArea { background: transparent; border: none; }

QSplitter::handle { background: @border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: @accent; }

QProgressBar { background: @hover; border: none; border-radius: 3px; height: 6px; text-align: center; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QFrame[card="true"] { background: @surface; border: 1px solid @border; border-radius: 8px; }
QFrame[bar="true"] { background: @raised; border: none; border-bottom: 1px solid @border; }
QFrame[banner="info"] { background: @accentSoft; border: none; border-radius: 6px; }
QFrame[banner="warning"] { background: @warningSoft; border: none; border-radius: 6px; }
QFrame[banner="danger"] { background: @dangerSoft; border: none; border-radius: 6px; }

QLabel[tone="muted"] { color: @textMuted; }
QLabel[tone="faint"] { color: @textFaint; }
QLabel[tone="danger"] { color: @danger; }
QLabel[tone="warning"] { color: @warning; }
QLabel[tone="success"] { color: @success; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="heading"] { font-size: 20px; font-weight: 600; }
QLabel[role="caption"] { font-size: 11px; color: @textMuted; }
QCheckBox, QRadioButton { spacing: 6px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @textMuted; border-radius: 4px; background: @surface; }
QCheckBox::indicator:checked { border-color: @accent; background: @accent; image: url(:/icons/mark-check-@tick.svg); }
QCheckBox::indicator:disabled { border-color: @border; background: @window; }
QCheckBox::indicator:checked:disabled { background: @textFaint; }
QCheckBox:focus { color: @accent; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid @textMuted; border-radius: 8px; background: @surface; }
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 4px solid @accent; background: @accentText; }
QRadioButton:focus { color: @accent; }
QGroupBox { border: 1px solid @border; border-radius: 6px; margin-top: 16px; padding: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 8px; padding: 0 4px; color: @textMuted; }
)";

QString name(const QColor &color)
{
    return color.name(QColor::HexRgb);
}

} // namespace

QString themeStyleSheet(const ThemeColors &c)
{
    QString sheet = QString::fromLatin1(kSheet);
    sheet.replace(QLatin1String("@tick"), c.dark ? QLatin1String("dark") : QLatin1String("light"));
    // Longer names first, so that @accent does not eat the head of @accentSoft.
    const std::pair<const char *, QColor> colors[] = {
            {"@accentHover", c.dark ? c.accent.lighter(115) : c.accent.darker(112)},
            {"@accentSoft", c.accentSoft}, {"@accentText", c.accentText}, {"@accent", c.accent},
            {"@dangerSoft", c.dangerSoft}, {"@danger", c.danger},
            {"@warningSoft", c.warningSoft}, {"@warning", c.warning},
            {"@successSoft", c.successSoft}, {"@success", c.success},
            {"@textMuted", c.textMuted}, {"@textFaint", c.textFaint}, {"@text", c.text},
            {"@window", c.window}, {"@surface", c.surface}, {"@raised", c.raised},
            {"@border", c.border}, {"@hover", c.hover},
            {"@scroll", c.dark ? QColor(0x414c5b) : QColor(0xc3ccd5)},
    };
    for (const auto &[token, color] : colors)
        sheet.replace(QLatin1String(token), name(color));
    return sheet;
}

} // namespace keyloupe
