module strain

go 1.26
