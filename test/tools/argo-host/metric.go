package main

import (
	"fmt"

	"github.com/argoproj/argo-rollouts/metricproviders/plugin"
	"github.com/argoproj/argo-rollouts/metricproviders/plugin/rpc"
)

// callMetric takes the way of a measurement in the controller: find the plugin
// (start it if need be, ping it), then call it.
func callMetric(c command) (any, error) {
	provider, err := plugin.NewRpcPlugin(c.Metric)
	if err != nil {
		return nil, err
	}
	return callProvider(provider.(plugin.MetricPlugin).MetricProviderPlugin, c)
}

func callProvider(p rpc.MetricProviderPlugin, c command) (any, error) {
	switch c.Method {
	case "InitPlugin":
		return p.InitPlugin(), nil
	case "Run":
		return p.Run(c.AnalysisRun, c.Metric), nil
	case "Resume":
		return p.Resume(c.AnalysisRun, c.Metric, c.Measurement), nil
	case "Terminate":
		return p.Terminate(c.AnalysisRun, c.Metric, c.Measurement), nil
	case "GarbageCollect":
		return p.GarbageCollect(c.AnalysisRun, c.Metric, c.Limit), nil
	case "GetMetadata":
		return p.GetMetadata(c.Metric), nil
	case "Type":
		return p.Type(), nil
	}
	return nil, fmt.Errorf("a metric plugin has no method %q", c.Method)
}
