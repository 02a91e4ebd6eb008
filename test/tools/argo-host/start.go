package main

import (
	"fmt"
	"os/exec"
	"time"

	"github.com/argoproj/argo-rollouts/metricproviders/plugin/rpc"
	"github.com/hashicorp/go-plugin"
)

// startMetric starts a metric plugin by go-plugin alone, makes one call and ends
// it: how long each stage takes, in milliseconds since the start. The
// controller's code does not let a caller see between them.
func startMetric(c command) (answer, error) {
	stages := map[string]float64{}
	began := time.Now()
	reached := func(stage string) { stages[stage] = millis(time.Since(began)) }
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  1,
			MagicCookieKey:   "ARGO_ROLLOUTS_RPC_PLUGIN",
			MagicCookieValue: c.Cookie,
		},
		Plugins: plugin.PluginSet{"RpcMetricProviderPlugin": &rpc.RpcMetricProviderPlugin{}},
		Cmd:     exec.Command(c.Program[0], c.Program[1:]...),
	})
	defer client.Kill()
	if _, err := client.Start(); err != nil {
		return answer{}, err
	}
	reached("handshake")
	protocol, err := client.Client()
	if err != nil {
		return answer{}, err
	}
	dispensed, err := protocol.Dispense("RpcMetricProviderPlugin")
	if err != nil {
		return answer{}, err
	}
	reached("dispensed")
	provider := dispensed.(rpc.MetricProviderPlugin)
	if failed := provider.InitPlugin(); failed.HasError() {
		return answer{}, fmt.Errorf("InitPlugin: %w", failed)
	}
	reached("ready")
	measurement := provider.Run(c.AnalysisRun, c.Metric)
	reached("firstRun")
	running, err := children()
	return answer{Results: []any{measurement}, Stages: stages, Processes: running}, err
}
