// SPDX-License-Identifier: GPL-3.0-or-later
//
// followTail(view): the view shows its last row as rows arrive, unless the person scrolled up; scrolling down again resumes.
// GUI thread.
#pragma once

class QAbstractItemView;

namespace keyloupe {

void followTail(QAbstractItemView *view);

} // namespace keyloupe
