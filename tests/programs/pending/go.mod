module pending

go 1.26
