package main

import (
	"context"
	"encoding/json"
	"time"

	"google.golang.org/grpc"

	coalminev1 "coalmine.test/grpc-client/gen/coalmine/v1"
)

// What Argo's plugins in Go would be that ask a Coalmine server: any is an object of
// Argo's own types, or its JSON.
type metricPlugin struct {
	client coalminev1.MetricPluginServiceClient
}

func (p metricPlugin) Run(ctx context.Context, run, metric any) (json.RawMessage, error) {
	answer, err := p.client.Run(ctx, &coalminev1.MetricPluginServiceRunRequest{
		AnalysisRunJson: asBytes(run), MetricJson: asBytes(metric)})
	return answer.GetMeasurementJson(), err
}

func (p metricPlugin) Resume(ctx context.Context, run, metric, measurement any) (json.RawMessage, error) {
	answer, err := p.client.Resume(ctx, &coalminev1.MetricPluginServiceResumeRequest{
		AnalysisRunJson: asBytes(run), MetricJson: asBytes(metric), MeasurementJson: asBytes(measurement)})
	return answer.GetMeasurementJson(), err
}

func (p metricPlugin) Terminate(ctx context.Context, run, metric, measurement any) (json.RawMessage, error) {
	answer, err := p.client.Terminate(ctx, &coalminev1.MetricPluginServiceTerminateRequest{
		AnalysisRunJson: asBytes(run), MetricJson: asBytes(metric), MeasurementJson: asBytes(measurement)})
	return answer.GetMeasurementJson(), err
}

type stepPlugin struct {
	client coalminev1.StepPluginServiceClient
}

// RpcStepResult of argo-rollouts (utils/plugin/types).
type stepResult struct {
	Phase        string
	Message      string
	RequeueAfter time.Duration
	Status       json.RawMessage
}

var stepPhases = map[coalminev1.StepPhase]string{
	coalminev1.StepPhase_STEP_PHASE_RUNNING:    "Running",
	coalminev1.StepPhase_STEP_PHASE_SUCCESSFUL: "Successful",
	coalminev1.StepPhase_STEP_PHASE_FAILED:     "Failed",
}

func (p stepPlugin) Run(ctx context.Context, rollout any, config, status json.RawMessage) (stepResult, error) {
	answer, err := p.client.Run(ctx, &coalminev1.StepPluginServiceRunRequest{
		RolloutJson: asBytes(rollout), ConfigJson: config, StatusJson: status})
	return resultOf(answer.GetResult()), err
}

func (p stepPlugin) Abort(ctx context.Context, rollout any, config, status json.RawMessage) (stepResult, error) {
	answer, err := p.client.Abort(ctx, &coalminev1.StepPluginServiceAbortRequest{
		RolloutJson: asBytes(rollout), ConfigJson: config, StatusJson: status})
	return resultOf(answer.GetResult()), err
}

func (p stepPlugin) Terminate(ctx context.Context, rollout any, config, status json.RawMessage) (stepResult, error) {
	answer, err := p.client.Terminate(ctx, &coalminev1.StepPluginServiceTerminateRequest{
		RolloutJson: asBytes(rollout), ConfigJson: config, StatusJson: status})
	return resultOf(answer.GetResult()), err
}

func resultOf(result *coalminev1.StepResult) stepResult {
	return stepResult{
		Phase: stepPhases[result.GetPhase()], Message: result.GetMessage(),
		RequeueAfter: result.GetRequeueAfter().AsDuration(), Status: result.GetStatusJson()}
}

func asBytes(object any) []byte {
	text, err := json.Marshal(object)
	exitOn(err)
	return text
}

// What a test hands over: the objects by name.
type objects map[string]json.RawMessage

func plugin(ask func(context.Context, metricPlugin, stepPlugin, objects) (any, error)) call {
	return func(ctx context.Context, connection *grpc.ClientConn, text []byte) error {
		given := objects{}
		exitOn(json.Unmarshal(text, &given))
		metric := metricPlugin{coalminev1.NewMetricPluginServiceClient(connection)}
		step := stepPlugin{coalminev1.NewStepPluginServiceClient(connection)}
		answer, err := ask(ctx, metric, step, given)
		if err == nil {
			printLine("message", asBytes(answer))
		}
		return err
	}
}

var pluginCalls = map[string]call{
	"Metric.InitPlugin": plugin(func(ctx context.Context, metric metricPlugin, _ stepPlugin, _ objects) (any, error) {
		return metric.client.InitPlugin(ctx, &coalminev1.MetricPluginServiceInitPluginRequest{})
	}),
	"Metric.Run": plugin(func(ctx context.Context, metric metricPlugin, _ stepPlugin, o objects) (any, error) {
		return metric.Run(ctx, o["run"], o["metric"])
	}),
	"Metric.Resume": plugin(func(ctx context.Context, metric metricPlugin, _ stepPlugin, o objects) (any, error) {
		return metric.Resume(ctx, o["run"], o["metric"], o["measurement"])
	}),
	"Metric.Terminate": plugin(func(ctx context.Context, metric metricPlugin, _ stepPlugin, o objects) (any, error) {
		return metric.Terminate(ctx, o["run"], o["metric"], o["measurement"])
	}),
	"Metric.GarbageCollect": plugin(func(ctx context.Context, metric metricPlugin, _ stepPlugin, o objects) (any, error) {
		return metric.client.GarbageCollect(ctx, &coalminev1.MetricPluginServiceGarbageCollectRequest{
			AnalysisRunJson: o["run"], MetricJson: o["metric"], Limit: 10})
	}),
	"Metric.GetMetadata": plugin(func(ctx context.Context, metric metricPlugin, _ stepPlugin, o objects) (any, error) {
		answer, err := metric.client.GetMetadata(ctx, &coalminev1.MetricPluginServiceGetMetadataRequest{MetricJson: o["metric"]})
		return answer.GetMetadata(), err
	}),
	"Metric.Type": plugin(func(ctx context.Context, metric metricPlugin, _ stepPlugin, _ objects) (any, error) {
		answer, err := metric.client.Type(ctx, &coalminev1.MetricPluginServiceTypeRequest{})
		return answer.GetType(), err
	}),
	"Step.InitPlugin": plugin(func(ctx context.Context, _ metricPlugin, step stepPlugin, _ objects) (any, error) {
		return step.client.InitPlugin(ctx, &coalminev1.StepPluginServiceInitPluginRequest{})
	}),
	"Step.Run": plugin(func(ctx context.Context, _ metricPlugin, step stepPlugin, o objects) (any, error) {
		return step.Run(ctx, o["rollout"], o["config"], o["status"])
	}),
	"Step.Terminate": plugin(func(ctx context.Context, _ metricPlugin, step stepPlugin, o objects) (any, error) {
		return step.Terminate(ctx, o["rollout"], o["config"], o["status"])
	}),
	"Step.Abort": plugin(func(ctx context.Context, _ metricPlugin, step stepPlugin, o objects) (any, error) {
		return step.Abort(ctx, o["rollout"], o["config"], o["status"])
	}),
	"Step.Type": plugin(func(ctx context.Context, _ metricPlugin, step stepPlugin, _ objects) (any, error) {
		answer, err := step.client.Type(ctx, &coalminev1.StepPluginServiceTypeRequest{})
		return answer.GetType(), err
	}),
}
