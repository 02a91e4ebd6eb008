module coalmine.test/wire-golden/yamux

go 1.23

require github.com/hashicorp/yamux v0.1.2
