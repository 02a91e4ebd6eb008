/**
 * What nearly every packed analysis says, for the compressor to point at: the
 * keys in the order they are written and the values they mostly have, the most
 * common last. It saves a quarter of the text.
 *
 * Part of the format: text packed with another dictionary cannot be read. A
 * change here, be it a comma, takes a new version in packed-state.ts.
 */
export const packedDictionary = [
  '"text":": too few latencies of the baseline before the start, so its boundaries are chosen from its first minute"}',
  '"text":": no bad events yet from ; if its name or labels are wrong, none will ever be counted"}',
  '{"code":"no-series","text":": no baseline series yet from istio_requests_total{reporter=\\"destination\\",',
  'destination_workload_namespace=\\"',
  '{"code":"no-baseline-history"{"code":"partial-response"{"code":"bad-data"{"code":"non-monotonic"{"code":"gap"',
  '{"code":"joined-mid-life"{"code":"many-pods"{"code":"source-retried"{"code":"dispersion"',
  '"decision":{"verdict":"inconclusive","reason":{"code":"source-unavailable","text":"},"at":17,"phase":"cancelled"',
  '{"name":"","kind":"condition","gate":true,"weight":1,"query":"","for":"5m"},',
  '{"name":"","kind":"gauge","gate":false,"weight":1,"query":"container_memory_working_set_bytes","aggregate":"mean",',
  '"failAbove":"1.25x","passBelow":"2x","block":"5m"},',
  '{"name":"","kind":"ratio","gate":true,"weight":1,"bad":"{outcome=\\"failed\\"}","total":"_total","compare":{',
  '{"kind":"condition","holdingSince":null,"lastSeen":17},',
  '{"kind":"gauge","fail":{"above":0,"below":0},"pass":{"above":0,"below":0},"blocks":0,"missedBlocks":0,',
  '"block":{"canary":{"sum":0,"looks":0},"baseline":{"sum":0,"looks":0}},',
  '"total":{"canary":{"sum":,"looks":},"baseline":{"sum":,"looks":}}},',
  '"layout":null,"distribution":{"form":"native","bounds":[],"baseline":{"total":0,"bad":[]}},"questions":[],"rows":[],',
  '"sampled":{"canary":false,"baseline":false},"silence":[{"canary":null,"baseline":null}],',
  '{"spec":{"apiVersion":"coalmine/v1","kind":"Analysis","service":"","namespace":"default","telemetry":"http","istio",',
  '"source":"default","cohorts":{"canary":{"hash":"","workload":"","version":"v2"},"baseline":{"hash":"","version":"v1"}},',
  '"metrics":[{"name":"errors","kind":"errors","gate":true,"weight":1,"limit":"1%",',
  '"compare":{"failAbove":"1.25x","passBelow":"2x + 0.5pp"}},',
  '{"name":"latency","kind":"latency","gate":true,"weight":1,"quantile":0.99,"limit":"500ms",',
  '"compare":{"failAbove":"1.25x","passBelow":"2x + 0.5pp"},"slower":"2x"}],',
  '"duration":"10m","interval":"15s","tick":"1m","warmup":"3m","budget":{"falseAlarm":"5%","falsePass":"5%"},',
  '"pass":"atEnd","onDeadline":"passIfPowered","minCanaryRequests":100,"sourceTimeout":"10m","dispersion":1,',
  '"evidenceCap":2,"outageChannel":true},"startedAt":17,"state":{"version":1,"startedAt":17,"consumedTo":17,"ticks":1,',
  '"pods":[{"pods":{},"cohortSince":{"canary":17,"baseline":17},"full":false}],"metrics":[{"kind":"counts",',
  '"layout":{"form":"classic","boundaries":[0.05,0.1,0.25,0.5,1,2.5],"unitSeconds":1,"compare":[0,1,2,3],',
  '"limit":{"fail":0,"pass":0},"slower":{"baseline":0,"fail":1,"pass":1}},"distribution":null,"questions":[',
  '{"kind":"limit","fail":{"logS":[-0.6931471805599453,-0.6931471805599453],"running":[0,0,0,0,0,0,0,0,0,0,0,0],',
  '{"kind":"slower","fail":{"evidence":{"logS":[',
  '"layout":{"form":"events","boundaries":[],"unitSeconds":1,"compare":[0],"limit":{"fail":0,"pass":0},"slower":null},',
  '"distribution":null,"questions":[{"kind":"compare","fail":[{"evidence":{"logS":[-0.',
  '],"running":[-0.],"unstarted":0,"tick":1},"past":{"requests":0,"bad":0},"running":{"requests":0,"bad":0}}],',
  '"pass":[{"evidence":{"logS":[-1.],"running":[0,0,0,0,0,0],"unstarted":0.4',
  ',"tick":1},"past":{"requests":,"bad":},"running":{"requests":,"bad":}},{"evidence":{"logS":[]}]}],',
  '"rows":[{"nc":,"nb":,"xc":[0],"xb":[0]},{"nc":0,"nb":1,"xc":[0,0,0,0],"xb":[1]}],"pods":[""],"podsWithBad":[],',
  '"sampled":{"canary":true,"baseline":true},"silence":[{"canary":0,"baseline":0}],"settledTicks":1,"settledNow":true,',
  '"droppedLooks":0,"dispersion":1},{"kind":"counts","layout":',
  '"outage":{"test":{"evidence":{"logS":[],"running":[0,0,0,0,0],"unstarted":0,"tick":1},"past":{"requests":0,"bad":0},',
  '"running":{"requests":0,"bad":0}},"counts":{"nc":0,"xc":0,"nb":0,"xb":0}},"traffic":{"canary":0,"baseline":0,',
  '"running":{"looked":true,"canary":0,"baseline":0,"canarySampled":true},"flat":{"ticks":0,"baseline":0}},',
  '"weight":null,"sourceAway":null,"warnings":[],"decision":null}}',
  '.s":{"first":17,"last":17},".":{"first":17',
].join("");
