create table analyses (
  id text collate "C" not null,
  key text collate "C",
  service text collate "C" not null,
  namespace text collate "C" not null,
  phase text collate "C" not null,
  started_at bigint not null,
  updated_at bigint not null,
  ended_at bigint,
  revision bigint not null,
  look_at bigint,
  due_at bigint,
  catch_up_to bigint,
  weight double precision,
  spec text collate "C" not null,
  state text collate "C",
  result text collate "C" not null,
  constraint analyses_check CHECK (((ended_at IS NULL) = (phase = 'running'::text))),
  constraint analyses_check1 CHECK (((due_at IS NULL) = (phase <> 'running'::text))),
  constraint analyses_key_key UNIQUE (key),
  constraint analyses_phase_check CHECK ((phase = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text]))),
  constraint analyses_pkey PRIMARY KEY (id)
) with (fillfactor=80);

CREATE INDEX analyses_by_service ON public.analyses USING btree (namespace, service, started_at, id);

CREATE INDEX analyses_by_start ON public.analyses USING btree (started_at, id);

CREATE INDEX analyses_due ON public.analyses USING btree (due_at) WHERE (phase = 'running'::text);

CREATE INDEX analyses_ended ON public.analyses USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX analyses_running ON public.analyses USING btree (namespace) WHERE (phase = 'running'::text);

create table audit (
  position bigint not null,
  at bigint not null,
  caller text collate "C" not null,
  door text collate "C" not null,
  action text collate "C" not null,
  namespace text collate "C" not null,
  analysis text collate "C",
  key text collate "C",
  service text collate "C",
  canary text collate "C",
  hook text collate "C",
  revision text collate "C",
  said_by text collate "C",
  constraint audit_check CHECK (((analysis IS NULL) = (canary IS NOT NULL))),
  constraint audit_check1 CHECK (((analysis IS NULL) = (service IS NULL))),
  constraint audit_check2 CHECK (((canary IS NULL) = (said_by IS NULL))),
  constraint audit_pkey PRIMARY KEY ("position")
);

CREATE INDEX audit_by_namespace ON public.audit USING btree (namespace, "position");

CREATE INDEX audit_by_time ON public.audit USING btree (at);

create table coalmine_migrations (
  number bigint not null,
  name text collate "C" not null,
  checksum text collate "C" not null,
  constraint coalmine_migrations_pkey PRIMARY KEY (number)
);

create table gates (
  gate_key text collate "C" not null,
  namespace text collate "C" not null,
  canary text collate "C" not null,
  hook text collate "C",
  revision text collate "C",
  is_open bigint not null,
  said_at bigint not null,
  at text collate "C" not null,
  said_by text collate "C" not null,
  constraint gates_is_open_check CHECK ((is_open = ANY (ARRAY[(0)::bigint, (1)::bigint]))),
  constraint gates_pkey PRIMARY KEY (gate_key)
) with (fillfactor=80);

CREATE INDEX gates_by_canary ON public.gates USING btree (namespace, canary, said_at);

create table health (
  id bigint not null,
  checked_at bigint not null,
  constraint health_id_check CHECK ((id = 1)),
  constraint health_pkey PRIMARY KEY (id)
) with (fillfactor=80);

create table looks (
  analysis text collate "C" not null,
  position bigint not null,
  look text collate "C" not null,
  constraint looks_analysis_fkey FOREIGN KEY (analysis) REFERENCES analyses(id) ON DELETE CASCADE,
  constraint looks_pkey PRIMARY KEY (analysis, "position")
);

create table releases (
  namespace text collate "C" not null,
  name text collate "C" not null,
  revision text collate "C" not null,
  attempt bigint not null,
  analysis text collate "C",
  opened_at bigint not null,
  closed_at bigint,
  notes text collate "C" not null,
  constraint releases_pkey PRIMARY KEY (namespace, name)
) with (fillfactor=80);

CREATE INDEX releases_open ON public.releases USING btree (opened_at) WHERE (closed_at IS NULL);
