module locked

go 1.24
