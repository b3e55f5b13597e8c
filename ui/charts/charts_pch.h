// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot takes seconds to parse; precompiled for the charts only.
#pragma once

#include <qcustomplot.h>
