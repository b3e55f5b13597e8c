// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/go_to_box.h"
#include "ui/editors/hex_area.h"
#include "ui/editors/value_view.h"
#include "ui/format/human.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

class HexValueView final : public ValueView
{
public:
    HexValueView() : m_area(new HexArea), m_where(new QLabel), m_mode(new QToolButton)
    {
        m_where->setProperty("role", QStringLiteral("caption"));
        m_mode->setCheckable(true);
        m_mode->setText(tr("Insert"));
        m_mode->setToolTip(tr("Typing inserts bytes instead of overwriting them (Insert)"));
        auto *foot = new QHBoxLayout;
        foot->setContentsMargins(space::kM, 0, space::kS, space::kXs);
        auto *goTo = new GoToBox(tr("Go to offset"), this);
        foot->setSpacing(space::kS);
        foot->addWidget(m_where, 1);
        foot->addWidget(goTo);
        foot->addWidget(m_mode);
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(space::kXs);
        layout->addWidget(m_area, 1);
        layout->addLayout(foot);
        setFocusProxy(m_area);
        connect(m_area, &HexArea::edited, this, &ValueView::edited);
        connect(m_area, &HexArea::positionChanged, this, &HexValueView::showPosition);
        connect(m_mode, &QToolButton::clicked, m_area, &HexArea::setInserting);
        connect(goTo, &GoToBox::placeEntered, this, [this](std::int64_t place) {
            m_area->setPosition(place);
            m_area->setFocus();
        });
    }

    void setBytes(const QByteArray &bytes) override
    {
        m_original = bytes;
        m_area->setBytes(bytes);
    }
    Result<QByteArray> bytes() const override { return m_area->bytes(); }
    bool isModified() const override { return m_area->bytes() != m_original; }
    void setReadOnly(bool readOnly) override
    {
        m_area->setReadOnly(readOnly);
        m_mode->setVisible(!readOnly);
    }
    void setStored(const QByteArray &bytes) override { m_area->setStored(bytes); }
    bool canFind() const override { return true; }
    // Hex pairs, or else text: "1234" may be either.
    bool find(const QString &text, bool backward) override
    {
        if (text.isEmpty()) {
            m_area->setPosition(m_area->selectionStart());
            return true;
        }
        QByteArray pairs;
        return (parseHex(text, &pairs) && !pairs.isEmpty() && findBytes(pairs, backward)) || findBytes(text.toUtf8(), backward);
    }

private:
    bool findBytes(const QByteArray &wanted, bool backward)
    {
        const QByteArray &all = m_area->bytes();
        const qsizetype from = m_area->position();
        qsizetype at = backward ? (from > wanted.size() ? all.lastIndexOf(wanted, from - wanted.size() - 1) : -1) : all.indexOf(wanted, from);
        if (at < 0)
            at = backward ? all.lastIndexOf(wanted) : all.indexOf(wanted);
        if (at < 0)
            return false;
        m_area->setPosition(at);
        m_area->setPosition(at + wanted.size(), true);
        return true;
    }
    void showPosition()
    {
        m_mode->setChecked(m_area->isInserting());
        QString text = tr("Offset %1 (0x%2)").arg(groupedNumber(m_area->position())).arg(m_area->position(), 0, 16);
        if (const qsizetype chosen = m_area->selected().size(); chosen > 0)
            text += QStringLiteral(" · ") + tr("%1 selected").arg(groupedNumber(chosen));
        m_where->setText(text);
    }

    QByteArray m_original;
    HexArea *m_area;
    QLabel *m_where;
    QToolButton *m_mode;
};

class HexFactory final : public ValueViewFactory
{
public:
    QString id() const override { return QStringLiteral("hex"); }
    QString title() const override { return ValueView::tr("Hex"); }
    int order() const override { return 30; }
    int fit(const QByteArray &) const override { return 10; }
    std::unique_ptr<ValueView> create() const override { return std::make_unique<HexValueView>(); }
};

} // namespace

std::unique_ptr<ValueViewFactory> makeHexValueView();
std::unique_ptr<ValueViewFactory> makeHexValueView()
{
    return std::make_unique<HexFactory>();
}

} // namespace keyloupe
