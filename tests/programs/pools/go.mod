module pools

go 1.26
