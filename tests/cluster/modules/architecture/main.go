// A program for images of several architectures: says for which it was built.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Println("I am for", runtime.GOARCH)
}
