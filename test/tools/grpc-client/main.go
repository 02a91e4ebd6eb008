// A gRPC client made from proto/coalmine/v1: calls what its arguments say, once, and prints JSON lines.
//
//	grpc-client [flags] METHOD [REQUEST AS JSON]
//
// METHOD is one of AnalysisService, or Metric.Run and the like of the plugin services,
// whose requests are objects by name, or Health, HealthWatch, Reflect, Load. Each message
// is a line {"message": …}; the last line is {"status": {code, message, details}}.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

var (
	address       = flag.String("address", "", "host:port of the server")
	authorization = flag.String("authorization", "", "sent as metadata")
	authority     = flag.String("ca", "", "PEM of the server's authority; plain text without it")
	certificate   = flag.String("cert", "", "PEM of the client's certificate")
	key           = flag.String("key", "", "PEM of its key")
	deadline      = flag.Duration("deadline", 30*time.Second, "of the call")
	take          = flag.Int("take", 0, "messages of a stream after which the call is cancelled; 0 takes all")
)

func main() {
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *deadline)
	defer cancel()
	if *authorization != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", *authorization)
	}
	transport, err := transportOf()
	exitOn(err)
	connection, err := grpc.NewClient(*address, grpc.WithTransportCredentials(transport))
	exitOn(err)
	defer connection.Close()
	call, known := calls[flag.Arg(0)]
	if !known {
		call, known = pluginCalls[flag.Arg(0)]
	}
	if !known {
		exitOn(fmt.Errorf("no method %q", flag.Arg(0)))
	}
	request := flag.Arg(1)
	if request == "" {
		request = "{}"
	}
	printStatus(call(ctx, connection, []byte(request)))
}

func transportOf() (credentials.TransportCredentials, error) {
	if *authority == "" {
		return insecure.NewCredentials(), nil
	}
	pem, err := os.ReadFile(*authority)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots}
	if *certificate != "" {
		own, err := tls.LoadX509KeyPair(*certificate, *key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{own}
	}
	return credentials.NewTLS(config), nil
}

func printMessage(message proto.Message) {
	printLine("message", asJson(message))
}

// The status as google.rpc.Status has it, its code by name.
func printStatus(err error) {
	told := status.Convert(err).Proto()
	details := []json.RawMessage{}
	for _, detail := range told.GetDetails() {
		details = append(details, asJson(detail))
	}
	line, err := json.Marshal(map[string]any{
		"code":    code.Code_name[told.GetCode()],
		"message": told.GetMessage(),
		"details": details,
	})
	exitOn(err)
	printLine("status", line)
}

func asJson(message proto.Message) json.RawMessage {
	text, err := protojson.Marshal(message)
	exitOn(err)
	return text
}

func printLine(name string, value json.RawMessage) {
	line, err := json.Marshal(map[string]json.RawMessage{name: value})
	exitOn(err)
	fmt.Println(string(line))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
