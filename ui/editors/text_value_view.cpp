// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/text_box.h"
#include "ui/editors/value_view.h"

#include <QVBoxLayout>

namespace keyloupe {
namespace {

class TextValueView final : public ValueView
{
public:
    TextValueView() : m_box(new TextBox(tr("Value as text")))
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(m_box);
        setFocusProxy(m_box);
        connect(m_box->document(), &QTextDocument::contentsChanged, this, [this] {
            if (!m_filling)
                Q_EMIT edited();
        });
    }

    void setBytes(const QByteArray &bytes) override
    {
        m_filling = true;
        m_why.clear();
        m_editable = m_box->setValue(bytes, &m_why);
        m_box->setReadOnly(m_readOnly || !m_editable);
        m_filling = false;
    }
    Result<QByteArray> bytes() const override { return m_box->value(); }
    bool isModified() const override { return m_editable && m_box->isModified(); }
    void setReadOnly(bool readOnly) override
    {
        m_readOnly = readOnly;
        m_box->setReadOnly(readOnly || !m_editable);
    }
    QString whyFixed() const override { return m_why; }
    bool canWrap() const override { return true; }
    void setWrap(bool on) override { m_box->setWrapped(on); }
    bool canFind() const override { return true; }
    bool find(const QString &text, bool backward) override { return m_box->findText(text, backward); }

private:
    TextBox *m_box;
    QString m_why;
    bool m_editable = false;
    bool m_readOnly = false;
    bool m_filling = false;
};

class TextFactory final : public ValueViewFactory
{
public:
    QString id() const override { return QStringLiteral("text"); }
    QString title() const override { return ValueView::tr("Text"); }
    int order() const override { return 10; }
    int fit(const QByteArray &bytes) const override { return TextBox::holds(bytes) ? 20 : 5; }
    std::unique_ptr<ValueView> create() const override { return std::make_unique<TextValueView>(); }
};

} // namespace

std::unique_ptr<ValueViewFactory> makeTextValueView();
std::unique_ptr<ValueViewFactory> makeTextValueView()
{
    return std::make_unique<TextFactory>();
}

} // namespace keyloupe
