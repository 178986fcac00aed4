module secret

go 1.26
