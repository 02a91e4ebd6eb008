package main

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	coalminev1 "coalmine.test/grpc-client/gen/coalmine/v1"
)

type call func(ctx context.Context, connection *grpc.ClientConn, request []byte) error

var calls = map[string]call{
	"Start":       unary(coalminev1.AnalysisServiceClient.Start),
	"Get":         unary(coalminev1.AnalysisServiceClient.Get),
	"List":        unary(coalminev1.AnalysisServiceClient.List),
	"Cancel":      unary(coalminev1.AnalysisServiceClient.Cancel),
	"Judge":       unary(coalminev1.AnalysisServiceClient.Judge),
	"Watch":       watch,
	"Health":      health,
	"HealthWatch": healthWatch,
	"Reflect":     reflect,
	"Load":        load,
}

// A message as generated code has it: its pointer.
type message[T any] interface {
	*T
	proto.Message
}

func unary[Q, A any, PQ message[Q], PA message[A]](
	method func(coalminev1.AnalysisServiceClient, context.Context, PQ, ...grpc.CallOption) (PA, error),
) call {
	return func(ctx context.Context, connection *grpc.ClientConn, text []byte) error {
		request := PQ(new(Q))
		exitOn(protojson.Unmarshal(text, request))
		answer, err := method(coalminev1.NewAnalysisServiceClient(connection), ctx, request)
		if err == nil {
			printMessage(answer)
		}
		return err
	}
}

func watch(ctx context.Context, connection *grpc.ClientConn, text []byte) error {
	request := &coalminev1.WatchRequest{}
	exitOn(protojson.Unmarshal(text, request))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := coalminev1.NewAnalysisServiceClient(connection).Watch(ctx, request)
	if err != nil {
		return err
	}
	return printAll(cancel, func() (proto.Message, error) { return stream.Recv() })
}

func health(ctx context.Context, connection *grpc.ClientConn, text []byte) error {
	request := &grpc_health_v1.HealthCheckRequest{}
	exitOn(protojson.Unmarshal(text, request))
	answer, err := grpc_health_v1.NewHealthClient(connection).Check(ctx, request)
	if err == nil {
		printMessage(answer)
	}
	return err
}

func healthWatch(ctx context.Context, connection *grpc.ClientConn, text []byte) error {
	request := &grpc_health_v1.HealthCheckRequest{}
	exitOn(protojson.Unmarshal(text, request))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := grpc_health_v1.NewHealthClient(connection).Watch(ctx, request)
	if err != nil {
		return err
	}
	return printAll(cancel, func() (proto.Message, error) { return stream.Recv() })
}

// Until the stream ends, or as many as are wanted have come.
func printAll(cancel context.CancelFunc, receive func() (proto.Message, error)) error {
	for taken := 1; ; taken++ {
		message, err := receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		printMessage(message)
		if taken == *take {
			cancel()
		}
	}
}
