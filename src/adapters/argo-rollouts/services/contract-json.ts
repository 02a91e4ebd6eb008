// Written by `npm run proto`; not to be edited.
/** The plugin services of proto/coalmine/v1 as ./contract.ts reads them, without comments. */

export const contractJson = {
  nested: {
    coalmine: {
      nested: {
        v1: {
          nested: {
            MetricPluginServiceInitPluginRequest: { fields: {} },
            MetricPluginServiceInitPluginResponse: { fields: {} },
            MetricPluginServiceRunRequest: {
              fields: { analysisRunJson: { type: "bytes", id: 1 }, metricJson: { type: "bytes", id: 2 } },
            },
            MetricPluginServiceRunResponse: { fields: { measurementJson: { type: "bytes", id: 1 } } },
            MetricPluginServiceResumeRequest: {
              fields: {
                analysisRunJson: { type: "bytes", id: 1 },
                metricJson: { type: "bytes", id: 2 },
                measurementJson: { type: "bytes", id: 3 },
              },
            },
            MetricPluginServiceResumeResponse: { fields: { measurementJson: { type: "bytes", id: 1 } } },
            MetricPluginServiceTerminateRequest: {
              fields: {
                analysisRunJson: { type: "bytes", id: 1 },
                metricJson: { type: "bytes", id: 2 },
                measurementJson: { type: "bytes", id: 3 },
              },
            },
            MetricPluginServiceTerminateResponse: { fields: { measurementJson: { type: "bytes", id: 1 } } },
            MetricPluginServiceGarbageCollectRequest: {
              fields: {
                analysisRunJson: { type: "bytes", id: 1 },
                metricJson: { type: "bytes", id: 2 },
                limit: { type: "int32", id: 3 },
              },
            },
            MetricPluginServiceGarbageCollectResponse: { fields: {} },
            MetricPluginServiceGetMetadataRequest: { fields: { metricJson: { type: "bytes", id: 1 } } },
            MetricPluginServiceGetMetadataResponse: {
              fields: { metadata: { keyType: "string", type: "string", id: 1 } },
            },
            MetricPluginServiceTypeRequest: { fields: {} },
            MetricPluginServiceTypeResponse: { fields: { type: { type: "string", id: 1 } } },
            MetricPluginService: {
              methods: {
                InitPlugin: {
                  requestType: ".coalmine.v1.MetricPluginServiceInitPluginRequest",
                  responseType: ".coalmine.v1.MetricPluginServiceInitPluginResponse",
                  comment: "",
                },
                Run: {
                  requestType: ".coalmine.v1.MetricPluginServiceRunRequest",
                  responseType: ".coalmine.v1.MetricPluginServiceRunResponse",
                  comment: "",
                },
                Resume: {
                  requestType: ".coalmine.v1.MetricPluginServiceResumeRequest",
                  responseType: ".coalmine.v1.MetricPluginServiceResumeResponse",
                  comment: "",
                },
                Terminate: {
                  requestType: ".coalmine.v1.MetricPluginServiceTerminateRequest",
                  responseType: ".coalmine.v1.MetricPluginServiceTerminateResponse",
                  comment: "",
                },
                GarbageCollect: {
                  requestType: ".coalmine.v1.MetricPluginServiceGarbageCollectRequest",
                  responseType: ".coalmine.v1.MetricPluginServiceGarbageCollectResponse",
                  comment: "",
                },
                GetMetadata: {
                  requestType: ".coalmine.v1.MetricPluginServiceGetMetadataRequest",
                  responseType: ".coalmine.v1.MetricPluginServiceGetMetadataResponse",
                  comment: "",
                },
                Type: {
                  requestType: ".coalmine.v1.MetricPluginServiceTypeRequest",
                  responseType: ".coalmine.v1.MetricPluginServiceTypeResponse",
                  comment: "",
                },
              },
            },
            StepPluginServiceInitPluginRequest: { fields: {} },
            StepPluginServiceInitPluginResponse: { fields: {} },
            StepPluginServiceRunRequest: {
              fields: {
                rolloutJson: { type: "bytes", id: 1 },
                configJson: { type: "bytes", id: 2 },
                statusJson: { type: "bytes", id: 3 },
              },
            },
            StepPluginServiceRunResponse: { fields: { result: { type: ".coalmine.v1.StepResult", id: 1 } } },
            StepPluginServiceTerminateRequest: {
              fields: {
                rolloutJson: { type: "bytes", id: 1 },
                configJson: { type: "bytes", id: 2 },
                statusJson: { type: "bytes", id: 3 },
              },
            },
            StepPluginServiceTerminateResponse: {
              fields: { result: { type: ".coalmine.v1.StepResult", id: 1 } },
            },
            StepPluginServiceAbortRequest: {
              fields: {
                rolloutJson: { type: "bytes", id: 1 },
                configJson: { type: "bytes", id: 2 },
                statusJson: { type: "bytes", id: 3 },
              },
            },
            StepPluginServiceAbortResponse: {
              fields: { result: { type: ".coalmine.v1.StepResult", id: 1 } },
            },
            StepResult: {
              fields: {
                phase: { type: ".coalmine.v1.StepPhase", id: 1 },
                message: { type: "string", id: 2 },
                requeueAfter: { type: ".google.protobuf.Duration", id: 3 },
                statusJson: { type: "bytes", id: 4 },
              },
            },
            StepPluginServiceTypeRequest: { fields: {} },
            StepPluginServiceTypeResponse: { fields: { type: { type: "string", id: 1 } } },
            StepPhase: {
              values: {
                STEP_PHASE_UNSPECIFIED: 0,
                STEP_PHASE_RUNNING: 1,
                STEP_PHASE_SUCCESSFUL: 2,
                STEP_PHASE_FAILED: 3,
              },
            },
            StepPluginService: {
              methods: {
                InitPlugin: {
                  requestType: ".coalmine.v1.StepPluginServiceInitPluginRequest",
                  responseType: ".coalmine.v1.StepPluginServiceInitPluginResponse",
                  comment: "",
                },
                Run: {
                  requestType: ".coalmine.v1.StepPluginServiceRunRequest",
                  responseType: ".coalmine.v1.StepPluginServiceRunResponse",
                  comment: "",
                },
                Terminate: {
                  requestType: ".coalmine.v1.StepPluginServiceTerminateRequest",
                  responseType: ".coalmine.v1.StepPluginServiceTerminateResponse",
                  comment: "",
                },
                Abort: {
                  requestType: ".coalmine.v1.StepPluginServiceAbortRequest",
                  responseType: ".coalmine.v1.StepPluginServiceAbortResponse",
                  comment: "",
                },
                Type: {
                  requestType: ".coalmine.v1.StepPluginServiceTypeRequest",
                  responseType: ".coalmine.v1.StepPluginServiceTypeResponse",
                  comment: "",
                },
              },
            },
          },
        },
      },
    },
    google: {
      nested: {
        protobuf: {
          nested: {
            Duration: { fields: { seconds: { type: "int64", id: 1 }, nanos: { type: "int32", id: 2 } } },
          },
        },
      },
    },
  },
};
