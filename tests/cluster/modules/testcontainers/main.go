// A job's test with Testcontainers: starts the image that it is told with a port, asks that port, and ends without tidying up, which
// is Ryuk's.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	started, err := testcontainers.Run(ctx, os.Args[1],
		testcontainers.WithExposedPorts("8080/tcp"),
		testcontainers.WithCmd("sh", "-c", "busybox mkdir /www && echo hello from a container >/www/index.html && exec busybox httpd -f -p 8080 -h /www"),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/").WithPort("8080/tcp")))
	if err != nil {
		return err
	}
	endpoint, err := started.Endpoint(ctx, "http")
	if err != nil {
		return err
	}
	answer, err := http.Get(endpoint)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}
