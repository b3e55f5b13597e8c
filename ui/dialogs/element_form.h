// SPDX-License-Identifier: GPL-3.0-or-later
//
// ElementForm: the boxes for one element of a collection, or for a string: what a person types to add one. GUI thread.
#pragma once

#include "core/values/edit.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QTableWidget;

namespace keyloupe {

class BytesEdit;

class ElementForm : public QWidget
{
    Q_OBJECT

public:
    /// `forNewKey`: without what only makes sense in a key that is there (head or tail, an own entry id).
    ElementForm(ValueKind kind, bool forNewKey, QWidget *parent = nullptr);

    /// The edit that adds it to a key of this kind. Not for strings.
    Result<EditChange> addition() const;
    /// The edit that makes a key with it.
    Result<CreateKey> creation() const;

Q_SIGNALS:
    void edited();

private:
    Result<double> score() const;
    Result<StreamFields> fields() const;
    void addFieldRow();

    ValueKind m_kind;
    BytesEdit *m_name = nullptr;  // field of a hash
    BytesEdit *m_value = nullptr; // all but streams
    QLineEdit *m_score = nullptr;
    QComboBox *m_end = nullptr;   // of a list
    QLineEdit *m_id = nullptr;    // of a stream entry
    QTableWidget *m_fields = nullptr;
};

} // namespace keyloupe
