// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/sampler.h"

namespace keyloupe {

Sampler::Sampler(Source *, QObject *parent) : QObject(parent) { }

Sampler::~Sampler() = default;

} // namespace keyloupe
