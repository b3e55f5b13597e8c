// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/finding_model.h"

#include "core/base/escape.h"
#include "ui/format/human.h"

#include <algorithm>

namespace keyloupe {

QString FindingModel::whatText(const SaveFinding &finding)
{
    const QString count = groupedNumber(finding.count);
    switch (finding.issue) {
    case SaveIssue::FieldExpiry:
        return tr("Fields lose their own TTL and stay for good: %1").arg(count);
    case SaveIssue::StreamCounters:
        return tr("Counts of entries added and read are dropped");
    case SaveIssue::ActiveTimes:
        return tr("Consumers lose the time of their last entry: %1").arg(count);
    case SaveIssue::Idempotency:
        return tr("Producers that are forgotten: %1").arg(count);
    case SaveIssue::Function:
        return tr("This function library is left out");
    case SaveIssue::KeyMetadata:
        return tr("Data that a module attached to the key is dropped");
    case SaveIssue::SlotImport:
        return tr("The state of a slot's move is dropped");
    case SaveIssue::Unreadable:
        return tr("Damaged, and cannot be written in another form: left out");
    case SaveIssue::Module:
        return tr("Needs this module on the server");
    case SaveIssue::ModuleAux:
        return tr("A server without this module refuses the whole file");
    }
    return {};
}

void FindingModel::setFindings(const SaveFindings &findings)
{
    beginResetModel();
    m_findings = findings.list;
    std::stable_partition(m_findings.begin(), m_findings.end(), [](const SaveFinding &finding) { return isLoss(finding.issue); });
    endResetModel();
}

int FindingModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_findings.size());
}

int FindingModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FindingModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const SaveFinding &finding = m_findings[std::size_t(index.row())];
    switch (index.column()) {
    case Database:
        return finding.db < 0 ? tr("file") : QStringLiteral("db%1").arg(finding.db);
    case Key:
        return displayText(finding.key, 200);
    case What:
        return whatText(finding);
    default:
        return {};
    }
}

QVariant FindingModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Database:
        return tr("In");
    case Key:
        return tr("Key or library");
    case What:
        return tr("What happens to it");
    default:
        return {};
    }
}

} // namespace keyloupe
