package main

import (
	"encoding/gob"
	"encoding/json"
	"time"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/utils/plugin/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// RunArgs is metricproviders/plugin/rpc.RunArgs of argo-rollouts, which would
// bring all of go-plugin along.
type RunArgs struct {
	AnalysisRun *v1alpha1.AnalysisRun
	Metric      v1alpha1.Metric
}

// TerminateAndResumeArgs, GarbageCollectArgs and GetMetadataArgs are of the same package.
type TerminateAndResumeArgs struct {
	AnalysisRun *v1alpha1.AnalysisRun
	Metric      v1alpha1.Metric
	Measurement v1alpha1.Measurement
}

type GarbageCollectArgs struct {
	AnalysisRun *v1alpha1.AnalysisRun
	Metric      v1alpha1.Metric
	Limit       int
}

type GetMetadataArgs struct {
	Metric v1alpha1.Metric
}

// StepRunArgs is rollout/steps/plugin/rpc.RunArgs.
type StepRunArgs struct {
	Rollout *v1alpha1.Rollout
	Context *types.RpcStepContext
}

// TerminateArgs, AbortArgs and Response are of the same package.
type TerminateArgs struct {
	Rollout *v1alpha1.Rollout
	Context *types.RpcStepContext
}

type AbortArgs struct {
	Rollout *v1alpha1.Rollout
	Context *types.RpcStepContext
}

type Response struct {
	Result types.RpcStepResult
	Error  types.RpcError
}

func init() {
	gob.RegisterName("RunArgs", new(RunArgs))
	gob.RegisterName("TerminateAndResumeArgs", new(TerminateAndResumeArgs))
	gob.RegisterName("GarbageCollectArgs", new(GarbageCollectArgs))
	gob.RegisterName("GetMetadataArgs", new(GetMetadataArgs))
	gob.RegisterName("step.RunArgs", new(StepRunArgs))
	gob.RegisterName("step.TerminateArgs", new(TerminateArgs))
	gob.RegisterName("step.AbortArgs", new(AbortArgs))
}

func argoStreams() []stream {
	at := metav1.NewTime(time.Date(2026, 7, 6, 12, 30, 15, 0, time.UTC))
	local := metav1.NewTime(at.In(time.FixedZone("", 2*3600)))
	measurement := v1alpha1.Measurement{
		Phase: v1alpha1.AnalysisPhaseRunning, Message: "41 : 1, needs 20 : 1", StartedAt: &at, ResumeAt: &local,
		Value: "62.5", Metadata: map[string]string{"state": "{}"}}
	count, limit := intstr.FromInt32(3), intstr.FromString("{{args.limit}}")
	metric := v1alpha1.Metric{
		Name: "coalmine", Interval: "15s", Count: &count, FailureLimit: &limit,
		Provider: v1alpha1.MetricProvider{Plugin: map[string]json.RawMessage{"acme/coalmine": json.RawMessage(`{"service":"checkout"}`)}}}
	value, isController := "6bd9f7", true
	run := &v1alpha1.AnalysisRun{
		ObjectMeta: metav1.ObjectMeta{
			Name: "checkout-6bd9f7-2", Namespace: "shop", UID: "5f0c", CreationTimestamp: at, Generation: 1,
			Labels:          map[string]string{"rollouts-pod-template-hash": "6bd9f7"},
			OwnerReferences: []metav1.OwnerReference{{Kind: "Rollout", Name: "checkout", UID: "77aa", Controller: &isController}},
			ManagedFields:   []metav1.ManagedFieldsEntry{{Manager: "rollouts-controller", Time: &at, FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:spec":{}}`)}}}},
		Spec: v1alpha1.AnalysisRunSpec{Metrics: []v1alpha1.Metric{metric}, Args: []v1alpha1.Argument{{Name: "hash", Value: &value}}},
		Status: v1alpha1.AnalysisRunStatus{
			Phase: v1alpha1.AnalysisPhaseRunning, StartedAt: &at,
			MetricResults: []v1alpha1.MetricResult{{Name: "coalmine", Phase: v1alpha1.AnalysisPhaseRunning, Measurements: []v1alpha1.Measurement{measurement}}}}}
	var runArgs any = RunArgs{AnalysisRun: run, Metric: metric}
	rollout := &v1alpha1.Rollout{
		ObjectMeta: metav1.ObjectMeta{Name: "checkout", Namespace: "shop", CreationTimestamp: at},
		Spec:       v1alpha1.RolloutSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app:1"}}}}},
		Status:     v1alpha1.RolloutStatus{StableRS: "5c8f", CurrentPodHash: "6bd9f7"}}
	var stepArgs any = StepRunArgs{rollout, &types.RpcStepContext{PluginName: "acme/coalmine", Config: json.RawMessage(`{}`)}}
	return []stream{
		{"argo measurement", []any{measurement, v1alpha1.Measurement{}}},
		{"argo run args", []any{&runArgs, &runArgs}},
		{"argo analysis run", []any{run}},
		{"argo step args", []any{&stepArgs}},
		{"argo errors", []any{types.RpcError{}, types.RpcError{ErrorString: "no source"}, map[string]string{"report": "http://x"}, "RPCMetric"}},
		{"argo resume args", []any{boxed(TerminateAndResumeArgs{measuredRun(at), metric, measurement}), boxed(TerminateAndResumeArgs{})}},
		{"argo garbage collect args", []any{boxed(GarbageCollectArgs{measuredRun(at), metric, 10})}},
		{"argo get metadata args", []any{boxed(GetMetadataArgs{metric})}},
		{"argo step terminate args", []any{boxed(TerminateArgs{steppedRollout(at), stepContext()})}},
		{"argo step abort args", []any{boxed(AbortArgs{steppedRollout(at), stepContext()}), boxed(AbortArgs{})}},
		{"argo step response", []any{
			Response{Result: types.RpcStepResult{
				Phase: types.PhaseRunning, Message: "m", RequeueAfter: 123*time.Hour + 4*time.Millisecond, Status: json.RawMessage(`{"id":1}`)}},
			Response{Result: types.RpcStepResult{Phase: types.PhaseSuccessful}}, Response{Error: types.RpcError{ErrorString: "no source"}}, Response{}}},
		{"argo step result", []any{types.RpcStepResult{Phase: types.PhaseRunning, Message: "m", RequeueAfter: 11 * time.Second, Status: json.RawMessage(`{"id":1}`)}}},
	}
}

// boxed is the address of an interface variable, which is what net/rpc's client is given.
func boxed(args any) *any { return &args }

// measuredRun is a run that has measured several metrics, each in another way.
func measuredRun(at metav1.Time) *v1alpha1.AnalysisRun {
	is, isNot, secret, empty := true, false, "s3cret", ""
	phases := func(phases ...v1alpha1.AnalysisPhase) (measurements []v1alpha1.Measurement) {
		for _, phase := range phases {
			measurements = append(measurements, v1alpha1.Measurement{Phase: phase, StartedAt: &at, FinishedAt: &at})
		}
		return measurements
	}
	return &v1alpha1.AnalysisRun{
		ObjectMeta: metav1.ObjectMeta{
			Name: "checkout-6bd9f7-2", Namespace: "shop", UID: "5f0c", CreationTimestamp: at,
			Labels: map[string]string{"rollouts-pod-template-hash": "6bd9f7", "rollout-type": "Step"},
			OwnerReferences: []metav1.OwnerReference{
				{Kind: "Backup", Name: "other", UID: "1111", Controller: &isNot},
				{Kind: "Rollout", Name: "checkout", UID: "77aa", Controller: &is, BlockOwnerDeletion: &is}}},
		Spec: v1alpha1.AnalysisRunSpec{
			Terminate: true,
			Args: []v1alpha1.Argument{
				{Name: "token", Value: &secret, ValueFrom: &v1alpha1.ValueFrom{SecretKeyRef: &v1alpha1.SecretKeyRef{Name: "s", Key: "k"}}},
				{Name: "unresolved", ValueFrom: &v1alpha1.ValueFrom{SecretKeyRef: &v1alpha1.SecretKeyRef{Name: "s", Key: "k"}}},
				{Name: "empty", Value: &empty}}},
		Status: v1alpha1.AnalysisRunStatus{
			Phase: v1alpha1.AnalysisPhaseRunning, StartedAt: &at,
			MetricResults: []v1alpha1.MetricResult{
				{Name: "other", Count: 9, Measurements: phases(v1alpha1.AnalysisPhaseSuccessful)},
				{Name: "coalmine", Measurements: phases(
					v1alpha1.AnalysisPhaseSuccessful, v1alpha1.AnalysisPhaseError, v1alpha1.AnalysisPhaseFailed,
					v1alpha1.AnalysisPhaseInconclusive, v1alpha1.AnalysisPhasePending, v1alpha1.AnalysisPhaseRunning)}}}}
}

// steppedRollout is at its third step, the one with the plugin.
func steppedRollout(at metav1.Time) *v1alpha1.Rollout {
	step, weight, deadline := int32(2), int32(20), int32(1200)
	return &v1alpha1.Rollout{
		ObjectMeta: metav1.ObjectMeta{Name: "checkout", Namespace: "shop", UID: "77aa", CreationTimestamp: at},
		Spec: v1alpha1.RolloutSpec{
			ProgressDeadlineSeconds: &deadline,
			Strategy: v1alpha1.RolloutStrategy{Canary: &v1alpha1.CanaryStrategy{Steps: []v1alpha1.CanaryStep{
				{SetWeight: &weight}, {Pause: &v1alpha1.RolloutPause{}},
				{Plugin: &v1alpha1.PluginStep{Name: "coalmine/step", Config: json.RawMessage(`{"service":"checkout"}`)}}}}}},
		Status: v1alpha1.RolloutStatus{
			StableRS: "5c8f", CurrentPodHash: "6bd9f7", CurrentStepIndex: &step,
			Canary: v1alpha1.CanaryStatus{
				Weights: &v1alpha1.TrafficWeights{
					Canary: v1alpha1.WeightDestination{Weight: 20, PodTemplateHash: "6bd9f7"},
					Stable: v1alpha1.WeightDestination{Weight: 80, PodTemplateHash: "5c8f"}},
				StepPluginStatuses: []v1alpha1.StepPluginStatus{{
					Index: 2, Name: "coalmine/step", StartedAt: &at, UpdatedAt: &at, Phase: v1alpha1.StepPluginPhaseRunning,
					Operation: v1alpha1.StepPluginOperationRun, Executions: 1, Backoff: "15s", Status: json.RawMessage(`{"state":"a"}`)}}}}}
}

func stepContext() *types.RpcStepContext {
	return &types.RpcStepContext{
		PluginName: "coalmine/step", Config: json.RawMessage(`{"service":"checkout"}`), Status: json.RawMessage(`{"state":"a"}`)}
}
