module containers

go 1.26
