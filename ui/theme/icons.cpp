// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include "core/base/log.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace keyloupe {
namespace {

QByteArray svgSource(const QString &name)
{
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        qCWarning(lcUi, "there is no icon called %s", qPrintable(name));
        return {};
    }
    return file.readAll();
}

QColor toneColor(IconTone tone, QIcon::Mode mode)
{
    const ThemeColors &c = themeColors(QApplication::palette());
    if (mode == QIcon::Disabled)
        return c.textFaint;
    switch (tone) {
    case IconTone::Normal: return c.text;
    case IconTone::Muted: return c.textMuted;
    case IconTone::Accent: return c.accent;
    case IconTone::Danger: return c.danger;
    case IconTone::Success: return c.success;
    case IconTone::OnAccent: return c.accentText;
    }
    return c.text;
}

// Renders when asked, so that the colours are always those of the theme in force.
class SvgIconEngine final : public QIconEngine
{
public:
    SvgIconEngine(QByteArray svg, IconTone tone) : m_svg(std::move(svg)), m_tone(tone) { }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        QByteArray svg = m_svg;
        svg.replace("currentColor", toneColor(m_tone, mode).name(QColor::HexRgb).toLatin1());
        QSvgRenderer renderer(svg);
        renderer.render(painter, rect);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override { return pixmap(size, mode, state); }

    QIconEngine *clone() const override { return new SvgIconEngine(*this); }

private:
    QByteArray m_svg;
    IconTone m_tone;
};

} // namespace

QIcon themedIcon(const QString &name, IconTone tone)
{
    const QByteArray svg = svgSource(name);
    return svg.isEmpty() ? QIcon() : QIcon(new SvgIconEngine(svg, tone));
}

} // namespace keyloupe
