"""A gRPC client made from proto/coalmine/v1: calls what its arguments say, once, and prints JSON lines.

    client.py [flags] METHOD [REQUEST AS JSON]

METHOD is one of AnalysisService, or Metric.Run and the like of the plugin services,
whose requests are objects by name, or Health, HealthWatch, Reflect. Each message is
a line {"message": …}; the last line is {"status": {code, message, details}}.
"""

import argparse
import json
import sys

import grpc
from coalmine.v1 import analysis_service_pb2, analysis_service_pb2_grpc
from coalmine.v1 import metric_plugin_service_pb2 as metric_pb2
from coalmine.v1 import metric_plugin_service_pb2_grpc as metric_grpc
from coalmine.v1 import step_plugin_service_pb2 as step_pb2
from coalmine.v1 import step_plugin_service_pb2_grpc as step_grpc
from google.protobuf import descriptor_pool, json_format
from google.rpc import error_details_pb2  # noqa: F401 known to json_format by its import
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

SERVICE = "coalmine.v1.AnalysisService"
PLUGINS = {
    "Metric": (metric_pb2, metric_grpc.MetricPluginServiceStub),
    "Step": (step_pb2, step_grpc.StepPluginServiceStub),
}
FIELDS = {
    "run": "analysis_run_json",
    "metric": "metric_json",
    "measurement": "measurement_json",
    "rollout": "rollout_json",
    "config": "config_json",
    "status": "status_json",
}


def main():
    flags = read_flags()
    with open_channel(flags) as channel:
        status = {"code": "OK", "message": "", "details": []}
        try:
            call(channel, flags)
        except grpc.RpcError as error:
            status = status_of(error)
        print_line("status", status)


def read_flags():
    parser = argparse.ArgumentParser()
    parser.add_argument("-address", required=True)
    parser.add_argument("-authorization")
    parser.add_argument("-ca")
    parser.add_argument("-cert")
    parser.add_argument("-key")
    parser.add_argument("-deadline", default="30s")
    parser.add_argument("-take", type=int, default=0)
    parser.add_argument("method")
    parser.add_argument("request", nargs="?", default="{}")
    return parser.parse_args()


def open_channel(flags):
    if flags.ca is None:
        return grpc.insecure_channel(flags.address)
    credentials = grpc.ssl_channel_credentials(*(path and read(path) for path in (flags.ca, flags.key, flags.cert)))
    return grpc.secure_channel(flags.address, credentials)


def call(channel, flags):
    options = {"timeout": seconds(flags.deadline)}
    if flags.authorization:
        options["metadata"] = [("authorization", flags.authorization)]
    if flags.method == "Reflect":
        print_line("message", reflect(channel))
    elif flags.method in ("Health", "HealthWatch"):
        request = json_format.Parse(flags.request, health_pb2.HealthCheckRequest())
        stub = health_pb2_grpc.HealthStub(channel)
        if flags.method == "Health":
            print_message(stub.Check(request, **options))
        else:
            print_all(stub.Watch(request, **options), flags.take)
    elif "." in flags.method:
        print_line("message", call_plugin(channel, *flags.method.split("."), json.loads(flags.request), options))
    else:
        request = json_format.Parse(flags.request, getattr(analysis_service_pb2, f"{flags.method}Request")())
        method = getattr(analysis_service_pb2_grpc.AnalysisServiceStub(channel), flags.method)
        answer = method(request, **options)
        if flags.method == "Watch":
            print_all(answer, flags.take)
        else:
            print_message(answer)


def call_plugin(channel, kind, name, objects, options):
    """What is answered of a measurement or a step, as Argo's Go types have it in JSON."""
    messages, stub = PLUGINS[kind]
    request = getattr(messages, f"{kind}PluginService{name}Request")()
    for field, value in objects.items():
        setattr(request, FIELDS[field], json.dumps(value).encode())
    if name == "GarbageCollect":
        request.limit = 10
    answer = getattr(stub(channel), name)(request, **options)
    if name == "Type":
        return answer.type
    if name == "GetMetadata":
        return dict(answer.metadata)
    if hasattr(answer, "measurement_json"):
        return json.loads(answer.measurement_json)
    if not hasattr(answer, "result"):
        return {}
    result = answer.result
    return {
        "Phase": step_pb2.StepPhase.Name(result.phase).removeprefix("STEP_PHASE_").capitalize(),
        "Message": result.message,
        "RequeueAfter": result.requeue_after.ToNanoseconds(),
        "Status": json.loads(result.status_json or "null"),
    }


def print_all(stream, take):
    """Until the stream ends, or as many as are wanted have come."""
    for taken, message in enumerate(stream, 1):
        print_message(message)
        if taken == take:
            stream.cancel()


def reflect(channel):
    """What a client that knows nothing beforehand finds: the services, and the fields of each request."""
    database = ProtoReflectionDescriptorDatabase(channel)
    service = descriptor_pool.DescriptorPool(database).FindServiceByName(SERVICE)
    methods = {method.name: [field.name for field in method.input_type.fields] for method in service.methods}
    return {"services": list(database.get_services()), "methods": methods}


def status_of(error):
    details = []
    if error.code() not in (grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED):
        status = rpc_status.from_call(error)
        details = [] if status is None else [json_format.MessageToDict(detail) for detail in status.details]
    return {"code": error.code().name, "message": error.details(), "details": details}


def print_message(message):
    print_line("message", json_format.MessageToDict(message))


def print_line(name, value):
    print(json.dumps({name: value}), flush=True)


def seconds(text):
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


def read(path):
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
