package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/argoproj/argo-rollouts/utils/config"
	"github.com/argoproj/argo-rollouts/utils/defaults"
	"github.com/argoproj/argo-rollouts/utils/plugin"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// A plugin as the controller's ConfigMap has it.
type configured struct {
	// "metric" or "step".
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Location string   `json:"location"`
	Args     []string `json:"args,omitempty"`
	Disabled bool     `json:"disabled,omitempty"`
}

// configure does what the controller does at its start: it reads the ConfigMap
// from the API server, here one that has nothing else, and copies the plugins.
func configure(plugins []configured) error {
	server := httptest.NewServer(configMapServer(plugins))
	defer server.Close()
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		return err
	}
	if _, err := config.InitializeConfig(client, defaults.DefaultRolloutsConfigMapName); err != nil {
		return err
	}
	return plugin.DownloadPlugins(plugin.FileDownloaderImpl{}, client)
}

func configMapServer(plugins []configured) http.Handler {
	configMap := corev1.ConfigMap{
		TypeMeta: metav1.TypeMeta{Kind: "ConfigMap", APIVersion: "v1"},
		Data:     map[string]string{},
	}
	for key, kind := range map[string]string{"metricProviderPlugins": "metric", "stepPlugins": "step"} {
		of := []configured{}
		for _, p := range plugins {
			if p.Kind == kind {
				of = append(of, p)
			}
		}
		// JSON is YAML.
		text, err := json.Marshal(of)
		if err != nil {
			panic(err)
		}
		configMap.Data[key] = string(text)
	}
	path := fmt.Sprintf("/api/v1/namespaces/%s/configmaps/%s", defaults.Namespace(), defaults.DefaultRolloutsConfigMapName)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(configMap); err != nil {
			panic(err)
		}
	})
	return mux
}
