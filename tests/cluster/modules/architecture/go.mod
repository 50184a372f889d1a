module gocd-on-kubernetes/tests/cluster/architecture

go 1.26.3
