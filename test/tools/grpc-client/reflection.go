package main

import (
	"context"
	"encoding/json"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Prints what a client that knows nothing beforehand, such as grpcurl, finds: the
// services, and for each method of AnalysisService the fields of its request.
func reflect(ctx context.Context, connection *grpc.ClientConn, _ []byte) error {
	stream, err := grpc_reflection_v1.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	if err != nil {
		return err
	}
	ask := func(request *grpc_reflection_v1.ServerReflectionRequest) (*grpc_reflection_v1.ServerReflectionResponse, error) {
		if err := stream.Send(request); err != nil {
			return nil, err
		}
		return stream.Recv()
	}

	listed, err := ask(&grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{ListServices: "*"},
	})
	if err != nil {
		return err
	}
	services := []string{}
	for _, service := range listed.GetListServicesResponse().GetService() {
		services = append(services, service.GetName())
	}

	const name = "coalmine.v1.AnalysisService"
	described, err := ask(&grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: name},
	})
	if err != nil {
		return err
	}
	service, err := serviceIn(described.GetFileDescriptorResponse().GetFileDescriptorProto(), name)
	if err != nil {
		return err
	}
	printLine("message", asLine(map[string]any{"services": services, "methods": methodsOf(service)}))
	return stream.CloseSend()
}

// Links the files, as every client must before it can make a request of them.
func serviceIn(encoded [][]byte, name protoreflect.FullName) (protoreflect.ServiceDescriptor, error) {
	set := &descriptorpb.FileDescriptorSet{}
	for _, bytes := range encoded {
		file := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(bytes, file); err != nil {
			return nil, err
		}
		set.File = append(set.File, file)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(name)
	if err != nil {
		return nil, err
	}
	service, isService := found.(protoreflect.ServiceDescriptor)
	if !isService {
		return nil, errors.New("not a service")
	}
	return service, nil
}

func methodsOf(service protoreflect.ServiceDescriptor) map[string][]string {
	methods := map[string][]string{}
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		fields := []string{}
		for j := range method.Input().Fields().Len() {
			fields = append(fields, string(method.Input().Fields().Get(j).Name()))
		}
		methods[string(method.Name())] = fields
	}
	return methods
}

func asLine(value any) json.RawMessage {
	text, err := json.Marshal(value)
	exitOn(err)
	return text
}
