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

// StepRunArgs is rollout/steps/plugin/rpc.RunArgs.
type StepRunArgs struct {
	Rollout *v1alpha1.Rollout
	Context *types.RpcStepContext
}

func init() {
	gob.RegisterName("RunArgs", new(RunArgs))
	gob.RegisterName("step.RunArgs", new(StepRunArgs))
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
		{"argo step result", []any{types.RpcStepResult{Phase: types.PhaseRunning, Message: "m", RequeueAfter: 11 * time.Second, Status: json.RawMessage(`{"id":1}`)}}},
	}
}
