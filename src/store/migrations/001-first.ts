import type { Migration } from "./migration.ts";

export const first: Migration = {
  number: 1,
  name: "analyses, looks, gates, releases, health",
  statements: ({ text, integer, real, byKey, replaced }) => [
    `create table analyses (
      id ${text} primary key,
      key ${text} unique,
      service ${text} not null,
      namespace ${text} not null,
      phase ${text} not null check (phase in ('running', 'done', 'cancelled')),
      started_at ${integer} not null,
      updated_at ${integer} not null,
      ended_at ${integer} check ((ended_at is null) = (phase = 'running')),
      revision ${integer} not null,
      look_at ${integer},
      due_at ${integer} check ((due_at is null) = (phase <> 'running')),
      catch_up_to ${integer},
      weight ${real},
      spec ${text} not null,
      state ${text},
      result ${text} not null
    ) ${replaced}`,
    "create index analyses_by_start on analyses (started_at, id)",
    "create index analyses_by_service on analyses (namespace, service, started_at, id)",
    "create index analyses_due on analyses (due_at) where phase = 'running'",
    "create index analyses_running on analyses (namespace) where phase = 'running'",
    "create index analyses_ended on analyses (ended_at) where ended_at is not null",
    `create table looks (
      analysis ${text} not null references analyses (id) on delete cascade,
      position ${integer} not null,
      look ${text} not null,
      primary key (analysis, position)
    ) ${byKey}`,
    `create table gates (
      gate_key ${text} primary key,
      namespace ${text} not null,
      canary ${text} not null,
      hook ${text},
      revision ${text},
      is_open ${integer} not null check (is_open in (0, 1)),
      said_at ${integer} not null,
      at ${text} not null,
      said_by ${text} not null
    ) ${replaced}`,
    "create index gates_by_canary on gates (namespace, canary, said_at)",
    `create table releases (
      namespace ${text} not null,
      name ${text} not null,
      revision ${text} not null,
      attempt ${integer} not null,
      analysis ${text},
      opened_at ${integer} not null,
      closed_at ${integer},
      notes ${text} not null,
      primary key (namespace, name)
    ) ${replaced}`,
    "create index releases_open on releases (opened_at) where closed_at is null",
    `create table health (
      id ${integer} primary key check (id = 1),
      checked_at ${integer} not null
    ) ${replaced}`,
  ],
};
