/** For every alert a server on which it fires, as promtool writes series: `0+6x60` is 61 samples, one a minute, each 6 above the last. */

export interface AlertCase {
  readonly alert: string;
  readonly series: Readonly<Record<string, string>>;
}

/** A server that does its work: three analyses, four looks a minute each, all of them answered and kept. */
export const healthy: AlertCase["series"] = {
  'coalmine_build_info{job="coalmine",instance="a",version="1.2.3"}': "1+0x120",
  coalmine_analyses_running: "3+0x120",
  'coalmine_look_lag_seconds_bucket{le="0.1"}': "0+12x120",
  'coalmine_look_lag_seconds_bucket{le="+Inf"}': "0+12x120",
  coalmine_look_duration_seconds_count: "0+12x120",
  coalmine_looks_lost_total: "0+0x120",
  'coalmine_queue_looks{state="waiting"}': "0 4 0+0x120",
  'coalmine_store_failures_total{store="analyses",operation="update"}': "0+0x120",
  'coalmine_source_failures_total{source="default",kind="source-unavailable"}': "0+0x120",
  'coalmine_source_read_duration_seconds_count{source="default"}': "0+60x120",
  'coalmine_source_read_duration_seconds_bucket{source="default",le="0.1"}': "0+60x120",
  'coalmine_source_read_duration_seconds_bucket{source="default",le="+Inf"}': "0+60x120",
  'coalmine_verdicts_total{verdict="pass",reason_code="not-worse"}': "0+1x120",
  'coalmine_verdicts_total{verdict="inconclusive",reason_code="run-failed"}': "0+0x120",
  'coalmine_verdicts_total{verdict="inconclusive",reason_code="cancelled"}': "0+9x120",
  'coalmine_access_refusals_total{kind="unauthenticated"}': "0+1x120",
  'coalmine_http_request_duration_seconds_count{route="/readyz",status="503"}': "0+60x120",
  'coalmine_http_request_duration_seconds_count{route="/flagger/v1/rollout",status="403"}': "0+60x120",
  'coalmine_http_request_duration_seconds_bucket{route="/flagger/v1/rollout",status="403",le="0.01"}':
    "0+60x120",
  'coalmine_http_request_duration_seconds_bucket{route="/flagger/v1/rollout",status="403",le="+Inf"}':
    "0+60x120",
  'nodejs_eventloop_lag_p99_seconds{job="coalmine",instance="a"}': "0.02+0x120",
  // Somebody else's, and none of ours to alert on.
  'nodejs_eventloop_lag_p99_seconds{job="shop",instance="b"}': "9+0x120",
};

/** What differs from the healthy server where the alert fires; a series of "" is not there. */
export const alertCases: readonly AlertCase[] = [
  {
    alert: "CoalmineAbsent",
    series: { 'coalmine_build_info{job="coalmine",instance="a",version="1.2.3"}': "" },
  },
  { alert: "CoalmineNoLooks", series: { coalmine_look_duration_seconds_count: "12+0x120" } },
  {
    alert: "CoalmineLooksLate",
    series: {
      'coalmine_look_lag_seconds_bucket{le="0.1"}': "0+11x120",
      'coalmine_look_lag_seconds_bucket{le="15.0"}': "0+11x120",
      'coalmine_look_lag_seconds_bucket{le="30.0"}': "0+12x120",
    },
  },
  { alert: "CoalmineLooksLost", series: { coalmine_looks_lost_total: "0+1x120" } },
  { alert: "CoalmineQueueBacklog", series: { 'coalmine_queue_looks{state="waiting"}': "1+0x120" } },
  {
    alert: "CoalmineStoreFailing",
    series: { 'coalmine_store_failures_total{store="analyses",operation="update"}': "0+2x120" },
  },
  {
    alert: "CoalmineSourceFailing",
    series: { 'coalmine_source_failures_total{source="default",kind="source-unavailable"}': "0+20x120" },
  },
  {
    alert: "CoalmineSourceSlow",
    series: {
      'coalmine_source_read_duration_seconds_bucket{source="default",le="0.1"}': "0+50x120",
      'coalmine_source_read_duration_seconds_bucket{source="default",le="10.0"}': "0+50x120",
      'coalmine_source_read_duration_seconds_bucket{source="default",le="30.0"}': "0+60x120",
    },
  },
  {
    alert: "CoalmineRunFailed",
    series: { 'coalmine_verdicts_total{verdict="inconclusive",reason_code="run-failed"}': "0x110 1+0x10" },
  },
  {
    alert: "CoalmineMostlyInconclusive",
    series: { 'coalmine_verdicts_total{verdict="inconclusive",reason_code="no-data"}': "0+2x120" },
  },
  {
    alert: "CoalmineCallersRefused",
    series: { 'coalmine_access_refusals_total{kind="unauthenticated"}': "0+6x120" },
  },
  {
    alert: "CoalmineServerErrors",
    series: { 'coalmine_http_request_duration_seconds_count{route="/v1/judge",status="503"}': "0+10x120" },
  },
  {
    alert: "CoalmineHooksSlow",
    series: {
      'coalmine_http_request_duration_seconds_bucket{route="/flagger/v1/rollout",status="403",le="0.01"}':
        "0+50x120",
      'coalmine_http_request_duration_seconds_bucket{route="/flagger/v1/rollout",status="403",le="1.0"}':
        "0+50x120",
      'coalmine_http_request_duration_seconds_bucket{route="/flagger/v1/rollout",status="403",le="2.5"}':
        "0+60x120",
    },
  },
  {
    alert: "CoalmineEventLoopBlocked",
    series: { 'nodejs_eventloop_lag_p99_seconds{job="coalmine",instance="a"}': "0.7+0x120" },
  },
];
