module holders

go 1.26
