module profiled

go 1.26
