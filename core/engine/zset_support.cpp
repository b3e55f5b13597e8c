// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/zset_support.h"

namespace keyloupe {
namespace {

const ZSetObject *asZset(const Object *object, bool *wrong)
{
    *wrong = object && !object->is<ZSetObject>();
    return object && !*wrong ? &object->as<ZSetObject>() : nullptr;
}

} // namespace

const ZSetObject *readZset(const CommandContext &ctx, const QByteArray &key, bool *wrong)
{
    return asZset(ctx.read(key), wrong);
}

const ZSetObject *peekZset(const CommandContext &ctx, const QByteArray &key, bool *wrong)
{
    return asZset(ctx.peek(key), wrong);
}

RespValue scoredMembersReply(const CommandContext &ctx, const std::vector<ScoredMember> &members, bool withScores)
{
    std::vector<RespValue> items;
    for (const ScoredMember &item : members) {
        if (!withScores) {
            items.push_back(reply::bulk(item.member));
        } else if (ctx.resp3()) {
            items.push_back(RespValue::array({reply::bulk(item.member), reply::score(item.score)}));
        } else {
            items.push_back(reply::bulk(item.member));
            items.push_back(reply::score(item.score));
        }
    }
    return RespValue::array(std::move(items));
}

} // namespace keyloupe
