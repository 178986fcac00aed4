module hangs

go 1.26
