module floats

go 1.26
