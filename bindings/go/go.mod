module gopm

go 1.24
