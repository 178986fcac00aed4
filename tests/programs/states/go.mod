module states

go 1.26
