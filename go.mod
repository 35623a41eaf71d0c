module diagnose

go 1.26.8

require (
	github.com/expr-lang/expr v1.17.8 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
