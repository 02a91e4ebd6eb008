CREATE TABLE analyses (
      id text primary key,
      key text unique,
      service text not null,
      namespace text not null,
      phase text not null check (phase in ('running', 'done', 'cancelled')),
      started_at integer not null,
      updated_at integer not null,
      ended_at integer check ((ended_at is null) = (phase = 'running')),
      revision integer not null,
      look_at integer,
      due_at integer check ((due_at is null) = (phase <> 'running')),
      catch_up_to integer,
      weight real,
      spec text not null,
      state text,
      result text not null
    ) strict;

CREATE TABLE audit (
      position integer primary key autoincrement,
      at integer not null,
      caller text not null,
      door text not null,
      action text not null,
      namespace text not null,
      analysis text,
      key text,
      service text,
      canary text,
      hook text,
      revision text,
      said_by text,
      check ((analysis is null) = (canary is not null)),
      check ((analysis is null) = (service is null)),
      check ((canary is null) = (said_by is null))
    ) strict;

CREATE TABLE coalmine_migrations (
    number integer primary key, name text not null, checksum text not null
  );

CREATE TABLE gates (
      gate_key text primary key,
      namespace text not null,
      canary text not null,
      hook text,
      revision text,
      is_open integer not null check (is_open in (0, 1)),
      said_at integer not null,
      at text not null,
      said_by text not null
    ) strict;

CREATE TABLE health (
      id integer primary key check (id = 1),
      checked_at integer not null
    ) strict;

CREATE TABLE looks (
      analysis text not null references analyses (id) on delete cascade,
      position integer not null,
      look text not null,
      primary key (analysis, position)
    ) strict, without rowid;

CREATE TABLE releases (
      namespace text not null,
      name text not null,
      revision text not null,
      attempt integer not null,
      analysis text,
      opened_at integer not null,
      closed_at integer,
      notes text not null,
      primary key (namespace, name)
    ) strict;

CREATE INDEX analyses_by_service on analyses (namespace, service, started_at, id);

CREATE INDEX analyses_by_start on analyses (started_at, id);

CREATE INDEX analyses_due on analyses (due_at) where phase = 'running';

CREATE INDEX analyses_ended on analyses (ended_at) where ended_at is not null;

CREATE INDEX analyses_running on analyses (namespace) where phase = 'running';

CREATE INDEX audit_by_namespace on audit (namespace, position);

CREATE INDEX audit_by_time on audit (at);

CREATE INDEX gates_by_canary on gates (namespace, canary, said_at);

CREATE INDEX releases_open on releases (opened_at) where closed_at is null;
