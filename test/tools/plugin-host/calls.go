package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// Longer than any call of the tests.
const callTimeout = time.Minute

// call makes a call for each request, all at once.
func (p *running) call(path string, requests [][]byte) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	responses := make([][]byte, len(requests))
	errs := make([]error, len(requests))
	var calling sync.WaitGroup
	for i := range requests {
		calling.Go(func() {
			errs[i] = p.conn.Invoke(ctx, path, &requests[i], &responses[i], grpc.ForceCodec(asItIs{}))
		})
	}
	calling.Wait()
	for _, err := range errs {
		if err != nil {
			return answer{}, err
		}
	}
	return answer{Responses: responses}, nil
}

// knock dials a stream of the broker's, which in one connection begins with a
// knock, and asks for the health of who is there.
func (p *running) knock(stream uint32) error {
	conn, err := p.broker.Dial(stream)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	_, err = grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	return err
}

// Messages that are bytes already.
type asItIs struct{}

func (asItIs) Marshal(message any) ([]byte, error) {
	bytes, is := message.(*[]byte)
	if !is {
		return nil, fmt.Errorf("bytes wanted, %T met", message)
	}
	return *bytes, nil
}

func (asItIs) Unmarshal(data []byte, message any) error {
	bytes, is := message.(*[]byte)
	if !is {
		return fmt.Errorf("bytes wanted, %T met", message)
	}
	*bytes = append([]byte{}, data...)
	return nil
}

func (asItIs) Name() string { return "proto" }
