module diagnose

go 1.26.8
