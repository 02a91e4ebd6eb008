package main

import (
	"fmt"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	steps "github.com/argoproj/argo-rollouts/rollout/steps/plugin"
	"github.com/argoproj/argo-rollouts/rollout/steps/plugin/client"
	"github.com/argoproj/argo-rollouts/utils/plugin/types"
	log "github.com/sirupsen/logrus"
)

// What a step plugin answers.
type stepAnswer struct {
	Result types.RpcStepResult
	Error  types.RpcError
}

// callStep finds the plugin as the controller does, and calls it.
func callStep(c command) (any, error) {
	p, err := client.GetPlugin(c.Name)
	if err != nil {
		return nil, err
	}
	context := &types.RpcStepContext{PluginName: c.Name, Config: c.Config, Status: c.Status}
	var a stepAnswer
	switch c.Method {
	case "InitPlugin":
		return p.InitPlugin(), nil
	case "Type":
		return p.Type(), nil
	case "Run":
		a.Result, a.Error = p.Run(c.Rollout, context)
	case "Terminate":
		a.Result, a.Error = p.Terminate(c.Rollout, context)
	case "Abort":
		a.Result, a.Error = p.Abort(c.Rollout, context)
	default:
		return nil, fmt.Errorf("a step plugin has no method %q", c.Method)
	}
	return a, nil
}

// reconcileStep does what the controller does with the step when it looks at the
// Rollout, and answers the status it would store there.
func reconcileStep(c command) (any, error) {
	step := v1alpha1.PluginStep{Name: c.Name, Config: c.Config}
	p, err := steps.NewResolver().Resolve(c.Index, step, log.NewEntry(log.StandardLogger()))
	if err != nil {
		return nil, err
	}
	switch c.Method {
	case "Run":
		return p.Run(c.Rollout)
	case "Terminate":
		return p.Terminate(c.Rollout)
	case "Abort":
		return p.Abort(c.Rollout)
	}
	return nil, fmt.Errorf("a step has no operation %q", c.Method)
}
